"""Supervisor: keeps roles alive. Launcher says which; spawn makes the processes.

A role that dies is started again at once; five deaths in a minute and it rests for a while. A role that stops
beating is stuck, and is killed so that it can be started again.
"""

import logging
import os
import selectors
import signal
import time
from collections import deque
from collections.abc import Callable

import msgspec

from kairos_tui.market import RoleState, RoleView
from kairos_tui.runtime.child import News
from kairos_tui.runtime.spawn import Child

log = logging.getLogger(__name__)

MOST_DEATHS = 5
DEATHS_WINDOW_NS = 60_000_000_000
REST_NS = 300_000_000_000
SILENCE_NS = 3_000_000_000
STARTUP_SILENCE_NS = 30_000_000_000


class Role:
    """One role and its current process. `start()` makes a new one."""

    def __init__(self, name: str, start: Callable[[], Child], *, on_news: Callable[[News], None]) -> None:
        self.name, self.on_news = name, on_news
        self.child: Child | None = None
        self.restarts = -1
        self.state: RoleState = "starting"
        self.reason: str | None = None
        self.note: str | None = None
        self.lag_us: int | None = None
        self.last_exit: int | None = None
        self._start, self._unread = start, b""
        self._deaths: deque[int] = deque(maxlen=MOST_DEATHS)
        self._abandoned, self._rest_until_ns = False, 0
        self._silent_after_ns = self.beat_ns = 0

    def launch(self, now_ns: int) -> None:
        """Start a new process for this role."""
        self.restarts += 1
        self.state = "restarting" if self.restarts else "starting"
        self._silent_after_ns = now_ns + STARTUP_SILENCE_NS
        self._unread, self.lag_us = b"", None
        try:
            self.child = self._start()
        except (OSError, EOFError) as error:
            # The fork server went away under our hands, or the machine is out of something.
            self._note_death(now_ns, f"could not be started: {error}")

    def view(self) -> RoleView:
        """The role as displays show it."""
        pid = self.child.pid if self.child else None
        reason, lag_us = self.note or self.reason, self.lag_us if pid is not None else None
        return RoleView(self.name, self.state, pid, max(0, self.restarts), reason, lag_p99_us=lag_us)

    def read_news(self, now_ns: int) -> list[News] | None:
        """What the process said. None when its end of the pipe is closed: it is gone."""
        assert self.child is not None
        try:
            piece = os.read(self.child.reports, 65_536)
        except BlockingIOError:
            return []
        if not piece:
            return None
        *lines, self._unread = (self._unread + piece).split(b"\n")
        if lines and not self._abandoned:
            self._silent_after_ns, self.beat_ns = now_ns + SILENCE_NS, now_ns
            self.state = "running"
        told = [msgspec.json.decode(line, type=News) for line in lines]
        for news in told:
            self.note = news.note or self.note
            self.lag_us = self.lag_us if news.lag_us is None else news.lag_us
        return told

    def is_silent(self, now_ns: int) -> bool:
        """True when the process lives but its loop has not turned for too long."""
        return self.child is not None and now_ns > self._silent_after_ns

    def forgive_silence(self, now_ns: int) -> None:
        """Start the silence clock again: the launcher itself was asleep."""
        self._silent_after_ns = max(self._silent_after_ns, now_ns + SILENCE_NS)

    def bury(self, now_ns: int) -> None:
        """Reap the dead process and note why it died."""
        assert self.child is not None
        self.last_exit = _await_exit(self.child)
        self.child.release()
        self.child = None
        self._note_death(now_ns, describe_exit(self.last_exit))

    def _note_death(self, now_ns: int, reason: str) -> None:
        if self._abandoned:
            return
        if self.name == "hud" and self.last_exit == 0:  # whoever looked at it has left: the run is over
            self.state = "stopped"
            log.info("role left role=%s", self.name)
            return
        self.reason = reason
        self._deaths.append(now_ns)
        crowded = len(self._deaths) == MOST_DEATHS and now_ns - self._deaths[0] < DEATHS_WINDOW_NS
        self.state = "failed" if crowded else "restarting"
        self._rest_until_ns = now_ns + REST_NS if crowded else 0
        log.warning("role ended role=%s reason=%s state=%s", self.name, self.reason, self.state)

    def abandon(self, reason: str) -> None:
        """Never start it again."""
        self.state, self.reason, self.note, self._abandoned = "failed", reason, None, True

    def is_due(self, now_ns: int) -> bool:
        """True when the role has no process and may have one."""
        may = self.state != "stopped" and not self._abandoned
        return self.child is None and may and now_ns >= self._rest_until_ns


class Supervisor:
    """The roles that should be running, in the order they were started."""

    def __init__(self) -> None:
        self.roles: dict[str, Role] = {}
        self._selector = selectors.DefaultSelector()
        self._last_turn_ns = time.monotonic_ns()

    def add(self, role: Role) -> None:
        """Start a role and keep it alive from now on."""
        self.roles[role.name] = role
        self._launch(role, time.monotonic_ns())

    def watch_fd(self, fd: int) -> None:
        """Also wake up when `fd` is readable (the signal pipe)."""
        self._selector.register(fd, selectors.EVENT_READ, None)

    def turn(self, wait_s: float) -> list[Role]:
        """Wait for news up to `wait_s` and pass it on; returns the roles whose process ended."""
        events = self._selector.select(wait_s)
        now_ns = time.monotonic_ns()
        self._forgive_a_sleep(now_ns)
        ended, told = [], []
        for key, _mask in events:
            role: Role | None = key.data
            if role is None:
                os.read(key.fd, 4096)
            elif (news := role.read_news(now_ns)) is None:
                self._selector.unregister(key.fd)
                role.bury(now_ns)
                ended.append(role)
            else:
                told += [(role, each) for each in news]
        self._end_the_silent(now_ns)
        # Last, for news may stop roles whose pipes were ready in the same batch.
        for role, each in told:
            if self.roles.get(role.name) is role:
                role.on_news(each)
        return [role for role in ended if self.roles.get(role.name) is role]

    def restart_due(self) -> None:
        """Start every role that has no process and may have one."""
        now_ns = time.monotonic_ns()
        for role in self.roles.values():
            if role.is_due(now_ns):
                self._launch(role, now_ns)

    def stop(self, names: list[str], *, deadline_s: float) -> None:
        """SIGTERM to all of `names`, last started first; SIGKILL to those that outstay the deadline."""
        stopping = [self.roles[name] for name in reversed(list(self.roles)) if name in names]
        for role in stopping:
            role.state = "stopped"
            if role.child:
                role.child.signal(signal.SIGTERM)
        deadline_ns = time.monotonic_ns() + int(deadline_s * 1e9)
        for role in stopping:
            self._end(role, deadline_ns)
            del self.roles[role.name]

    def order(self, begins: str, order: msgspec.Struct) -> None:
        """One line to every running role whose name begins so."""
        for role in self.roles.values():
            if role.name.startswith(begins) and role.child is not None:
                role.child.order(order)

    def give_up(self, name: str, reason: str) -> None:
        """It will never work: it ends and is not started again, but stays in view with its reason."""
        role = self.roles[name]
        if role.child:
            role.child.signal(signal.SIGTERM)
        role.abandon(reason)

    def views(self) -> tuple[RoleView, ...]:
        """Every role as displays show it."""
        return tuple(role.view() for role in self.roles.values())

    def _launch(self, role: Role, now_ns: int) -> None:
        role.launch(now_ns)
        if role.child is not None:
            self._selector.register(role.child.reports, selectors.EVENT_READ, role)

    def _end(self, role: Role, deadline_ns: int) -> None:
        if role.child is None:
            return
        while role.child.exit_code() is None:
            if time.monotonic_ns() > deadline_ns:
                role.child.signal(signal.SIGKILL)
            time.sleep(0.005)
        self._selector.unregister(role.child.reports)
        role.last_exit = role.child.exit_code()
        role.child.release()
        role.child = None

    def _end_the_silent(self, now_ns: int) -> None:
        for role in self.roles.values():
            if role.child and role.is_silent(now_ns):
                log.warning("role silent, killing it role=%s pid=%s", role.name, role.child.pid)
                role.child.signal(signal.SIGCONT)
                role.child.signal(signal.SIGKILL)
                role.forgive_silence(now_ns)

    def _forgive_a_sleep(self, now_ns: int) -> None:
        # After a suspend or a stopped job nobody has beaten, for nobody ran: that is no one's fault.
        if now_ns - self._last_turn_ns > 2_000_000_000:
            for role in self.roles.values():
                role.forgive_silence(now_ns)
        self._last_turn_ns = now_ns


def describe_exit(code: int | None) -> str:
    """An exit code in words: `SIGKILL`, `exit 1`."""
    if code is None:
        return "gone"
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit {code}"


def _await_exit(child: Child) -> int | None:
    # Its pipe closes an instant before the kernel hands over the exit code.
    deadline_ns = time.monotonic_ns() + 500_000_000
    while (code := child.exit_code()) is None and time.monotonic_ns() < deadline_ns:
        time.sleep(0.001)
    return code
