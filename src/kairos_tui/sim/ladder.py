"""Ladder: the orders behind the best price, one side of one market, a pure function of (quote, time).

Each price cell holds at most one level, at a price and of a size hashed from the cell, so levels stay
where they are when the price moves through them. Before it: dice. After it: market.
"""

from math import log2
from typing import NamedTuple

from kairos_tui.sim.dice import lognormal_quantiles, salt, scramble

_SIZES = lognormal_quantiles(1.1)
_MS = 1_000_000
_MOST_CELLS = 8_192
_EMPTY_OF_256 = 40
_LONGEST_NS = 60_000_000_000


class _Behind(NamedTuple):
    """The levels behind one best price, and how long none of them changes."""

    best: int
    since_ns: int
    until_ns: int
    levels: dict[int, int]


class Ladder:
    """One side. `median_lots` is the usual size of a level, `cell` its usual distance in ticks."""

    def __init__(self, *key: object, is_bid: bool, cell: int, median_lots: float, depth: int) -> None:
        self._salt = salt(*key, "bid" if is_bid else "ask")
        self._is_bid = is_bid
        self._cell = cell
        self._median_lots = median_lots
        self._depth = depth
        self._levels: dict[int, tuple[int, int, int, int]] = {}
        self._behind = _Behind(-1, 0, 0, {})

    def best_lots(self, quote_number: int) -> int:
        """The size at the best price: it changes with every other quote."""
        turn = (quote_number + self._is_bid) >> 1
        return self._lots(scramble(turn, self._salt))

    def levels(self, best: int, quote: tuple[int, int]) -> dict[int, int]:
        """price in ticks -> size in lots, best first, `depth` of them."""
        number, at_ns = quote
        behind = self._behind
        if behind.best != best or not behind.since_ns <= at_ns < behind.until_ns:
            behind = self._behind = self._look_behind(best, at_ns)
        return {best: self.best_lots(number), **behind.levels}

    def _look_behind(self, best: int, at_ns: int) -> "_Behind":
        found: dict[int, int] = {}
        since_ns, until_ns = 0, at_ns + _LONGEST_NS
        cell, step, known = best // self._cell, -1 if self._is_bid else 1, self._levels
        if len(known) > _MOST_CELLS:
            known.clear()
        while len(found) < self._depth - 1 and cell >= 0:
            level = known.get(cell)
            if level is None or not level[2] <= at_ns < level[3]:
                level = known[cell] = self._level(cell, at_ns)
            price, lots, from_ns, to_ns = level
            since_ns, until_ns = max(since_ns, from_ns), min(until_ns, to_ns)
            if lots and (price - best) * step > 0:
                found[price] = lots
            cell += step
        return _Behind(best, since_ns, until_ns, found)

    def _level(self, cell: int, at_ns: int) -> tuple[int, int, int, int]:
        """(price, lots, valid from, valid until). One cell in eight is busy, the others rest for seconds."""
        bits = scramble(cell, self._salt)
        price = cell * self._cell + bits % self._cell
        busy = (bits >> 40) % 8 == 0
        period_ns = (400 + (bits >> 44) % 1_200) * _MS if busy else (5_000 + (bits >> 44) % 20_000) * _MS
        version, into_ns = divmod(at_ns + (bits >> 20) % period_ns, period_ns)
        fresh = scramble(version, bits)
        empty = (fresh >> 50) % 256 < _EMPTY_OF_256
        since_ns = at_ns - into_ns
        return price, 0 if empty else self._lots(fresh), since_ns, since_ns + period_ns

    def _lots(self, bits: int) -> int:
        return max(1, round(self._median_lots * _SIZES[bits & 255] * (0.75 + (bits >> 8 & 1023) / 2048)))


def cell_width(price_ticks: float, bps: float) -> int:
    """A cell `bps` wide, rounded to a power of two ticks."""
    return 1 << max(0, round(log2(max(1.0, price_ticks * bps * 1e-4))))
