"""Liveness: whether every loop of a run beats, and what the run is busy with, in one line.

Before it: supervisor's roles. After it: sd_notify, which tells the service manager, and health_server.
"""

import time
from collections.abc import Iterable
from typing import NamedTuple

from kairos_tui.runtime.health_page import Fact, Health
from kairos_tui.runtime.sd_notify import Notifier
from kairos_tui.runtime.supervisor import SILENCE_NS, STARTUP_SILENCE_NS, Role


class Liveness:
    """Remembers when each role last beat, so that one which is only ever started again is not alive."""

    def __init__(self, within_ns: int = SILENCE_NS) -> None:
        self._within_ns = min(within_ns, SILENCE_NS)
        self._beaten_ns: dict[str, int] = {}

    def is_alive(self, roles: Iterable[Role], now_ns: int) -> bool:
        """Every role has beaten in time. Nobody waits for one that rests after many deaths, or ends."""
        expected = [role for role in roles if role.state not in ("failed", "stopped")]
        known = self._beaten_ns
        self._beaten_ns = {
            role.name: max(role.beat_ns, known.get(role.name, 0 if role.state == "running" else now_ns))
            for role in expected
        }
        return all(now_ns - self._beaten_ns[role.name] <= self._patience_ns(role) for role in expected)

    def _patience_ns(self, role: Role) -> int:
        return self._within_ns if role.state == "running" else STARTUP_SILENCE_NS


def have_begun(roles: Iterable[Role], wants: str = "") -> bool:
    """No role is in its first start any more, and there is one whose name begins with `wants`."""
    known = list(roles)
    return any(role.name.startswith(wants) for role in known) and all(
        role.state != "starting" for role in known
    )


def do_run(roles: Iterable[Role]) -> bool:
    """One at least runs, and none is on its way; one that rests after many deaths is not waited for."""
    states = {role.state for role in roles}
    return "running" in states and states <= {"running", "failed"}


def gist_of(roles: Iterable[Role]) -> str:
    """`6 of 7 processes run; ingest:okx restarting: SIGKILL`."""
    known = list(roles)
    others = [role for role in known if role.state != "running"]
    said = f"{len(known) - len(others)} of {len(known)} processes run"
    return "; ".join([said, *(f"{role.name} {role.state}: {role.reason or 'not yet'}" for role in others)])


class _Judged(NamedTuple):
    """What the last turn found; replaced as a whole, for another thread reads it."""

    at_ns: int
    alive: bool
    ready: bool
    gist: str


class Reporter:
    """Both, for a launcher: call `turn` between its own turns. `health` is for any thread."""

    def __init__(self, notifier: Notifier | None = None) -> None:
        self._notifier = notifier or Notifier()
        self._liveness = Liveness(self._notifier.watchdog_ns or SILENCE_NS)
        self._judged: _Judged | None = None

    def turn(self, roles: Iterable[Role], now_ns: int, about: str = "", wants: str = "") -> None:
        """`about` is for the status line; without a role whose name begins with `wants` nothing is ready."""
        known = list(roles)
        alive, ready, gist = self._liveness.is_alive(known, now_ns), have_begun(known, wants), gist_of(known)
        self._judged = _Judged(now_ns, alive, ready and do_run(known), gist)
        status = f"{about}: {gist}" if about else gist
        self._notifier.turn(ready=ready, alive=alive, status=status, now_ns=now_ns)

    def health(self, facts: tuple[tuple[str, Fact], ...] = (), now_ns: int | None = None) -> Health:
        """Live while all loops beat, the launcher's own among them; ready while they run."""
        judged = self._judged
        if judged is None:
            return Health(live=True, ready=False, why="it has just begun", facts=facts)
        still_ns = (time.monotonic_ns() if now_ns is None else now_ns) - judged.at_ns
        if still_ns > SILENCE_NS:
            why = f"the launcher stands still for {still_ns / 1e9:.0f} s"
            return Health(live=False, ready=False, why=why, facts=facts)
        ready = judged.alive and judged.ready
        return Health(live=judged.alive, ready=ready, why="" if ready else judged.gist, facts=facts)

    def stopping(self, why: str) -> None:
        """Say so. May be repeated."""
        self._notifier.stopping(why)
