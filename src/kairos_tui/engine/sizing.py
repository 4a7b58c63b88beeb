"""Sizing: the orders that make the most money on a row of ladders, within what every venue accepts.

Market-math section 2. Before it: a detector that found an edge at the top. After it: pricing.
"""

from collections.abc import Sequence

from kairos_tui.engine.exact import CLOSE_CALL, earns, notional_exceeds, notional_reaches
from kairos_tui.engine.ladder import UNMARKED, Ladder, Mark
from kairos_tui.engine.ladder_walk import find_best_order
from kairos_tui.engine.orders import NOISE, Order, Sizing, follow, least_that_delivers, order_of
from kairos_tui.market import Level, common_step, floor_to_lots


def find_best_size(
    asks: tuple[Level, ...],
    bids: tuple[Level, ...],
    *,
    buy_fee: float,
    sell_fee: float,
    max_notional: float,
) -> float:
    """Walk both ladders while the next unit earns, up to `max_notional` spent; 0.0 when none does.

    For two legs with fees in quote, where bought and sold are one number: a fifth of the general walk's cost.
    """
    size, budget = 0.0, max_notional
    paid, kept = 1.0 + buy_fee, 1.0 - sell_fee
    lower, higher = iter(asks[1:]), iter(bids[1:])
    ask, ask_rest = asks[0]
    bid, bid_rest = bids[0]
    # Plainly, or as fractions have it.
    while bid * kept - ask * paid > ask * CLOSE_CALL or earns(ask, bid, buy_fee=buy_fee, sell_fee=sell_fee):
        taken = min(ask_rest, bid_rest)
        if ask * taken >= budget:
            return size + budget / ask
        size += taken
        budget -= ask * taken
        ask_rest -= taken
        bid_rest -= taken
        if ask_rest <= 0.0:
            ask, ask_rest = next(lower, _END)
        if bid_rest <= 0.0:
            bid, bid_rest = next(higher, _END)
        if ask == 0.0 or bid == 0.0:
            break
    return size


_END: Level = (0.0, 0.0)


def size_route(ladders: Sequence[Ladder], *, max_notional: float, mark: Mark = UNMARKED) -> Sizing | None:
    """The best size, capped, floored to the lots of all legs and filled from all books; None = no trade.

    Where no fee is charged in base, what is bought and what is sold are the same, whole in both lots.
    Otherwise what is sold is whole in its own lot, and no more is bought than it takes to deliver that.
    """
    buy, sell = ladders[0], ladders[1]
    best = _best_order(ladders, max_notional=max_notional, mark=mark)
    lots = (buy.market.lot, 0.0 if buy.in_base or sell.in_base else sell.market.lot)
    sizing = _follow(ladders, _afford(buy, best, lots=lots, budget=max_notional))
    if sizing is not None and sizing.residue > 0.0:
        sizing = _follow(ladders, least_that_delivers(buy, sell, sizing))
    if sizing is None or not all(map(_accepted, ladders, sizing.orders)):
        return None
    return sizing


def size_at(ladders: Sequence[Ladder], size: float) -> Sizing | None:
    """The orders when the first leg orders `size`, profit or loss; None when a book does not hold them."""
    return _follow(ladders, order_of(ladders[0], size))


def _follow(ladders: Sequence[Ladder], first: Order | None) -> Sizing | None:
    return follow(ladders, first) if first is not None else None


def _best_order(ladders: Sequence[Ladder], *, max_notional: float, mark: Mark) -> float:
    buy, sell = ladders[0], ladders[1]
    if len(ladders) > 2 or mark is not UNMARKED or buy.in_base or sell.in_base:
        return find_best_order(ladders, max_notional=max_notional, mark=mark)
    best = find_best_size(
        buy.levels, sell.levels, buy_fee=buy.fees.taker, sell_fee=sell.fees.taker, max_notional=max_notional
    )
    for market in (buy.market, sell.market):
        best = best if market.max_size is None else min(best, market.max_size)
    return best


def _afford(buy: Ladder, size: float, *, lots: tuple[float, float], budget: float) -> Order | None:
    """Floor to lots; one step less where float dust would have spent more than the budget."""
    floored = floor_to_lots(size, lots)
    while floored > 0.0:
        bought = order_of(buy, floored)
        if bought is None or not notional_exceeds(bought.levels, budget):
            return bought
        step = common_step(lots)
        floored = floor_to_lots(floored - step, lots) if step else floored * (1.0 - NOISE)
    return None


def _accepted(ladder: Ladder, order: Order) -> bool:
    """The venue's minimum size in base and its minimum cost in quote are met."""
    market = ladder.market
    return order.size >= market.min_size and notional_reaches(order.levels, market.min_cost)
