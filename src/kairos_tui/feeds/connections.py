"""Connections: one venue's sockets as a whole: what each frame, end and refusal means for the streams on it.

Before it: TappedClient and TappedExchange, which report here. After it: Stream, and the outbox.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from random import getrandbits
from time import monotonic_ns, time_ns
from typing import Any

import aiohttp
import ccxt

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.backoff import capped
from kairos_tui.feeds.ban import Ban
from kairos_tui.feeds.dial import Dial, hurry
from kairos_tui.feeds.dialects.dialect import Believed, Dialect, Doubted, Outcome, Seen
from kairos_tui.feeds.format_watch import FORMAT_CHANGED
from kairos_tui.feeds.health.budget import RestBudget
from kairos_tui.feeds.health.score import Incident
from kairos_tui.feeds.keeper import REST_NS
from kairos_tui.feeds.line import Line
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.patience import SECOND_NS
from kairos_tui.feeds.pauses import Pauses
from kairos_tui.feeds.reasons import causes_of, in_full, one_line, why
from kairos_tui.feeds.shape import Shape
from kairos_tui.feeds.stream import Stream
from kairos_tui.feeds.tick_maker import Sighting
from kairos_tui.market import FeedState

log = logging.getLogger(__name__)

FINAL = (ccxt.BadRequest, ccxt.BadSymbol, ccxt.AuthenticationError, ccxt.ArgumentsRequired, ccxt.NotSupported)
"""What trying again does not cure."""

RENEWALS_PER_MINUTE = 30.0
"""Snapshots of books whose old ones still do, for one venue. Binance allows eight times it."""


class Connections:
    """Implements keeper.Keeper. Also the one place where a venue's tasks are started."""

    def __init__(
        self,
        venue: str,
        outbox: Outbox,
        *,
        timeout_s: float,
        depth: int = 20,
        new_dialect: Callable[[], Dialect | None] = lambda: None,
    ) -> None:
        self.depth = depth
        self.new_dialect = new_dialect
        self.streams: list[Stream] = []
        self.orderbooks: dict[str, Any] = {}
        self._venue = venue
        self._outbox = outbox
        self.on_frame = outbox.on_frame
        self._timeout_s = timeout_s
        self._shape = Shape()
        self.ban = Ban()
        self.pauses = Pauses()
        self.formats = outbox.tally.formats
        self.renewals = RestBudget(getrandbits(32), RENEWALS_PER_MINUTE)
        self._dials: dict[str, Dial] = {}
        self._tasks: asyncio.TaskGroup | None = None

    def open(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks

    def close(self) -> None:
        """From here on nothing is started and nothing is told."""
        self._tasks = None

    def start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None] | None":
        if self._tasks is None:
            work.close()
            return None
        try:
            return self._tasks.create_task(work)
        except RuntimeError:  # the group has just ended: ccxt called back a moment too late
            work.close()
            return None

    def flush(self) -> None:
        if self._tasks is not None:
            self._outbox.flush()

    # from frames

    def on_book(self, line: Line, stream: Stream, book: dict[str, Any]) -> None:
        if stream.line is not line:
            return
        if callable(limit := getattr(book, "limit", None)):
            limit()  # ccxt trims a book to its depth only when its watch returns, and ours never does
        now_ns = monotonic_ns()
        moments = (line.received_ns or REST_NS.get() or now_ns, now_ns, time_ns() // 1_000_000)
        stream.on_book(
            Sighting(book["bids"], book["asks"], *moments, book.get("timestamp"), book.get("nonce"))
        )
        if not line.received_ns:
            self.flush()

    def on_believed(self, line: Line, stream: Stream, book: Believed) -> None:
        """A dialect's book, of a frame or of a snapshot."""
        now_ns = monotonic_ns()
        received_ns = line.received_ns or REST_NS.get() or now_ns
        wall_ms = 0 if book.timestamp_ms is None else time_ns() // 1_000_000
        stream.on_believed(book, received_ns, now_ns, wall_ms)

    def on_outcome(self, line: Line, stream: Stream, outcome: Outcome) -> None:
        """What a dialect made of a frame, or of a snapshot, when it is no book."""
        now_ns = monotonic_ns()
        received_ns = line.received_ns or REST_NS.get() or now_ns
        if isinstance(outcome, Seen):
            stream.on_seen(received_ns, now_ns)
        elif isinstance(outcome, Doubted):
            stream.on_doubted(outcome.reason, now_ns)
            log.info("book doubted venue=%s symbol=%s reason=%s", self._venue, stream.symbol, outcome.reason)
            if stream.quarantined:
                line.release(stream, outcome.reason)
        else:
            stream.on_wanted(now_ns)

    def on_no_snapshot(self, stream: Stream, error: Exception) -> None:
        """It is asked for again until the stream's deadline. A book that stands only gets no deeper."""
        reason = f"no snapshot: {why(error, timeout_s=self._timeout_s)}"
        if stream.awaiting:
            stream.on_no_snapshot(reason, monotonic_ns())
        else:
            self.renewals.on_refused(monotonic_ns())
        log.warning(
            "no snapshot venue=%s symbol=%s reason=%s", self._venue, stream.symbol, self._in_full(error)
        )
        self.flush()

    def on_book_message(self, message: object) -> None:
        """Raises FrameRefused when it has lost the shape that this venue's book messages have."""
        odd = self._shape.odd_place(message)
        if odd is not None:
            raise FrameRefused(f"{odd} has changed its kind")

    def on_bad_frame(self, error: Exception, frame: str | bytes) -> None:
        self._outbox.drop_ticks()
        if self._outbox.tally.bad_frame(error, frame, monotonic_ns()):
            log.warning("bad frame venue=%s %s", self._venue, self._outbox.tally.last_bad)

    def on_refused(self, stream: Stream, error: Exception, *, by_venue: bool) -> None:
        """`by_venue`: it said so in a frame. To a stream without a book, any such error is the last word."""
        final = isinstance(error, FINAL) or (
            by_venue and stream.awaiting and not isinstance(error, ccxt.NetworkError)
        )
        reason = why(error, timeout_s=self._timeout_s)
        stream.on_refused(reason, monotonic_ns(), resync=isinstance(error, ccxt.InvalidNonce), final=final)
        self.orderbooks.pop(stream.market.symbol, None)
        log.warning(
            "stream refused venue=%s symbol=%s reason=%s", self._venue, stream.symbol, self._in_full(error)
        )
        self.flush()

    # from dials

    def dial_delay_s(self, url: str) -> float:
        now_ns = monotonic_ns()
        dial = self._dials.get(url)
        paced_s = 0.0 if dial is None else max(0, dial.retry_ns - now_ns) / SECOND_NS
        return max(paced_s, self.ban.left_s(now_ns))

    def on_disconnect(self) -> None:
        """A venue hung up."""
        self._outbox.tally.on_incident(Incident.DISCONNECT, monotonic_ns())

    def on_up(self, line: Line) -> None:
        line.up_ns = monotonic_ns()
        dial = self._dials.setdefault(line.url, Dial())
        dial.ups += 1
        self._outbox.tally.reconnects += dial.ups > 1
        for stream in self._on(line):
            stream.on_up(line.up_ns)
        self.flush()

    def on_lost(self, line: Line, reason: str | Exception, *, dialling: bool) -> None:
        if self._tasks is None:
            return
        now_ns = monotonic_ns()
        streams = self._on(line)
        dial = self._dials.setdefault(line.url, Dial())
        good_s = max((stream.served_s(now_ns) for stream in streams), default=0.0)
        asked_s = line.last_retry_after if dialling else None
        delay_s = dial.backoff.delay_s(good_s, asked_s)
        dial.asked_ns = now_ns + int(capped(asked_s) * SECOND_NS)
        if dialling and isinstance(reason, Exception):
            self._note_ban(reason, now_ns)
        delay_s = max(delay_s, self.ban.left_s(now_ns))
        dial.retry_ns = now_ns + int(delay_s * SECOND_NS)
        sentence = one_line(reason) if isinstance(reason, str) else why(reason, timeout_s=self._timeout_s)
        for stream in streams:
            self.orderbooks.pop(stream.market.symbol, None)  # else ccxt shows it after the reconnect
            stream.on_lost(sentence, now_ns, dial.retry_ns)
        log.warning(
            "line down venue=%s reason=%s retry_in_s=%.2f", self._venue, self._in_full(reason), delay_s
        )
        self.flush()

    def look(self, now_ns: int) -> None:
        """Renew what is overdue: silence, an unanswered subscription, a book that stays crossed."""
        for stream in self.streams:
            line, alone = stream.line, stream.on_probation
            reason = stream.overdue(now_ns)
            if line is None or reason is None:
                continue
            if line.is_unheard and self.formats.on_unheard(now_ns):
                reason = FORMAT_CHANGED
            if alone and stream.quarantined:
                line.release(stream, reason)
            else:
                line.drop(reason)
        self.flush()

    def hurry(self, now_ns: int) -> int:
        """Whoever waits tries at once; the instant of it: later, where the venue asked to be left alone."""
        retry_ns = hurry(self._dials.values(), self.streams, self.ban, now_ns)
        self.pauses.look_again()
        self.flush()
        return retry_ns

    def renew_all(self, reason: str, now_ns: int) -> None:
        """None of the books is what it was, whatever its age looks like."""
        for stream in self.streams:
            if stream.line is not None:
                stream.tell(FeedState.RESYNC, now_ns, reason)
        for line in {stream.line for stream in self.streams if stream.line is not None}:
            line.drop(reason)
        self.flush()

    def _note_ban(self, reason: Exception, now_ns: int) -> None:
        for cause in causes_of(reason):
            if isinstance(cause, aiohttp.WSServerHandshakeError):
                self.ban.note(cause.status, cause.headers, now_ns)

    def _in_full(self, reason: str | Exception) -> str:
        return one_line(reason) if isinstance(reason, str) else in_full(reason, timeout_s=self._timeout_s)

    def _on(self, line: Line) -> list[Stream]:
        return [stream for stream in self.streams if stream.line is line]
