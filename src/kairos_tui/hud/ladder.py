"""Ladder: the books of all venues as one, each level at what it costs or brings after that venue's fee.

Before it: market's BookView and VenueView. After it: the depth panel; curve takes its levels from here.
"""

from collections.abc import Iterable

from msgspec import Struct

from kairos_tui.market import BookView, Fees, Level, Side, SymbolBoard, Venue, VenueView


class Book(Struct, frozen=True, gc=False):
    """One venue's book, opened: best first on both sides."""

    venue: Venue
    bids: tuple[Level, ...] = ()
    asks: tuple[Level, ...] = ()


class Rung(Struct, frozen=True, gc=False):
    """One venue's level: its price as it stands there, and `net` per unit of base delivered or given."""

    venue: Venue
    price: float
    net: float
    size: float


class Ladder(Struct, frozen=True):
    """Both sides, best net first. `crossed`: base that could be bought below what another level brings;
    `profit`: what that would leave, in the quote, before lots and minimums.

    Only so many levels of each book are known: beyond `least_bid` and `most_ask` one may go on unseen, so
    what is summed there is a lower bound; `more` where what is crossed is one.
    """

    bids: tuple[Rung, ...] = ()
    asks: tuple[Rung, ...] = ()
    crossed: float = 0.0
    profit: float = 0.0
    least_bid: float = 0.0
    most_ask: float = 0.0
    more: bool = False


def merge(one: SymbolBoard) -> Ladder:
    """The ladder of every book on the board whose fee is known."""
    rows = {venue.venue: venue for venue in one.venues}
    known = [(view, fees) for view in one.books if (fees := fees_of(rows.get(view.venue))) is not None]
    priced = [(open_book(view), fees) for view, fees in known]
    sold = [rungs(book, "sell", fees) for book, fees in priced]
    bought = [rungs(book, "buy", fees) for book, fees in priced]
    bids = tuple(sorted((rung for side in sold for rung in side), key=_falling))
    asks = tuple(sorted((rung for side in bought for rung in side), key=_net))
    least = max((side[-1].net for side in sold if side), default=0.0)
    most = min((side[-1].net for side in bought if side), default=0.0)
    size, profit = _crossed(asks, bids)
    # What is crossed has a certain end only where both sides are seen whole as far as they cross.
    more = bool(size) and (least > asks[0].net or most < bids[0].net)
    return Ladder(bids, asks, size, profit, least, most, more)


def open_book(view: BookView) -> Book:
    """The levels of a board's book; none where they make no sense."""
    return Book(view.venue, *view.books())


def fees_of(venue: VenueView | None) -> Fees | None:
    """The venue's fee as the board states it; None where it is not known."""
    if venue is None or venue.taker is None:
        return None
    return Fees(venue.taker, venue.fee_source or "default", venue.fee_as_of_us or 0, venue.charged or "quote")


def rungs(book: Book, side: Side, fees: Fees) -> list[Rung]:
    """Asks that are bought, or bids that are sold into, in base that is delivered or given."""
    if side == "buy":
        kept = 1.0 - fees.taker if fees.buys_less else 1.0
        return [Rung(book.venue, price, fees.cost_to_buy(price), size * kept) for price, size in book.asks]
    given = 1.0 + fees.taker if fees.sells_more else 1.0
    return [Rung(book.venue, price, fees.proceeds_of_sale(price), size * given) for price, size in book.bids]


def walk(asks: Iterable[Rung], bids: Iterable[Rung]) -> Iterable[tuple[float, float, float]]:
    """Step by step down both sides: the base taken, what a unit of it costs, what it brings."""
    lower, higher = iter(asks), iter(bids)
    ask, bid = next(lower, None), next(higher, None)
    ask_rest, bid_rest = ask.size if ask else 0.0, bid.size if bid else 0.0
    while ask is not None and bid is not None:
        taken = min(ask_rest, bid_rest)
        if taken > 0.0:
            yield taken, ask.net, bid.net
        ask_rest, bid_rest = ask_rest - taken, bid_rest - taken
        if ask_rest <= 0.0:
            ask = next(lower, None)
            ask_rest = ask.size if ask else 0.0
        if bid_rest <= 0.0:
            bid = next(higher, None)
            bid_rest = bid.size if bid else 0.0


def _crossed(asks: Iterable[Rung], bids: Iterable[Rung]) -> tuple[float, float]:
    size = profit = 0.0
    for taken, cost, worth in walk(asks, bids):
        if worth <= cost:
            break
        size, profit = size + taken, profit + taken * (worth - cost)
    return size, profit


def _net(rung: Rung) -> float:
    return rung.net


def _falling(rung: Rung) -> float:
    return -rung.net
