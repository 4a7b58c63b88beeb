"""Survival: how long edges last, by Kaplan-Meier: also from those whose end, or whose beginning, nobody saw.

Market-math section 7. Before it: lifetimes, of the engine's routes or of a recording's signals. After it:
capture_p, the inspector, reports. Ages are in ms.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import exp, log, sqrt
from typing import NamedTuple

_NORMAL_95 = 1.96


class Lifetime(NamedTuple):
    """An edge was seen from age `entered_ms` to age `left_ms`. Not `ended`: it was lost sight of (censored).

    Who is first seen at an age of d (an opened signal after a dwell of d) has entered at d. An edge that
    stood already when it was first looked at has no age: it is no lifetime.
    """

    left_ms: float
    ended: bool
    entered_ms: float = 0.0


class Band(NamedTuple):
    """Where the true curve lies, 95 times in 100."""

    low: float
    high: float


class Survival:
    """S(t), the share of edges that are older than t when they end. Made once, asked often: O(log n)."""

    def __init__(self, lifetimes: Iterable[Lifetime]) -> None:
        known = sorted([each for each in lifetimes if each.left_ms > each.entered_ms])
        self._left = [each.left_ms for each in known]
        self._entered = sorted([each.entered_ms for each in known])
        self.ended = sum(each.ended for each in known)
        self.censored = len(known) - self.ended
        self._ages: list[float] = []
        self._shares: list[float] = []
        self._spreads: list[float] = []
        self._walk(known)

    def at(self, age_ms: float) -> float:
        """S(age). Beyond the last age that was seen it stays as it was there."""
        place = bisect_right(self._ages, age_ms)
        return self._shares[place - 1] if place else 1.0

    def band(self, age_ms: float) -> Band:
        """By Greenwood's formula on the scale of log(-log S), which stays between 0 and 1."""
        place, share = bisect_right(self._ages, age_ms), self.at(age_ms)
        if not place or share >= 1.0:
            return Band(1.0, 1.0)
        if share <= 0.0:
            return Band(0.0, 0.0)
        width = _NORMAL_95 * sqrt(self._spreads[place - 1]) / abs(log(share))
        return Band(share ** exp(width), share ** exp(-width))

    def at_risk(self, age_ms: float) -> int:
        """How many were seen to reach this age: those that can tell what comes after it."""
        return bisect_right(self._entered, age_ms) - bisect_right(self._left, age_ms)

    def chance(self, age_ms: float, for_ms: float) -> float | None:
        """S(a+L)/S(a): of those as old as that, the share that lasts so much longer.

        None: none was seen at that age, or those that got so far were lost sight of before the end of it.
        """
        if self.at_risk(age_ms) <= 0:
            return None
        reached, later_ms = self.at(age_ms), age_ms + for_ms
        return self.at(later_ms) / reached if reached > 0.0 and self.reaches(later_ms) else None

    def reaches(self, age_ms: float) -> bool:
        """Whether S is known there: somebody was seen that old, or all are known to have ended before."""
        return bool(self._left) and (self._left[-1] >= age_ms or self.at(age_ms) <= 0.0)

    @property
    def median_ms(self) -> float | None:
        """The age that half of them reach; None while more than half are known to be older than any end."""
        return next((age for age, share in zip(self._ages, self._shares, strict=True) if share <= 0.5), None)

    def steps(self) -> list[tuple[float, float]]:
        """(age, S) wherever it falls, for a plot."""
        return list(zip(self._ages, self._shares, strict=True))

    def _walk(self, known: list[Lifetime]) -> None:
        """At each age at which some ended: the share of those then under observation that did not."""
        share, spread, place = 1.0, 0.0, 0
        while place < len(known):
            age, first = known[place].left_ms, place
            while place < len(known) and known[place].left_ms == age:
                place += 1
            ends = sum([each.ended for each in known[first:place]])
            # Who enters at this very age was not under observation before it.
            at_risk = bisect_left(self._entered, age) - first
            if not ends:
                continue
            share *= 1.0 - ends / at_risk
            spread += ends / (at_risk * (at_risk - ends)) if at_risk > ends else 0.0
            self._ages.append(age)
            self._shares.append(share)
            self._spreads.append(spread)
