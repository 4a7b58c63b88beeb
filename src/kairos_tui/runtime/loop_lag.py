"""LoopLag: how late an asyncio loop is for a timer that is due twenty times a second, told with the beats.

Before it: the loop of a sink, the mirror or the simulator. After it: Post. The feeds and the HUD have
measures of their own.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from kairos_tui.market import LatencyWindow

_EVERY_S: Final = 0.05
_TOLD_EVERY: Final = 10


class LoopLag:
    """Starts when it is made, and ends with its loop. Told is the p99 of the last seconds, in us."""

    def __init__(self, loop: asyncio.AbstractEventLoop, tell: Callable[[int], None]) -> None:
        self._loop = loop
        self._tell = tell
        self._window = LatencyWindow()
        self._turns = 0
        self._wait()

    def _wait(self) -> None:
        self._due_s = self._loop.time() + _EVERY_S
        self._loop.call_at(self._due_s, self._heard)

    def _heard(self) -> None:
        now_s = self._loop.time()
        now_ns = int(now_s * 1e9)
        self._window.record(int((now_s - self._due_s) * 1e9), now_ns)
        self._turns += 1
        if self._turns % _TOLD_EVERY == 0:
            (p99_ns,) = self._window.percentiles((0.99,), now_ns)
            self._tell((p99_ns or 0) // 1000)
        self._wait()
