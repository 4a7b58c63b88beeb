"""engine_station: `kairos engine`. An engine's process kept alive, its seat in a fleet, its sinks and mirror.

Before it: cli. After it: run_engine, which is told by orders what it may say.
"""

import os
import secrets
import signal
import time
from functools import partial
from typing import Final

import kairos_tui
from kairos_tui.errors import PortTaken
from kairos_tui.market import KeyRing, Shard, conversion_symbols, owner_of, split_symbol
from kairos_tui.runtime.cast import ENGINE, Cast
from kairos_tui.runtime.child import News
from kairos_tui.runtime.engine_orders import EngineOrder
from kairos_tui.runtime.engine_places import EnginePlaces, engine_places
from kairos_tui.runtime.engine_plan import EnginePlan, recording_limits
from kairos_tui.runtime.engine_seat import EngineSeat
from kairos_tui.runtime.fleet_keys import ENGINE_KEY, ring_of
from kairos_tui.runtime.log_file import output_file, state_dir
from kairos_tui.runtime.names_here import machine_name
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.sole_holder import sole_holder
from kairos_tui.runtime.spawn import SpawnedChild
from kairos_tui.runtime.station import STOP_WITHIN_S, Station, StationAsked, begin_log
from kairos_tui.runtime.supervisor import Role
from kairos_tui.wire.version import VERSION

BOARDS_PER_S: Final = 10
"""Viewers are elsewhere: so many pictures a second cross the network when somebody looks."""
_EPOCH_BEGINS_MS: Final = 1_767_225_600_000
_LEAST_VENUES: Final = 2
_LEAVES_WITHIN_S: Final = 6.0


def serve_engine(asked: StationAsked, *, bind: str, advertise: str) -> int:
    """Until quit or signalled; returns the exit code.

    Raises SettingsInvalid, ExtraMissing, PortTaken, RoleLost, and Fatal when the fleet refuses it.
    """
    settings = asked.settings
    name = settings.name or machine_name()
    ring = ring_of(settings, ENGINE_KEY, binds=True)
    places = engine_places(bind, advertise, ring)
    log_path = begin_log(asked, f"engine:{name}")
    with sole_holder(state_dir() / f"engine-{name}.lock", f"the engine {name!r}"), SignalsCaught() as signals:
        return EngineStation(asked, name, places, ring, signals, log_path).run()


class EngineStation:
    """One start of the command."""

    def __init__(
        self,
        asked: StationAsked,
        name: str,
        places: EnginePlaces,
        ring: KeyRing,
        signals: SignalsCaught,
        log_path: str,
    ) -> None:
        settings = asked.settings
        self._asked, self._name, self._places, self._ring = asked, name, places, ring
        self._log_path = log_path
        self._log_fd = os.open(output_file(log_path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._run = secrets.token_hex(2)
        self._child: SpawnedChild | None = None
        self._live = self._number = 0
        self._seat = self._take_seat()
        self._station = Station(
            "engine", health=settings.health, signals=signals, quiet=asked.quiet, vital=ENGINE
        )
        self._cast: Cast | None = None

    def run(self) -> int:
        """Start the engine once the fleet has it, turn until a signal comes, hand over, stop."""
        try:
            return self._station.run(self._tend, self._stop)
        finally:
            if self._seat is not None:
                self._seat.close()
            if self._cast is not None:
                self._cast.close()
            os.close(self._log_fd)

    def _take_seat(self) -> EngineSeat | None:
        if not self._asked.settings.fleet:
            return None
        from kairos_tui.fleet import Member, Seat, fleet_place  # only here: the redis package comes with it

        at = self._places.advertised
        member = Member(
            self._name,
            ticks=at.ticks,
            signals=at.signals,
            door=at.door,
            key=self._places.key,
            wire=VERSION,
            version=kairos_tui.__version__,
        )
        seat = Seat(fleet_place(self._asked.settings.fleet), member, run=self._run)
        return EngineSeat(seat, self._name, self._order)

    def _order(self, order: EngineOrder) -> bool:
        return self._child is not None and self._child.order(order)

    def _tend(self, ended: list[Role]) -> None:
        if any(role.name == ENGINE for role in ended):
            self._child, self._live = None, 0
            if self._seat is not None:
                self._seat.on_end()
        if self._seat is not None:
            self._tend_seat(self._seat)
        elif ENGINE not in self._station.supervisor.roles:
            self._start(self._run)
        self._tell_readiness()

    def _tend_seat(self, seat: EngineSeat) -> None:
        if seat.fatal is not None:
            raise seat.fatal
        for note in seat.notes():
            self._station.say(note)
        if ENGINE not in self._station.supervisor.roles:
            if seat.is_member:
                self._start(seat.run)
        elif self._child is not None and seat.is_member and seat.number != self._number:
            # It was taken out of the roster, and is back under another number: readers know it by that.
            self._child.signal(signal.SIGTERM)
            self._child = None
        seat.tend(time.monotonic_ns())

    def _tell_readiness(self) -> None:
        why = self._seat.why_not_ready if self._seat is not None else ""
        if not why and self._live < _LEAST_VENUES and self._owns_something:
            why = f"{self._live} of at least {_LEAST_VENUES} venues are live"
        self._station.ready(why, ("name", self._name), ("venues_live", self._live))

    @property
    def _owns_something(self) -> bool:
        """Of few assets and many engines one may have none: nothing is sent to it."""
        names = self._seat.names if self._seat is not None else (self._name,)
        assets = {split_symbol(symbol)[0] for symbol in self._asked.symbols}
        return any(owner_of(asset, names) == self._name for asset in assets)

    def _start(self, run: str) -> None:
        """The engine, and what hears it: its sinks and mirror, which are at home here."""
        settings, asked = self._asked.settings, self._asked
        self._cast = cast = Cast(
            run=run,
            settings=settings,
            symbols=asked.symbols,
            endpoints=(self._places.near,),
            log_path=self._log_path,
            log_level=asked.log_level,
            ring=self._ring,
        )
        self._station.supervisor.add(Role(ENGINE, partial(self._spawn, run), on_news=self._on_news))
        for outlet in cast.outlets(asked.feed, self._on_outlet_news):
            self._station.supervisor.add(outlet)

    def _spawn(self, run: str) -> SpawnedChild:
        """Epochs only grow, whichever process counts them: in a fleet its Redis, else the clock."""
        settings, seat = self._asked.settings, self._seat
        self._number = seat.number if seat else 0
        symbols = self._asked.symbols
        plan = EnginePlan(
            run=run,
            epoch=seat.next_epoch() if seat else time.time_ns() // 1_000_000 - _EPOCH_BEGINS_MS,
            feed=self._asked.feed,
            ticks=self._places.bound.ticks,
            signals=self._places.bound.signals,
            door=self._places.bound.door,
            ring=self._ring,
            ledger=str(state_dir() / f"engine-{self._name}.ledger"),
            shard=Shard(number=self._number, symbols=symbols, conversions=conversion_symbols(symbols)),
            venues=settings.venues,
            thresholds=settings.thresholds,
            boards_per_s=BOARDS_PER_S,
            paper=settings.paper_terms,
            record=settings.record,
            limits=recording_limits(settings),
            serves=seat is None,
            member=self._name if seat else "",
            log_path=self._log_path,
            log_level=self._asked.log_level,
            log_form=settings.log_format,
        )
        child = SpawnedChild("kairos_tui.runtime.run_engine", plan, log_fd=self._log_fd, owns_terminal=False)
        self._child = child
        if seat is not None:
            seat.on_start()
        return child

    def _on_news(self, news: News) -> None:
        if news.live is not None:
            self._live = news.live
        if news.given_up:
            raise PortTaken(news.given_up)
        self._station.say(f"listening at {self._places.shown}, key {self._places.key}")
        if self._seat is not None:
            self._seat.on_news(news)

    def _on_outlet_news(self, role_name: str, news: News) -> None:
        if news.given_up:
            self._station.supervisor.give_up(role_name, news.given_up)
        line = news.given_up or news.note
        if line:
            self._station.say(f"{role_name}: {line}")

    def _stop(self) -> None:
        """In a fleet others take over first: then nothing is said twice, and nothing not at all."""
        if self._seat is not None and self._child is not None:
            self._seat.leave()
            until_ns = time.monotonic_ns() + int(_LEAVES_WITHIN_S * 1e9)
            while not self._seat.has_left and time.monotonic_ns() < until_ns and self._seat.fatal is None:
                self._station.turn(self._tend)
        if ENGINE in self._station.supervisor.roles:
            self._station.supervisor.stop([ENGINE], deadline_s=STOP_WITHIN_S)
