"""cores: what this process may use of the machine, and holding a process to some of it.

Before it: the kernel, cgroups, the user's settings. After it: placement, the launcher, `kairos doctor`.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from kairos_tui.runtime.placement import ANYWHERE, LEAST_CORES, Cores, Placement, place

log = logging.getLogger(__name__)

_CGROUPS: Final = Path("/sys/fs/cgroup")


class Plan(NamedTuple):
    """Where roles go, and for people why: nobody who has restricted us is overruled."""

    placement: Placement
    said: str


def plan_cores(setting: str, workers: int) -> Plan:
    """For so many workers, as `placement` in the settings and this machine have it."""
    why_not = _why_not(setting)
    if why_not is not None:
        return Plan(ANYWHERE, why_not)
    allowed = sorted(os.sched_getaffinity(0))
    placement = place(allowed, workers)
    fewer = f" of the {LEAST_CORES} it takes" if placement == ANYWHERE else ""
    return Plan(placement, f"{len(allowed)} cores{fewer}: {placement.said()}")


def _why_not(setting: str) -> str | None:
    if not hasattr(os, "sched_setaffinity"):
        return "this system holds no process to a core"
    allowed, there_are, quota = len(os.sched_getaffinity(0)), os.cpu_count() or 1, quota_cores()
    if setting == "off":
        return "off, as configured: no process is pinned"
    if allowed < there_are:
        return f"left as it is: restricted to {allowed} of {there_are} cores already"
    is_capped = quota is not None and quota < allowed
    return f"left as it is: a quota of {quota:g} of {there_are} cores holds here" if is_capped else None


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
