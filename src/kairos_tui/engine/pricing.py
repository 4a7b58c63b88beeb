"""Pricing: a chain of slots and a size -> an Opportunity whose every figure its legs can repeat.

size is what the buy leg orders. Where no fee is charged in base, the sell leg orders the same; otherwise it
sells what was delivered, whole in its lot. outlay is what the buy takes of the quote (its notional, and the
fee where that is in quote), proceeds what the last leg gives. Before it: sizing. After it: the signal gate.
"""

from math import inf, prod

from kairos_tui.engine.chain import Chain, Hop
from kairos_tui.engine.exact import reaches
from kairos_tui.engine.ladder import Ladder, Mark
from kairos_tui.engine.orders import Order, Sizing, given_by
from kairos_tui.engine.sizing import size_at, size_route
from kairos_tui.engine.slot import Slot
from kairos_tui.market import Leg, Opportunity, Route, Side, split_symbol

_BPS = 10_000.0


def net_top_bps(buy: Slot, sell: Slot) -> float:
    """Return on outlay of the first unit, both taker fees compounded."""
    return (sell.net_bid / buy.net_ask - 1.0) * _BPS


def price_pair(
    buy: Slot, sell: Slot, *, floor_bps: float, max_notional: float, now_ns: int
) -> Opportunity | None:
    """The pair at its most profitable size; None below `floor_bps`, without profit or a valid size."""
    chain = Chain(Route(buy.symbol, buy.venue, sell.venue), buy, sell)
    return price_chain(chain, floor_bps=floor_bps, max_notional=max_notional, now_ns=now_ns)


def price_chain(chain: Chain, *, floor_bps: float, max_notional: float, now_ns: int) -> Opportunity | None:
    """The chain at its most profitable size; None below `floor_bps`, without profit or a valid size.

    `max_notional` is in the route's first quote.
    """
    if not _is_known(chain):
        return None
    ladders, mark = chain.ladders(), chain.mark
    sizing = size_route(ladders, max_notional=max_notional, mark=mark)
    if sizing is None:
        return None
    priced = _opportunity(chain, ladders, mark, sizing, max_notional=max_notional, now_ns=now_ns)
    return priced if priced.profit > 0.0 and reaches(priced, floor_bps) else None


def price_at(chain: Chain, size: float, now_ns: int) -> Opportunity | None:
    """The chain at a given size, profit or loss; None when a book does not hold that much."""
    if not _is_known(chain):
        return None
    ladders = chain.ladders()
    sizing = size_at(ladders, size)
    if sizing is None:
        return None
    return _opportunity(chain, ladders, chain.mark, sizing, max_notional=inf, now_ns=now_ns)


def _is_known(chain: Chain) -> bool:
    """Every slot has a book that makes sense, and its market's facts."""
    buy, sell = chain.buy, chain.sell
    if buy.books() is None or buy.listing is None or sell.books() is None or sell.listing is None:
        return False
    return not chain.way or None not in [hop.slot.books() and hop.slot.listing for hop in chain.way]


def _opportunity(
    chain: Chain,
    ladders: tuple[Ladder, ...],
    mark: Mark,
    sizing: Sizing,
    *,
    max_notional: float,
    now_ns: int,
) -> Opportunity:
    first, second, *others = sizing.orders
    # The exact sum was held under the cap; the float one may lie an ulp above it.
    notional, revenue = min(first.notional, max_notional), second.notional
    buy = _leg(chain.buy, "buy", first, notional, now_ns)
    sell = _leg(chain.sell, "sell", second, revenue, now_ns)
    conversions = _conversions(chain, others, now_ns) if chain.way else ()
    given = given_by(ladders[-1], others[-1]) if others else revenue * ladders[1].give
    outlay, proceeds = notional * ladders[0].take, given * mark.rate
    rate = _rate(conversions) if conversions else 1.0
    gross_bps = (sell.vwap * rate / buy.vwap - 1.0) * _BPS
    net_bps = (proceeds / outlay - 1.0) * _BPS
    asset, quote = split_symbol(chain.buy.symbol)
    return Opportunity(
        route=chain.route,
        kind=chain.route.kind,
        mode=chain.route.mode,
        asset=asset,
        quote=quote,
        buy=buy,
        sell=sell,
        size=sizing.size,
        notional=notional,
        outlay=outlay,
        profit=proceeds - outlay,
        gross_bps=gross_bps,
        fees_bps=gross_bps - net_bps,
        net_bps=net_bps,
        net_top_bps=(chain.top_rate - 1.0) * _BPS,
        asynchrony_ns=chain.asynchrony_ns,
        conversions=conversions,
        haircut_bps=mark.haircut_bps,
        residue=sizing.residue,
    )


def _conversions(chain: Chain, orders: list[Order], now_ns: int) -> tuple[Leg, ...]:
    if not orders:
        return tuple([_mark_leg(hop, now_ns) for hop in chain.way])
    return tuple(
        [
            _leg(hop.slot, hop.side, order, order.notional, now_ns)
            for hop, order in zip(chain.way, orders, strict=True)
        ]
    )


def _rate(conversions: tuple[Leg, ...]) -> float:
    """The route's quote per unit of the sale's, before fees and haircut."""
    return prod([1.0 / leg.vwap if leg.side == "buy" else leg.vwap for leg in conversions])


def _leg(slot: Slot, side: Side, order: Order, amount: float, now_ns: int) -> Leg:
    """`amount` is the order's price x size over its levels."""
    assert slot.tick is not None
    assert slot.listing is not None
    levels = order.levels
    return Leg(
        venue=slot.venue,
        symbol=slot.symbol,
        side=side,
        price=levels[0][0],
        vwap=amount / order.size if len(levels) > 1 else levels[0][0],
        fees=slot.listing.fees,
        age_ns=now_ns - slot.alive_ns,
        received_ns=slot.received_ns,
        proof=slot.tick.proof,
        levels=levels,
        size=order.size,
        lot=slot.listing.instrument.lot,
    )


def _mark_leg(hop: Hop, now_ns: int) -> Leg:
    """Nothing is ordered: the leg names the mid at which the proceeds are valued."""
    slot, mid = hop.slot, hop.mid
    assert slot.tick is not None
    assert slot.listing is not None
    return Leg(
        venue=slot.venue,
        symbol=slot.symbol,
        side=hop.side,
        price=mid,
        vwap=mid,
        fees=slot.listing.fees,
        age_ns=now_ns - slot.alive_ns,
        received_ns=slot.received_ns,
        proof=slot.tick.proof,
        levels=(),
    )
