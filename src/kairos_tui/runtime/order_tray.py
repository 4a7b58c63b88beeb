"""OrderTray: what viewers ask of a replay waits here, bounded, until its loop takes it.

Before it: the post's thread. After it: run_replay.
"""

import threading
from collections import deque
from typing import Final

import msgspec

from kairos_tui.runtime.plans import ReplayOrder

_MOST: Final = 64


class OrderTray:
    """`put` from one thread, the rest from another. Beyond the bound the newest are dropped and counted."""

    def __init__(self) -> None:
        self.dropped = 0
        self._orders: deque[ReplayOrder] = deque()
        self._came = threading.Event()

    def put(self, line: bytes) -> None:
        """A line from the launcher; what is no order is dropped too."""
        try:
            order = msgspec.json.decode(line, type=ReplayOrder)
        except msgspec.MsgspecError:
            self.dropped += 1
            return
        if len(self._orders) >= _MOST:
            self.dropped += 1
        else:
            self._orders.append(order)
        self._came.set()

    def wait(self, timeout_s: float) -> None:
        """Until something is asked, or so long."""
        self._came.wait(timeout_s)

    def take(self) -> list[ReplayOrder]:
        """All that wait, oldest first."""
        self._came.clear()
        return [self._orders.popleft() for _ in range(len(self._orders))]
