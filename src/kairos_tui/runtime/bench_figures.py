"""bench_figures: what is said of many measurements. Pure arithmetic; every bench uses it."""

import math
import statistics
from collections.abc import Sequence

from msgspec import Struct


class Spread(Struct, frozen=True):
    """One figure over the rounds of a run: its median, its least and its most."""

    median: float
    least: float
    most: float


class RollCall:
    """Which of `count` numbers from `first` on have come. Any other number is not ours, and ignored."""

    def __init__(self, first: int, count: int) -> None:
        self.came = 0
        self.repeated = 0
        self._first = first
        self._seen = bytearray(count)

    def answer(self, number: int) -> bool:
        """Note one that came; True when it is ours, seen before or not."""
        place = number - self._first
        if not 0 <= place < len(self._seen):
            return False
        if self._seen[place]:
            self.repeated += 1
        else:
            self._seen[place] = 1
            self.came += 1
        return True


def quantile(values: Sequence[int], part: float) -> int | None:
    """The nearest-rank quantile: the least value that `part` of all do not exceed.

    None when there are too few for it to be more than the greatest value under another name.
    """
    rank = math.ceil(round(part * len(values), 6))
    if not values or (part > 0.5 and round(len(values) * (1.0 - part), 6) < 1.0):
        return None
    return sorted(values)[rank - 1]


def spread_of(values: Sequence[float | None]) -> Spread | None:
    """None unless every round has the figure."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    return Spread(statistics.median(known), min(known), max(known))
