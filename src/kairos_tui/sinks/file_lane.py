"""FileLane: a bounded queue with one writer thread at its end, as Lane, into a file that others write too.

Before it: line_stream. After it: shared_line_file. A disk that is full or hangs fills it, and stops nobody.
"""

import errno
import os
import threading
from collections import deque
from typing import Final

from kairos_tui.sinks.lane import LaneState
from kairos_tui.sinks.line_file import PASSING
from kairos_tui.sinks.shared_line_file import SharedLineFile

_MOST_AT_ONCE: Final = 256
_RETRY_AFTER_S: Final = 1.0


class FileLane:
    """Made with its thread. `trouble` says why nothing is written just now; what waits is tried again.

    A file that can never be written (a folder, no permission) fails it for good: `state`, `failure`.
    """

    def __init__(self, file: SharedLineFile, *, most_waiting: int) -> None:
        self.state: LaneState = "open"
        self.failure: str | None = None
        self.trouble: str | None = None
        self.written = 0
        self._file = file
        self._most_waiting = most_waiting
        self._waiting: deque[bytes] = deque()
        self._woken, self._closed = threading.Event(), threading.Event()
        # A daemon thread: a write that cannot end must not hold the exit.
        self._writer = threading.Thread(target=self._run, name="file lane", daemon=True)
        self._writer.start()

    def room(self) -> int:
        """How many more lines may wait."""
        return max(0, self._most_waiting - len(self._waiting))

    def put(self, line: bytes) -> None:
        """Queue a line, whether there is room or not: the caller decides who is dropped."""
        if self.state == "open":
            self._waiting.append(line)
            self._woken.set()

    def close(self, deadline_s: float) -> int:
        """Write what waits, for `deadline_s` at most; how many lines were not written. May be repeated."""
        self._closed.set()
        self._woken.set()
        self._writer.join(deadline_s)
        if self.state == "open":
            self.state = "closed"
        return len(self._waiting)

    def _run(self) -> None:
        while self.state == "open":
            self._woken.clear()
            if self._waiting:
                self._write()
            elif self._closed.is_set():
                break
            else:
                self._woken.wait()
        self._file.close()

    def _write(self) -> None:
        lines = [self._waiting[place] for place in range(min(len(self._waiting), _MOST_AT_ONCE))]
        try:
            taken, error = self._file.append(lines), None
        except OSError as problem:
            taken, error = 0, problem
        for _ in range(taken):
            self._waiting.popleft()
        self.written += taken
        if taken == len(lines):
            self.trouble = None
        else:
            self._rest(error or OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    def _rest(self, error: OSError) -> None:
        self.trouble = (error.strerror or str(error)).lower()
        if error.errno not in PASSING or self._closed.is_set():
            self.state, self.failure = "failed", self.trouble
            return
        self._closed.wait(_RETRY_AFTER_S)
