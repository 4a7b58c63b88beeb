"""Intake: a thread that waits for what happens, and hands it to the loop. Bounded; never waits for the loop.

Before it: Source. After it: scene and ring, on the loop's thread.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from kairos_tui.market import Board
from kairos_tui.mirror.seam import Line, Source

_WAIT_MS: Final = 50
_LAST_WORDS_WITHIN_S: Final = 0.25


class Intake:
    """Of boards the newest waits, of lines the newest `most`: what is dropped is a hole in their numbers."""

    def __init__(
        self,
        source: Source,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[Sequence[Board | Line]], None],
        *,
        most: int = 10_000,
    ) -> None:
        self.dropped = 0
        self.failure: BaseException | None = None
        self.turned_ns = time.monotonic_ns()
        self.ended = asyncio.Event()
        self._source = source
        self._loop = loop
        self._deliver = deliver
        self._lines: deque[Line] = deque(maxlen=most)
        self._board: Board | None = None
        self._lock = threading.Lock()
        self._is_called = False
        self._reason: str | None = None
        self._thread = threading.Thread(target=self._run, name="intake", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def finish(self, reason: str) -> None:
        """Take the last words, say bye, end; `ended` says when."""
        self._reason = reason

    def _run(self) -> None:
        try:
            while self._reason is None:
                self._put(self._source.drain(_WAIT_MS))
                self.turned_ns = time.monotonic_ns()
            self._put(self._source.last_words(self._reason, _LAST_WORDS_WITHIN_S))
            self._source.close()
        except BaseException as error:  # noqa: BLE001  a thread that dies silently would leave a dead mirror
            self.failure = error
        finally:
            self._loop.call_soon_threadsafe(self.ended.set)

    def _put(self, heard: Sequence[Board | Line]) -> None:
        if not heard:
            return
        with self._lock:
            for item in heard:
                if isinstance(item, Board):
                    self._board = item
                    continue
                self.dropped += len(self._lines) == self._lines.maxlen
                self._lines.append(item)
            called, self._is_called = self._is_called, True
        if not called:
            self._loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        with self._lock:
            items: list[Board | Line] = list(self._lines)
            self._lines.clear()
            if self._board is not None:
                items.append(self._board)
                self._board = None
            self._is_called = False
        self._deliver(items)
