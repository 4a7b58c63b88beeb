"""A market whose every state is known: what the dialects are judged by. Prices and sizes are whole."""

from collections.abc import Mapping
from random import Random
from typing import NamedTuple

from hypothesis import strategies as st

MIDDLE = 1_000
DEPTH = 5


class Step(NamedTuple):
    """One change of one level, bids below MIDDLE and asks above."""

    price: int
    size: int


class Told(NamedTuple):
    """What the venue says next: the changes `first`..`last`, or the best bid and ask as of `last`."""

    is_best: bool
    first: int
    last: int


class SlowBook:
    """A book applied level by level, its top sorted out anew every time it is asked for."""

    def __init__(self, levels: Mapping[float, float] = {}) -> None:
        self.levels = dict(levels)

    def after(self, steps: list[Step]) -> "SlowBook":
        book = SlowBook(self.levels)
        for price, size in steps:
            book.levels[price] = size
        book.levels = {price: size for price, size in book.levels.items() if size}
        return book

    def bids(self, depth: int = DEPTH) -> tuple[tuple[float, float], ...]:
        return tuple(sorted([row for row in self.levels.items() if row[0] < MIDDLE], reverse=True)[:depth])

    def asks(self, depth: int = DEPTH) -> tuple[tuple[float, float], ...]:
        return tuple(sorted([row for row in self.levels.items() if row[0] > MIDDLE])[:depth])


class TrueMarket:
    """Its book at update 0, the changes 1, 2, 3, ... and the order in which the venue tells of them."""

    def __init__(self, steps: list[Step], told: list[Told]) -> None:
        self.steps = steps
        self.told = told
        self.states = [SlowBook({MIDDLE - 1: 7, MIDDLE - 2: 5, MIDDLE + 1: 8, MIDDLE + 2: 6})]
        for step in steps:
            self.states.append(self.states[-1].after([step]))

    def changes(self, told: Told) -> tuple[list[Step], list[Step]]:
        """Bids and asks, the last change of each price only, as venues send them."""
        steps = dict(self.steps[told.first - 1 : told.last])
        rows = [Step(price, size) for price, size in steps.items()]
        return [row for row in rows if row.price < MIDDLE], [row for row in rows if row.price > MIDDLE]


def market_of(seed: int) -> TrueMarket:
    """Depth comes in lumps of one to four changes; a new best bid or ask is often told before its lump."""
    chance = Random(seed)
    prices = [price for price in range(MIDDLE - 8, MIDDLE + 9) if price != MIDDLE]
    steps = [Step(chance.choice(prices), chance.choice((0, 0, 1, 2, 3))) for _ in range(40)]
    states = TrueMarket(steps, []).states
    told: list[Told] = []
    first = 1
    while first <= len(steps):
        last = min(len(steps), first + chance.randrange(4))
        for update in range(first, last + 1):
            before, after = states[update - 1], states[update]
            is_new = before.bids(1) != after.bids(1) or before.asks(1) != after.asks(1)
            if is_new and chance.random() < 0.7:
                told.append(Told(True, update, update))
        told.append(Told(False, first, last))
        first = last + 1
    return TrueMarket(steps, told)


MARKETS = st.integers(0, 2**32).map(market_of)
