"""Loop lag: how late a feed's event loop wakes, which is how old a frame may be before anyone looks at it."""

from collections import deque

PERIOD_S = 0.05
KEPT = 200


class LoopLag:
    """The last ten seconds of lateness."""

    def __init__(self) -> None:
        self._late_ns: deque[int] = deque(maxlen=KEPT)

    def add(self, slept_ns: int) -> None:
        self._late_ns.append(max(0, slept_ns - int(PERIOD_S * 1e9)))

    def p99_us(self) -> int:
        if not self._late_ns:
            return 0
        return sorted(self._late_ns)[(len(self._late_ns) * 99) // 100 - (len(self._late_ns) >= 100)] // 1000
