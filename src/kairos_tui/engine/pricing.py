"""Pricing: a pair of slots and a size -> an Opportunity whose every figure its legs can repeat.

Before it: sizing. After it: the signal gate, and the boards.
"""

from math import fsum, inf

from kairos_tui.engine.exact import reaches
from kairos_tui.engine.sizing import Sizing, fill, size_route
from kairos_tui.engine.slot import Slot
from kairos_tui.market import Leg, Level, Opportunity, Route, Side, split_symbol


def net_top_bps(buy: Slot, sell: Slot) -> float:
    """Return on outlay of the first unit, both taker fees compounded."""
    return (sell.net_bid / buy.net_ask - 1.0) * 10_000.0


def price_pair(
    buy: Slot, sell: Slot, *, floor_bps: float, max_notional: float, now_ns: int
) -> Opportunity | None:
    """The pair at its most profitable size; None below `floor_bps`, without profit or a valid size."""
    if buy.tick is None or sell.tick is None or buy.listing is None or sell.listing is None:
        return None
    sizing = size_route(
        buy.tick.asks, sell.tick.bids, buy=buy.listing, sell=sell.listing, max_notional=max_notional
    )
    if sizing is None:
        return None
    priced = _opportunity(buy, sell, sizing, max_notional=max_notional, now_ns=now_ns)
    return priced if priced.profit > 0.0 and reaches(priced, floor_bps) else None


def price_at(buy: Slot, sell: Slot, size: float, now_ns: int) -> Opportunity | None:
    """The pair at a given size, profit or loss; None when a book does not hold that much."""
    if buy.tick is None or sell.tick is None or buy.listing is None or sell.listing is None:
        return None
    bought, sold = fill(buy.tick.asks, size), fill(sell.tick.bids, size)
    if not bought or not sold:
        return None
    return _opportunity(buy, sell, Sizing(size, bought, sold), max_notional=inf, now_ns=now_ns)


def _opportunity(buy: Slot, sell: Slot, sizing: Sizing, *, max_notional: float, now_ns: int) -> Opportunity:
    size = sizing.size
    # The exact sum was held under the cap; the float one may lie an ulp above it.
    notional = min(fsum([price * taken for price, taken in sizing.bought]), max_notional)
    revenue = fsum([price * taken for price, taken in sizing.sold])
    bought = _leg(buy, "buy", sizing.bought, vwap=notional / size, now_ns=now_ns)
    sold = _leg(sell, "sell", sizing.sold, vwap=revenue / size, now_ns=now_ns)
    outlay, proceeds = bought.fees.cost_to_buy(notional), sold.fees.proceeds_of_sale(revenue)
    gross_bps, net_bps = (revenue / notional - 1.0) * 10_000.0, (proceeds / outlay - 1.0) * 10_000.0
    asset, quote = split_symbol(buy.symbol)
    return Opportunity(
        route=Route(buy.symbol, buy.venue, sell.venue),
        kind="cross",
        mode="inventory",
        asset=asset,
        quote=quote,
        buy=bought,
        sell=sold,
        size=size,
        notional=notional,
        outlay=outlay,
        profit=proceeds - outlay,
        gross_bps=gross_bps,
        fees_bps=gross_bps - net_bps,
        net_bps=net_bps,
        net_top_bps=net_top_bps(buy, sell),
        asynchrony_ns=abs(buy.alive_ns - sell.alive_ns),
    )


def _leg(slot: Slot, side: Side, levels: tuple[Level, ...], *, vwap: float, now_ns: int) -> Leg:
    assert slot.tick is not None
    assert slot.listing is not None
    return Leg(
        venue=slot.venue,
        symbol=slot.symbol,
        side=side,
        price=levels[0][0],
        vwap=vwap if len(levels) > 1 else levels[0][0],
        fees=slot.listing.fees,
        age_ns=now_ns - slot.alive_ns,
        received_ns=slot.received_ns,
        proof=slot.tick.proof,
        levels=levels,
    )
