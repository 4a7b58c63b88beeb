"""Stream: one (venue, symbol) through its life: subscribed, live, stale, resynced, quarantined, down.

Before it: Connections, which says what happened. After it: the outbox. Knows no ccxt and reads no clock.
"""

import re
from collections.abc import Mapping
from typing import Any

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.backoff import Backoff
from kairos_tui.feeds.door import Refusal, Top, admit
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.line import Line
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.patience import LONGEST_QUARANTINE_NS, SECOND_NS, Patience
from kairos_tui.feeds.reasons import one_line
from kairos_tui.feeds.stamps import integer_of, stamp_of
from kairos_tui.feeds.venue_facts import proof_of
from kairos_tui.market import FeedState, FeedStatus, Symbol, Tick

CROSSED_FOR_NS = SECOND_NS
"""A crossed book is withdrawn at once; when it lasts longer than this its connection is renewed."""

RESYNC_WITHIN_NS = 5 * SECOND_NS
UNANSWERED_MOST = 3


class Stream:
    """One symbol's book on one venue. `line` is the connection it now hangs on, or None."""

    def __init__(self, plan: FeedPlan, symbol: Symbol, market_id: str, outbox: Outbox, now_ns: int) -> None:
        self.symbol = symbol
        self.market_symbol = plan.market_ids.get(symbol, symbol)
        self.line: Line | None = None
        self.generation = 0
        self.backoff = Backoff()
        self.retry_ns = 0
        self.live_since_ns = 0
        self.state: FeedState | None = None
        self._reason: str | None = None
        self._down_ns = 0
        self._plan = plan
        self._outbox = outbox
        self._names = _any_of(market_id, self.market_symbol, symbol)
        self._top: Top | None = None
        self._lived_ns = 0
        self._asked_ns = 0
        self._awaiting_ns = 0
        self._within_ns = 0
        self._crossed_ns = 0
        self._unanswered = 0
        self._refused_in_a_row = 0
        self._patience = Patience(int(plan.silence_after_s * SECOND_NS))
        self.tell(FeedState.CONNECTING, now_ns)

    @property
    def awaiting(self) -> bool:
        """Has no book yet on its present connection."""
        return self._top is None

    @property
    def quarantined(self) -> bool:
        return self.state is FeedState.QUARANTINED

    @property
    def on_probation(self) -> bool:
        """Back from quarantine without a book since: it may not cost the others their connection."""
        return self._patience.quarantines > 0

    def is_named_in(self, text: str) -> bool:
        """Does a venue's message speak of this market?"""
        return self._names.search(text) is not None

    # what happens to it, in the order it usually does

    def attach(self, line: Line, now_ns: int, *, up: bool) -> None:
        """A subscription is about to be made on `line`; on a new line nothing old may be read again."""
        if line is not self.line:
            self.line = line
            self.generation += 1
            self._forget_book()
            if up:
                self.on_up(now_ns)

    def on_up(self, now_ns: int) -> None:
        """Its connection stands; the venue owes it a book."""
        self._await(now_ns, 2 * self._ack_ns)
        self.tell(FeedState.CONNECTING, now_ns, "subscribing")

    def on_asked(self, now_ns: int) -> None:
        """Its subscription left for the venue: from here on the answer is late or not."""
        if self.awaiting and not self._asked_ns:
            self._asked_ns = now_ns
            self._await(now_ns, self._ack_ns)

    def on_book(self, book: Mapping[str, Any], received_ns: int, decoded_ns: int, wall_ms: int) -> None:
        """ccxt holds a new book: one Tick when the top changed, proof of life in any case.

        `wall_ms`, the local wall clock, is only what the exchange's own stamp is held against.
        """
        self._awaiting_ns = 0
        self._lived_ns = self._lived_ns or decoded_ns
        try:
            top = admit(book, self._plan.depth)
        except FrameRefused as refused:
            self._refuse(refused, decoded_ns)
            return
        self._lived_ns = decoded_ns
        self._crossed_ns = self._unanswered = self._refused_in_a_row = 0
        if self.state is not FeedState.LIVE:
            self.live_since_ns = self.live_since_ns or decoded_ns
            self.tell(FeedState.LIVE, decoded_ns)
        if top != self._top:
            self._patience.on_top(top)
            self._top = top
            self._outbox.put(self._tick(top, book, received_ns, decoded_ns, wall_ms))

    def on_lost(self, reason: str, now_ns: int, retry_ns: int) -> None:
        """Its connection ended."""
        self.line = None
        self._forget_book()
        if not self.quarantined:
            self.tell(FeedState.DOWN, now_ns, reason, retry_ns)

    def on_refused(self, reason: str, now_ns: int, *, resync: bool, final: bool) -> None:
        """The venue, or ccxt, said no to this stream alone."""
        good_s = self.good_s(now_ns)
        self._forget_book()
        self._refused_in_a_row += 1
        if final or self._refused_in_a_row >= UNANSWERED_MOST:
            self._quarantine(reason, now_ns, LONGEST_QUARANTINE_NS)
            return
        self.retry_ns = now_ns + int(self.backoff.delay_s(good_s) * SECOND_NS)
        self._await(self.retry_ns, RESYNC_WITHIN_NS)
        self.tell(FeedState.RESYNC if resync else FeedState.DOWN, now_ns, reason, self.retry_ns)

    def unlisted(self, now_ns: int, nearest: tuple[Symbol, ...]) -> None:
        """The venue does not trade it."""
        reason = one_line(f"does not list {self.market_symbol}")
        self.state = FeedState.DOWN
        venue = self._plan.venue
        self._outbox.put(
            FeedStatus(venue, self.symbol, FeedState.DOWN, now_ns, reason, listed=False, nearest=nearest)
        )

    def quarantine_unpriced(self, reason: str, now_ns: int) -> None:
        """Nothing that this feed can do will make it comparable."""
        self.tell(FeedState.QUARANTINED, now_ns, reason)

    def overdue(self, now_ns: int) -> str | None:
        """Why its connection must be renewed now, or None. Tells of silence on the way."""
        if self.line is None or self.quarantined:
            return None
        if self._awaiting_ns:
            return self._unanswered_at(now_ns)
        if self._crossed_ns and now_ns - self._crossed_ns > CROSSED_FOR_NS:
            return "book crossed for more than 1 s"
        return self._silent_at(now_ns) if self._lived_ns else None

    # how it does it

    def tell(
        self, state: FeedState, now_ns: int, reason: str | None = None, retry_ns: int | None = None
    ) -> None:
        """Say the state once, when it or its reason changed. Down again without a book is one outage."""
        if (state, reason) == (self.state, self._reason) and retry_ns is None:
            return
        self.state, self._reason = state, reason
        since_ns = now_ns
        if state is FeedState.DOWN:
            since_ns = self._down_ns = self._down_ns or now_ns
        elif state in {FeedState.LIVE, FeedState.STALE}:
            self._down_ns = 0
        said = one_line(reason) if reason else None  # it may quote the venue
        self._outbox.put(FeedStatus(self._plan.venue, self.symbol, state, since_ns, said, retry_ns))

    @property
    def _ack_ns(self) -> int:
        return int(self._plan.ack_within_s * SECOND_NS)

    def _await(self, now_ns: int, within_ns: int) -> None:
        self._awaiting_ns, self._within_ns = now_ns, within_ns

    def good_s(self, now_ns: int) -> float:
        """Seconds since its first good book on this connection."""
        return (now_ns - self.live_since_ns) / SECOND_NS if self.live_since_ns else 0.0

    def _forget_book(self) -> None:
        self._top = None
        self._lived_ns = self._crossed_ns = self._awaiting_ns = self._asked_ns = self.live_since_ns = 0

    def _quarantine(self, reason: str, now_ns: int, for_ns: int) -> None:
        self._unanswered = self._refused_in_a_row = 0
        self._awaiting_ns = 0
        self.line = None
        self.retry_ns = now_ns + for_ns
        self.tell(FeedState.QUARANTINED, now_ns, reason, self.retry_ns)

    def _unanswered_at(self, now_ns: int) -> str | None:
        waited_ns = now_ns - self._awaiting_ns
        if waited_ns <= self._within_ns:
            return None
        self._unanswered += 1
        reason = f"subscription not answered in {waited_ns / SECOND_NS:.1f} s"
        if self._unanswered >= UNANSWERED_MOST or self.on_probation:
            self._quarantine(reason, now_ns, self._patience.quarantine_ns())
        return reason

    def _silent_at(self, now_ns: int) -> str | None:
        silent_ns = now_ns - self._lived_ns
        if silent_ns <= self._patience.silence_ns:
            return None
        reason = f"no update for {silent_ns / SECOND_NS:.1f} s"
        if silent_ns > 3 * self._patience.silence_ns:
            self._patience.on_renewed(self._top)
            self._outbox.tally.silences += 1
            return reason
        if self.state is not FeedState.STALE:
            self.tell(FeedState.STALE, now_ns, reason)
        return None

    def _refuse(self, refused: FrameRefused, now_ns: int) -> None:
        """A book that cannot be acted on withdraws the leg; a number that cannot be true only counts."""
        reason = Refusal(refused.args[0])
        self._outbox.tally.refused += 1
        if reason in {Refusal.CROSSED, Refusal.UNSORTED}:
            self._crossed_ns = self._crossed_ns or now_ns
            self._top = None
            self.tell(FeedState.RESYNC, now_ns, f"book refused: {reason}")
        elif reason is Refusal.EMPTY:  # a thin market may really have one side only
            self._lived_ns, self._top = now_ns, None
            self.tell(FeedState.STALE, now_ns, str(reason))

    def _tick(
        self, top: Top, book: Mapping[str, Any], received_ns: int, decoded_ns: int, wall_ms: int
    ) -> Tick:
        nonce = integer_of(book.get("nonce"))
        proof = proof_of(self._plan.ccxt_class, nonce)
        stamp = stamp_of(book.get("timestamp"), wall_ms)
        where = (self._plan.venue, self.symbol)
        return Tick(*where, *top, received_ns, decoded_ns, stamp, nonce, self.generation, proof)


def _any_of(*names: str) -> re.Pattern[str]:
    """One of the names as a whole word: BTC-USD is not in BTC-USDT."""
    words = "|".join(re.escape(name) for name in dict.fromkeys(names))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])", re.IGNORECASE)
