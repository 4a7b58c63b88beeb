"""Worth: what a followed signal earned, in its first quote, whatever it left over.

Before it: paper's orders, summed. After it: the fill that is told.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import inf

from kairos_tui.engine.paper_book import SlotOf
from kairos_tui.market import Asset, Leg, Opportunity, split_symbol

_BPS = 10_000.0


def worth_of(changes: Mapping[Asset, Fraction], priced: Opportunity, slot_of: SlotOf) -> float:
    """The change of the first quote, and what the other changes are worth in it now.

    Base that is left is sold at the best bid after the fee, or counts as nothing where that is too little to
    be sold; base that is missing is bought at the best ask. Other quotes are worth the mids that convert
    them, less the haircut where the signal parks them.
    """
    base, quote = split_symbol(priced.route.symbol)
    worth = float(changes.get(quote, 0)) + _worth_of_base(float(changes.get(base, 0)), priced.buy, slot_of)
    kept = 1.0 - priced.haircut_bps / _BPS if priced.mode == "inventory" else 1.0
    for number, leg in enumerate(priced.conversions):
        amount = float(changes.get(_given(leg), 0)) * kept
        for hop in priced.conversions[number:]:
            mid = _mid(hop, slot_of)
            amount = amount / mid if hop.side == "buy" else amount * mid
        worth += amount
    return worth


def _worth_of_base(left: float, buy: Leg, slot_of: SlotOf) -> float:
    slot = slot_of(buy.venue, buy.symbol)
    assert slot is not None
    assert slot.listing is not None
    market = slot.listing.instrument
    if 0.0 <= left < max(market.lot, market.min_size):
        return 0.0
    price = slot.net_bid if left > 0.0 else slot.net_ask
    return left * (price if 0.0 < price < inf else buy.vwap)


def _given(leg: Leg) -> Asset:
    """What a conversion spends."""
    base, quote = split_symbol(leg.symbol)
    return quote if leg.side == "buy" else base


def _mid(leg: Leg, slot_of: SlotOf) -> float:
    """Of the book as it is now, or as it was signalled where there is none."""
    slot = slot_of(leg.venue, leg.symbol)
    return slot.mid if slot is not None and slot.mid > 0.0 else leg.vwap
