"""CheckRota: which book of a venue is held against REST next, so that each is at least every ten minutes.

Before it: RestBudget, which says when. After it: a cross-check. Quiet books go first, because silence is what
a check explains; those whose ten minutes run out go before them.
"""

from collections.abc import Mapping
from random import Random

from kairos_tui.market import Symbol

EVERY_NS = 600 * 1_000_000_000
EARLIEST, LATEST = 0.5, 0.8
"""A book may be checked again after this share of the time, drawn anew each time."""


class CheckRota:
    """One venue's books. `spacing_ns` is the budget's time between two requests.

    Each is checked in time when all of them fit into ten minutes twice; else each as often as all others.
    """

    def __init__(self, seed: int, spacing_ns: int, every_ns: int = EVERY_NS) -> None:
        self._chance = Random(seed)  # noqa: S311  it spreads requests, it keeps no secret
        self._spacing_ns, self._every_ns = spacing_ns, every_ns
        self._checked_ns: dict[Symbol, int] = {}
        self._due_ns: dict[Symbol, int] = {}

    def add(self, symbol: Symbol, now_ns: int) -> None:
        """Its book has just become live. First checks are spread over the time, not all at once."""
        self._checked_ns[symbol] = now_ns
        self._due_ns[symbol] = now_ns + int(self._every_ns * LATEST * self._chance.random())

    def drop(self, symbol: Symbol) -> None:
        """It has no book to check."""
        self._checked_ns.pop(symbol, None)
        self._due_ns.pop(symbol, None)

    def want(self, symbol: Symbol, now_ns: int) -> None:
        """Check it as soon as can be: it is about to be called silent, or differed the first time."""
        if symbol in self._due_ns:
            self._checked_ns[symbol] = min(self._checked_ns[symbol], now_ns - self._every_ns)
            self._due_ns[symbol] = now_ns

    def checked(self, symbol: Symbol, now_ns: int) -> None:
        """A check of it was begun, whatever it will say."""
        if symbol in self._due_ns:
            share = self._chance.uniform(EARLIEST, LATEST)
            self._checked_ns[symbol] = now_ns
            self._due_ns[symbol] = now_ns + int(self._every_ns * share)

    def next(self, now_ns: int, quiet_ns: Mapping[Symbol, int]) -> Symbol | None:
        """The book to check now, or None. `quiet_ns`: how long each has been without a message."""
        due = [symbol for symbol, due_ns in self._due_ns.items() if due_ns <= now_ns]
        if not due:
            return None
        oldest = min(due, key=lambda symbol: (self._checked_ns[symbol], symbol))
        round_ns = 2 * self._spacing_ns * (len(self._due_ns) + 1)
        if now_ns - self._checked_ns[oldest] >= self._every_ns - round_ns:
            return oldest
        return max(due, key=lambda symbol: (quiet_ns.get(symbol, 0), symbol))
