"""Trail: the last minute of one figure, one value per quarter second, gaps remembered as gaps.

Before it: tape writes it at each Board. After it: sparklines and the edge plot sample it.
"""

from collections import deque
from typing import Final

BIN_NS: Final = 250_000_000
SPAN_NS: Final = 60_000_000_000
_BINS: Final = SPAN_NS // BIN_NS + 4


class Trail:
    """Values by quarter second of the monotonic clock; None = not usable then."""

    def __init__(self, *, keep_highest: bool = False) -> None:
        self._bins: deque[tuple[int, float | None]] = deque(maxlen=_BINS)
        self._keep_highest = keep_highest
        self._drawn: tuple[tuple[int, int], list[float | None]] | None = None

    def add(self, value: float | None, at_ns: int) -> None:
        """Remember the figure at that time; within a bin the newest stands (or the highest)."""
        index = at_ns // BIN_NS
        if not self._bins or index > self._bins[-1][0]:
            self._bins.append((index, value))
            return
        last_index, last = self._bins[-1]
        if self._keep_highest and last is not None and (value is None or value < last):
            return
        self._bins[-1] = (last_index, value)

    def copy(self) -> "Trail":
        """The trail as it is now, for a frozen view."""
        twin = Trail(keep_highest=self._keep_highest)
        twin._bins = self._bins.copy()
        return twin

    def sample(self, now_ns: int, count: int) -> list[float | None]:
        """`count` values over the last minute, oldest first, aligned to time so that they do not shimmer."""
        key = (now_ns // BIN_NS, count)
        if self._drawn is None or self._drawn[0] != key:
            self._drawn = (key, self._sampled(now_ns, count))
        return self._drawn[1]

    def _sampled(self, now_ns: int, count: int) -> list[float | None]:
        step_ns = SPAN_NS // count
        last = now_ns // step_ns
        values: list[float | None] = [None] * count
        told = [False] * count
        for index, value in self._bins:
            slot = count - 1 - (last - index * BIN_NS // step_ns)
            if 0 <= slot < count:
                told[slot] = True
                values[slot] = values[slot] if value is None else value
        if step_ns < BIN_NS:
            _bridge(values, told, most=-(-BIN_NS // step_ns) - 1)
        return values


def _bridge(values: list[float | None], told: list[bool], most: int) -> None:
    """Slots between two bins carry the value before them: finer sampling is not a gap."""
    carried: float | None = None
    since = 0
    for slot, known in enumerate(told):
        if known:
            carried, since = values[slot], 0
        elif since < most:
            values[slot], since = carried, since + 1
