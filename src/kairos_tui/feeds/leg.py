"""Leg: one stream's book while its connection stands: live, quiet, late, silent, or one that cannot be true.

Before it: Stream, with every book and sign of life. After it: ticks and states. What is subscribed, owed and
resynchronised is Stream's; this is what becomes of the book.
"""

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed
from kairos_tui.feeds.door import Refusal, Top
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.health.cross_check import Mark
from kairos_tui.feeds.health.score import Incident
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.patience import SECOND_NS
from kairos_tui.feeds.stamps import stamp_of
from kairos_tui.feeds.tick_maker import Scale, Sighting, TickMaker, best_alone
from kairos_tui.feeds.vigil import Vigil
from kairos_tui.feeds.voice import Voice
from kairos_tui.market import USABLE, FeedState, Symbol, Tick

LATE_MOST = 2
"""Late messages in a row that may be a hiccup of the network."""

WITHDRAWING = {Refusal.CROSSED, Refusal.LOCKED, Refusal.UNSORTED, Refusal.EMPTY}


class Leg:
    """One stream's. `live_since_ns` is its first good book on this connection, 0 before."""

    def __init__(self, plan: FeedPlan, symbol: Symbol, outbox: Outbox, voice: Voice, scale: Scale) -> None:
        self.vigil = Vigil(int(plan.silence_after_s * SECOND_NS))
        self.maker = TickMaker(plan.venue, symbol, plan.depth, scale)
        self.live_since_ns = 0
        self._outbox, self._tally, self._voice = outbox, outbox.tally, voice

    @property
    def top(self) -> Top | None:
        """The book that was last told, None while there is none."""
        return self.maker.top

    def good_s(self, now_ns: int) -> float:
        """Seconds since its first good book on this connection."""
        return (now_ns - self.live_since_ns) / SECOND_NS if self.live_since_ns else 0.0

    def lose(self) -> None:
        """Nothing of the book holds any longer."""
        self.maker.top = None
        self.live_since_ns = 0
        self.vigil.restart()

    def take(self, seen: Sighting, generation: int) -> bool:
        """One Tick when the top changed, proof of life in any case. False for a book that cannot be true."""
        if not seen.is_best:
            self.vigil.on_depth()
        elif self._voice.state is FeedState.STALE:
            return True  # it was silent, and only depth can show that nothing was lost meanwhile
        elif self.vigil.on_best(seen.decoded_ns):
            seen = best_alone(seen)
        try:
            tick = self.maker.tick(seen, generation)
        except FrameRefused as refused:
            self._refuse(Refusal(refused.args[0]), seen.decoded_ns)
            return False
        if tick is not None:
            self._tell(tick)
        self.live(seen.received_ns, seen.decoded_ns, stamp_of(seen.timestamp_ms, seen.wall_ms))
        return True

    def believe(self, book: Believed, received_ns: int, now_ns: int, wall_ms: int, generation: int) -> bool:
        """`take`, of what a dialect has seen to: only an empty side is left to be refused."""
        vigil, top = self.vigil, (book.bids, book.asks)
        if not book.is_best:
            vigil.on_depth()
        elif self._voice.state is FeedState.STALE:
            return True  # as in `take`
        elif vigil.on_best(now_ns):
            top = (book.bids[:1], book.asks[:1])
        if not top[0] or not top[1]:
            self._refuse(Refusal.EMPTY, now_ns)
            return False
        stamp_ms = None if book.timestamp_ms is None else stamp_of(book.timestamp_ms, wall_ms)
        if top != self.maker.top:
            self._tell(self.maker.believed(book, top, received_ns, now_ns, stamp_ms, generation))
        self.live(received_ns, now_ns, stamp_ms)
        return True

    def _tell(self, tick: Tick) -> None:
        self._outbox.put(tick)
        if self.vigil.mark is not None:
            self.vigil.mark.see((tick.bids, tick.asks))

    def live(self, received_ns: int, now_ns: int, stamp_ms: int | None = None) -> None:
        """The book holds, and the venue has just said so."""
        if not self.live_since_ns:
            self.vigil.on_top(self.top)
            self.live_since_ns = now_ns
        if not self.vigil.on_message(received_ns, now_ns, stamp_ms) or not self._is_late():
            if self._voice.state is not FeedState.LIVE:
                self._voice.say(FeedState.LIVE, now_ns)
        elif self._voice.state is not FeedState.LAGGING:
            self._tally.on_incident(Incident.LAG, now_ns)
            self._voice.say(FeedState.LAGGING, now_ns, "its messages are more than 1 s late")

    def _is_late(self) -> bool:
        """A leg that is out needs a message in time to come back; one late message alone takes none out."""
        lag = self.vigil.lag
        most = LATE_MOST if self._voice.state in USABLE else 0
        return lag.lagging or lag.late_in_a_row > most

    def begin_check(self) -> Mark | None:
        """Its book is about to be held against REST; None when it has none."""
        self.vigil.mark = None if self.top is None else Mark(self.top)
        return self.vigil.mark

    def agree(self, asked_ns: int, now_ns: int) -> None:
        """REST shows the book it has: a still one is quiet then, not silent."""
        if self.top is not None and self.vigil.is_half_silent(now_ns):
            self.vigil.on_agreed(asked_ns)
            self._voice.say(FeedState.QUIET, now_ns)

    def overdue(self, now_ns: int) -> str | None:
        """Why its connection must be renewed now, or None. Tells of silence on the way."""
        untrue = self.vigil.why_untrue(now_ns)
        if untrue or not self.vigil.is_silent(now_ns):
            return untrue
        reason = f"no update for {self.vigil.silent_ns(now_ns) / SECOND_NS:.1f} s"
        if self.vigil.is_dead(now_ns):
            self.vigil.on_renewed(self.top)
            self._tally.on_incident(Incident.SILENCE, now_ns)
            return reason
        if self._voice.state is not FeedState.STALE:
            self._voice.say(FeedState.STALE, now_ns, reason)
        return None

    def _refuse(self, reason: Refusal, now_ns: int) -> None:
        """A book that cannot be acted on withdraws the leg; a number that cannot be true only counts."""
        self._tally.refused += 1
        if reason not in WITHDRAWING:
            return
        crossed = reason is not Refusal.EMPTY  # a thin market may really have one side only
        self.maker.top = self.vigil.mark = None
        self.vigil.on_oddity(now_ns, crossed=crossed)
        if crossed:
            self._tally.on_incident(Incident.REFUSED, now_ns)
            self._voice.say(FeedState.RESYNC, now_ns, f"book refused: {reason}")
        else:
            self._voice.say(FeedState.STALE, now_ns, str(reason))
