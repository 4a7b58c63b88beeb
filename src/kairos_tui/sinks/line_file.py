"""LineFile: whole lines at the end of a file, whatever disks, log rotation and other processes do.

Before it: to_file and shared_line_file, which call it from a thread. Synchronous; raises OSError.
"""

import errno
import fcntl
import os
import stat
from collections.abc import Sequence
from pathlib import Path

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
PASSING = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.EAGAIN}
)
"""Errors that may be gone the next time."""
_OUR_START = b'{"type":"'
_LONGEST_LINE = 1 << 20


class LineFile:
    """Holds a lock on its file, so that no second process cuts its lines. `most_bytes` 0: it may grow.

    One that `is_shared` is locked by whoever uses it, elsewhere and for each append alone.
    """

    def __init__(self, path: Path, *, most_bytes: int = 0, keep: int = 3, is_shared: bool = False) -> None:
        self._is_shared = is_shared
        self._path = path
        self._most_bytes = most_bytes
        self._keep = keep
        self._fd = -1
        self._is_plain = True

    def open(self) -> None:
        """Find or make it; what a killed process left half written at its end is cut off."""
        self.close()
        self._open()

    def _open(self) -> None:
        fd = os.open(self._path, self._flags(), 0o600)
        try:
            self._claim(fd)
        except OSError:
            os.close(fd)
            raise
        self._fd = fd

    def append(self, lines: Sequence[bytes]) -> int:
        """How many lines are whole on the disk: fewer when it is full, and then nothing of the next one."""
        self.follow()
        body = b"".join(lines)
        self._rotate_for(len(body))
        start = os.fstat(self._fd).st_size
        written = self._write(body)
        if written == len(body):
            return len(lines)
        whole = kept = 0
        while kept + len(lines[whole]) <= written:
            kept += len(lines[whole])
            whole += 1
        if self._is_plain and kept < written:
            os.ftruncate(self._fd, start + kept)
        return whole

    def _write(self, body: bytes) -> int:
        try:
            return os.write(self._fd, body)
        except BlockingIOError:  # a device that is not ready
            return 0

    def close(self) -> None:
        """May be repeated."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _flags(self) -> int:
        # Reading is for finding the torn line of a killed process; a file that may only be written has none.
        return (
            _FLAGS
            if not self._path.exists() or os.access(self._path, os.R_OK)
            else _FLAGS & ~os.O_RDWR | os.O_WRONLY
        )

    def _claim(self, fd: int) -> None:
        kind = os.fstat(fd).st_mode
        self._is_plain = stat.S_ISREG(kind)
        if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind) or os.isatty(fd):
            raise OSError(errno.ENXIO, "a pipe or a terminal, not a file")
        if self._is_plain and not self._is_shared:
            _lock(fd)
            end_last_line(fd)

    def follow(self) -> None:
        """After a log rotation the name is another file's, or nobody's."""
        if self._fd >= 0:
            try:
                now, ours = self._path.stat(), os.fstat(self._fd)
                if (now.st_dev, now.st_ino) == (ours.st_dev, ours.st_ino):
                    return
            except FileNotFoundError:
                pass
        self.open()

    def _rotate_for(self, more: int) -> None:
        size = os.fstat(self._fd).st_size
        if not (self._is_plain and self._most_bytes and size and size + more > self._most_bytes):
            return
        for number in range(self._keep - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self._path.replace(self._numbered(1))
        self.open()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def _lock(fd: int) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(errno.EPERM, "another process writes it") from None


def end_last_line(fd: int) -> None:
    """Cut off the half line of ours that a kill left; end anybody else's with a newline."""
    size = os.fstat(fd).st_size
    try:
        if size and os.pread(fd, 1, size - 1) == b"\n":
            return
        tail = os.pread(fd, _LONGEST_LINE, max(0, size - _LONGEST_LINE))
    except OSError:  # it may only be written
        return
    torn = tail.rpartition(b"\n")[2]
    if torn.startswith(_OUR_START) or (torn and _OUR_START.startswith(torn)):
        os.ftruncate(fd, size - len(torn))
    elif torn:
        os.write(fd, b"\n")
