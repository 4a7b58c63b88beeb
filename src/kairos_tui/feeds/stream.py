"""Stream: one (venue, symbol) through its life: subscribed, live, quiet, stale, resynced, quarantined, down.

Before it: Connections, which says what happened. After it: the outbox. Knows no ccxt and reads no clock.
"""

from kairos_tui.feeds.backoff import Backoff
from kairos_tui.feeds.dialects.dialect import Believed, Market
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.health.score import Incident
from kairos_tui.feeds.leg import Leg
from kairos_tui.feeds.line import Line
from kairos_tui.feeds.naming import Names
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.owed import Owed
from kairos_tui.feeds.patience import LONGEST_QUARANTINE_NS, SECOND_NS, Patience
from kairos_tui.feeds.tick_maker import Scale, Sighting
from kairos_tui.feeds.voice import Voice
from kairos_tui.market import USABLE, FeedState, Symbol

UNANSWERED_MOST = 3
GOOD_FOR_S = 1.0
"""A book believed for this long shows that resynchronising works here: the next doubt costs no wait."""

MENDED_AT_ONCE = 10
"""Doubts in hand that cost no wait either, one earned back by each `GOOD_FOR_S` of belief. A bad line harms
several messages of a busy second; what is sent to the venue keeps the pace of `Pace` in any case."""

AS_IT_IS = Scale()


class Stream:
    """One symbol's book on one venue. `line` is the connection it now hangs on, or None."""

    def __init__(
        self,
        plan: FeedPlan,
        symbol: Symbol,
        market: Market,
        outbox: Outbox,
        now_ns: int,
        scale: Scale = AS_IT_IS,
    ) -> None:
        self.symbol = symbol
        self.market = market
        self.line: Line | None = None
        self.generation = 0
        self.backoff = Backoff()
        self._mending = Backoff(credits_most=MENDED_AT_ONCE, credit_every_s=GOOD_FOR_S, good_s=GOOD_FOR_S)
        self.retry_ns = 0
        self._ack_ns = int(plan.ack_within_s * SECOND_NS)
        self._resync_ns = int(plan.resync_within_s * SECOND_NS)
        self._tally = outbox.tally
        self._outbox = outbox
        self._voice = Voice(plan.venue, symbol, outbox)
        self.tell, self.tell_next_try = self._voice.say, self._voice.say_next_try
        self.leg = Leg(plan, symbol, outbox, self._voice, scale)
        self._names = Names(market.market_id, market.symbol, symbol)
        self._owed = Owed()
        self._doubted_ns = self._refused_in_a_row = 0
        self._served_s = 0.0
        self._patience = Patience()
        self.tell(FeedState.CONNECTING, now_ns)

    @property
    def state(self) -> FeedState | None:
        return self._voice.state

    @property
    def awaiting(self) -> bool:
        """Has no book yet on its present connection."""
        return self.leg.top is None

    @property
    def believed(self) -> bool:
        """Its book may be acted on."""
        return self.state in USABLE and not self.awaiting

    @property
    def quarantined(self) -> bool:
        return self.state is FeedState.QUARANTINED

    @property
    def on_probation(self) -> bool:
        """Back from quarantine without a book since: it may not cost the others their connection."""
        return self._patience.quarantines > 0

    def served_s(self, now_ns: int) -> float:
        """Seconds of good books on its present connection, what was doubted in between left out."""
        return self._served_s + self.leg.good_s(now_ns)

    def is_named_in(self, text: str) -> bool:
        """Does a venue's message speak of this market?"""
        return self._names.are_in(text)

    # what happens to it, in the order it usually does

    def attach(self, line: Line, now_ns: int, *, up: bool) -> None:
        """A subscription is about to be made on `line`; on a new line nothing old may be read again."""
        if line is not self.line:
            self.line = line
            self._voice.note = line.note
            self.generation += 1
            self._served_s = 0.0
            self._forget_book()
            if up:
                self.on_up(now_ns)

    def on_up(self, now_ns: int) -> None:
        """Its connection stands; the venue owes it a book."""
        self._owed.owe(now_ns, 2 * self._ack_ns)
        self.tell(FeedState.CONNECTING, now_ns, "subscribing")

    def on_asked(self, now_ns: int) -> None:
        """Its subscription left for the venue: from here on the answer is late or not."""
        if self.awaiting and not self._owed.asked_ns:
            self._owed.asked_ns = now_ns
            self._owed.owe(now_ns, self._ack_ns)

    def on_wanted(self, now_ns: int) -> None:
        """The venue's updates flow; now REST owes it the book they build on."""
        if self.awaiting and self.state is not FeedState.RESYNC:
            self._owed.owe(now_ns, self._resync_ns)

    def on_no_snapshot(self, reason: str, now_ns: int) -> None:
        """REST gave none that can be used. It is asked again, until the deadline."""
        self._owed.hindrance = reason
        self.tell(self.state or FeedState.CONNECTING, now_ns, reason)

    def on_book(self, seen: Sighting) -> None:
        """A book is there: one Tick when the top changed, proof of life in any case."""
        is_new = self._is_new_book()
        if self.leg.take(seen, self.generation) and is_new:
            self._on_new_book()

    def on_believed(self, book: Believed, received_ns: int, now_ns: int, wall_ms: int) -> None:
        """`on_book`, of a dialect's: at the socket at `received_ns`, decoded at `now_ns`."""
        leg = self.leg
        if leg.maker.is_scaled:
            moments = (received_ns, now_ns, wall_ms, book.timestamp_ms, book.nonce)
            self.on_book(Sighting(book.bids, book.asks, *moments, book.proof, book.is_best))
            return
        is_new = leg.maker.top is None and self._is_new_book()
        if leg.believe(book, received_ns, now_ns, wall_ms, self.generation) and is_new:
            self._on_new_book()

    def _is_new_book(self) -> bool:
        """None stood until now. While one stands nothing is owed, doubted or held against the venue: whatever
        is, takes the book away first."""
        if self.leg.maker.top is not None:
            return False
        self._owed.settle()
        self._doubted_ns = 0
        return True

    def _on_new_book(self) -> None:
        self._patience.on_book()
        self._owed.unanswered = self._refused_in_a_row = 0

    def on_seen(self, received_ns: int, now_ns: int) -> None:
        """The venue spoke of it and changed nothing."""
        if not self.awaiting:
            self.leg.live(received_ns, now_ns)

    def on_doubted(self, reason: str, now_ns: int) -> None:
        """Its updates do not fit together: the leg leaves, and is asked for anew on the same connection."""
        self._tally.gaps += 1
        good_s = self.leg.good_s(now_ns)
        self._withdraw(now_ns)
        if self._refused_in_a_row >= UNANSWERED_MOST:
            self._quarantine(reason, now_ns, self._patience.quarantine_ns())
            return
        self._resync_at(now_ns + int(self._mending.delay_s(good_s) * SECOND_NS))
        self.tell(FeedState.RESYNC, now_ns, reason, self.retry_ns)

    def on_refused(self, reason: str, now_ns: int, *, resync: bool, final: bool) -> None:
        """The venue, or ccxt, said no to this stream alone."""
        good_s = self.leg.good_s(now_ns)
        self._withdraw(now_ns)
        if final or self._refused_in_a_row >= UNANSWERED_MOST:
            self._quarantine(reason, now_ns, LONGEST_QUARANTINE_NS)
            return
        self._resync_at(now_ns + int(self.backoff.delay_s(good_s) * SECOND_NS))
        self.tell(FeedState.RESYNC if resync else FeedState.DOWN, now_ns, reason, self.retry_ns)

    def on_lost(self, reason: str, now_ns: int, retry_ns: int) -> None:
        """Its connection ended."""
        self.line = None
        self._forget_book()
        if not self.quarantined:
            self.tell(FeedState.DOWN, now_ns, reason, retry_ns)

    def unlisted(self, now_ns: int, nearest: tuple[Symbol, ...]) -> None:
        """The venue does not trade it."""
        self._voice.say_unlisted(f"does not list {self.market.symbol}", now_ns, nearest)

    def quarantine_unpriced(self, reason: str, now_ns: int) -> None:
        """Nothing that this feed can do will make it comparable."""
        self.tell(FeedState.QUARANTINED, now_ns, reason)

    def overdue(self, now_ns: int) -> str | None:
        """Why its connection must be renewed now, or None. Tells of silence on the way."""
        if self.line is None or self.quarantined:
            return None
        if 0 < self._doubted_ns < now_ns - SECOND_NS:
            self._doubted_ns = 0
            self._tally.on_incident(Incident.GAP, now_ns)
        if self._owed.is_open:
            return self._unanswered_at(now_ns)
        return self.leg.overdue(now_ns)

    # how it does it

    def _resync_at(self, retry_ns: int) -> None:
        self.retry_ns = retry_ns
        self._owed.owe(retry_ns, self._resync_ns)

    def _withdraw(self, now_ns: int) -> None:
        self._served_s = self.served_s(now_ns)
        self._forget_book()
        self._outbox.drop_ticks(self.symbol)
        self._doubted_ns = now_ns
        self._refused_in_a_row += 1

    def _forget_book(self) -> None:
        self.leg.lose()
        self._owed.settle()
        self._doubted_ns = 0

    def _quarantine(self, reason: str, now_ns: int, for_ns: int) -> None:
        self._owed.settle()
        self._owed.unanswered = self._refused_in_a_row = self._doubted_ns = 0
        self.line = None
        self.retry_ns = now_ns + for_ns
        self.tell(FeedState.QUARANTINED, now_ns, reason, self.retry_ns)

    def _unanswered_at(self, now_ns: int) -> str | None:
        late_ns = self._owed.late_ns(now_ns)
        if not late_ns:
            return None
        self._owed.unanswered += 1
        what = "subscription" if self._owed.asked_ns else "resync"
        late_s = f"{late_ns / SECOND_NS:.1f} s"
        hindrance = self._owed.hindrance
        reason = f"{hindrance}, for {late_s}" if hindrance else f"{what} not answered in {late_s}"
        if self._owed.unanswered >= UNANSWERED_MOST or self.on_probation:
            self._quarantine(reason, now_ns, self._patience.quarantine_ns())
        return reason
