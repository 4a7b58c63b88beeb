"""Streams: one (market, channel) as it is published: what changed since the last message, when due.

Before them: market (the truth). After them: hub, which fans a stream's messages out to its readers.
"""

from collections.abc import Callable
from copy import copy
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import Book, ListedMarket

MS = 1_000_000


class Numbered(Struct, frozen=True):
    """A message with a place for the reader's own sequence number (Coinbase counts per connection)."""

    head: bytes
    tail: bytes

    def at(self, number: int) -> bytes:
        return b"%b%d%b" % (self.head, number, self.tail)


Payload = bytes | Numbered


class Stream(Protocol):
    """Something published from time to time. Times are the venue's, in nanoseconds of the market.

    `is_market` is what a fault may tamper with; `symbol` is the market whose book is shown.
    """

    due_ns: int
    is_market: bool

    @property
    def symbol(self) -> str: ...
    def snapshot(self, *, ago_ns: int = 0) -> Payload | None: ...
    def advance(self, now_ns: int) -> Payload | None: ...


class BookChange(Struct, frozen=True, gc=False):
    """A message's content. `book` is what the reader's window must be afterwards; `bids` and `asks`
    are the sizes to set, 0 to delete. `count` numbers the stream's messages, `previous` is the
    quote number of the message before."""

    listed: Listed
    book: Book
    bids: dict[int, int]
    asks: dict[int, int]
    previous: int
    count: int
    at_ns: int


Encode = Callable[[BookChange], Payload]
Difference = Callable[[dict[int, int], dict[int, int]], dict[int, int]]


def changed(before: dict[int, int], after: dict[int, int]) -> dict[int, int]:
    """The sizes to set so that `before` becomes `after`; 0 for a level that is gone."""
    known = before.get
    sizes = {price: lots for price, lots in after.items() if known(price) != lots}
    sizes.update(dict.fromkeys(before.keys() - after.keys(), 0))
    return sizes


def on_grid(at_ns: int, interval_ns: int) -> int:
    """The first publication at or after `at_ns` of a stream that publishes every `interval_ns`."""
    return -(-at_ns // interval_ns) * interval_ns


class BookStream:
    """The first `depth` levels of a market, published every `interval_ns` if they changed.

    `every_quote` makes the message carry each level touched by any quote since the last one, also
    those that ended as they began: a reader who joins with a REST snapshot from in between needs them.
    `repeat_ns`: after so long without a message, one that changes nothing is sent, with the count and
    the quote number of the last one.
    """

    is_market = True

    def __init__(
        self,
        market: ListedMarket,
        now_ns: int,
        *,
        depth: int,
        interval_ns: int,
        update: Encode,
        snapshot: Encode | None = None,
        difference: Difference = changed,
        every_quote: bool = False,
        first_count: int = 1,
        repeat_ns: int | None = None,
    ) -> None:
        self._market, self._depth, self._interval_ns = market, depth, interval_ns
        self._encode_update, self._encode_snapshot = update, snapshot
        self._difference, self._every_quote = difference, every_quote
        self._repeat_ns = repeat_ns
        self._count, self._previous = first_count, 0
        self._begin(now_ns)

    @property
    def symbol(self) -> str:
        return self._market.listed.symbol

    def snapshot(self, *, ago_ns: int = 0) -> Payload | None:
        """What a new reader begins with. `ago_ns`: what he would have begun with so long ago, with the
        numbers of that time."""
        if self._encode_snapshot is None:
            return None
        if ago_ns:
            return self._as_of(max(0, self._now_ns - ago_ns)).snapshot()
        window = self._window
        return self._encode_snapshot(self._change(window, window.bids, window.asks, self._previous))

    def advance(self, now_ns: int) -> Payload | None:
        bids, asks = self._catch_up(now_ns)
        self._now_ns = now_ns
        is_repeat = not bids and not asks
        if is_repeat and not self._is_silent_for_long(now_ns):
            self.due_ns = self._next_due()
            return None
        self._sent_ns = now_ns
        self.due_ns = self._next_due()
        return self._encode_update(self._repeat() if is_repeat else self._update(bids, asks))

    def _update(self, bids: dict[int, int], asks: dict[int, int]) -> BookChange:
        self._count += 1
        previous, self._previous = self._previous, self._window.number
        return self._change(self._window, bids, asks, previous)

    def _repeat(self) -> BookChange:
        """Quotes that changed nothing the reader sees do not show in the number either."""
        return self._change(replace(self._window, number=self._previous), {}, {}, self._previous)

    def _begin(self, now_ns: int) -> None:
        self._window = self._market.book(now_ns).top(self._depth)
        self._previous = self._window.number
        self._now_ns = self._sent_ns = now_ns
        self.due_ns = self._next_due()

    def _as_of(self, at_ns: int) -> "BookStream":
        """This stream as it was: the count goes back by the publications since."""
        past = copy(self)
        past._begin(at_ns)
        quote_ns = self._market.times.next(at_ns)[1]
        while quote_ns <= self._now_ns:
            past._count -= 1
            quote_ns = self._market.times.next(on_grid(quote_ns, self._interval_ns))[1]
        return past

    def _catch_up(self, now_ns: int) -> tuple[dict[int, int], dict[int, int]]:
        times, last = self._market.times, self._market.times.last(now_ns)
        bids: dict[int, int] = {}
        asks: dict[int, int] = {}
        quote = times.next(self._window.at_ns) if self._every_quote else last
        while quote[1] <= last[1]:
            before, self._window = self._window, self._market.book_of(quote).top(self._depth)
            bids.update(self._difference(before.bids, self._window.bids))
            asks.update(self._difference(before.asks, self._window.asks))
            quote = times.next(quote[1])
        return bids, asks

    def _change(self, book: Book, bids: dict[int, int], asks: dict[int, int], previous: int) -> BookChange:
        return BookChange(self._market.listed, book, bids, asks, previous, self._count, self._now_ns)

    def _is_silent_for_long(self, now_ns: int) -> bool:
        return self._repeat_ns is not None and now_ns >= self._sent_ns + self._repeat_ns

    def _next_due(self) -> int:
        due_ns = on_grid(self._market.times.next(self._window.at_ns)[1], self._interval_ns)
        return due_ns if self._repeat_ns is None else min(due_ns, self._sent_ns + self._repeat_ns)


class Heartbeat:
    """A message every `interval_ns`, whatever the market does."""

    is_market = False
    symbol = ""

    def __init__(self, now_ns: int, *, interval_ns: int, beat: Callable[[int, int], Payload]) -> None:
        self._interval_ns, self._beat, self._count = interval_ns, beat, 0
        self.due_ns = on_grid(now_ns + 1, interval_ns)

    def snapshot(self, *, ago_ns: int = 0) -> Payload | None:
        return None

    def advance(self, now_ns: int) -> Payload | None:
        self._count += 1
        self.due_ns = on_grid(now_ns + 1, self._interval_ns)
        return self._beat(self._count, now_ns)
