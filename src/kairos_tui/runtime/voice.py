"""Voice: what narrator speaks with. JSON lines or plain sentences on stdout; none when only the HUD is shown.

Before it: narrator. After it: sinks.
"""

import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import kairos_tui
from kairos_tui.market import Board, FeedKind, FeedStatus, Fill, Markout, Quote, Signal, Symbol, Venue
from kairos_tui.settings import Settings
from kairos_tui.sinks import FeeShown, LineStream, OutStream, PlainStream
from kairos_tui.wire import Published

HEARTBEAT_AFTER_S = 10.0
_FLUSH_WITHIN_S = 0.5


class Clocks(NamedTuple):
    """Monotonic ns and wall-clock epoch us: of this machine now, or of a recording."""

    mono_ns: Callable[[], int]
    wall_us: Callable[[], int]


class Voice:
    """One stream on stdout, told what the wire brings."""

    def __init__(
        self,
        stream: OutStream,
        settings: Settings,
        symbols: tuple[Symbol, ...],
        clock_us: Callable[[], int] = lambda: now_us(),
    ) -> None:
        self._clock_us = clock_us
        self._stream = stream
        self._settings = settings
        self._symbols = symbols
        self._started_us = self._clock_us()

    @property
    def reader_left(self) -> bool:
        """The other end of the pipe was closed."""
        return self._stream.state == "closed_by_reader"

    @property
    def failure(self) -> str | None:
        """What the system said when stdout could not be written, or None."""
        return self._stream.failure if self._stream.state == "failed" else None

    def feed_is(self, feed: FeedKind) -> None:
        """From now on lines say this feed."""
        self._stream.feed = feed

    def hello(self, board: Board | None) -> None:
        """The first line, with the fees known so far."""
        facts = hello_facts(self._settings, self._symbols, board)
        self._stream.hello(**facts, ts_us=began_us(board, self._started_us))

    def tell(self, published: Published) -> None:
        """A signal, a quote or a status as it was published."""
        stamps = {"ts_us": published.ts_us, "published_ns": published.published_ns}
        match published.body:
            case Signal() as signal:
                self._stream.signal(signal, **stamps)
            case Quote() as quote:
                self._stream.quote(quote, **stamps)
            case FeedStatus() as status:
                self._stream.venue(status, **stamps)
            case Fill() as fill:
                self._stream.fill(fill, **stamps)
            case Markout() as markout:
                self._stream.markout(markout, **stamps)
            case Board():
                pass

    def gap(self, board: Board | None, count: int, *, reason: str) -> None:
        """Messages that never came."""
        self._stream.gap(count, reason, ts_us=told_us(board, self._clock_us))

    def heartbeat_if_quiet(self, board: Board | None) -> None:
        """A sign of life after ten seconds of quiet."""
        if self._stream.quiet_for_s() >= HEARTBEAT_AFTER_S:
            self._stream.heartbeat(board, ts_us=told_us(board, self._clock_us))

    def bye(self, board: Board | None, *, reason: str) -> None:
        """The last line; then everything still queued, within half a second."""
        rates = board.rates if board else None
        self._stream.bye(
            ticks=rates.used if rates else 0,
            signals=rates.signals if rates else 0,
            reason=reason,
            ts_us=told_us(board, self._clock_us),
        )
        self._stream.close(_FLUSH_WITHIN_S)


def open_voice(
    output: str, *, run: str, feed: FeedKind, settings: Settings, symbols: tuple[Symbol, ...]
) -> Voice | None:
    """The voice of an output; None for the HUD alone."""
    match output:
        case "json" | "tee":
            return Voice(LineStream(_own_stdout(), run=run, feed=feed), settings, symbols)
        case "plain":
            return Voice(PlainStream(_own_stdout(), run=run, feed=feed), settings, symbols)
        case _:
            return None


def _own_stdout() -> int:
    # A descriptor of its own: while a worker starts, 1 and 2 lead to the log for a moment.
    return os.dup(1)


def now_us() -> int:
    """Wall-clock epoch us."""
    return time.time_ns() // 1000


NOW = Clocks(time.monotonic_ns, now_us)


def told_us(board: Board | None, clock_us: Callable[[], int] = now_us) -> int:
    """What time it is on a line of our own: now, or in a replay as it was."""
    return board.at_us if board is not None and board.replay is not None else clock_us()


def began_us(board: Board | None, started_us: int) -> int:
    """When what is told began: with us, or where a recording's part begins."""
    return board.replay.from_us if board is not None and board.replay is not None else started_us


def hello_facts(settings: Settings, symbols: tuple[Symbol, ...], board: Board | None) -> dict[str, Any]:
    """What the first line of a stream says of the run."""
    return {
        "version": kairos_tui.__version__,
        "symbols": symbols,
        "venues": settings.venues,
        "thresholds": settings.thresholds,
        "fees": _fees(board),
        "mood": board.mood if board else None,
        "seed": board.seed if board else None,
        "redirected": _redirected(settings),
        "back_test": board.replay.changed if board and board.replay else (),
    }


def may_begin(board: Board | None, feed: FeedKind, *, is_late: bool) -> bool:
    """Whether the first line is told now. Fees belong into it; once it is late they are not waited for.

    What a replay tells begins when its recording does, which only a board says.
    """
    return fees_are_known(board) or (is_late and (board is not None or feed != "replay"))


def fees_are_known(board: Board | None) -> bool:
    """Of every venue that is not down; fees belong into the first line."""
    venues = [venue for symbol in (board.symbols if board else ()) for venue in symbol.venues]
    return board is not None and all(venue.taker is not None or venue.state == "down" for venue in venues)


def _redirected(settings: Settings) -> tuple[Venue, ...]:
    tables = {venue: settings.venue_table(venue) for venue in settings.venues}
    return tuple(venue for venue, table in tables.items() if table.origin_rest or table.origin_ws)


def _fees(board: Board | None) -> tuple[FeeShown, ...]:
    return tuple(
        FeeShown(
            venue=venue.venue,
            symbol=symbol.symbol,
            taker_bps=None if venue.taker is None else round(venue.taker * 1e4, 9),
            source=venue.fee_source,
            charged=venue.charged,
            as_of_us=venue.fee_as_of_us,
        )
        for symbol in (board.symbols if board else ())
        for venue in symbol.venues
    )
