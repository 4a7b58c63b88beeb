"""Station: what the processes of a fleet's roles share: children kept alive, a log, health, an orderly end.

Before it: engine_station, ingest_station, which say what runs in it. After it: supervisor, health_server.
Where `kairos watch` is one process over all roles, a fleet has a station over each.
"""

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kairos_tui.errors import RoleLost
from kairos_tui.market import FeedKind, Symbol
from kairos_tui.runtime.health_page import Fact, Health
from kairos_tui.runtime.health_server import HealthServer
from kairos_tui.runtime.liveness import Reporter
from kairos_tui.runtime.log_file import log_file, log_to
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.runtime.supervisor import Role, Supervisor
from kairos_tui.settings import Settings

log = logging.getLogger(__name__)

_TURN_S: Final = 0.05
_MOST_SAID: Final = 100
STOP_WITHIN_S: Final = 0.6


class StationAsked(Struct, frozen=True):
    """What a role of a fleet was asked to do, as far as all are asked the same."""

    settings: Settings
    symbols: tuple[Symbol, ...]
    feed: FeedKind
    log_to: str = ""
    log_level: int = logging.WARNING
    quiet: bool = False


def begin_log(asked: StationAsked, role: str) -> str:
    """Send this process's log where it was asked for; where that is, for its children."""
    form = asked.settings.log_format
    place = asked.log_to or str(log_file(form))
    log_to(place, asked.log_level, role=role, form=form)
    return place


class Station:
    """Turns until a signal comes; `tend` is called once a turn and may raise a KairosError to end it.

    `ready` says why the role is not, or nothing when it is. Without the `vital` child it cannot go on.
    """

    def __init__(
        self, name: str, *, health: str, signals: SignalsCaught, quiet: bool, vital: str = ""
    ) -> None:
        self.name = name
        self._vital = vital
        self.supervisor = Supervisor()
        self._signals = signals
        self._quiet = quiet
        self._said: deque[str] = deque(maxlen=_MOST_SAID)
        self._why_not_ready = "it is starting"
        self._facts: tuple[tuple[str, Fact], ...] = ()
        self._health = HealthServer(health, self._probe, role=name) if health else None
        self._reporter = Reporter()

    @property
    def is_stopping(self) -> bool:
        """A signal has come."""
        return bool(self._signals.caught)

    @property
    def exit_code(self) -> int:
        """That of the signal that came first."""
        return 128 + self._signals.caught[0]

    def run(self, tend: Callable[[list[Role]], None], stop: Callable[[], None] = lambda: None) -> int:
        """Until a signal comes; then `stop`, then whatever still runs is ended."""
        self.supervisor.watch_fd(self._signals.wake_fd)
        try:
            while not self.is_stopping:
                self.turn(tend)
            self._reporter.stopping(self._signals.caught[0].name)
            self._why_not_ready = "it is leaving"
            stop()
        finally:
            self.supervisor.stop(list(self.supervisor.roles), deadline_s=STOP_WITHIN_S)
            if self._health is not None:
                self._health.close()
        return self.exit_code

    def turn(self, tend: Callable[[list[Role]], None]) -> None:
        """Hear the children, do what is due, start anew what ended."""
        ended = self.supervisor.turn(_TURN_S)
        for role in ended:
            self._on_end(role)
        tend(ended)
        self.supervisor.restart_due()
        roles, why = self.supervisor.roles.values(), self._why_not_ready
        self._reporter.turn(roles, time.monotonic_ns(), about=why or "ready", wants=self._vital)

    def ready(self, why_not: str, *facts: tuple[str, Fact]) -> None:
        """What /readyz says from now on: why the role is not ready; empty: it is."""
        if why_not != self._why_not_ready:
            log.info("readiness changed ready=%s why=%s", not why_not, why_not)
        self._why_not_ready, self._facts = why_not, facts

    def say(self, line: str, *, again: bool = False) -> None:
        """A line for people on stderr, once, or `again`."""
        if line in self._said and not again:
            return
        self._said.append(line)
        log.warning("said line=%s", line)
        if not self._quiet:
            try:
                os.write(2, f"kairos: {self.name}: {line}\n".encode(errors="backslashreplace"))
            except OSError:
                return  # nobody is there to be told

    def _on_end(self, role: Role) -> None:
        if role.state == "failed" and role.name == self._vital:
            raise RoleLost(f"the {role.name} process keeps ending ({role.reason})")
        what = "resting for a while" if role.state == "failed" else "starting again"
        self.say(f"{role.name} ended ({role.reason}), {what}", again=True)

    def _probe(self) -> Health:
        """As the processes are; then why the role itself is not ready."""
        health, why = self._reporter.health(self._facts), self._why_not_ready
        return Health(live=True, ready=False, why=why, facts=self._facts) if health.live and why else health
