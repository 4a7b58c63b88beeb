"""Lane: a bounded queue with one writer thread at its end. A reader that pauses fills it, and stops nobody.

Before it: line_stream, plain_stream. After it: a file descriptor, usually stdout.
"""

import errno
import os
import select
import stat
import threading
from collections import deque
from contextlib import suppress
from typing import Literal, Protocol

LaneState = Literal["open", "closed", "closed_by_reader", "failed"]


class AnyLane(Protocol):
    """What a line_stream writes through: one of ours, or a file's."""

    state: LaneState
    failure: str | None
    written: int

    def room(self) -> int: ...
    def put(self, line: bytes) -> None: ...
    def close(self, deadline_s: float) -> int: ...


class Lane:
    """The writer never blocks in a pipe: it asks first, so `close` keeps its deadline.

    A whole line is one `os.write`; only a line longer than PIPE_BUF, which no pipe takes in one piece
    anyway, goes in pieces. The descriptor's own flags are not touched: others may share it.
    """

    def __init__(self, fd: int, *, most_waiting: int) -> None:
        self.state: LaneState = "open"
        self.failure: str | None = None
        self.written = 0
        self._fd = fd
        self._most_waiting = most_waiting
        self._waiting: deque[bytes] = deque()
        self._in_pieces = stat.S_ISFIFO(os.fstat(fd).st_mode)
        self._closing = self._giving_up = self._asleep = False
        self._wake_end, self._waker = os.pipe()
        self._waker_lock = threading.Lock()
        os.set_blocking(self._waker, False)
        # A daemon thread: should it hang in a write that cannot end, it must not hold the exit.
        self._writer = threading.Thread(target=self._run, name="lane", daemon=True)
        self._writer.start()

    def room(self) -> int:
        """How many more lines may wait."""
        return max(0, self._most_waiting - len(self._waiting))

    def put(self, line: bytes) -> None:
        """Queue a line, whether there is room or not: the caller decides who is dropped."""
        if self.state == "open":
            self._waiting.append(line)
            if self._asleep:
                self._wake()

    def close(self, deadline_s: float) -> int:
        """Write what waits, for `deadline_s` at most; how many lines were not written. May be repeated."""
        self._closing = True
        self._wake()
        self._writer.join(deadline_s)
        if self._writer.is_alive():
            self._giving_up = True
            self._wake()
            self._writer.join(1.0)
        if self.state == "open":
            self.state = "closed"
        if not self._writer.is_alive():
            self._drop_waker()
        return len(self._waiting)

    def _wake(self) -> None:
        with self._waker_lock:
            if self._waker >= 0:
                with suppress(BlockingIOError):  # then it has been woken often enough
                    os.write(self._waker, b"!")

    def _drop_waker(self) -> None:
        with self._waker_lock:
            if self._waker >= 0:
                os.close(self._waker)
                os.close(self._wake_end)
                self._waker = -1

    def _run(self) -> None:
        try:
            while self._await_line() and self._write(self._waiting[0]):
                self._waiting.popleft()
                self.written += 1
        except (BrokenPipeError, ConnectionResetError):
            self._end("closed_by_reader", None)
        except OSError as error:
            self._end("failed", error.strerror)

    def _end(self, state: LaneState, failure: str | None) -> None:
        self.state, self.failure = state, failure
        self._waiting.clear()

    def _await_line(self) -> bool:
        """True when a line waits; False when there is nothing more to do."""
        while not self._waiting and not self._closing:
            self._asleep = True
            if not self._waiting and not self._closing:
                self._sleep(0)
            self._asleep = False
        return bool(self._waiting) and not self._giving_up

    def _write(self, line: bytes) -> bool:
        left = memoryview(line)
        while left:
            if self._giving_up:
                return False
            if not self._sleep(select.POLLOUT):
                continue
            piece = left[: select.PIPE_BUF] if self._in_pieces else left
            try:
                left = left[os.write(self._fd, piece) :]
            except BlockingIOError:  # someone who shares the descriptor made it non-blocking
                continue
        return True

    def _sleep(self, wanted: int) -> bool:
        """Until woken, or until the descriptor can be written (if wanted) or has lost its reader."""
        poll = select.poll()
        poll.register(self._wake_end, select.POLLIN)
        poll.register(self._fd, wanted)
        events = dict(poll.poll())
        if self._wake_end in events:
            os.read(self._wake_end, 4096)
        event = events.get(self._fd, 0)
        if event & select.POLLNVAL:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        if event and not event & wanted:
            raise BrokenPipeError
        return bool(event)
