"""Addresses: the private folder of one run, the sockets in it, who may serve them; ports of other machines.

`ipc:///path`, or `tcp://HOST:PORT` to bind, or `tcp://HOST:PORT#KEY` to connect: the public key of who binds.
"""

import fcntl
import os
import re
import stat
import tempfile
from pathlib import Path

from msgspec import Struct

from kairos_tui.errors import Fatal, SettingsInvalid

_LONGEST_PATH_BYTES = 100
"""A unix socket's path ends at 104 bytes on macOS and 108 on Linux."""
_LONGEST_NAME = "/signals-99"
_LAST_PORT = 65_535
_TCP = re.compile(
    r"tcp://(?:\[(?P<v6>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\]|(?P<host>[A-Za-z0-9_.-]+|\*))"
    r":(?P<port>[0-9]{1,5})(?:#(?P<key>[0-9A-Za-z.:+=^!/*?&<>()\[\]{}@%$#-]{40}))?"
)
"""The characters of the key are Z85's, the encoding of ZeroMQ's keys."""


class Endpoints(Struct, frozen=True):
    """The sockets of an engine: ticks to it, signals and boards from it, and its door for other machines."""

    ticks: str
    signals: str
    door: str = ""

    @staticmethod
    def in_dir(folder: Path, engine: int = 0) -> "Endpoints":
        """Those of a run's engine of that number, inside a folder that `private_dir` made."""
        suffix = f"-{engine}" if engine else ""
        return Endpoints(ticks=f"ipc://{folder}/ticks{suffix}", signals=f"ipc://{folder}/signals{suffix}")

    @staticmethod
    def at_port(base: str) -> "Endpoints":
        """Those of an engine on TCP: ticks at the given port, signals at the next, the door at the one after.

        Port 0 means any three. Raises SettingsInvalid.
        """
        at = read_tcp(base)
        return Endpoints(*[str(at.at(at.port + place if at.port else 0)) for place in range(3)])

    @property
    def named(self) -> str:
        """The one address by which it is asked for: of its signals; on TCP, of the first of its ports."""
        return self.ticks if is_tcp(self.ticks) else self.signals

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


class TcpAddress(Struct, frozen=True):
    """A host, a port (0: any, to bind only) and the public key of who binds it, if it is said."""

    host: str
    port: int
    key: str = ""

    @property
    def url(self) -> str:
        """What ZeroMQ calls it: no key; an IPv6 address in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"

    def at(self, port: int) -> "TcpAddress":
        """The same host and key at another port. Raises SettingsInvalid when there is none of that number."""
        if not 0 <= port <= _LAST_PORT:
            raise SettingsInvalid(f"{self.url}: an engine needs three ports in a row up to {_LAST_PORT}")
        return TcpAddress(self.host, port, self.key)

    def __str__(self) -> str:
        return f"{self.url}#{self.key}" if self.key else self.url


def is_tcp(endpoint: str) -> bool:
    """Whether it is of another machine's kind, which needs keys."""
    return endpoint.startswith("tcp://")


def read_tcp(endpoint: str) -> TcpAddress:
    """`tcp://HOST:PORT`, with `#KEY` or without. Raises SettingsInvalid, which says what is wrong with it."""
    match = _TCP.fullmatch(endpoint)
    if match is None:
        raise SettingsInvalid(f"{endpoint!r} is not tcp://HOST:PORT or tcp://HOST:PORT#KEY (40 characters)")
    if int(match["port"]) > _LAST_PORT:
        raise SettingsInvalid(f"{endpoint!r}: there is no port {match['port']}: the last is {_LAST_PORT}")
    return TcpAddress(match["v6"] or match["host"], int(match["port"]), match["key"] or "")


def is_connectable(endpoint: str) -> bool:
    """Whether it is a whole `tcp://HOST:PORT#KEY`: of what others wrote, all else is not to be opened."""
    try:
        at = read_tcp(endpoint)
    except SettingsInvalid:
        return False
    return bool(at.port and at.key)


def path_of(endpoint: str) -> Path:
    """The socket file of an `ipc://` address. Raises Fatal for any other kind of address."""
    scheme, _, path = endpoint.partition("://")
    if scheme != "ipc" or not path.startswith("/"):
        raise Fatal(f"{endpoint!r} is not an ipc:///path address")
    if len(os.fsencode(path)) > _LONGEST_PATH_BYTES:
        raise Fatal(f"{path} is too long for a unix socket: {_LONGEST_PATH_BYTES} bytes at most")
    return Path(path)


def claim(endpoint: str) -> int | None:
    """Take the right to serve an address; the descriptor holds it until closed, and a dead process loses it.

    Without this a second bind silently takes the name, and new connections go to the second. None for a TCP
    port, which claims itself: its second bind is refused.
    """
    if is_tcp(endpoint):
        return None
    path = path_of(endpoint)
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise Fatal(f"{path} is served by another process") from error
    return descriptor
