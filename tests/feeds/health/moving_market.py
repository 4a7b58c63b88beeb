"""A random market for cross-checks: the true book at every instant, our feed of it, and REST's answer."""

import random
from bisect import bisect_right

from kairos_tui.feeds.door import Top
from kairos_tui.market import Level

TICK = 0.01
VIEW = 20


class MovingMarket:
    """Four seconds of a book: at random instants a level is set, removed, or the best is traded away."""

    def __init__(self, seed: int, changes_per_s: float) -> None:
        self.chance = random.Random(seed)
        self.bids = {1_000 - n: self._size() for n in range(60) if self.chance.random() < 0.7 or n == 0}
        self.asks = {1_001 + n: self._size() for n in range(60) if self.chance.random() < 0.7 or n == 0}
        self.times, self.books = [0.0], [self._book()]
        now_s = 0.0
        while changes_per_s and (now_s := now_s + self.chance.expovariate(changes_per_s)) < 4.0:
            self._change()
            self.times.append(now_s)
            self.books.append(self._book())

    def at(self, now_s: float) -> Top:
        """The true book, whole."""
        return self.books[bisect_right(self.times, now_s) - 1]

    def between(self, from_s: float, to_s: float) -> list[Top]:
        """Every state the book has had in this time."""
        return self.books[bisect_right(self.times, from_s) - 1 : bisect_right(self.times, to_s)]

    def _size(self) -> float:
        return self.chance.randint(1, 50) / 10

    def _book(self) -> Top:
        return (
            tuple((price * TICK, self.bids[price]) for price in sorted(self.bids, reverse=True)),
            tuple((price * TICK, self.asks[price]) for price in sorted(self.asks)),
        )

    def _change(self) -> None:
        best_bid, best_ask = max(self.bids), min(self.asks)
        is_bid = self.chance.random() < 0.5
        levels, best, sign = (self.bids, best_bid, -1) if is_bid else (self.asks, best_ask, 1)
        price = best + sign * int(self.chance.expovariate(0.3))
        if self.chance.random() < 0.2 and best_ask - best_bid > 1:
            levels[best - sign] = self._size()  # someone improves the best
        elif self.chance.random() < 0.5 or len(levels) < 30:
            levels[price] = self._size()
        else:
            levels.pop(price, None)


def cut(book: Top, depth: int) -> Top:
    return book[0][:depth], book[1][:depth]


def without(book: Top, level: Level) -> Top:
    bids, asks = (tuple(one for one in side if one[0] != level[0]) for side in book)
    return bids, asks


def with_bid(book: Top, level: Level) -> Top:
    """The book with this bid in place of whatever is at its price."""
    bids, asks = without(book, level)
    return tuple(sorted((*bids, level), reverse=True)), asks
