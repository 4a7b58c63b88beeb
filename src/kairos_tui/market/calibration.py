"""Calibration: chances that were told, against what came of them. Brier score and reliability table.

Before it: signals' capture_p and their markouts. After it: the engine's board, reports.
"""

from typing import Final

from msgspec import Struct

BINS: Final = 10


class CalibrationBin(Struct, frozen=True, array_like=True, gc=False):
    """The chances of one tenth of the scale: how many, their sum, and how many of them came true."""

    told: int = 0
    sum_p: float = 0.0
    hits: int = 0

    @property
    def mean_p(self) -> float | None:
        """What was told, on average."""
        return self.sum_p / self.told if self.told else None

    @property
    def hit_rate(self) -> float | None:
        """What came of it."""
        return self.hits / self.told if self.told else None


class Calibration(Struct, frozen=True, array_like=True, gc=False):
    """All chances so far: `squared` sums the squared errors, `bins` are the tenths from 0 to 1."""

    squared: float = 0.0
    bins: tuple[CalibrationBin, ...] = (CalibrationBin(),) * BINS

    @property
    def told(self) -> int:
        """How many chances were told and could be checked."""
        return sum(each.told for each in self.bins)

    @property
    def hits(self) -> int:
        """How many of them came true."""
        return sum(each.hits for each in self.bins)

    @property
    def brier(self) -> float | None:
        """Mean squared error: 0 is perfect, 0.25 is what always telling one half gets. None of none."""
        return self.squared / self.told if self.told else None

    @property
    def brier_of_base(self) -> float | None:
        """What always telling the overall hit rate would have got: no skill. None of none."""
        if not self.told:
            return None
        base = self.hits / self.told
        return base * (1.0 - base)


class CalibrationCount:
    """Counts chances one by one; `calibration` is them so far. Also how several calibrations become one."""

    def __init__(self) -> None:
        self._squared = 0.0
        self._told = [0] * BINS
        self._sums = [0.0] * BINS
        self._hits = [0] * BINS

    def count(self, chance: float, *, came_true: bool) -> None:
        """One chance, and what came of it."""
        place = min(int(chance * BINS), BINS - 1)
        self._squared += (chance - came_true) ** 2
        self._told[place] += 1
        self._sums[place] += chance
        self._hits[place] += came_true

    def add(self, other: Calibration) -> None:
        """All of another's."""
        self._squared += other.squared
        for place, each in enumerate(other.bins[:BINS]):
            self._told[place] += each.told
            self._sums[place] += each.sum_p
            self._hits[place] += each.hits

    @property
    def calibration(self) -> Calibration:
        """As they stand."""
        bins = zip(self._told, self._sums, self._hits, strict=True)
        return Calibration(self._squared, tuple([CalibrationBin(*each) for each in bins]))
