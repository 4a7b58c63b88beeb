"""SinkTeller: what the signal wire brings -> the lines one sink is told, into its backlog.

Before it: run_sink's reading thread. After it: sinks' Backlog. Each signal opens once and closes once.
"""

import time
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from kairos_tui.market import Board, FeedKind, FeedStatus, Fill, Markout, Quote, Signal, Symbol
from kairos_tui.runtime.open_signals import OpenSignals
from kairos_tui.runtime.status_news import StatusNews
from kairos_tui.runtime.voice import (
    HEARTBEAT_AFTER_S,
    began_us,
    hello_facts,
    may_begin,
    now_us,
    told_us,
)
from kairos_tui.settings import Settings
from kairos_tui.sinks import AnyLine, Backlog, SinkUrl, Stamp, fill_line, line_maker, markout_line
from kairos_tui.wire import Missed, Published, Topic
from kairos_tui.wire.codec import pack_message

HELLO_WITHIN_NS = 4_000_000_000
_MOST_BEFORE_HELLO = 5_000


class SinkTeller:
    """For one thread. `on_board` is called with every board, for sinks that show them."""

    def __init__(
        self,
        url: SinkUrl,
        backlog: Backlog,
        *,
        settings: Settings,
        symbols: tuple[Symbol, ...],
        feed: FeedKind,
        on_board: Callable[[Board, bytes], None],
        now_ns: int,
    ) -> None:
        self._url = url
        self._backlog = backlog
        self._settings = settings
        self._symbols = symbols
        self._feed: FeedKind = feed
        self._on_board = on_board
        self._open = OpenSignals()
        self._board: Board | None = None
        self._started_us = now_us()
        self._hello_by_ns = now_ns + HELLO_WITHIN_NS
        self._waiting: list[Published | Missed] | None = []
        self._news = StatusNews()
        self._stopped_ns: int | None = None

    @property
    def topics(self) -> list[Topic]:
        """What it needs of the wire. Boards are for hello's fees, heartbeats and the last counts."""
        topics = [Topic.BOARD]
        topics += [Topic.SIGNAL] if "signal" in self._url.emit else []
        topics += [Topic.STATUS] if "venue" in self._url.emit else []
        topics += [Topic.QUOTE] if "quote" in self._url.emit else []
        topics += [Topic.FILL] if "fill" in self._url.emit else []
        topics += [Topic.MARKOUT] if "markout" in self._url.emit else []
        return topics

    @property
    def awaits_closes(self) -> bool:
        """Signals stand that will be closed."""
        return self._open.some_stand

    def take(self, heard: Iterable[Published | Missed], now_ns: int) -> None:
        """Tell what there is to tell; fees belong into the first line, and no signal waits for them."""
        for item in heard:
            self._learn(item)
            if self._waiting is None:
                self._tell(item)
            else:
                self._waiting.append(item)
        if self._waiting is not None and self._may_begin(now_ns):
            self._begin()
        if self._waiting is None and self._url.life and self._backlog.quiet_for_s() >= HEARTBEAT_AFTER_S:
            board = self._board
            self._backlog.put(lambda stamp: line_maker.heartbeat_line(stamp, board), ts_us=told_us(board))

    def stop_begins(self, now_ns: int) -> None:
        """From here on that feeds go down is our own doing, and no news."""
        self._stopped_ns = now_ns

    def finish(self, reason: str) -> None:
        """The closes that never came, then bye."""
        self._begin()
        for orphan in self._open.left_open(told_us(self._board), time.monotonic_ns()):
            self._tell_signal(orphan, b"")
        if self._url.life:
            rates, backlog = self._board.rates if self._board else None, self._backlog
            backlog.put(
                lambda stamp: line_maker.bye_line(
                    stamp,
                    ticks=rates.used if rates else 0,
                    signals=rates.signals if rates else 0,
                    dropped=backlog.counts.named,
                    reason=reason,
                ),
                ts_us=told_us(self._board),
            )

    def _learn(self, item: Published | Missed) -> None:
        if isinstance(item, Published) and isinstance(item.body, Board):
            self._board = item.body
            public = item.body.public
            self._on_board(public, pack_message(replace(item, body=public)))

    def _may_begin(self, now_ns: int) -> bool:
        assert self._waiting is not None
        urgent = any(isinstance(item, Published) and item.topic is Topic.SIGNAL for item in self._waiting)
        full = len(self._waiting) >= _MOST_BEFORE_HELLO
        is_late = urgent or now_ns >= self._hello_by_ns
        return full or may_begin(self._board, self._feed, is_late=is_late)

    def _begin(self) -> None:
        if self._waiting is None:
            return
        if self._url.life:
            facts = hello_facts(self._settings, self._symbols, self._board)
            ts_us = began_us(self._board, self._started_us)
            self._backlog.put(lambda stamp: line_maker.hello_line(stamp, **facts), ts_us=ts_us)
        waiting, self._waiting = self._waiting, None
        for item in waiting:
            self._tell(item)

    def _tell(self, item: Published | Missed) -> None:
        if isinstance(item, Missed):
            if item.topic is not Topic.BOARD:
                self._backlog.lose(item.count, "lost between processes", ts_us=told_us(self._board))
            return
        for orphan in self._open.orphaned_by(item):
            self._hear(orphan, b"")
        stamps = {"ts_us": item.ts_us, "now_ns": item.published_ns}
        match item.body:
            case Signal():
                self._hear(item, pack_message(item))
            case Quote() | Fill() | Markout() as body:
                self._backlog.put(lambda stamp: _line_of(stamp, body), **stamps, packed=pack_message(item))
            case FeedStatus() as status if self._news.is_news(status) and not self._is_ours(item):
                self._backlog.put(
                    lambda stamp: line_maker.venue_line(stamp, status), **stamps, packed=pack_message(item)
                )
            case _:
                pass

    def _hear(self, item: Published, packed: bytes) -> None:
        assert isinstance(item.body, Signal)
        heard = self._open.as_heard(item, item.body)
        if heard is not None:
            self._tell_signal(heard, packed)

    def _tell_signal(self, item: Published, packed: bytes) -> None:
        signal = item.body
        assert isinstance(signal, Signal)
        if signal.event in self._url.events:
            self._backlog.put(
                lambda stamp: line_maker.signal_line(stamp, signal),
                ts_us=item.ts_us,
                now_ns=item.published_ns,
                packed=packed,
            )

    def _is_ours(self, item: Published) -> bool:
        return self._stopped_ns is not None and item.published_ns >= self._stopped_ns


def _line_of(stamp: Stamp, body: Quote | Fill | Markout) -> AnyLine:
    match body:
        case Quote():
            return line_maker.quote_line(stamp, body)
        case Fill():
            return fill_line(stamp, body)
        case Markout():
            return markout_line(stamp, body)
