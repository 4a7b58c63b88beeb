"""SteadyLane: whoever writes waits for the reader; nothing is dropped. For what nobody waits for: a replay.

Before it: line_stream, plain_stream, in place of a Lane. After it: a file descriptor, usually stdout.
"""

import os
import select
from collections.abc import Callable
from typing import Final

from kairos_tui.sinks.lane import LaneState

_HELD_BYTES: Final = 64 * 1024
_LOOK_EVERY_MS: Final = 100


class SteadyLane:
    """Lines leave together, in the order they came. `is_stopped` is asked while a reader lets us wait."""

    def __init__(self, fd: int, *, is_stopped: Callable[[], bool] = lambda: False) -> None:
        self.state: LaneState = "open"
        self.failure: str | None = None
        self.written = 0
        self._fd = fd
        self._is_stopped = is_stopped
        self._held = bytearray()
        self._lines = 0

    def room(self) -> int:
        """There is always room: `put` waits."""
        return 1 << 30

    def put(self, line: bytes) -> None:
        """Take a line; now and then all that was taken leaves."""
        if self.state == "open":
            self._held += line
            self._lines += 1
            if len(self._held) >= _HELD_BYTES:
                self.flush()

    def flush(self) -> None:
        """Write what is held, however long the reader takes, unless it leaves or we are stopped."""
        try:
            left = memoryview(bytes(self._held))
            while left and not self._is_stopped():
                left = left[self._write(left) :]
        except (BrokenPipeError, ConnectionResetError):
            self.state = "closed_by_reader"
        except OSError as error:
            self.state, self.failure = "failed", error.strerror
        else:
            self.written += self._lines
        self._held.clear()
        self._lines = 0

    def close(self, deadline_s: float) -> int:
        """Write what is held; how many lines were not written. May be repeated."""
        held = self._lines
        self.flush()
        if self.state == "open":
            self.state = "closed"
            return 0
        return held

    def _write(self, left: memoryview) -> int:
        """In pieces that a pipe takes at once: a signal must not find us in a write that cannot end."""
        poll = select.poll()
        poll.register(self._fd, select.POLLOUT)
        events = dict(poll.poll(_LOOK_EVERY_MS)).get(self._fd, 0)
        if events & select.POLLERR:
            raise BrokenPipeError
        if not events & (select.POLLOUT | select.POLLHUP):
            return 0
        try:
            return os.write(self._fd, left[: select.PIPE_BUF])
        except BlockingIOError:
            return 0
