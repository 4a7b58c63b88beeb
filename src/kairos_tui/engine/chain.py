"""Chain: the slots a route runs through at an instant, in order: where it buys, sells, and converts back.

Before it: detectors, which choose the hops. After it: pricing.
"""

from math import prod

from msgspec import Struct

from kairos_tui.engine.ladder import UNMARKED, Ladder, Mark
from kairos_tui.engine.slot import Slot
from kairos_tui.market import Route, Side


class Hop(Struct, frozen=True, gc=False):
    """One market that exchanges a quote for another, and the side on which it would be traded."""

    slot: Slot
    side: Side

    @property
    def top_rate(self) -> float:
        """Received per unit paid at the best level, fee taken; 0.0 where the slot cannot be priced."""
        return 1.0 / self.slot.net_ask if self.side == "buy" else self.slot.net_bid

    @property
    def mid(self) -> float:
        """Of the market itself: its quote per its base; 0.0 without a book."""
        return self.slot.mid

    @property
    def mid_rate(self) -> float:
        """Received per unit paid at the mid, no fee."""
        return 1.0 / self.mid if self.side == "buy" else self.mid


Way = tuple[Hop, ...]
"""Hops in the order in which they are made; none where nothing has to be converted."""


def top_rate(way: Way) -> float:
    """Received per unit paid at the best levels, every fee compounded."""
    return prod([hop.top_rate for hop in way])


def mid_rate(way: Way) -> float:
    """Received per unit paid at the mids, no fee."""
    return prod([hop.mid_rate for hop in way])


class Chain(Struct, frozen=True, gc=False):
    """Every slot has a tick and a listing. In mode `inventory` the hops are marked, less the haircut."""

    route: Route
    buy: Slot
    sell: Slot
    way: Way = ()
    haircut_bps: float = 0.0

    @property
    def slots(self) -> tuple[Slot, ...]:
        """In the order in which they are traded; those of the hops come last."""
        return (self.buy, self.sell, *(hop.slot for hop in self.way)) if self.way else (self.buy, self.sell)

    @property
    def asynchrony_ns(self) -> int:
        """The widest distance of two last proofs of life, of all that is traded now: a mark is not."""
        alive_ns = [slot.alive_ns for slot in (self.slots if self.route.mode == "closed" else self.slots[:2])]
        return max(alive_ns) - min(alive_ns)

    @property
    def mark(self) -> Mark:
        """How what is not converted now is valued."""
        if not self.way or self.route.mode == "closed":
            return UNMARKED
        return Mark(tuple((hop.side, hop.mid) for hop in self.way), self.haircut_bps)

    @property
    def top_rate(self) -> float:
        """What one unit of the first quote comes back as, at the best levels, every fee compounded."""
        return self.sell.net_bid / self.buy.net_ask * self.conversion_rate

    @property
    def conversion_rate(self) -> float:
        """The route's quote per unit of the sale's: at the best levels after fees, or as marked."""
        if not self.way:
            return 1.0
        return top_rate(self.way) if self.route.mode == "closed" else self.mark.rate

    def ladders(self) -> tuple[Ladder, ...]:
        """What can be traded now, leg by leg."""
        legs = _ladder(self.buy, "buy"), _ladder(self.sell, "sell")
        if self.route.mode != "closed":
            return legs
        return (*legs, *(_ladder(hop.slot, hop.side) for hop in self.way))


def _ladder(slot: Slot, side: Side) -> Ladder:
    assert slot.listing is not None
    books = slot.books()
    assert books is not None
    bids, asks = books
    levels = asks if side == "buy" else bids
    return Ladder.of(side, levels, slot.listing.fees, slot.listing.instrument)
