"""A leg of a virtual run and what the ground truth says of it: when it was usable, when it was not true.

Before it: a VirtualFeed's stream, whose Receiver it is. After it: the engine, and the run's record.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from kairos_tui.engine import Engine
from kairos_tui.feeds.dialects.dialect import Market
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.stream import Stream
from kairos_tui.market import USABLE, FeedStatus, Level, Listing, PackedTick, Pulse, Side, Symbol, Tick, Venue
from kairos_tui.sim.client_words import CLIENT_WORDS
from kairos_tui.sim.market import Book
from kairos_tui.sim.virtual import VirtualVenue

MS = 1_000_000
SHOWN_WITHIN_NS = 250 * MS
"""Depth is published every 100 ms and its levels stand until the next: each may be that old."""


class Divergence(Struct):
    """A book that was told and was not true: until it was withdrawn for `found_by`, or, where that is None,
    until it was true again and nobody had noticed. `is_open`: the run was over first."""

    venue: str
    symbol: str
    from_ns: int
    until_ns: int = 0
    found_by: str | None = None
    is_open: bool = False


class Run(Protocol):
    """What a leg needs to know of its run."""

    now_ns: int
    engine: Engine
    divergences: list[Divergence]


class Leg:
    """One stream of one venue. `usable_ns` counts from `first_ns`, its first book."""

    def __init__(self, run: Run, venue: VirtualVenue, name: str, symbol: Symbol) -> None:
        self._run, self._venue, self._name = run, venue, name
        self.listed = listed = venue.market.of(name, symbol).listed
        self.symbol = symbol
        self._truth = venue.market.of(name, listed.book_symbol)
        self._ticks, self._lots = 10.0**listed.price_decimals, 10.0**listed.lot_decimals
        plan = FeedPlan(Venue(name), (symbol,), name)
        self.outbox = Outbox(self)
        market = Market(symbol, listed.market_id, 1.0 / self._ticks, 1.0 / self._lots)
        self.stream = Stream(plan, symbol, market, self.outbox, run.now_ns)
        self.asked = json.loads(CLIENT_WORDS[name].subscribe(listed, "book"))
        self.wrong: Divergence | None = None
        self._usable_since_ns: int | None = None
        self.usable_ns = self.ticks = 0
        self.first_ns: int | None = None
        self.busy = False

    # what the stream tells

    def on_tick(self, tick: Tick) -> None:
        self.ticks += 1
        if self._is_true(tick):
            self._end_wrong(None)
        elif self.wrong is None:
            self.wrong = Divergence(self._name, self.symbol, self._run.now_ns)
        now_ns = self._run.now_ns
        self._run.engine.on_tick(PackedTick.of(tick), sent_ns=now_ns, arrived_ns=now_ns)

    def on_status(self, status: FeedStatus) -> None:
        now_ns = self._run.now_ns
        if status.state in USABLE:
            self.first_ns = now_ns if self.first_ns is None else self.first_ns
            self._usable_since_ns = now_ns if self._usable_since_ns is None else self._usable_since_ns
        else:
            self._end_wrong(status.reason or str(status.state))
            self._end_usable()
        self._run.engine.on_status(status, now_ns)

    def on_listing(self, listing: Listing) -> None: ...

    def on_pulse(self, pulse: Pulse) -> None: ...

    def close(self) -> None:
        """The run is over."""
        self._end_usable()
        if self.wrong is not None:
            self.wrong.is_open = True
            self._end_wrong(None)

    def usable_share(self) -> float:
        """Of the time since its first book, once it is closed."""
        return self.usable_ns / max(1, self._run.now_ns - (self.first_ns or 0))

    def _end_usable(self) -> None:
        if self._usable_since_ns is not None:
            self.usable_ns += self._run.now_ns - self._usable_since_ns
            self._usable_since_ns = None

    def _end_wrong(self, found_by: str | None) -> None:
        if self.wrong is not None:
            self.wrong.until_ns, self.wrong.found_by = self._run.now_ns, found_by
            self._run.divergences.append(self.wrong)
            self.wrong = None

    # what is true

    def lies(self, side: Side, levels: Sequence[Level]) -> list[str]:
        """Which of these levels were not there, or not with all that a signal would take of them?"""
        books = [book.asks if side == "buy" else book.bids for book in self._shown()]
        found = []
        for price, taken in levels:
            there = max(book.get(round(price * self._ticks), 0) for book in books) / self._lots
            if there < taken - 0.5 / self._lots:
                found.append(f"{price} x {taken}: {there} there")
        return found

    def _is_true(self, tick: Tick) -> bool:
        bids, asks = self._in_wholes(tick.bids), self._in_wholes(tick.asks)
        return _is_side_true(bids, (book.bids for book in self._shown()), -1) and _is_side_true(
            asks, (book.asks for book in self._shown()), 1
        )

    def _in_wholes(self, levels: Sequence[Level]) -> dict[int, int]:
        return {round(price * self._ticks): round(size * self._lots) for price, size in levels}

    def _shown(self) -> Iterator[Book]:
        """The true books that what is told now may show, the newest first."""
        shown_ns = self._venue.shown_ns(self._run.now_ns)
        times, from_ns = self._truth.times, max(0, shown_ns - SHOWN_WITHIN_NS)
        quote = times.last(shown_ns)
        yield self._truth.book_of(quote)
        while quote[1] > from_ns:
            quote = times.last(quote[1] - 1)
            yield self._truth.book_of(quote)


def _is_side_true(told: dict[int, int], books: Iterator[dict[int, int]], sign: int) -> bool:
    """Every level stood at some moment of the window, and none that stood throughout is missing."""
    newest = next(books)
    worst = max(sign * price for price in told)
    unseen = [level for level in told.items() if newest.get(level[0]) != level[1]]
    missing = [price for price in newest if sign * price <= worst and price not in told]
    for book in books:
        if not unseen and not missing:
            break
        unseen = [level for level in unseen if book.get(level[0]) != level[1]]
        missing = [price for price in missing if price in book]
    return not unseen and not missing
