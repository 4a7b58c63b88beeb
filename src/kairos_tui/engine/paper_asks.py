"""Asks: the orders that follow a signal, what they may cost at the worst, and those that take a leg back.

Before it: opportunities. After it: paper, which sends them.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec import Struct

from kairos_tui.engine.exact import exact, take_and_give
from kairos_tui.engine.paper_ledger import Place
from kairos_tui.market import (
    Fees,
    Leg,
    Listing,
    Opportunity,
    PaperRole,
    Side,
    Symbol,
    Venue,
    floor_to_lots,
    split_symbol,
)

_BPS = 10_000.0


class Ask(Struct, frozen=True, gc=False):
    """An order that has not reached its book. `size` in base of its market; `limit` None: at any price."""

    venue: Venue
    symbol: Symbol
    side: Side
    role: PaperRole
    size: float
    limit: float | None

    @property
    def paid_from(self) -> Place:
        """The stock that it spends."""
        base, quote = split_symbol(self.symbol)
        return self.venue, quote if self.side == "buy" else base


def asks_of(priced: Opportunity, tolerance_bps: float) -> tuple[Ask, ...]:
    """One for each leg that is traded now, limited by the worst price that the signal counts on there."""
    legs: list[tuple[Leg, PaperRole]] = [(priced.buy, "leg"), (priced.sell, "leg")]
    if priced.mode == "closed":
        legs += [(leg, "convert") for leg in priced.conversions]
    return tuple([_ask(leg, role, tolerance_bps) for leg, role in legs])


def worst_needs(asks: Sequence[Ask], fees: Iterable[Fees]) -> dict[Place, Fraction]:
    """What all of them spend if each is filled at its limit, fees included."""
    needs: dict[Place, Fraction] = {}
    for ask, fee in zip(asks, fees, strict=True):
        assert ask.limit is not None
        take, _ = take_and_give(ask.side, fee)
        spent = exact(ask.size) * take * (exact(ask.limit) if ask.side == "buy" else 1)
        needs[ask.paid_from] = needs.get(ask.paid_from, Fraction(0)) + spent
    return needs


def undo(ask: Ask, excess: Fraction, listing: Listing) -> Ask | None:
    """What takes back so much of a filled order, on its own venue; None where that takes no such order."""
    other: Side = "sell" if ask.side == "buy" else "buy"
    take, give = take_and_give(ask.side, listing.fees)
    back_take, back_give = take_and_give(other, listing.fees)
    size = excess * give / back_take if ask.side == "buy" else excess * take / back_give
    market = listing.instrument
    whole = floor_to_lots(float(size), (market.lot,))
    if whole <= 0.0 or whole < market.min_size or whole * (ask.limit or 0.0) < market.min_cost:
        return None
    return Ask(ask.venue, ask.symbol, other, "unwind", whole, None)


def _ask(leg: Leg, role: PaperRole, tolerance_bps: float) -> Ask:
    worst = leg.levels[-1][0]
    away = tolerance_bps / _BPS if leg.side == "buy" else -tolerance_bps / _BPS
    return Ask(leg.venue, leg.symbol, leg.side, role, leg.size, worst * (1.0 + away))
