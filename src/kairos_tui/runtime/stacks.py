"""stacks: what every process of Kairos is doing just now, told without its help: also when it hangs.

Each process offers, to write its threads' stacks into memory of its own on SIGUSR1. Linux only.
Before it: child, signals_caught. After it: `kairos dump`. Names of files and functions, and no value of any.
"""

import faulthandler
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple

_PREFIX: Final = "kairos-stacks:"
_LINK: Final = f"/memfd:{_PREFIX}"
_GONE: Final = " (deleted)"
_MOST_BYTES: Final = 1 << 20
_SETTLED_S: Final = 0.03
_PROC: Final = Path("/proc")
_offered: Final[list[int]] = []


class Stacks(NamedTuple):
    """One process. `text` is faulthandler's; empty where it wrote none, for `why`."""

    pid: int
    role: str
    text: str
    why: str = ""


def offer_stacks(role: str = "") -> None:
    """Heeded once in a process. Elsewhere than on Linux, or with no file left, it does without."""
    if _offered or not hasattr(os, "memfd_create"):
        return
    try:
        fd = os.memfd_create(_PREFIX + (role or _own_name()))
    except OSError:
        return
    _offered.append(fd)
    faulthandler.register(signal.SIGUSR1, file=fd, all_threads=True)


def dump_all(within_s: float = 1.5) -> list[Stacks]:
    """Of all processes of this user that offered it, in the order they began. Each just goes on."""
    until_s = time.monotonic() + within_s
    asked = []
    for pid, role, path in _offers():
        begun = _size(path)
        try:
            os.kill(pid, signal.SIGUSR1)
        except ProcessLookupError:
            continue
        asked.append((pid, role, path, begun))
    return [Stacks(pid, role, *_await(path, pid, begun, until_s)) for pid, role, path, begun in asked]


def _await(path: Path, pid: int, begun: int, until_s: float) -> tuple[str, str]:
    """The text, or why there is none. It is whole when it no longer grows."""
    size, since_s = begun, time.monotonic()
    while time.monotonic() < until_s:
        now = _size(path)
        if now != size:
            size, since_s = now, time.monotonic()
        elif size > begun and time.monotonic() - since_s >= _SETTLED_S:
            return _take(path, begun), ""
        time.sleep(0.005)
    if _size(path) > begun:  # another took all the time, and this one has long written
        return _take(path, begun), ""
    return "", f"it wrote nothing in time; its state is {_state(pid)}"


def _take(path: Path, begun: int) -> str:
    try:
        with path.open("rb") as file:
            file.seek(begun)
            text = file.read(_MOST_BYTES).decode("utf-8", "replace")
        if begun + len(text) > _MOST_BYTES:
            os.truncate(path, 0)
    except OSError:
        return ""
    return text.replace(str(Path.home()) + "/", "~/")


def _offers() -> list[tuple[int, str, Path]]:
    """Processes that have the memory, and would not die of the signal."""
    found = []
    for folder in _PROC.iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            found += [(int(folder.name), *offer) for offer in _offer_of(folder)]
    return sorted(found)


def _offer_of(folder: Path) -> list[tuple[str, Path]]:
    try:
        if folder.stat().st_uid != os.getuid() or not _catches(folder):
            return []
        links = [(str(fd.readlink()), fd) for fd in (folder / "fd").iterdir()]
    except OSError:  # ended meanwhile, or not ours after all
        return []
    names = [
        (link.removeprefix(_LINK).removesuffix(_GONE), fd) for link, fd in links if link.startswith(_LINK)
    ]
    return names[:1]


def _catches(folder: Path) -> bool:
    status = (folder / "status").read_text("ascii", "replace")
    caught = next((line for line in status.splitlines() if line.startswith("SigCgt:")), "SigCgt: 0")
    return bool(int(caught.split()[1], 16) >> (signal.SIGUSR1 - 1) & 1)


def _state(pid: int) -> str:
    try:
        status = (_PROC / str(pid) / "status").read_text("ascii", "replace")
    except OSError:
        return "gone"
    return next(
        (line.partition(":")[2].strip() for line in status.splitlines() if line.startswith("State:")), "?"
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _own_name() -> str:
    """`ingest:okx` of a fork, `engine` of `-m kairos_tui.runtime.run_engine`."""
    forking = sys.modules.get("multiprocessing.process")  # loaded where it made this process
    name = forking.current_process().name if forking else "MainProcess"
    if name != "MainProcess":
        return str(name)
    return Path(sys.argv[0]).stem.removeprefix("run_")
