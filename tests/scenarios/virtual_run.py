"""A whole market on a virtual clock: simulated venues -> dialects -> streams -> engine, without sockets.

Hours pass in minutes. After every tick the book is held against the market's ground truth, so a signal on a
leg that was not true is found, and so is a divergence that nobody noticed.
"""

import json
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from heapq import heapify, heappop, heappush, heapreplace
from typing import Any

from msgspec import MsgspecError, Struct

from kairos_tui.engine import Engine
from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.backoff import Backoff
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Outcome, Seen, Wanted
from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.stream import Stream
from kairos_tui.feeds.tick_maker import Sighting
from kairos_tui.market import (
    USABLE,
    Asset,
    FeedStatus,
    Fees,
    Instrument,
    Level,
    Listing,
    Pulse,
    Side,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
)
from kairos_tui.sim.client_words import CLIENT_WORDS
from kairos_tui.sim.market import Book, ListedMarket, SimMarket
from kairos_tui.sim.plan import SimPlan
from kairos_tui.sim.quote_times import Quote
from kairos_tui.sim.virtual import EPOCH_NS, VirtualVenue

MS = 1_000_000
SECOND = 1_000 * MS
WIRE_NS = 2 * MS
"""From a venue to us, and from us to a venue."""

LOOK_EVERY_NS = 50 * MS
SHOWN_WITHIN_NS = 250 * MS
"""Depth is published every 100 ms and its levels stand until the next: each may be that old."""


class Divergence(Struct):
    """A book that was told and was not true: until it was doubted, or (`healed`) until it was true again."""

    venue: str
    symbol: str
    from_ns: int
    until_ns: int = 0
    healed: bool = False


class Leg:
    """One stream of one venue, with what the truth says of it. It is the stream's Receiver too."""

    def __init__(self, run: "VirtualRun", feed: "VirtualFeed", symbol: Symbol) -> None:
        self._run, self._feed = run, feed
        listed = feed.venue.market.of(feed.name, symbol).listed
        self.listed = listed
        self.truth: ListedMarket = feed.venue.market.of(feed.name, listed.book_symbol)
        self.symbol = symbol
        plan = FeedPlan(Venue(feed.name), (symbol,), feed.name)
        self.outbox = Outbox(self)
        market = Market(symbol, listed.market_id, 10.0**-listed.price_decimals, 10.0**-listed.lot_decimals)
        self.stream = Stream(plan, symbol, market, self.outbox, run.now_ns)
        self.asked = json.loads(CLIENT_WORDS[feed.name].subscribe(listed, "book"))
        self.wrong: Divergence | None = None
        self.usable_since_ns: int | None = None
        self.usable_ns = 0
        self.first_ns: int | None = None
        self.ticks = 0
        self.busy = False
        self._books: dict[Quote, Book] = {}

    def on_tick(self, tick: Tick) -> None:
        self.ticks += 1
        is_true = self._is_true(tick)
        if not is_true and self.wrong is None:
            self.wrong = Divergence(self._feed.name, self.symbol, self._run.now_ns)
        elif is_true:
            self._end_wrong(healed=True)
        now_ns = self._run.now_ns
        self._run.engine.on_tick(tick, sent_ns=now_ns, arrived_ns=now_ns)

    def on_status(self, status: FeedStatus) -> None:
        now_ns = self._run.now_ns
        if status.state in USABLE:
            self.first_ns = now_ns if self.first_ns is None else self.first_ns
            self.usable_since_ns = now_ns if self.usable_since_ns is None else self.usable_since_ns
        else:
            self._end_wrong(healed=False)
            if self.usable_since_ns is not None:
                self.usable_ns += now_ns - self.usable_since_ns
                self.usable_since_ns = None
        self._run.engine.on_status(status, now_ns)

    def on_listing(self, listing: Listing) -> None: ...

    def on_pulse(self, pulse: Pulse) -> None: ...

    def close(self) -> None:
        """The run is over."""
        if self.usable_since_ns is not None:
            self.usable_ns += self._run.now_ns - self.usable_since_ns
        self._end_wrong(healed=False)

    def _book_of(self, quote: Quote) -> Book:
        book = self._books.get(quote)
        if book is None:
            book = self._books[quote] = self.truth.book_of(quote)
            while len(self._books) > 64:
                del self._books[next(iter(self._books))]
        return book

    def _end_wrong(self, *, healed: bool) -> None:
        if self.wrong is not None:
            self.wrong.until_ns, self.wrong.healed = self._run.now_ns, healed
            self._run.divergences.append(self.wrong)
            self.wrong = None

    def holds(self, side: Side, levels: Sequence[Level]) -> bool:
        """Was all that a signal would take from these levels there, at the price it says?"""
        books = [book.asks if side == "buy" else book.bids for book in self._shown()]
        ticks, lots = 10.0**self.listed.price_decimals, 10.0**self.listed.lot_decimals
        return all(
            any(book.get(round(price * ticks), 0) >= taken * lots - 0.5 for book in books)
            for price, taken in levels
        )

    def _shown(self) -> list[Book]:
        """The true books that what is told now may show."""
        shown_ns = self._feed.venue.shown_ns(self._run.now_ns)
        market = self.truth
        quotes = [market.times.last(max(0, shown_ns - SHOWN_WITHIN_NS))]
        while (following := market.times.next(quotes[-1][1]))[1] <= shown_ns:
            quotes.append(following)
        return [self._book_of(quote) for quote in quotes]

    def _is_true(self, tick: Tick) -> bool:
        books = self._shown()
        ticks, lots = 10.0**self.listed.price_decimals, 10.0**self.listed.lot_decimals
        return _side_is_true(tick.bids, [book.bids for book in books], ticks, lots, -1) and _side_is_true(
            tick.asks, [book.asks for book in books], ticks, lots, 1
        )


def _side_is_true(
    levels: Sequence[Level], books: list[dict[int, int]], ticks: float, lots: float, sign: int
) -> bool:
    """Every level stood at some moment of the window, and none that stood throughout is missing."""
    told = {round(price * ticks): round(size * lots) for price, size in levels}
    if any(all(book.get(price) != size for book in books) for price, size in told.items()):
        return False
    worst = max(sign * price for price in told)
    lasting = set.intersection(*(set(book) for book in books))
    return all(price in told for price in lasting if sign * price <= worst)


class VirtualFeed:
    """One venue: the part that sockets and Connections play in the real feed, on the run's clock."""

    url = "ws://virtual"
    last_retry_after: float | None = None

    def __init__(
        self, run: "VirtualRun", name: str, plan: SimPlan, market: SimMarket, symbols: Sequence[str]
    ):
        self._run, self.name = run, name
        self.venue = VirtualVenue(plan, name, (), channels=(), market=market)
        self.legs = {leg.listed.market_id: leg for leg in (Leg(run, self, Symbol(each)) for each in symbols)}
        self.incidents: Counter[str] = Counter()
        self.up_ns = self.received_ns = self.alive_ns = 0
        self.has_ponged = True
        self._backoff = Backoff(lambda: 0.5)
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._turn = 0
        self._connected = False
        self._connect()
        self._look()

    # the connection

    def drop(self, reason: str | Exception) -> None:
        """It ends here, and is dialled anew after the backoff."""
        if not self._connected:
            return
        self._connected = False
        self.incidents[f"dropped: {str(reason).split(' ')[0]}"] += 1
        now_ns = self._run.now_ns
        good_s = max(leg.stream.leg.good_s(now_ns) for leg in self.legs.values())
        delay_ns = int(self._backoff.delay_s(good_s) * SECOND)
        for leg in self.legs.values():
            leg.stream.on_lost(str(reason), now_ns, now_ns + delay_ns)
            leg.outbox.flush()
        self.after(delay_ns + 2 * WIRE_NS, self._connect)

    def release(self, stream: object, reason: str) -> None: ...

    def knock(self) -> None: ...

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        work.close()

    async def say(self, message: Any) -> None: ...

    def after(self, delay_ns: int, act: Callable[[], None]) -> None:
        self._turn += 1
        heappush(self._due, (self._run.now_ns + delay_ns, self._turn, act))

    def next_ns(self) -> int:
        times = [self._due[0][0]] if self._due else []
        if self._connected and (due_ns := self.venue.due_ns()) is not None:
            times.append(due_ns)
        return max(self._run.now_ns, min(times))

    def step(self) -> None:
        """All that is due now."""
        while self._due and self._due[0][0] <= self._run.now_ns:
            heappop(self._due)[2]()
        if self._connected:
            self._listen()

    def _listen(self) -> None:
        for _, payload in self.venue.messages(self._run.now_ns):
            self._hear(payload)
            if not self._connected:
                return
        if not self.venue.is_open:
            self.drop("closed by the venue")

    def _connect(self) -> None:
        now_ns = self._run.now_ns
        if not self.venue.connect(now_ns):
            self.after(SECOND, self._connect)
            return
        self._connected = True
        dialect = dialect_of(self.name)
        assert dialect is not None
        self._dialect = dialect
        for leg in self.legs.values():
            leg.busy = False
            leg.stream.attach(self, now_ns, up=True)
            dialect.open(leg.stream.market, 20)
            self._ask(leg)
        self._listen()

    def _ask(self, leg: Leg) -> None:
        for message in self._dialect.requests(leg.stream.market, leg.asked):
            self.venue.say(json.dumps(message), self._run.now_ns)
        leg.stream.on_asked(self._run.now_ns)

    # what comes from it

    def _hear(self, payload: bytes) -> None:
        try:
            self._act(self._dialect.take(payload) or ())
        except (FrameRefused, MsgspecError, UnicodeDecodeError) as error:
            self._on_bad_frame(f"bad frame: {error}")

    def _on_bad_frame(self, reason: str) -> None:
        if all(leg.stream.awaiting for leg in self.legs.values()):
            self.drop(reason)
            return
        for leg in self.legs.values():
            leg.outbox.drop_ticks()
            self._dialect.forget(leg.listed.market_id)
            self._act((Doubted(leg.listed.market_id, reason),))

    def _act(self, outcomes: tuple[Outcome, ...]) -> None:
        for outcome in outcomes:
            leg = self.legs.get(outcome.market_id)
            if leg is not None:
                self._on_outcome(leg, outcome)
                leg.outbox.flush()

    def _on_outcome(self, leg: Leg, outcome: Outcome) -> None:
        now_ns = self._run.now_ns
        match outcome:
            case Believed(_, bids, asks, proof, timestamp_ms, nonce):
                wall_ms = (EPOCH_NS + now_ns) // MS
                stamps = (now_ns, now_ns, wall_ms, timestamp_ms, nonce)
                leg.stream.on_book(Sighting(bids, asks, *stamps, proof))
            case Seen():
                leg.stream.on_seen(now_ns, now_ns)
            case Doubted(_, reason):
                self.incidents[reason.split(" ")[0]] += 1
                leg.stream.on_doubted(reason, now_ns)
                self._resync(leg)
            case Wanted():
                leg.stream.on_wanted(now_ns)
                self._fetch(leg)

    def _resync(self, leg: Leg) -> None:
        if self._dialect.snapshot_call(leg.stream.market) is not None:
            self._fetch(leg)
            return
        wait_ns = max(0, leg.stream.retry_ns - self._run.now_ns)
        self.after(wait_ns + WIRE_NS, lambda: self._resubscribe(leg, self._dialect))

    def _resubscribe(self, leg: Leg, dialect: object) -> None:
        if not self._connected or dialect is not self._dialect or not leg.stream.awaiting:
            return
        for message in self._dialect.cancels(leg.stream.market, leg.asked):
            self.venue.say(json.dumps(message), self._run.now_ns)
        self._ask(leg)

    def _fetch(self, leg: Leg) -> None:
        if not leg.busy:
            leg.busy = True
            wait_ns = max(0, leg.stream.retry_ns - self._run.now_ns)
            self.after(wait_ns + WIRE_NS, lambda: self._answer(leg, self._dialect))

    def _answer(self, leg: Leg, dialect: object) -> None:
        """The request is at the venue now; its answer is back here after the wire."""
        call = self._dialect.snapshot_call(leg.stream.market)
        if not self._connected or dialect is not self._dialect or call is None:
            return
        reply = self.venue.get(CLIENT_WORDS[self.name].rest_path, _texts(call.params), self._run.now_ns)
        self.after(WIRE_NS, lambda: self._restore(leg, dialect, reply.body))

    def _restore(self, leg: Leg, dialect: object, body: bytes) -> None:
        if not self._connected or dialect is not self._dialect:
            return
        leg.busy = False
        outcomes = self._dialect.take_snapshot(leg.listed.market_id, json.loads(body))
        if any(isinstance(outcome, Wanted) for outcome in outcomes):
            leg.busy = True
            self.after(100 * MS, lambda: self._answer(leg, dialect))
            return
        self._act(outcomes)

    def _look(self) -> None:
        for leg in self.legs.values():
            reason = leg.stream.overdue(self._run.now_ns)
            if reason is not None:
                self.drop(reason)
            leg.outbox.flush()
        symbols = tuple(leg.symbol for leg in self.legs.values() if leg.stream.believed)
        self._run.engine.on_pulse(Pulse(Venue(self.name), symbols, self._run.now_ns), self._run.now_ns)
        self.after(LOOK_EVERY_NS, self._look)


def _texts(params: object) -> dict[str, str]:
    assert isinstance(params, dict)
    return {str(name): str(value) for name, value in params.items()}


class VirtualRun:
    """`run(until_ns)`, then look at signals, divergences, legs."""

    def __init__(
        self, plan: SimPlan, symbols: Sequence[str], *, thresholds: Thresholds | None = None
    ) -> None:
        self.now_ns = 0
        self.signals: list[Signal] = []
        self.untrue: list[tuple[int, Signal, str]] = []
        self.doubtful = 0
        self.divergences: list[Divergence] = []
        venues = tuple(map(Venue, plan.venues))
        self.engine = Engine(
            run="soak",
            epoch=0,
            symbols=tuple(map(Symbol, symbols)),
            venues=venues,
            thresholds=thresholds or Thresholds(),
        )
        market = SimMarket(plan)
        self.feeds = [VirtualFeed(self, name, plan, market, symbols) for name in plan.venues]
        for feed in self.feeds:
            for leg in feed.legs.values():
                self.engine.on_listing(_listing(feed.name, leg), 0)

    def run(self, until_ns: int) -> None:
        """Everything until then, in order."""
        due = [(feed.next_ns(), turn) for turn, feed in enumerate(self.feeds)]
        heapify(due)
        while due[0][0] <= until_ns:
            self.now_ns, turn = due[0]
            self.feeds[turn].step()
            heapreplace(due, (self.feeds[turn].next_ns(), turn))
            self._decide()
        self.now_ns = until_ns
        for feed in self.feeds:
            for leg in feed.legs.values():
                leg.close()

    def _decide(self) -> None:
        for signal in self.engine.decide(self.now_ns):
            self.signals.append(signal)
            if signal.event == "close":
                continue
            for priced in (signal.opportunity.buy, signal.opportunity.sell):
                leg = self._leg(priced.venue, priced.symbol)
                if leg.wrong is not None:
                    self.doubtful += 1
                    if not leg.holds(priced.side, priced.levels):
                        self.untrue.append((self.now_ns, signal, priced.venue))

    def _leg(self, venue: str, symbol: str) -> Leg:
        feed = next(feed for feed in self.feeds if feed.name == venue)
        return next(leg for leg in feed.legs.values() if leg.symbol == symbol)


def _listing(venue: str, leg: Leg) -> Listing:
    listed = leg.listed
    instrument = Instrument(
        Venue(venue),
        leg.symbol,
        listed.market_id,
        Asset(listed.base),
        Asset(listed.quote),
        lot=10.0**-listed.lot_decimals,
    )
    return Listing(instrument, Fees(0.0002, "config", 0))
