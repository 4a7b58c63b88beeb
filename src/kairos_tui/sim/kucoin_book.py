"""KuCoin's sequences and its level-2 stream: every single change of a book has a number of its own.

Before it: market, streams. After it: kucoin. A number is a function of the quote, so that the stream,
the REST book and the ticker agree without keeping count together: a quote owns a thousand numbers, its
changes take the last of them. Numbers without a change are normal: on the real venue too, an order that
moves no level takes one.
"""

from collections.abc import Callable

from msgspec import Struct

from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import Book, ListedMarket
from kairos_tui.sim.streams import Payload, changed, on_grid

_NUMBERS_PER_QUOTE = 1_000
"""More than a quote can change: two sides of 100 levels, each gone and come."""

Change = tuple[int, int, int]
"""(price in ticks, lots, sequence); 0 lots: the level is gone."""


def sequence(book: Book) -> int:
    """The number of the last change up to this book."""
    return book.number * _NUMBERS_PER_QUOTE


class Push(Struct, frozen=True, gc=False):
    """A message of the stream: every change from sequence `first` to sequence `last`, in order."""

    listed: Listed
    first: int
    last: int
    bids: list[Change]
    asks: list[Change]
    matched_ns: int


class Level2Stream:
    """All changes of all quotes, published every `interval_ns`. There is no snapshot: REST has it."""

    is_market = True

    def __init__(
        self, market: ListedMarket, now_ns: int, *, interval_ns: int, encode: Callable[[Push], Payload]
    ) -> None:
        self._market, self._interval_ns, self._encode = market, interval_ns, encode
        self._book = market.book(now_ns)
        self.due_ns = self._next_due()

    @property
    def symbol(self) -> str:
        return self._market.listed.symbol

    def snapshot(self, *, ago_ns: int = 0) -> Payload | None:
        return None

    def advance(self, now_ns: int) -> Payload | None:
        first = sequence(self._book) + 1
        bids: list[Change] = []
        asks: list[Change] = []
        times, last = self._market.times, self._market.times.last(now_ns)
        while self._book.at_ns < last[1]:
            before, self._book = self._book, self._market.book_of(times.next(self._book.at_ns))
            self._number(before, bids, asks)
        self.due_ns = self._next_due()
        if not bids and not asks:
            return None
        end = sequence(self._book)
        return self._encode(Push(self._market.listed, first, end, bids, asks, self._book.at_ns))

    def _number(self, before: Book, bids: list[Change], asks: list[Change]) -> None:
        """Adds what one quote changed, asks first."""
        asked, bid = changed(before.asks, self._book.asks), changed(before.bids, self._book.bids)
        number = sequence(self._book) - len(asked) - len(bid)
        for changes, sizes in ((asks, asked), (bids, bid)):
            for price, lots in sizes.items():
                number += 1
                changes.append((price, lots, number))

    def _next_due(self) -> int:
        return on_grid(self._market.times.next(self._book.at_ns)[1], self._interval_ns)
