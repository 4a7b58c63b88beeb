"""Lives: how long signals stood, as Kaplan-Meier reads it. A signal without a close was lost sight of.

Before it: scoring. After it: scorecard.
"""

from collections import deque
from math import exp, log

from kairos_tui.journal.report.scorecard import LifetimeCard, SurvivalPoint
from kairos_tui.market.survival import Lifetime, Survival

MOST_LIVES = 200_000
"""The latest; far more than a journal of 100 MB has."""
AGES_MS = (50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000)
_MOST_POINTS = 200


class Lives:
    """Collects lifetimes."""

    def __init__(self, most: int = MOST_LIVES) -> None:
        self._lives: deque[Lifetime] = deque(maxlen=most)
        self.unborn = 0

    def add(self, stood_us: int, *, ended: bool, dwell_ms: int) -> None:
        """A signal stood so long after it opened; its edge had stood the dwell before."""
        self._lives.append(Lifetime(dwell_ms + stood_us / 1_000, ended, dwell_ms))

    def card(self, *, with_curve: bool) -> LifetimeCard:
        """All so far."""
        survival = Survival(self._lives)
        count = survival.ended + survival.censored
        return LifetimeCard(
            count=count,
            ended=survival.ended,
            censored=survival.censored,
            censored_share=survival.censored / count if count else None,
            unborn=self.unborn,
            median_ms=survival.median_ms,
            points=_points(survival) if with_curve else (),
            curve=_thinned(survival.steps()) if with_curve else (),
        )


def _points(survival: Survival) -> tuple[SurvivalPoint, ...]:
    """Ages that some signals were seen to reach."""
    points = []
    for age_ms in AGES_MS:
        if survival.at_risk(age_ms) > 0:
            band = survival.band(age_ms)
            share = survival.at(age_ms)
            points.append(SurvivalPoint(age_ms=age_ms, share=share, low=band.low, high=band.high))
    return tuple(points)


def _thinned(steps: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Enough of the steps to draw: no two within one in two hundred of the ages on a log scale."""
    if len(steps) <= _MOST_POINTS:
        return tuple(steps)
    first, last = max(steps[0][0], 1e-3), max(steps[-1][0], 2e-3)
    apart = exp(log(last / first) / _MOST_POINTS)
    kept, beyond = [steps[0]], first
    for age, share in steps[1:-1]:
        if age >= beyond * apart:
            kept.append((age, share))
            beyond = age
    return (*kept, steps[-1])
