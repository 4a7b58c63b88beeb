"""remote_bus: engines on other machines as one bus: one that somebody named, or all that a fleet has now.

Before it: wire's reader and door links, fleet's watcher. After it: sources, for whoever shows or tells. What
comes out has this machine's monotonic stamps: as old as it is, by the clock that the door has measured.
"""

import time
from collections.abc import Sequence
from typing import Final, Protocol

from msgspec import Struct

from kairos_tui import __version__
from kairos_tui.errors import KairosError, SettingsInvalid
from kairos_tui.market import Symbol
from kairos_tui.runtime.engine_addresses import FLEET
from kairos_tui.runtime.engine_pins import is_known_engine, known_engines, unknown_engine
from kairos_tui.runtime.names_here import name_here
from kairos_tui.runtime.remote_clock import moved_by
from kairos_tui.wire import (
    DoorLink,
    Endpoints,
    Hello,
    KeyRing,
    Missed,
    Published,
    SignalReader,
    Topic,
)
from kairos_tui.wire.version import VERSION

_TOO_OLD_NS: Final = 1_500_000_000
"""More than a picture may be behind."""


class Place(Struct, frozen=True):
    """Where an engine elsewhere is heard, and where it answers. `number` is the one in its publications."""

    number: int
    signals: str
    door: str


class Engines(Protocol):
    """Who is to be heard. `acknowledge` says that all of them are."""

    @property
    def trouble(self) -> str | None: ...
    @property
    def fatal(self) -> KairosError | None: ...
    def places(self) -> tuple[int, tuple[Place, ...]]:
        """A number that grows with every change, and where they are."""
        ...

    def acknowledge(self, number: int) -> None: ...
    def close(self) -> None: ...


class OneEngine:
    """The one that somebody named, for ever."""

    trouble: str | None = None
    fatal: KairosError | None = None

    def __init__(self, address: str) -> None:
        at = Endpoints.at_port(address)
        self._place = Place(0, at.signals, at.door)

    def places(self) -> tuple[int, tuple[Place, ...]]:
        """See Engines."""
        return 1, (self._place,)

    def acknowledge(self, number: int) -> None:
        """Nobody waits for it."""

    def close(self) -> None:
        """Nothing is open."""


class FleetEngines:
    """Those of the roster, those included that do not speak yet: they are heard from their first word on."""

    def __init__(self, address: str, role: str, ring: KeyRing) -> None:
        from kairos_tui.fleet import Watcher, fleet_place  # only here: the redis package comes with it

        self._ring = ring
        self._seen: tuple[int, tuple[Place, ...]] = 0, ()
        self._unknown: str | None = None
        place = fleet_place(address.removeprefix(FLEET))
        self._watcher = Watcher(place, "reader", name_here(role), wire=VERSION, version=__version__)

    @property
    def trouble(self) -> str | None:
        """Why the roster cannot be read now, or one of its engines is not heard."""
        return self._watcher.trouble or self._unknown

    @property
    def fatal(self) -> KairosError | None:
        """Why it never will."""
        return self._watcher.fatal

    def places(self) -> tuple[int, tuple[Place, ...]]:
        """See Engines."""
        roster = self._watcher.roster
        if roster.number != self._seen[0]:
            known = known_engines(self._ring)
            others = [each.name for each in roster.members if not is_known_engine(each.ticks, known)]
            self._unknown = unknown_engine(others[0]) if others else None
            at = {
                each.number: Endpoints.at_port(each.ticks)
                for each in roster.members
                if each.name not in others
            }
            self._seen = roster.number, tuple(Place(number, to.signals, to.door) for number, to in at.items())
        return self._seen

    def acknowledge(self, number: int) -> None:
        """See Engines."""
        self._watcher.acknowledge(number)

    def close(self) -> None:
        """Give the lease back."""
        self._watcher.close()


class RemoteBus:
    """A Source and a Bus. Not for use from two threads."""

    def __init__(
        self, engines: Engines, role: str, topics: Sequence[Topic], order: Sequence[Symbol], ring: KeyRing
    ) -> None:
        self._engines = engines
        self._hello = Hello(role, name_here(role), wire=VERSION, version=__version__)
        self._ring = ring
        self._links: dict[int, tuple[Place, DoorLink]] = {}
        self._followed = self._acknowledged = 0
        self._reader = SignalReader({}, topics=topics, order=order, ring=ring, here=self._here)

    @property
    def refused(self) -> int:
        """Messages that were not ours."""
        return self._reader.refused

    @property
    def holds_boards(self) -> bool:
        """See Bus."""
        return self._reader.holds_boards

    @holds_boards.setter
    def holds_boards(self, holds: bool) -> None:
        self._reader.holds_boards = holds

    @property
    def trouble(self) -> str | None:
        """Why nothing comes now, as far as it is known here."""
        said = [link.trouble for _place, link in self._links.values()]
        return self._reader.trouble or next(filter(None, said), None) or self._engines.trouble

    @property
    def fatal(self) -> KairosError | None:
        """Why nothing ever will: an engine that was named does not talk with us."""
        refusals = [link.refusal for _place, link in self._links.values()]
        if self._links and all(refusals):
            return SettingsInvalid(str(refusals[0]))
        return self._engines.fatal

    def drain(self, timeout_ms: int, most: int = 1_000) -> list[Published | Missed]:
        """See Source."""
        number, places = self._engines.places()
        if number != self._followed:
            self._follow(places)
            self._followed = number
        heard = self._reader.drain(timeout_ms, most)
        if self._acknowledged != number and self._reader.heard_from().issuperset(
            place.number for place in places
        ):
            self._engines.acknowledge(number)
            self._acknowledged = number
        return heard

    def held_boards(self) -> list[Published]:
        """See Bus."""
        return self._reader.held_boards()

    def close(self) -> None:
        """May be repeated."""
        self._engines.close()
        for _place, link in self._links.values():
            link.close()
        self._links.clear()
        self._reader.close()

    def _follow(self, places: tuple[Place, ...]) -> None:
        wanted = {place.number: place for place in places}
        for number, (place, link) in list(self._links.items()):
            if wanted.get(number) != place:
                link.close()
                del self._links[number]
        for number, place in wanted.items():
            if number not in self._links:
                self._links[number] = place, DoorLink(place.door, self._hello, ring=self._ring)
        self._reader.follow({place.signals: place.number for place in places})

    def _here(self, published: Published) -> Published:
        """With our stamps, and no younger than it is. Of an unknown clock nothing passes for live."""
        link = self._link_of(published.engine)
        clock = link.clock() if link is not None else None
        if clock is None:
            return moved_by(published, time.monotonic_ns() - published.published_ns - _TOO_OLD_NS)
        offset_ns, error_ns = clock
        return moved_by(published, -offset_ns - error_ns)

    def _link_of(self, engine: int) -> DoorLink | None:
        """One that was named by its address may have any number in its fleet."""
        known = self._links.get(engine) or (
            next(iter(self._links.values())) if len(self._links) == 1 else None
        )
        return known[1] if known is not None else None


def open_engines(address: str, topics: Sequence[Topic], order: Sequence[Symbol], ring: KeyRing) -> RemoteBus:
    """`tcp://HOST:PORT#KEY` or `fleet+redis://…`. Raises SettingsInvalid, ExtraMissing."""
    role = "hud" if Topic.BOARD in topics else "tap"
    engines: Engines = FleetEngines(address, role, ring) if address.startswith(FLEET) else OneEngine(address)
    return RemoteBus(engines, role, topics, order, ring)


def shown_engines(address: str) -> str:
    """Such an address for people: no key, no password."""
    if not address.startswith(FLEET):
        return address.partition("#")[0]
    from kairos_tui.fleet import fleet_place

    return fleet_place(address.removeprefix(FLEET)).shown
