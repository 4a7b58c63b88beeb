"""Sizing: the size that makes the most money on a pair of books, then what both venues accept of it.

Market-math section 2. Before it: a detector that found an edge at the top. After it: pricing.
"""

from msgspec import Struct

from kairos_tui.engine.exact import earns, notional_exceeds, notional_reaches
from kairos_tui.market import Level, Listing, common_step, floor_to_lots

_NOISE = 1e-13
"""A remainder below this share of the size is float dust, not something left to fill."""


class Sizing(Struct, frozen=True, gc=False):
    """A size in base that both venues accept, and the levels it takes on each side."""

    size: float
    bought: tuple[Level, ...]
    sold: tuple[Level, ...]


def find_best_size(
    asks: tuple[Level, ...],
    bids: tuple[Level, ...],
    *,
    buy_fee: float,
    sell_fee: float,
    max_notional: float,
) -> float:
    """Walk both ladders while the next unit earns, up to `max_notional` spent; 0.0 when none does."""
    size, budget = 0.0, max_notional
    lower, higher = iter(asks[1:]), iter(bids[1:])
    ask, ask_rest = asks[0]
    bid, bid_rest = bids[0]
    while earns(ask, bid, buy_fee=buy_fee, sell_fee=sell_fee):
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


def fill(levels: tuple[Level, ...], size: float) -> tuple[Level, ...] | None:
    """What an order of `size` takes from each level; None when the book ends before it is filled."""
    taken: list[Level] = []
    rest, dust = size, size * _NOISE
    for price, available in levels:
        if rest - available <= dust:
            taken.append((price, min(_without_dust(rest, size), available)))
            return tuple(taken)
        taken.append((price, available))
        rest -= available
    return None


def size_route(
    asks: tuple[Level, ...], bids: tuple[Level, ...], *, buy: Listing, sell: Listing, max_notional: float
) -> Sizing | None:
    """The best size, capped and floored to both venues' lots and filled from both books; None = no trade."""
    best = find_best_size(
        asks, bids, buy_fee=buy.fees.taker, sell_fee=sell.fees.taker, max_notional=max_notional
    )
    for listing in (buy, sell):
        if listing.instrument.max_size is not None:
            best = min(best, listing.instrument.max_size)
    size, bought = _afford(asks, best, lots=(buy.instrument.lot, sell.instrument.lot), budget=max_notional)
    if size < max(buy.instrument.min_size, sell.instrument.min_size):
        return None
    sold = fill(bids, size)
    if not bought or not sold or not _accepted(bought, sold, buy, sell):
        return None
    return Sizing(size, bought, sold)


def _afford(
    asks: tuple[Level, ...], size: float, *, lots: tuple[float, float], budget: float
) -> tuple[float, tuple[Level, ...] | None]:
    """Floor to lots; one step less where float dust would have spent more than the budget."""
    step = common_step(lots)
    floored = floor_to_lots(size, lots)
    while floored > 0.0:
        bought = fill(asks, floored)
        if bought is None or not notional_exceeds(bought, budget):
            return floored, bought
        floored = floor_to_lots(floored - step, lots) if step else floored * (1.0 - _NOISE)
    return 0.0, None


def _accepted(bought: tuple[Level, ...], sold: tuple[Level, ...], buy: Listing, sell: Listing) -> bool:
    """Both venues' minimum cost in quote is met, each by its own side of the trade."""
    return notional_reaches(bought, buy.instrument.min_cost) and notional_reaches(
        sold, sell.instrument.min_cost
    )


def _without_dust(rest: float, size: float) -> float:
    """0.10999999999999999, left of 0.41 after 0.3, is 0.11."""
    clean = round(rest, 12)
    return clean if abs(clean - rest) <= size * 1e-14 else rest
