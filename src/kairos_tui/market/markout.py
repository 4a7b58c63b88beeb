"""Markout: an opened signal, priced again a while later, and what a route's markouts sum to.

Before it: the engine, which re-prices. After it: lines, cards, the inspector, reports.
"""

from typing import Final

from msgspec import Struct

from kairos_tui.market.opportunity import Route

HORIZONS_MS: Final = (50, 100, 250, 500, 1_000, 2_000)
"""After how long each signal is priced again; the user's own reaction is one more."""


DEPTH_GONE: Final = "depth gone"
"""The note of a miss without figures: sound books that no longer hold the size are no edge for it."""


def horizons_of(reaction_ms: int) -> tuple[int, ...]:
    """Every horizon of a run, the nearest first."""
    return tuple(sorted({*HORIZONS_MS, reaction_ms}))


class Markout(Struct, frozen=True, array_like=True, gc=False):
    """A signal's own opened size, priced `horizon_ms` after it opened, or as soon after as anyone looked.

    Without figures it was not priced, and `note` says why. Where a leg could not be believed that is neither
    a hit nor a miss; where sound books no longer hold the size, it is a miss.
    """

    id: str
    route: Route
    horizon_ms: int
    at_ns: int
    size: float
    net_bps: float | None
    profit: float | None
    note: str | None = None

    @property
    def captured(self) -> bool | None:
        """Whether it still paid, every fee taken; None when that cannot be said."""
        if self.profit is None:
            return False if self.note == DEPTH_GONE else None
        return self.profit > 0.0


class HorizonGrade(Struct, frozen=True, array_like=True, gc=False):
    """How a route's signals stood `horizon_ms` after they opened."""

    horizon_ms: int
    hits: int = 0
    misses: int = 0
    unpriced: int = 0

    @property
    def priced(self) -> int:
        """How many the rate is of."""
        return self.hits + self.misses

    @property
    def hit_rate(self) -> float | None:
        """Hits of those that could be priced; None of none."""
        return self.hits / self.priced if self.priced else None


class RouteGrade(Struct, frozen=True, array_like=True, gc=False):
    """What became of a route's signals since start.

    `median_kept_bps` is the middle net at `reaction_ms` of its latest signals that could be priced then.
    `lived` and `censored` count its latest edges: those the market ended, and those that stand or were lost
    sight of. `still_open_p` is the share that lasts a second (Kaplan-Meier); None while too few have ended,
    or none was seen so long.
    """

    route: Route
    opened: int
    horizons: tuple[HorizonGrade, ...]
    reaction_ms: int
    median_kept_bps: float | None = None
    lived: int = 0
    censored: int = 0
    still_open_p: float | None = None


def add_up(grades: tuple[RouteGrade, ...]) -> tuple[HorizonGrade, ...]:
    """Several routes' grades as one, horizon by horizon."""
    sums: dict[int, tuple[int, int, int]] = {}
    for each in (horizon for grade in grades for horizon in grade.horizons):
        hits, misses, unpriced = sums.get(each.horizon_ms, (0, 0, 0))
        sums[each.horizon_ms] = hits + each.hits, misses + each.misses, unpriced + each.unpriced
    return tuple(HorizonGrade(horizon_ms, *sums[horizon_ms]) for horizon_ms in sorted(sums))
