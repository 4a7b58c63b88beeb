"""Histogram, LatencyWindow: durations in fixed memory, as percentiles of the last seconds.

Before it: nobody. After it: engine, HUD and the roles count in it. Log-linear cells of nanoseconds, 32 steps
per doubling: a percentile is at most 3.2 % above the truth and never below it, for a gate of 300 ns as for an
outage of a minute. Two histograms merge by adding cells.
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from math import ceil
from typing import Final

from msgspec import Struct

_STEP_BITS: Final = 5
LARGEST_NS: Final = (1 << 42) - 1
"""73 minutes; anything longer counts as this."""
_SLICE_NS: Final = 1_000_000_000
_SLICES: Final = 5
_SHARES: Final = (0.5, 0.99, 0.999)


_MOST_WAITING: Final = 8_192
_SAMPLED: Final = 24
_STEPS: Final = (1, 3, 7, 11, 13, 17, 23, 31, 37, 61, 97, 181, 349)
"""Every which mark is taken; primes, for ticks come in bursts of 10 or of as many as there are venues."""


class Marks:
    """Stamps left in passing, a tenth of a microsecond each, and counted when someone reads.

    A reading takes all of them, or evenly 24 at most: fifty times a second 1,000 of what may be 20,000. What
    nobody reads makes room for the newest.
    """

    __slots__ = ("_waiting", "leave")

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, ...]] = deque(maxlen=_MOST_WAITING)
        self.leave = self._waiting.append

    def take(self) -> tuple[list[tuple[int, ...]], int]:
        """The marks to count, and for how many each of them stands."""
        taken = list(self._waiting)
        self._waiting.clear()
        step = next(step for step in _STEPS if step * _SAMPLED >= len(taken))
        return taken[::step], step


class StageView(Struct, frozen=True, array_like=True, gc=False):
    """One stage over the last seconds: percentiles in ns, of so many. None: nothing passed it in them.

    `stage` is one of STAGES; `decision` is socket read to decision, `signal` socket read to published.
    `cells` are the histogram's, where another engine's have to be added before anyone reads percentiles.
    """

    stage: str
    p50_ns: int | None = None
    p99_ns: int | None = None
    p999_ns: int | None = None
    count: int = 0
    cells: tuple[tuple[int, int], ...] = ()


def add_views(views: Sequence[StageView]) -> StageView:
    """One stage of several engines as one: the percentiles of all that passed it anywhere."""
    merged = Histogram()
    for view in views:
        for cell, count in view.cells:
            merged.cells[cell] += count
    return merged.view(views[0].stage)


class Histogram:
    """`cells` has only those that were hit: some hundred of the 1,200 there are, so that reading is cheap."""

    __slots__ = ("cells",)

    def __init__(self) -> None:
        self.cells: defaultdict[int, int] = defaultdict(int)

    def record(self, duration_ns: int, times: int = 1) -> None:
        """Count one duration, or one for so many; below 0 counts as 0."""
        held_ns = min(max(duration_ns, 0), LARGEST_NS)
        shift = max(held_ns.bit_length() - _STEP_BITS - 1, 0)
        self.cells[(shift << _STEP_BITS) + (held_ns >> shift)] += times

    def merge(self, other: "Histogram") -> None:
        """Add the other's counts to these."""
        cells = self.cells
        for cell, count in other.cells.items():
            cells[cell] += count

    @property
    def count(self) -> int:
        """How many were recorded."""
        return sum(self.cells.values())

    def percentiles(self, shares: Sequence[float]) -> tuple[int | None, ...]:
        """For each share in (0, 1]: the upper edge in ns of the cell that holds that rank."""
        total = self.count
        return tuple(self._at_rank(ceil(share * total)) if total else None for share in shares)

    def view(self, stage: str, *, with_cells: bool = False) -> StageView:
        """p50, p99 and p99.9 under a name."""
        p50_ns, p99_ns, p999_ns = self.percentiles(_SHARES)
        cells = tuple(self.cells.items()) if with_cells else ()
        return StageView(stage, p50_ns, p99_ns, p999_ns, self.count, cells)

    def _at_rank(self, rank: int) -> int:
        seen = 0
        for cell in sorted(self.cells):
            seen += self.cells[cell]
            if seen >= rank:
                return _upper_edge_ns(cell)
        return LARGEST_NS


def _upper_edge_ns(cell: int) -> int:
    shift = max((cell >> _STEP_BITS) - 1, 0)
    return ((cell - (shift << _STEP_BITS) + 1) << shift) - 1


class LatencyWindow:
    """Five histograms of one second each; the oldest is thrown away as time passes."""

    __slots__ = ("_newest", "_slices")

    def __init__(self) -> None:
        self._slices = [Histogram() for _ in range(_SLICES)]
        self._newest = 0

    def record(self, duration_ns: int, now_ns: int, times: int = 1) -> None:
        """Count a duration that ended at `now_ns`, or so many; those of five seconds ago are forgotten."""
        self._roll_to(now_ns)
        second = now_ns // _SLICE_NS
        if second > self._newest - _SLICES:
            self._slices[second % _SLICES].record(duration_ns, times)

    def percentiles(self, shares: Sequence[float], now_ns: int) -> tuple[int | None, ...]:
        """Over what ended in the last four to five seconds."""
        return self._merged(now_ns).percentiles(shares)

    def view(self, stage: str, now_ns: int, *, with_cells: bool = False) -> StageView:
        """p50, p99 and p99.9 of the same, under a name."""
        return self._merged(now_ns).view(stage, with_cells=with_cells)

    def _merged(self, now_ns: int) -> Histogram:
        self._roll_to(now_ns)
        merged = Histogram()
        for recent in self._slices:
            merged.merge(recent)
        return merged

    def _roll_to(self, now_ns: int) -> None:
        second = now_ns // _SLICE_NS
        if second <= self._newest:
            return
        for passed in range(max(self._newest + 1, second - _SLICES + 1), second + 1):
            self._slices[passed % _SLICES] = Histogram()
        self._newest = second
