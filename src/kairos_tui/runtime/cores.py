"""cores: what this process may use of the machine, and holding a process to some of it.

Before it: the kernel, cgroups, the user's settings. After it: placement, the launcher, `kairos doctor`.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from kairos_tui.runtime.placement import ANYWHERE, LEAST_CORES, Cores, Placement, place

log = logging.getLogger(__name__)

_CGROUPS: Final = Path("/sys/fs/cgroup")
_PROCESSORS: Final = Path("/sys/devices/system/cpu")


class Plan(NamedTuple):
    """Where roles go, and for people why: nobody who has restricted us is overruled."""

    placement: Placement
    said: str


def plan_cores(setting: str, workers: int, engines: int = 1) -> Plan:
    """For so many workers and engines, as `placement` in the settings and this machine have it."""
    why_not = _why_not(setting)
    if why_not is not None:
        return Plan(ANYWHERE, why_not)
    cores = group(os.sched_getaffinity(0))
    placement = place(cores, workers, engines)
    fewer = f" of the {LEAST_CORES} it takes" if placement == ANYWHERE else ""
    return Plan(placement, f"{len(cores)} cores{fewer}: {placement.said()}")


def _why_not(setting: str) -> str | None:
    if setting == "off":
        return "off, as configured: no process is pinned"
    if not hasattr(os, "sched_setaffinity"):
        return "this system holds no process to a core"
    allowed, there_are, quota = os.sched_getaffinity(0), os.cpu_count() or 1, quota_cores()
    obstacles = {
        f"restricted to {len(allowed)} of {there_are} processors already": len(allowed) < there_are,
        f"a quota of {quota or 0:g} of {there_are} processors": quota is not None and quota < len(allowed),
        "some cores are slower than others": not are_alike(allowed),
    }
    found = [obstacle for obstacle, is_there in obstacles.items() if is_there]
    return f"left as it is: {', '.join(found)}" if found else None


def group(processors: Iterable[int], root: Path = _PROCESSORS) -> list[Cores]:
    """Processors by the core they share; alone where nobody says."""
    shared = {tuple(_siblings(number, root)) for number in processors}
    return sorted(shared)


def _siblings(number: int, root: Path) -> list[int]:
    """`0,4` and `0-1` are how the kernel writes two of them."""
    try:
        text = (root / f"cpu{number}" / "topology" / "thread_siblings_list").read_text("ascii")
        ends = [list(map(int, part.split("-"))) for part in text.strip().split(",")]
    except (OSError, ValueError):
        return [number]
    return sorted({each for first, *last in ends for each in range(first, (last or [first])[0] + 1)})


def are_alike(processors: Iterable[int], root: Path = _PROCESSORS) -> bool:
    """Whether all are as fast, to a tenth: favoured cores differ by less, efficient ones by more."""
    speeds = [speed for number in processors if (speed := _speed(root / f"cpu{number}")) is not None]
    return not speeds or min(speeds) >= 0.9 * max(speeds)


def _speed(processor: Path) -> int | None:
    """In whatever unit: the scheduler's own measure, or the highest clock."""
    for name in ("cpu_capacity", "cpufreq/cpuinfo_max_freq"):
        try:
            return int((processor / name).read_text("ascii"))
        except (OSError, ValueError):
            continue
    return None


def quota_cores(root: Path = _CGROUPS) -> float | None:
    """How many cores' worth of time our control group may use; None = all. Version 2, then version 1."""
    try:
        quota, period = (root / "cpu.max").read_text("ascii").split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        pass
    try:
        quota_us = int((root / "cpu" / "cpu.cfs_quota_us").read_text("ascii"))
        period_us = int((root / "cpu" / "cpu.cfs_period_us").read_text("ascii"))
    except (OSError, ValueError):
        return None
    return quota_us / period_us if quota_us > 0 and period_us > 0 else None


def hold(pid: int, cores: Cores) -> None:
    """Let a process use these cores alone; where that cannot be it stays as it is, and the log says so."""
    if not cores:
        return
    try:
        os.sched_setaffinity(pid, cores)
    except (OSError, AttributeError) as error:
        log.warning("not held to cores pid=%s cores=%s reason=%s", pid, cores, error)


def cores_of(pid: int) -> Cores:
    """What a process is held to; empty = it may use any, is gone, or nobody knows."""
    try:
        allowed = os.sched_getaffinity(pid)
    except (OSError, AttributeError):
        return ()
    return tuple(sorted(allowed)) if len(allowed) < (os.cpu_count() or 1) else ()


@contextmanager
def held_to(cores: Cores) -> Iterator[None]:
    """This process on these cores for a while."""
    before = tuple(os.sched_getaffinity(0)) if cores else ()
    hold(0, cores)
    try:
        yield
    finally:
        hold(0, before)
