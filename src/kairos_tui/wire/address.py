"""Addresses: the private folder of one run, the sockets in it, and who may serve them.

Only `ipc://` paths are addresses here: no TCP port is ever opened.
"""

import fcntl
import os
import stat
import tempfile
from pathlib import Path

from msgspec import Struct

from kairos_tui.errors import Fatal

_LONGEST_PATH_BYTES = 100
"""A unix socket's path ends at 104 bytes on macOS and 108 on Linux."""
_LONGEST_NAME = "/signals-99"


class Endpoints(Struct, frozen=True):
    """The two sockets of an engine: ticks to it, signals and boards from it."""

    ticks: str
    signals: str

    @staticmethod
    def in_dir(folder: Path, engine: int = 0) -> "Endpoints":
        """Those of a run's engine of that number, inside a folder that `private_dir` made."""
        suffix = f"-{engine}" if engine else ""
        return Endpoints(ticks=f"ipc://{folder}/ticks{suffix}", signals=f"ipc://{folder}/signals{suffix}")

    @staticmethod
    def signals_in(folder: Path) -> tuple[str, ...]:
        """Where the engines of a run publish: the first, begun or not, and those of the others that have."""
        names = {"signals", *(path.name for path in folder.glob("signals-*") if path.suffix != ".lock")}
        return tuple(f"ipc://{folder}/{name}" for name in sorted(names, key=lambda name: (len(name), name)))


def private_dir() -> Path:
    """A new folder that only this user may enter: under $XDG_RUNTIME_DIR/kairos, else the temp folder."""
    for parent in parents():
        if not _fits(parent):
            continue
        try:
            return _new_folder_in(parent)
        except OSError:
            continue
    raise Fatal("no folder for sockets: neither $XDG_RUNTIME_DIR nor the temp folder can be written")


def parents() -> list[Path]:
    """Where such folders are made: in the first of them that can be written and is short enough."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    private = [Path(runtime) / "kairos"] if runtime else []
    return [*private, Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108  a 0700 folder of random name is made in it


def _new_folder_in(parent: Path) -> Path:
    if parent.name == "kairos":
        parent.mkdir(mode=0o700, exist_ok=True)
        seen = parent.lstat()
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or seen.st_mode & 0o022:
            raise PermissionError(f"{parent} is not ours alone")
    return Path(tempfile.mkdtemp(prefix="kairos-", dir=parent))  # mkdtemp makes it 0700


def _fits(parent: Path) -> bool:
    longest = f"{parent}/kairos-12345678{_LONGEST_NAME}"
    return len(os.fsencode(longest)) <= _LONGEST_PATH_BYTES


def path_of(endpoint: str) -> Path:
    """The socket file of an `ipc://` address. Raises Fatal for any other kind of address."""
    scheme, _, path = endpoint.partition("://")
    if scheme != "ipc" or not path.startswith("/"):
        raise Fatal(f"{endpoint!r} is not an ipc:///path address")
    if len(os.fsencode(path)) > _LONGEST_PATH_BYTES:
        raise Fatal(f"{path} is too long for a unix socket: {_LONGEST_PATH_BYTES} bytes at most")
    return Path(path)


def claim(endpoint: str) -> int:
    """Take the right to serve an address; the descriptor holds it until closed, and a dead process loses it.

    Without this a second bind silently takes the name, and new connections go to the second.
    """
    path = path_of(endpoint)
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise Fatal(f"{path} is served by another process") from error
    return descriptor
