"""ingest_station: `kairos ingest`. A worker for each venue, kept alive; each finds its engines by itself.

Before it: cli. After it: run_ingest, in workers that are forked from a server with ccxt in memory.
"""

import os
from contextlib import ExitStack

from kairos_tui.errors import Fatal, SettingsInvalid
from kairos_tui.market import KeyRing, Venue
from kairos_tui.runtime.cast import INGEST
from kairos_tui.runtime.child import News
from kairos_tui.runtime.fleet_keys import engine_at, ring_of
from kairos_tui.runtime.ingest_plan import IngestPlan
from kairos_tui.runtime.log_file import output_file, state_dir
from kairos_tui.runtime.names_here import name_here
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.sole_holder import sole_holder
from kairos_tui.runtime.spawn import ForkedChild, warm_fork_server
from kairos_tui.runtime.station import Station, StationAsked, begin_log
from kairos_tui.runtime.supervisor import Role
from kairos_tui.runtime.venue_plans import feed_plan


def serve_ingest(asked: StationAsked, *, engine: str) -> int:
    """Until quit or signalled; returns the exit code. `engine` is HOST:PORT, empty in a fleet.

    Raises SettingsInvalid, ExtraMissing, RoleLost, and Fatal when engines or the fleet refuse it.
    """
    settings = asked.settings
    if bool(engine) == bool(settings.fleet):
        both = (
            "--engine and --fleet: keep one" if engine else "where do the books go? give --engine or --fleet"
        )
        raise SettingsInvalid(both)
    at = engine_at(engine, settings, flag="--engine") if engine else None
    ring = ring_of(settings, "ingest")
    log_path = begin_log(asked, "ingest")
    with ExitStack() as held, SignalsCaught() as signals:
        for venue in settings.venues if settings.name else ():  # a name that was not given is nobody else's
            path = state_dir() / f"ingest-{settings.name}-{venue}.lock"
            held.enter_context(sole_holder(path, f"the ingester {settings.name!r} of {venue}"))
        return IngestStation(asked, str(at or ""), ring, signals, log_path).run()


class IngestStation:
    """One start of the command."""

    def __init__(
        self, asked: StationAsked, engine: str, ring: KeyRing, signals: SignalsCaught, log_path: str
    ) -> None:
        settings = asked.settings
        self._asked = asked
        self._engine = engine
        self._ring = ring
        self._log_path = log_path
        self._log_fd = os.open(output_file(log_path), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._name = settings.name or name_here("ingest")
        self._live: dict[Venue, int] = dict.fromkeys(settings.venues, 0)
        self._given_up: str | None = None
        self._station = Station("ingest", health=settings.health, signals=signals, quiet=asked.quiet)

    def run(self) -> int:
        """Start the workers, turn until a signal comes, stop them.

        Each then says that it has left its venue, and an ingester that stands by takes over at once.
        """
        try:
            warm_fork_server(self._log_fd)
            for venue in self._asked.settings.venues:
                self._station.supervisor.add(self._worker(venue))
            return self._station.run(self._tend)
        finally:
            os.close(self._log_fd)

    def _tend(self, ended: list[Role]) -> None:
        for role in ended:
            self._live[Venue(role.name.removeprefix(INGEST))] = 0
        if self._given_up is not None:
            raise Fatal(self._given_up)
        live = [venue for venue, streams in self._live.items() if streams]
        why = "" if live else "no venue is live"
        self._station.ready(why, ("name", self._name), ("venues_live", len(live)))

    def _worker(self, venue: Venue) -> Role:
        def start() -> ForkedChild:
            return ForkedChild(f"{INGEST}{venue}", self._plan(venue), log_fd=self._log_fd)

        def on_news(news: News) -> None:
            if news.live is not None:
                self._live[venue] = news.live
            self._given_up = news.given_up or self._given_up
            if news.note:
                self._station.say(f"{venue}: {news.note}")

        return Role(f"{INGEST}{venue}", start, on_news=on_news)

    def _plan(self, venue: Venue) -> IngestPlan:
        asked = self._asked
        return IngestPlan(
            run="",
            epoch=0,  # it has one for each engine, by the clock
            ticks=(self._engine,) if self._engine else (),
            feed=feed_plan(asked.settings, venue, asked.symbols, None),
            log_path=self._log_path,
            log_level=asked.log_level,
            log_form=asked.settings.log_format,
            ring=self._ring,
            fleet=asked.settings.fleet,
            member=self._name,
            feed_kind=asked.feed,
        )
