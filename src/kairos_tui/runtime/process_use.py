"""ProcessUse: CPU and memory of our processes by their pids, as Linux counts them; elsewhere unknown.

Before it: the supervisor's views. After it: the launcher's report.
"""

import os
from collections import deque
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from kairos_tui.market import LatencyWindow, RoleView
from kairos_tui.runtime.cores import cores_of

_KEPT = 5
"""Samples of a process: the launcher takes two a second, and the kernel counts CPU in hundredths of one."""


class Use(NamedTuple):
    """What a process has used since it began, and what it holds now."""

    cpu_s: float
    rss_bytes: int


class ProcessUse:
    """Remembers the last two seconds of each process."""

    def __init__(self) -> None:
        self._seen: dict[int, deque[tuple[int, float]]] = {}

    def add_to(self, roles: tuple[RoleView, ...], now_ns: int) -> tuple[RoleView, ...]:
        """The same roles with what their processes use; a new process has no share yet."""
        alive = {role.pid for role in roles}
        self._seen = {pid: seen for pid, seen in self._seen.items() if pid in alive}
        return tuple(self._with_use(role, now_ns) for role in roles)

    def _with_use(self, role: RoleView, now_ns: int) -> RoleView:
        use = use_of(role.pid) if role.pid is not None else None
        if use is None or role.pid is None:
            return role
        seen = self._seen.setdefault(role.pid, deque(maxlen=_KEPT))
        seen.append((now_ns, use.cpu_s))
        since_ns, before_s = seen[0]
        share = (use.cpu_s - before_s) / ((now_ns - since_ns) / 1e9) if now_ns > since_ns else None
        return replace(role, cpu_share=share, rss_bytes=use.rss_bytes, cores=cores_of(role.pid))


def use_of(pid: int) -> Use | None:
    """From /proc; None where there is none, or no such process any more."""
    try:
        # The name stands in parentheses and may hold anything, also parentheses: the last one counts.
        after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        resident_pages = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1])
        ticks = int(after_name[11]) + int(after_name[12])
    except (OSError, ValueError, IndexError):
        return None
    return Use(ticks / os.sysconf("SC_CLK_TCK"), resident_pages * os.sysconf("SC_PAGE_SIZE"))


def launcher_view(turns: LatencyWindow, now_ns: int) -> RoleView:
    """The launcher's own row; `turns` is how long those of its loop took."""
    (lag_ns,) = turns.percentiles((0.99,), now_ns)
    lag_us = None if lag_ns is None else lag_ns // 1000
    return RoleView("launcher", "running", os.getpid(), lag_p99_us=lag_us)
