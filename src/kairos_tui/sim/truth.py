"""Truth: was this book ever the true book of that venue? What a checker of signals asks.

Before it: market, which has the true book of every instant. After it: whoever doubts a leg.
"""

from collections.abc import Sequence

from kairos_tui.sim.market import Book, ListedMarket, SimMarket
from kairos_tui.sim.quote_times import Quote

Levels = Sequence[Sequence[float]]
"""(price, size) of each level, best first."""

_SECOND_NS = 1_000_000_000
_NUMBERS_PER_SECOND = 1_000_000


class Truth:
    """The true books of all the venues of a market.

    A book matches when each of its levels is the true one at its place; fewer levels than the true book
    has are enough, so that a leg can be checked by the levels it used. Times are nanoseconds of the market,
    as the venue shows it: what is sent at `at_ns` shows the market of `at_ns` less DELAY_MS.
    """

    def __init__(self, market: SimMarket) -> None:
        self._market = market

    def matches(
        self,
        venue: str,
        symbol: str,
        bids: Levels,
        asks: Levels,
        *,
        number: int | None = None,
        at_ns: int | None = None,
    ) -> bool:
        """The true book as of quote `number`, or else at `at_ns`. Raises KeyError for an unlisted market."""
        market = self._market_of(venue, symbol)
        if number is not None:
            quote = _quote_of(market, number)
            return quote is not None and _is(market, market.book_of(quote), bids, asks)
        if at_ns is None:
            raise ValueError("which book: of a number, or of a time?")
        return _is(market, market.book(at_ns), bids, asks)

    def when(
        self, venue: str, symbol: str, bids: Levels, asks: Levels, *, from_ns: int, to_ns: int
    ) -> int | None:
        """The last time up to `to_ns`, not before `from_ns`, at which this became the true book, or None.
        A book that was true already at `from_ns` counts from its own quote."""
        market = self._market_of(venue, symbol)
        found = None
        quote = market.times.last(from_ns)
        while quote[1] <= to_ns:
            if _is(market, market.book_of(quote), bids, asks):
                found = quote[1]
            quote = market.times.next(quote[1])
        return found

    def _market_of(self, venue: str, symbol: str) -> ListedMarket:
        listed = self._market.of(venue, symbol).listed
        return self._market.of(venue, listed.book_symbol)


def _quote_of(market: ListedMarket, number: int) -> Quote | None:
    second, index = divmod(number, _NUMBERS_PER_SECOND)
    quote = market.times.last(0) if second == 0 else market.times.next(second * _SECOND_NS - 1)
    while quote[0] < number and quote[0] // _NUMBERS_PER_SECOND == second and index:
        quote = market.times.next(quote[1])
    return quote if quote[0] == number else None


def _is(market: ListedMarket, book: Book, bids: Levels, asks: Levels) -> bool:
    return _is_side(market, book.bids, bids) and _is_side(market, book.asks, asks)


def _is_side(market: ListedMarket, true: dict[int, int], levels: Levels) -> bool:
    """Within a millionth of a tick and of a lot: what a float of the exchange's own text can be off by."""
    if len(levels) > len(true):
        return False
    ticks, lots = 10.0**market.listed.price_decimals, 10.0**market.listed.lot_decimals
    return all(
        _same(level[0] * ticks, price) and _same(level[1] * lots, size)
        for level, (price, size) in zip(levels, true.items(), strict=False)
    )


def _same(value: float, whole: int) -> bool:
    return abs(value - whole) <= 1e-6 + 1e-12 * whole
