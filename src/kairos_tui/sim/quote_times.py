"""QuoteTimes: when one market's book changes. Bursty: the busiest second is 4-8 times the mean.

Before it: dice. After it: market. A quote is (number, at_ns); numbers grow and are unique per market.
"""

from bisect import bisect_right

from kairos_tui.sim.dice import dice, poisson

Quote = tuple[int, int]

_SECOND_NS = 1_000_000_000
_NUMBERS_PER_SECOND = 1_000_000
_BURSTS = ((0.86, 0.75), (0.97, 1.8), (1.0, 5.5))
"""(cumulative share of seconds, multiple of the mean): a quiet floor, busy seconds, rare storms."""
_KEPT = 8


def burstiness(seed: int, base: str, second: int) -> float:
    """How busy a second is on all venues at once, as a multiple of the mean."""
    draw = dice(seed, "burst", base, second).random()
    return next(multiple for share, multiple in _BURSTS if draw <= share)


class QuoteTimes:
    """The quotes of one market, second by second, each second made from nothing."""

    def __init__(self, seed: int, venue: str, symbol: str, *, per_s: float) -> None:
        self._seed, self._venue, self._symbol = seed, venue, symbol
        self._base = symbol.partition("/")[0]
        self._per_s = per_s
        self._seconds: dict[int, list[int]] = {}

    def last(self, at_ns: int) -> Quote:
        """The newest quote at or before `at_ns`. The first is at 0."""
        second = at_ns // _SECOND_NS
        while True:
            times = self._times(second)
            index = bisect_right(times, at_ns)
            if index:
                return second * _NUMBERS_PER_SECOND + index, times[index - 1]
            second -= 1

    def next(self, at_ns: int) -> Quote:
        """The first quote after `at_ns`."""
        second = at_ns // _SECOND_NS
        while True:
            times = self._times(second)
            index = bisect_right(times, at_ns)
            if index < len(times):
                return second * _NUMBERS_PER_SECOND + index + 1, times[index]
            second += 1

    def _times(self, second: int) -> list[int]:
        times = self._seconds.get(second)
        if times is None:
            times = self._seconds[second] = self._draw(second)
            while len(self._seconds) > _KEPT:
                del self._seconds[next(iter(self._seconds))]
        return times

    def _draw(self, second: int) -> list[int]:
        rng = dice(self._seed, "quotes", self._venue, self._symbol, second)
        count = poisson(rng, self._per_s * burstiness(self._seed, self._base, second))
        times = sorted(second * _SECOND_NS + rng.randrange(_SECOND_NS) for _ in range(count))
        return [0, *times] if second == 0 else times
