"""SharedLineFile: a LineFile that several processes append to, a few whole lines at a time.

Before it: file_lane. After it: the file, those it was rotated into, `NAME.lock`, held for each append alone.
"""

import errno
import fcntl
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kairos_tui.sinks.line_file import LineFile, end_last_line

_LOCK_WITHIN_S: Final = 0.5
_LOOK_EVERY_S: Final = 0.002
_LOCK_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class SharedLineFile(LineFile):
    """Whoever has the lock file appends, rotates and mends; the others wait half a second at most."""

    def __init__(self, path: Path, *, most_bytes: int, keep: int) -> None:
        super().__init__(path, most_bytes=most_bytes, keep=keep, is_shared=True)
        self._lock_path = path.with_name(f"{path.name}.lock")
        self._lock_fd = -1

    def append(self, lines: Sequence[bytes]) -> int:
        """How many lines are whole on the disk. Raises BlockingIOError while another process is at it."""
        self._lock()
        try:
            self.follow()
            end_last_line(self._fd)
            return super().append(lines)
        finally:
            fcntl.flock(self._lock_fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """May be repeated."""
        super().close()
        if self._lock_fd >= 0:
            os.close(self._lock_fd)
            self._lock_fd = -1

    def open(self) -> None:
        """Find or make the file; the lock stays as it is."""
        super().close()
        self._open()

    def _lock(self) -> None:
        if self._lock_fd < 0:
            self._lock_fd = os.open(self._lock_path, _LOCK_FLAGS, 0o600)
        until_s = time.monotonic() + _LOCK_WITHIN_S
        while True:
            try:
                fcntl.flock(self._lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until_s:
                    raise BlockingIOError(errno.EAGAIN, "another process holds it") from None
                time.sleep(_LOOK_EVERY_S)
            else:
                return
