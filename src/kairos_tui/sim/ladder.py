"""Ladder: the orders behind the best price, one side of one market, a pure function of (quote, time).

Each price cell holds at most one level, at a price and of a size hashed from the cell, so levels stay
where they are when the price moves through them. Before it: dice. After it: market.
"""

from itertools import islice
from math import log2
from typing import NamedTuple

from kairos_tui.sim.dice import lognormal_quantiles, salt, scramble

_SIZES = lognormal_quantiles(1.1)
_MS = 1_000_000
_BLOCK = 8
_MOST_CELLS = 8_192
_EMPTY_OF_256 = 40
_LONGEST_NS = 60_000_000_000


class _Block(NamedTuple):
    """The levels of `_BLOCK` neighbouring cells, best first, and how long none of them changes."""

    since_ns: int
    until_ns: int
    levels: dict[int, int]


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
        self._blocks: dict[int, _Block] = {}
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
        since_ns, until_ns = 0, at_ns + _LONGEST_NS
        step, wanted = -1 if self._is_bid else 1, self._depth - 1
        number, known = best // self._cell // _BLOCK, self._blocks
        if len(self._levels) > _MOST_CELLS:
            self._levels.clear()
            known.clear()
        found: dict[int, int] = {}
        while len(found) < wanted and number >= 0:
            block = known.get(number)
            if block is None or not block[0] <= at_ns < block[1]:
                block = known[number] = self._block(number, at_ns)
            since, until, levels = block
            if since > since_ns:
                since_ns = since
            if until < until_ns:
                until_ns = until
            if not found:  # the best price may lie among these
                levels = {price: lots for price, lots in levels.items() if (price - best) * step > 0}
            found |= levels
            number += step
        if len(found) > wanted:
            found = dict(islice(found.items(), wanted))
        return _Behind(best, since_ns, until_ns, found)

    def _block(self, number: int, at_ns: int) -> _Block:
        since_ns, until_ns = 0, at_ns + _LONGEST_NS
        levels, known = {}, self._levels
        cells = range(number * _BLOCK, (number + 1) * _BLOCK)
        for cell in reversed(cells) if self._is_bid else cells:
            level = known.get(cell)
            if level is None or not level[2] <= at_ns < level[3]:
                level = known[cell] = self._level(cell, at_ns)
            price, lots, from_ns, to_ns = level
            if from_ns > since_ns:
                since_ns = from_ns
            if to_ns < until_ns:
                until_ns = to_ns
            if lots:
                levels[price] = lots
        return _Block(since_ns, until_ns, levels)

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
