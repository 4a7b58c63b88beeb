"""MarketQuotes: one symbol over all venues, with the best fee-adjusted prices kept as they change.

Written by quote_board after each slot changes; lets a detector dismiss a symbol in one comparison.
"""

from collections.abc import Sequence
from operator import attrgetter

from kairos_tui.engine.slot import Slot


class MarketQuotes:
    """`best_bid` and `best_ask` over every slot, healthy or not: a bound, never a verdict."""

    __slots__ = ("_asker", "_bidder", "best_ask", "best_bid", "slots")

    def __init__(self, slots: Sequence[Slot]) -> None:
        self.slots = tuple(slots)
        self._bidder = self._asker = self.slots[0]
        self.best_bid = self._bidder.net_bid
        self.best_ask = self._asker.net_ask

    def note(self, slot: Slot) -> None:
        """The slot's prices may have changed: O(1) unless the best one got worse."""
        net_bid, net_ask = slot.net_bid, slot.net_ask
        if net_bid >= self.best_bid:
            self._bidder, self.best_bid = slot, net_bid
        elif slot is self._bidder:
            self._bidder = max(self.slots, key=_bid)
            self.best_bid = self._bidder.net_bid
        if net_ask <= self.best_ask:
            self._asker, self.best_ask = slot, net_ask
        elif slot is self._asker:
            self._asker = min(self.slots, key=_ask)
            self.best_ask = self._asker.net_ask


_bid, _ask = attrgetter("net_bid"), attrgetter("net_ask")
