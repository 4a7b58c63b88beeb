"""Reversion: an edge that falls back to its mean, by Ornstein-Uhlenbeck. A prior, until lifetimes are known.

Market-math section 7, cold start. Before it: pairs of an edge now and a while later. After it: capture_p.
It says "above at that instant", not "above all the while", and edges jump: it is labelled as a prior.
"""

from collections.abc import Sequence
from math import erf, exp, fsum, log, sqrt

from msgspec import Struct

_LEAST_KEPT, _MOST_KEPT = 1e-6, 1.0 - 1e-6
"""Of an edge after the lag: less would be an infinite rate, more no way back at all."""


class Reversion(Struct, frozen=True, gc=False):
    """x falls back to `mean` at `rate_per_ms`; `spread` is its standard deviation in the long run."""

    mean: float
    rate_per_ms: float
    spread: float

    def expected(self, now: float, after_ms: float) -> float:
        """E[x] so much later."""
        return self.mean + (now - self.mean) * exp(-self.rate_per_ms * after_ms)

    def deviation(self, after_ms: float) -> float:
        """Its standard deviation around that."""
        return self.spread * sqrt(1.0 - exp(-2.0 * self.rate_per_ms * after_ms))

    def chance_above(self, level: float, now: float, after_ms: float) -> float:
        """P(x > level) so much later."""
        expected, deviation = self.expected(now, after_ms), self.deviation(after_ms)
        if deviation <= 0.0:
            return 1.0 if expected > level else 0.0
        return 0.5 * (1.0 + erf((expected - level) / (deviation * sqrt(2.0))))


def fit_reversion(pairs: Sequence[tuple[float, float]], lag_ms: float, mean: float) -> Reversion | None:
    """From (x, x after `lag_ms`) and a known mean; None when they say nothing.

    The mean is given, not fitted: signals begin where the edge is high, and say little of where it rests.
    """
    starts = [(now - mean, later - mean) for now, later in pairs]
    weight = fsum([now * now for now, _ in starts])  # no Python's sum is another's
    if len(starts) < 2 or weight <= 0.0:
        return None
    kept = fsum([now * later for now, later in starts]) / weight
    kept = min(max(kept, _LEAST_KEPT), _MOST_KEPT)
    misses = fsum([(later - kept * now) ** 2 for now, later in starts]) / (len(starts) - 1)
    return Reversion(mean, -log(kept) / lag_ms, sqrt(misses / (1.0 - kept * kept)))
