"""MirrorSource: what the engine publishes -> boards and numbered lines of the contract, for the mirror.

Before it: a reader of the signal wire. After it: the mirror's intake. Each signal opens once and closes once.
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from kairos_tui.market import Board, FeedKind, FeedStatus, Fill, Signal, Symbol
from kairos_tui.mirror import Line
from kairos_tui.runtime.open_signals import OpenSignals
from kairos_tui.runtime.status_news import StatusNews
from kairos_tui.runtime.voice import HEARTBEAT_AFTER_S, began_us, hello_facts, now_us, told_us
from kairos_tui.settings import Settings
from kairos_tui.sinks import fill_line, line_maker
from kairos_tui.sinks.any_line import AnyLine
from kairos_tui.sinks.line_maker import Stamp
from kairos_tui.sinks.line_text import encode, is_finite
from kairos_tui.wire import Missed, Published, Topic

TOPICS = (Topic.SIGNAL, Topic.STATUS, Topic.BOARD, Topic.FILL)
_LOST = "lost between processes"
_NOT_A_NUMBER = "a figure was not a finite number"


class Reader(Protocol):
    """Where publications come from."""

    def drain(self, timeout_ms: int) -> list[Published | Missed]: ...
    def close(self) -> None: ...


class MirrorWords:
    """The lines that concern one listener alone."""

    def __init__(self, run: str, feed: FeedKind, settings: Settings, symbols: tuple[Symbol, ...]) -> None:
        self._run = run
        self._feed: FeedKind = feed
        self._settings = settings
        self._symbols = symbols
        self._started_us = now_us()

    def hello(self, board: Board | None, seq: int) -> bytes:
        """The first line, numbered so that the listener's next one follows it."""
        facts = hello_facts(self._settings, self._symbols, board)
        run, ts_us = board.run if board else self._run, began_us(board, self._started_us)
        stamp = Stamp(run, seq, ts_us, self._feed)
        return encode(line_maker.hello_line(stamp, **facts))[:-1]

    def gap(self, board: Board | None, from_seq: int, to_seq: int, reason: str) -> bytes:
        """Takes the last of the numbers that it names."""
        stamp = Stamp(board.run if board else self._run, to_seq, told_us(board), self._feed)
        return encode(line_maker.gap_line(stamp, from_seq=from_seq, to_seq=to_seq, reason=reason))[:-1]


class MirrorSource:
    """Number 1 is every listener's hello. For one thread."""

    def __init__(
        self, reader: Reader, run: str, feed: FeedKind, clock_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._reader = reader
        self._run = run
        self._feed: FeedKind = feed
        self._clock_ns = clock_ns
        self._seq = 1
        self._lost = 0
        self._open = OpenSignals()
        self._board: Board | None = None
        self._news = StatusNews()
        self._told_ns = clock_ns()

    def drain(self, timeout_ms: int) -> list[Board | Line]:
        """What came within `timeout_ms`, and a heartbeat after ten seconds of quiet."""
        heard: list[Board | Line] = []
        for item in self._reader.drain(timeout_ms):
            self._take(item, heard)
        if (self._clock_ns() - self._told_ns) / 1e9 >= HEARTBEAT_AFTER_S:
            board = self._board
            self._say(heard, lambda stamp: line_maker.heartbeat_line(stamp, board), told_us(board))
        return heard

    def last_words(self, reason: str, within_s: float) -> Sequence[Board | Line]:
        """The closes that are still owed, waited for at most that long, then bye.

        That feeds go down while we stop them is no news.
        """
        said: list[Board | Line] = []
        deadline_ns = self._clock_ns() + int(within_s * 1e9)
        while self._open.some_stand and (left_ns := deadline_ns - self._clock_ns()) > 0:
            for item in self._reader.drain(left_ns // 1_000_000):
                if isinstance(item, Published) and item.topic is not Topic.STATUS:
                    self._take(item, said)
        for orphan in self._open.left_open(told_us(self._board), self._clock_ns()):
            self._tell_signal(orphan, said)
        rates = self._board.rates if self._board else None
        ticks, signals = (rates.used, rates.signals) if rates else (0, 0)
        self._say(
            said,
            lambda stamp: line_maker.bye_line(
                stamp, ticks=ticks, signals=signals, dropped=self._lost, reason=reason
            ),
            told_us(self._board),
        )
        return said

    def close(self) -> None:
        """Leave the wire."""
        self._reader.close()

    def _take(self, item: Published | Missed, heard: list[Board | Line]) -> None:
        if isinstance(item, Missed):
            if item.topic is not Topic.BOARD:
                self._lose(heard, item.count, _LOST)
            return
        for orphan in self._open.orphaned_by(item):
            self._tell_signal(orphan, heard)
        self._hear(item, heard)

    def _hear(self, item: Published, heard: list[Board | Line]) -> None:
        match item.body:
            case Board() as board:
                self._board, self._run = board, board.run
                heard.append(board)
            case Signal() as signal:
                told = self._open.as_heard(item, signal)
                if told is not None:
                    self._tell_signal(told, heard)
            case Fill() as fill:
                self._say(heard, lambda stamp: fill_line(stamp, fill), item.ts_us, item.published_ns)
            case FeedStatus() as status if self._news.is_news(status):
                about = _stream(status)
                self._say(
                    heard,
                    lambda stamp: line_maker.venue_line(stamp, status),
                    item.ts_us,
                    item.published_ns,
                    about=about,
                )
            case _:
                pass

    def _tell_signal(self, item: Published, heard: list[Board | Line]) -> None:
        signal = item.body
        assert isinstance(signal, Signal)
        self._say(
            heard,
            lambda stamp: line_maker.signal_line(stamp, signal),
            item.ts_us,
            item.published_ns,
            about=signal.id,
            stands=signal.event != "close",
        )

    def _lose(self, heard: list[Board | Line], count: int, reason: str) -> None:
        first, self._seq = self._seq + 1, self._seq + count
        last = self._seq
        self._lost += count
        self._say(
            heard,
            lambda stamp: line_maker.gap_line(stamp, from_seq=first, to_seq=last, reason=reason),
            told_us(self._board),
        )

    def _say(
        self,
        heard: list[Board | Line],
        make: Callable[[Stamp], AnyLine],
        ts_us: int,
        now_ns: int = 0,
        *,
        about: str = "",
        stands: bool = False,
    ) -> None:
        line = make(Stamp(self._run, self._seq + 1, ts_us, self._feed, now_ns))
        if not is_finite(line):
            self._lose(heard, 1, _NOT_A_NUMBER)
            return
        self._seq += 1
        self._told_ns = self._clock_ns()
        kind = str(line.__struct_config__.tag)
        heard.append(Line(self._seq, kind, encode(line)[:-1], about, stands))


def _stream(status: FeedStatus) -> str:
    return f"{status.venue} {status.symbol or ''}"
