"""Outliers: how far a mid is from those of the other venues, and how far is too far. Arithmetic only.

Before it: mids of one symbol. After it: firewall, which remembers. Market-math section 9.
"""

from collections.abc import Sequence
from math import log10

from msgspec import Struct

LEAST_LIMIT = 0.02
"""200 bps: nearer than this no mid is an outlier, however close together the others are."""

FAR = 0.2
"""Beyond it a price is hardly the same coin's."""

_SPREADS = 10.0
_UNITS_WITHIN = 1.02


class Distance(Struct, frozen=True, gc=False):
    """`ratio` = mid / median of the others, `off` its distance from 1, `limit` the most `off` may be."""

    ratio: float
    off: float
    limit: float
    others: int

    @property
    def is_outlier(self) -> bool:
        """Too far to be traded against."""
        return self.off > self.limit

    @property
    def is_calm(self) -> bool:
        """Within half of the limit."""
        return self.off <= self.limit / 2.0

    @property
    def power_of_ten(self) -> int:
        """k when the ratio is 10^k to 2 %, else 0: the mark of other units."""
        power = round(log10(self.ratio))
        rest = self.ratio / 10.0**power
        return power if 1.0 / _UNITS_WITHIN <= rest <= _UNITS_WITHIN else 0


def measure(mid: float, others: Sequence[float]) -> Distance:
    """Where `mid` stands among the `others`, which are sorted.

    Of an even number the median is the whole way between the middle two: a mid in there is at no distance,
    so of three venues only the one that stands apart is far. Two venues measure the same of each other.
    """
    count = len(others)
    if count == 0:
        return Distance(1.0, 0.0, LEAST_LIMIT, 0)
    median = min(max(mid, others[(count - 1) // 2]), others[count // 2])
    ratio = mid / median
    off = max(ratio, 1.0 / ratio) - 1.0 if count == 1 else abs(ratio - 1.0)
    limit = LEAST_LIMIT
    if off > LEAST_LIMIT / 2.0:
        limit = max(LEAST_LIMIT, _SPREADS * _spread(others, median) / median)
    return Distance(ratio, off, limit, count)


def near_all_medians(ranked: Sequence[float]) -> tuple[float, float]:
    """The mids that are no outliers whichever of the `ranked` is left out: most need no measuring."""
    count = len(ranked)
    lowest, highest = ranked[max((count - 2) // 2, 0)], ranked[min((count + 1) // 2, count - 1)]
    return highest / (1.0 + LEAST_LIMIT), lowest * (1.0 + LEAST_LIMIT)


def _spread(mids: Sequence[float], median: float) -> float:
    """Median absolute deviation."""
    deviations = sorted([abs(mid - median) for mid in mids])
    middle = len(deviations) // 2
    return (deviations[middle] + deviations[-middle - 1]) / 2.0
