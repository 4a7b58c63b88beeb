"""bench_machine: what a measurement was taken on, as every bench prints it."""

import os
import platform
from pathlib import Path

from msgspec import Struct

from kairos_tui.wire.bench_ends import has_ipc


class Machine(Struct, frozen=True):
    """`cores` are those this process may use, `load` how many processes wanted one in the minute before.

    `libraries`: name -> version of what was measured.
    """

    cpu: str
    cores: int
    load: float
    system: str
    python: str
    libraries: dict[str, str]

    def line(self) -> str:
        """All of it on one line."""
        cores = f"{self.cores} core{'s' if self.cores != 1 else ''} (load {self.load:.1f} before)"
        shown = [f"{name} {version}" for name, version in self.libraries.items()]
        return ", ".join([self.cpu, cores, self.system, self.python, *shown])


def this_machine(libraries: dict[str, str]) -> Machine:
    """The machine this runs on. Ask before measuring: the load is part of it."""
    return Machine(
        cpu=_cpu(),
        cores=usable_cores(),
        load=os.getloadavg()[0],
        system=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        libraries=libraries,
    )


def why_no_processes() -> str | None:
    """Why a bench of several processes cannot be run here, or None."""
    return None if has_ipc() else "this libzmq was built without ipc://, which Kairos' processes speak over"


def why_no_proc() -> str | None:
    """Why other processes cannot be looked at here, or None."""
    return None if Path("/proc/self/stat").exists() else "this system has no /proc to read others' CPU from"


def usable_cores() -> int:
    """How many cores this process may run on."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _cpu() -> str:
    """The model's name; the architecture where the system does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named and named[0] else platform.processor() or platform.machine() or "unknown CPU"
