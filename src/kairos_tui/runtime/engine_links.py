"""engine_links: where one worker's books go: the engine that was named, or those of a fleet as they change.

Before it: run_ingest, many times a second. After it: the fan's destinations, a link to each engine's door.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kairos_tui import __version__
from kairos_tui.market import Symbol, owner_of, split_symbol
from kairos_tui.market.shard import converting
from kairos_tui.runtime.engine_pins import is_known_engine, known_engines, unknown_engine
from kairos_tui.runtime.ingest_plan import IngestPlan
from kairos_tui.wire import DoorLink, Endpoints, Hello, TickFan
from kairos_tui.wire.tick_sender import Clock
from kairos_tui.wire.version import VERSION

if TYPE_CHECKING:
    from kairos_tui.fleet import Roster, Watcher

_NAME_MOST: Final = 40


class EngineLinks:
    """Made before the fan, which asks it for clocks; then `tend`ed. `say` hears what people should know."""

    def __init__(self, plan: IngestPlan, say: Callable[[str], None], give_up: Callable[[str], None]) -> None:
        self._plan = plan
        self._say, self._give_up = say, give_up
        self._links: dict[str, DoorLink] = {}
        self._said: dict[str, str] = {}
        self._watcher: Watcher | None = None
        self._followed = self._waits_for = 0

    def start(self, fan: TickFan) -> None:
        """Begin: with the engines that are known already, or with the roster. Raises SettingsInvalid."""
        plan = self._plan
        if plan.fleet:
            from kairos_tui.fleet import Watcher, fleet_place  # only here: the redis package comes with it

            name = f"{plan.member}.{plan.feed.venue}"[-_NAME_MOST:].lstrip("._-")
            self._watcher = Watcher(
                fleet_place(plan.fleet), "ingest", name, wire=VERSION, version=__version__
            )
        else:
            self._follow(fan, dict.fromkeys(plan.ticks, ()))

    def clock_of(self, endpoint: str) -> Clock:
        """How to learn what that engine's clock is to ours."""
        return lambda: link.clock() if (link := self._links.get(endpoint)) is not None else None

    def tend(self, fan: TickFan) -> None:
        """Follow the roster, and acknowledge it once newcomers have been sent what they need."""
        watcher = self._watcher
        if watcher is not None:
            if watcher.fatal is not None:
                self._give_up(str(watcher.fatal))
            roster = watcher.roster
            if roster.number != self._followed:
                known = known_engines(self._plan.ring)
                needs = needs_of(roster, self._plan.feed.symbols)
                self._follow(
                    fan, {at: symbols for at, symbols in needs.items() if is_known_engine(at, known)}
                )
                self._followed = roster.number
                for member in roster.members:
                    is_known = is_known_engine(member.ticks, known)
                    self._tell(member.name, None if is_known else unknown_engine(member.name))
            if self._followed and self._is_sent(fan):
                watcher.acknowledge(self._followed)
            self._tell("fleet", watcher.trouble)
        for endpoint, link in self._links.items():
            if link.refusal is not None and watcher is None:
                self._give_up(link.refusal)
            self._tell(endpoint, link.refusal or link.trouble)

    def close(self) -> None:
        """Leave the doors and the fleet."""
        for link in self._links.values():
            link.let_go()
        for link in self._links.values():
            link.close()
        self._links.clear()
        if self._watcher is not None:
            self._watcher.close()

    def _follow(self, fan: TickFan, destinations: dict[str, tuple[Symbol, ...]]) -> None:
        for endpoint in destinations:
            if endpoint not in self._links:
                self._links[endpoint] = self._open(endpoint)
        fan.follow(destinations)
        for endpoint in [each for each in self._links if each not in destinations]:
            self._links.pop(endpoint).let_go()  # the books of the others do not wait
            self._said.pop(endpoint, None)

    def _open(self, endpoint: str) -> DoorLink:
        plan = self._plan
        name = f"{plan.feed.venue}@{plan.member}"
        hello = Hello("ingest", name, wire=VERSION, version=__version__, feed=plan.feed_kind)
        return DoorLink(Endpoints.at_port(endpoint).door, hello, ring=plan.ring)

    def _is_sent(self, fan: TickFan) -> bool:
        """A newcomer whose clock is not known yet has been sent nothing."""
        return all(link.clock() is not None for link in self._links.values()) and not fan.flush()

    def _tell(self, about: str, line: str | None) -> None:
        """Once, however long it lasts."""
        if line and self._said.get(about) != line:
            self._say(line)
        self._said[about] = line or ""


def needs_of(roster: "Roster", symbols: tuple[Symbol, ...]) -> dict[str, tuple[Symbol, ...]]:
    """By the address of its ticks: what each engine that speaks, or is about to, needs alone.

    A book that converts is named nowhere: it goes to all.
    """
    for_all = frozenset(converting(symbols))
    needs: dict[str, tuple[Symbol, ...]] = {}
    for name in roster.concerned:
        member = roster.member(name)
        if member is not None:
            owned = [
                symbol
                for symbol in symbols
                if symbol not in for_all
                and name in (owner_of(split_symbol(symbol)[0], names) for names in (roster.now, roster.then))
            ]
            needs[member.ticks] = tuple(owned)
    return needs
