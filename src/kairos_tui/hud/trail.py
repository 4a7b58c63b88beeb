"""Trail: the past of one figure, a value per quarter second of the last minute; a long one knows an hour.

Before it: tape writes it at each Board. After it: sparklines, the edge plot and the timeline sample it. Gaps
are remembered as gaps. The further back, the coarser: a plot of an hour has as few columns as any other.
"""

from collections import deque
from typing import Final

BIN_NS: Final = 250_000_000
SPAN_NS: Final = 60_000_000_000
_SECOND: Final = 1_000_000_000
_TIERS: Final = (
    (BIN_NS, SPAN_NS), (_SECOND, 300 * _SECOND), (3 * _SECOND, 900 * _SECOND), (10 * _SECOND, 3600 * _SECOND),
)  # fmt: skip
"""Width of a bin, and how far back such bins are kept."""


class _Tier:
    """Bins of one width."""

    __slots__ = ("bin_ns", "bins", "span_ns")

    def __init__(self, bin_ns: int, span_ns: int) -> None:
        self.bin_ns, self.span_ns = bin_ns, span_ns
        self.bins: deque[tuple[int, float | None]] = deque(maxlen=span_ns // bin_ns + 4)


class Trail:
    """Values by bins of the monotonic clock; None = not usable then. `long`: an hour, not a minute."""

    def __init__(self, *, keep_highest: bool = False, long: bool = False) -> None:
        self._tiers = tuple(_Tier(*tier) for tier in (_TIERS if long else _TIERS[:1]))
        self._keep_highest = keep_highest
        self._drawn: tuple[tuple[int, int, int], list[float | None]] | None = None

    def add(self, value: float | None, at_ns: int) -> None:
        """Remember the figure at that time; within a bin the newest stands (or the highest)."""
        for tier in self._tiers:
            index, bins = at_ns // tier.bin_ns, tier.bins
            if not bins or index > bins[-1][0]:
                bins.append((index, value))
                continue
            last_index, last = bins[-1]
            if not self._keep_highest or last is None or (value is not None and value >= last):
                bins[-1] = (last_index, value)

    def copy(self) -> "Trail":
        """The trail as it is now, for a frozen view."""
        twin = Trail(keep_highest=self._keep_highest, long=len(self._tiers) > 1)
        for mine, its in zip(self._tiers, twin._tiers, strict=True):
            its.bins = mine.bins.copy()
        return twin

    def sample(self, now_ns: int, count: int, span_ns: int = SPAN_NS) -> list[float | None]:
        """`count` values over the last `span_ns`, oldest first, aligned to time so that none shimmers."""
        key = (now_ns // BIN_NS, count, span_ns)
        if self._drawn is None or self._drawn[0] != key:
            tier = next((tier for tier in self._tiers if tier.span_ns >= span_ns), self._tiers[-1])
            self._drawn = (key, self._sampled(tier, now_ns, count, span_ns))
        return self._drawn[1]

    def _sampled(self, tier: _Tier, now_ns: int, count: int, span_ns: int) -> list[float | None]:
        step_ns = span_ns // count
        last = now_ns // step_ns
        values: list[float | None] = [None] * count
        told = [False] * count
        for index, value in tier.bins:
            slot = count - 1 - (last - index * tier.bin_ns // step_ns)
            if 0 <= slot < count:
                told[slot] = True
                values[slot] = self._later(values[slot], value)
        if step_ns < tier.bin_ns:
            _bridge(values, told, most=-(-tier.bin_ns // step_ns) - 1)
        return values

    def _later(self, before: float | None, value: float | None) -> float | None:
        """What a column shows that has several bins: the newest, or the highest."""
        if value is None or before is None:
            return before if value is None else value
        return max(before, value) if self._keep_highest else value


def _bridge(values: list[float | None], told: list[bool], most: int) -> None:
    """Slots between two bins carry the value before them: finer sampling is not a gap."""
    carried: float | None = None
    since = 0
    for slot, known in enumerate(told):
        if known:
            carried, since = values[slot], 0
        elif since < most:
            values[slot], since = carried, since + 1
