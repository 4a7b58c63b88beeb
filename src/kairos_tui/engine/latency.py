"""LatencyWindow: percentiles of the last seconds, in fixed memory. The engine records, boards read.

A log-linear array: 32 steps per doubling, so a percentile is at most 3 % above the truth, never below it.
"""

from collections.abc import Sequence
from math import ceil
from operator import add

from msgspec import Struct

_STEP_BITS = 5
_STEPS = 1 << _STEP_BITS
_LARGEST_US = (1 << 32) - 1
"""71 minutes; anything longer counts as this."""
_CELLS = (32 - _STEP_BITS + 1) * _STEPS
_SLICE_NS = 1_000_000_000
_SLICES = 5


class LatencyFigures(Struct, frozen=True, array_like=True, gc=False):
    """Percentiles in us over the last seconds; None when nothing was decided in them."""

    p50_us: int | None = None
    p99_us: int | None = None
    engine_p99_us: int | None = None


def _cell(duration_us: int) -> int:
    held_us = min(max(duration_us, 0), _LARGEST_US)
    shift = max(held_us.bit_length() - _STEP_BITS - 1, 0)
    return (shift << _STEP_BITS) + (held_us >> shift)


_NEAR_US = 1 << 13
_NEAR_CELLS = [_cell(duration_us) for duration_us in range(_NEAR_US)]
"""Looked up: the arithmetic took longer than all else of a record, and most ticks are decided within 8 ms."""


class Histogram:
    """Counts of durations in us. Two of them merge by adding cells, so shards can be summed."""

    __slots__ = ("cells",)

    def __init__(self) -> None:
        self.cells = [0] * _CELLS

    def record(self, duration_us: int) -> None:
        """Count one duration; below 0 counts as 0."""
        self.cells[_NEAR_CELLS[duration_us] if 0 <= duration_us < _NEAR_US else _cell(duration_us)] += 1

    def merge(self, other: "Histogram") -> None:
        """Add the other's counts to these."""
        self.cells = list(map(add, self.cells, other.cells))

    def percentiles(self, shares: Sequence[float]) -> tuple[int | None, ...]:
        """For each share in (0, 1]: the upper edge in us of the cell that holds that rank."""
        total = sum(self.cells)
        return tuple(self._at_rank(ceil(share * total)) if total else None for share in shares)

    def _at_rank(self, rank: int) -> int:
        seen = 0
        for cell, count in enumerate(self.cells):
            seen += count
            if count and seen >= rank:
                return _upper_edge_us(cell)
        return _LARGEST_US


def _upper_edge_us(cell: int) -> int:
    shift = max((cell >> _STEP_BITS) - 1, 0)
    return ((cell - (shift << _STEP_BITS) + 1) << shift) - 1


class LatencyWindow:
    """Five histograms of one second each; the oldest is thrown away as time passes."""

    __slots__ = ("_ends_ns", "_newest", "_slice", "_slices")

    def __init__(self) -> None:
        self._slices = [Histogram() for _ in range(_SLICES)]
        self._newest = 0
        self._slice, self._ends_ns = self._slices[0], _SLICE_NS

    def record(self, duration_us: int, now_ns: int) -> None:
        """Count a duration that ended at `now_ns`."""
        if now_ns >= self._ends_ns:
            self._roll_to(now_ns)
        self._slice.record(duration_us)

    def percentiles(self, shares: Sequence[float], now_ns: int) -> tuple[int | None, ...]:
        """Over what ended in the last four to five seconds."""
        self._roll_to(now_ns)
        merged = Histogram()
        for recent in self._slices:
            merged.merge(recent)
        return merged.percentiles(shares)

    def _roll_to(self, now_ns: int) -> None:
        second = now_ns // _SLICE_NS
        if second <= self._newest:
            return
        for passed in range(max(self._newest + 1, second - _SLICES + 1), second + 1):
            self._slices[passed % _SLICES] = Histogram()
        self._newest, self._ends_ns = second, (second + 1) * _SLICE_NS
        self._slice = self._slices[second % _SLICES]
