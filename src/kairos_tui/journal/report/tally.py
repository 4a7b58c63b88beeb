"""Tally: many figures in little room: their extremes and mean exactly, their quantiles to three digits.

Before it: scoring, one figure at a time. After it: scorecard.
"""

from collections import Counter
from itertools import accumulate

from msgspec import Struct

_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)


class Spread(Struct, frozen=True, kw_only=True):
    """How figures lie. All null where there are none."""

    count: int
    least: float | None = None
    p10: float | None = None
    p25: float | None = None
    median: float | None = None
    p75: float | None = None
    p90: float | None = None
    most: float | None = None
    mean: float | None = None


class Bar(Struct, frozen=True):
    """How many figures lie from `low` up to `high`."""

    low: float
    high: float
    count: int


class Tally:
    """Figures are kept as counts of their first three digits: a few thousand numbers at most."""

    def __init__(self) -> None:
        self._counts: Counter[float] = Counter()
        self.count, self.total = 0, 0.0
        self._least, self._most = float("inf"), float("-inf")

    def add(self, figure: float) -> None:
        """One more."""
        self._counts[float(f"{figure:.3g}")] += 1
        self.count += 1
        self.total += figure
        self._least, self._most = min(self._least, figure), max(self._most, figure)

    @property
    def median(self) -> float | None:
        """To three digits."""
        return self._quantiles((0.5,))[0] if self.count else None

    def spread(self) -> Spread:
        """As it stands."""
        if not self.count:
            return Spread(count=0)
        p10, p25, median, p75, p90 = self._quantiles(_QUANTILES)
        return Spread(
            count=self.count,
            least=self._least,
            p10=p10,
            p25=p25,
            median=median,
            p75=p75,
            p90=p90,
            most=self._most,
            mean=self.total / self.count,
        )

    def bars(self, most: int = 16) -> tuple[Bar, ...]:
        """At most so many of one width, from the 1st percentile to the 99th; the ends hold what is beyond."""
        if not self.count:
            return ()
        low, high = self._quantiles((0.01, 0.99))
        width = _round_step((high - low) / most)
        first = int(low // width)
        last = max(first, min(int(high // width), first + most - 1))
        counts = Counter[int]()
        for figure, count in self._counts.items():
            counts[min(max(int(figure // width), first), last)] += count
        return tuple(
            Bar(place * width, (place + 1) * width, counts[place]) for place in range(first, last + 1)
        )

    def _quantiles(self, shares: tuple[float, ...]) -> list[float]:
        figures = sorted(self._counts)
        reached = list(accumulate(self._counts[figure] for figure in figures))
        return [
            next(figure for figure, sum_ in zip(figures, reached, strict=True) if sum_ >= share * self.count)
            for share in shares
        ]


def _round_step(step: float) -> float:
    """The next of 1, 2, 5 times a power of ten; 1 where all figures are one."""
    if step <= 0.0:
        return 1.0
    power = 10.0 ** int(f"{step:e}".partition("e")[2])
    return next((times * power for times in (1, 2, 5) if times * power >= step * 0.999), 10 * power)


class Bins:
    """Counts over time, in bins of equal width that double when time goes on: never more than `most`."""

    def __init__(self, most: int = 120, width_us: int = 1_000_000) -> None:
        self._most, self.width_us = most, width_us
        self.start_us: int | None = None
        self._counts: list[int] = []

    def add(self, at_us: int) -> None:
        """Something happened then; before the first it counts as then."""
        if self.start_us is None:
            self.start_us = at_us // self.width_us * self.width_us
        place = max(0, (at_us - self.start_us) // self.width_us)
        while place >= self._most:
            self._halve()
            place = max(0, (at_us - self.start_us) // self.width_us)
        self._counts += [0] * (place + 1 - len(self._counts))
        self._counts[place] += 1

    @property
    def counts(self) -> tuple[int, ...]:
        """One a bin, from `start_us` on."""
        return tuple(self._counts)

    def _halve(self) -> None:
        padded = self._counts + [0] * (len(self._counts) % 2)
        self._counts = [left + right for left, right in zip(padded[::2], padded[1::2], strict=True)]
        self.width_us *= 2
