"""Curve: what a route earns at each size, as far as a board's levels reach; and what lower fees would do.

Before it: ladder. After it: the inspector. Lots, minimums and the notional's cap are the engine's, not here.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.hud.ladder import Book, fees_of, open_book, rungs, walk
from kairos_tui.market import Fees, Opportunity, SymbolBoard, Venue

_BPS: Final = 10_000.0


class Curve(Struct, frozen=True):
    """`points` are (size in base, profit in quote) at each break, from (0, 0) to the end of the shorter book.

    `best` is the size from which the next unit earns nothing, 0.0 where not even the first does; `profit` is
    what that size leaves, `net_top_bps` the return on the first unit's outlay.
    """

    points: tuple[tuple[float, float], ...]
    best: float
    profit: float
    net_top_bps: float

    @property
    def is_open(self) -> bool:
        """The levels end before the profit does: more could be earned than can be seen here."""
        return 0.0 < self.best == self.depth

    @property
    def depth(self) -> float:
        """The size at which the shorter of both books ends, as far as the board shows it."""
        return self.points[-1][0]

    def profit_at(self, size: float) -> float:
        """Between the breaks it runs straight."""
        for (left, low), (right, high) in zip(self.points, self.points[1:], strict=False):
            if size <= right:
                return low + (high - low) * (size - left) / (right - left)
        return self.points[-1][1]


class Pair(Struct, frozen=True):
    """The two books of a route and their fees. `rate`: what a unit of the sale's quote is in the buy's."""

    buy: Book
    sell: Book
    buy_fees: Fees
    sell_fees: Fees
    rate: float = 1.0


class WithFees(Struct, frozen=True):
    """What would be with other fees: net of the first unit, the best size and its profit."""

    label: str
    net_top_bps: float
    best: float
    profit: float


def pair_of(one: SymbolBoard, buy: Venue, sell: Venue) -> Pair | None:
    """The books of a route; None unless both may be traded on and their fees are known."""
    books = {view.venue: open_book(view) for view in one.books if view.venue in (buy, sell)}
    rows = {venue.venue: venue for venue in one.venues}
    buy_fees, sell_fees = fees_of(rows.get(buy)), fees_of(rows.get(sell))
    if buy not in books or sell not in books or buy_fees is None or sell_fees is None:
        return None
    if not books[buy].asks or not books[sell].bids:
        return None
    return Pair(books[buy], books[sell], buy_fees, sell_fees)


def taken_by(found: Opportunity) -> Pair:
    """The levels that an opportunity used, with what it took of each; the mean rate of its conversion."""
    buy, sell = Book(found.buy.venue, asks=found.buy.levels), Book(found.sell.venue, bids=found.sell.levels)
    pair = Pair(buy, sell, found.buy.fees, found.sell.fees)
    brought = sum(rung.net * rung.size for rung in rungs(sell, "sell", pair.sell_fees))
    if found.route.sell_symbol is None or brought <= 0.0:
        return pair
    return replace(pair, rate=(found.outlay + found.profit) / brought)


def curve_of(pair: Pair) -> Curve:
    """Its profit against size."""
    size = profit = best = most = 0.0
    points = [(0.0, 0.0)]
    asks, bids = rungs(pair.buy, "buy", pair.buy_fees), rungs(pair.sell, "sell", pair.sell_fees)
    for taken, cost, brought in walk(asks, bids):
        worth = brought * pair.rate
        size, profit = size + taken, profit + taken * (worth - cost)
        points.append((size, profit))
        if worth > cost:
            best, most = size, profit
    return Curve(tuple(points), best, most, (bids[0].net * pair.rate / asks[0].net - 1.0) * _BPS)


def with_lower_fees(pair: Pair) -> list[WithFees]:
    """The same books with each taker fee a bp lower, halved, and gone."""
    return [
        _with(pair, "−1 each", lambda taker: max(0.0, taker - 1.0 / _BPS)),
        _with(pair, "half", lambda taker: taker / 2.0),
        _with(pair, "none", lambda _taker: 0.0),
    ]


def break_even_bps(pair: Pair) -> float | None:
    """The taker fee, the same on both venues and taken in the quote, at which the first unit earns nothing.

    None where the prices do not cross: no fee is low enough.
    """
    ratio = pair.sell.bids[0][0] * pair.rate / pair.buy.asks[0][0]
    return (ratio - 1.0) / (ratio + 1.0) * _BPS if ratio > 1.0 else None


def _with(pair: Pair, label: str, lowered: Callable[[float], float]) -> WithFees:
    buy = replace(pair.buy_fees, taker=lowered(pair.buy_fees.taker))
    sell = replace(pair.sell_fees, taker=lowered(pair.sell_fees.taker))
    curve = curve_of(replace(pair, buy_fees=buy, sell_fees=sell))
    return WithFees(label, curve.net_top_bps, curve.best, curve.profit)
