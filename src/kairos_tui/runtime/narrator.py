"""Narrator: a thread of the launcher that reads the signal wire and tells it on, as JSON or plain lines.

Before it: wire's reader, or a replay in this process. After it: sinks, kept signals, status line, launcher.
"""

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from kairos_tui.market import Board, FeedKind, FeedStatus, Fill, Markout, Quote, Signal, Symbol
from kairos_tui.runtime.bus import OpenBus
from kairos_tui.runtime.kept_signals import keep_signals
from kairos_tui.runtime.open_signals import OpenSignals
from kairos_tui.runtime.reachability import Reachability
from kairos_tui.runtime.status_line import StatusLine
from kairos_tui.runtime.status_news import StatusNews
from kairos_tui.runtime.voice import NOW, Clocks, Voice, may_begin, open_voice
from kairos_tui.settings import Settings
from kairos_tui.sinks import OutStream
from kairos_tui.wire import Missed, Published, Topic

Output = Literal["hud", "json", "tee", "plain", "none"]

_WAIT_MS = 50
_HELLO_WITHIN_NS = 4_000_000_000
_MOST_BEFORE_HELLO = 5_000
_DRAIN_WITHIN_S = 0.3


class Narrator:
    """Start it, ask it, finish it; all from the launcher's thread. Everything else happens on its own."""

    def __init__(
        self,
        open_bus: OpenBus,
        *,
        run: str,
        feed: FeedKind,
        settings: Settings,
        groups: tuple[tuple[Symbol, ...], ...],
        output: Output,
        emit: frozenset[str],
        count: int | None,
        quiet: bool,
        wake: Callable[[], None],
        stream: OutStream | None = None,
        clocks: Clocks = NOW,
    ) -> None:
        self._clock_ns, self._feed = clocks.mono_ns, feed
        self.reachability = Reachability(settings.venues, groups)
        self.count_met = False
        self._open_bus = open_bus
        self._emit = emit
        self._count = count
        self._wake = wake
        self._signals_told = self._untold = 0
        self._signal_waits = False
        self._open = OpenSignals()
        self._news = StatusNews()
        symbols = tuple(dict.fromkeys(symbol for group in groups for symbol in group))
        self._voice: Voice | None = (
            Voice(stream, settings, symbols, clocks.wall_us)
            if stream is not None
            else open_voice(output, run=run, feed=feed, settings=settings, symbols=symbols)
        )
        self._kept = keep_signals(run, feed, settings, symbols) if stream is None else None  # a glance
        self._draws = output in ("hud", "tee")
        shows_status = output in ("json", "none") and sys.stderr.isatty() and not quiet
        self._status_line = StatusLine(os.dup(2)) if shows_status else None
        self._board: Board | None = None
        self._waiting: deque[Published | Missed] | None = deque()
        self._hello_by_ns = clocks.mono_ns() + _HELLO_WITHIN_NS
        self._stopped_ns: int | None = None
        self._finishing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="narrator", daemon=True)

    def start(self) -> None:
        """Begin to read and to tell."""
        self._thread.start()

    def stop_begins(self) -> None:
        """From here on what feeds say of themselves is of our own making."""
        self._stopped_ns = time.monotonic_ns()

    def finish(self, *, reason: str) -> None:
        """Tell what is still on the wire, say bye, and end within half a second."""
        self._finishing.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_DRAIN_WITHIN_S + 0.2)
        else:
            self._tell_hello(self._clock_ns(), at_last=True)
        if self._status_line:
            self._status_line.clear()
        for voice in self._voices:
            voice.bye(self._board, reason=reason)

    def say(self, line: str) -> None:
        """A line for people, on stderr, unless a HUD is drawn there."""
        if self._draws:
            return
        if self._status_line:
            self._status_line.clear()
        with suppress(OSError):  # nobody is there to be told
            os.write(2, f"kairos: {line}\n".encode(errors="backslashreplace"))

    def feed_is(self, feed: FeedKind) -> None:
        """From now on lines say this feed."""
        self._feed = feed
        for voice in self._voices:
            voice.feed_is(feed)

    @property
    def _voices(self) -> list[Voice]:
        return [voice for voice in (self._voice, self._kept) if voice is not None]

    @property
    def reader_left(self) -> bool:
        """The other end of the pipe was closed."""
        return self._voice is not None and self._voice.reader_left

    @property
    def failure(self) -> str | None:
        """Why stdout cannot be written, or None."""
        return self._voice.failure if self._voice else None

    def _run(self) -> None:
        reader = self._open_bus(self._topics())
        try:
            while not self._finishing.is_set():
                self.hear(reader.drain(_WAIT_MS))
                # With a HUD they come thirty times a second, and the kept signals need the last one only.
                reader.holds_boards = self._voice is None and self._draws and self._waiting is None
            deadline_ns = time.monotonic_ns() + int(_DRAIN_WITHIN_S * 1e9)
            while (rest := reader.drain(20)) and time.monotonic_ns() < deadline_ns:
                self.hear(rest)
            self.hear([*reader.held_boards()])
            self._tell_hello(time.monotonic_ns(), at_last=True)
        finally:
            reader.close()

    def _topics(self) -> list[Topic]:
        topics = [Topic.SIGNAL, Topic.STATUS]
        if self._voices or self._status_line:
            topics.append(Topic.BOARD)
        emitted = self._emit if self._voice else ()
        topics += [topic for topic, kind in _EXTRA.items() if kind in emitted]
        return list(dict.fromkeys([*topics, *([Topic.MARKOUT] if self._kept else [])]))

    @property
    def waits_for_fees(self) -> bool:
        """The first line is still to come: a board may make it complete."""
        return self._waiting is not None

    def hear(self, heard: Sequence[Published | Missed]) -> None:
        """What was published: learn from it, and tell what is to be told."""
        for item in heard:
            self._learn(item)
            if self._waiting is None:
                self._tell(item)
            elif len(self._waiting) < _MOST_BEFORE_HELLO:
                self._waiting.append(item)
                self._signal_waits |= isinstance(item, Published) and item.topic is Topic.SIGNAL
            else:
                self._untold += 1
        self._tell_hello(self._clock_ns(), at_last=False)
        if self._voice and self._waiting is None:
            self._voice.heartbeat_if_quiet(self._board)
        if self._kept:
            self._kept.complain(self.say)
        if self.reader_left or self.failure:
            self._wake()

    def _learn(self, item: Published | Missed) -> None:
        if isinstance(item, Missed):
            return
        if isinstance(item.body, Board):
            self._board = item.body
            if self._status_line:
                self._status_line.on_board(item.body)
        elif isinstance(item.body, FeedStatus):
            self.reachability.on_status(item.body)
            self._wake()

    def _tell_hello(self, now_ns: int, *, at_last: bool) -> None:
        # Fees belong into the first line, and are known when venues have answered. No signal waits for that.
        is_late = now_ns >= self._hello_by_ns or self._signal_waits
        if self._waiting is None or not (at_last or may_begin(self._board, self._feed, is_late=is_late)):
            return
        for voice in self._voices:
            voice.hello(self._board)
        waiting, self._waiting = self._waiting, None
        for item in waiting:
            self._tell(item)
        for voice in self._voices if self._untold else ():
            voice.gap(self._board, self._untold, reason="too much before the first line")

    def _tell(self, item: Published | Missed) -> None:
        if isinstance(item, Missed):
            self._tell_missed(item)
            return
        for orphan in self._open.orphaned_by(item):
            self._tell(orphan)
        match item.body:
            case Signal() as signal:
                self._tell_signal(item, signal)
            case FeedStatus() as status if not self._news.is_news(status):
                pass
            case Quote() | FeedStatus() | Fill() | Markout():
                self._tell_other(item, _KINDS[item.topic])
            case Board():
                pass

    def _tell_missed(self, missed: Missed) -> None:
        is_told = missed.topic is not Topic.MARKOUT or "markout" in self._emit
        if self._voice and missed.topic is not Topic.BOARD and is_told:
            self._voice.gap(self._board, missed.count, reason="lost between processes")
        if self._kept and missed.topic in (Topic.SIGNAL, Topic.MARKOUT):
            self._kept.gap(self._board, missed.count, reason="lost between processes")

    def _tell_other(self, item: Published, kind: str) -> None:
        if self._kept and kind == "markout":
            self._kept.tell(item)
        # That feeds go down while we stop them is no news; what became of signals is.
        is_news = kind in ("fill", "markout") or not self._stopped_ns or item.published_ns < self._stopped_ns
        if self._voice and kind in self._emit and is_news:
            self._voice.tell(item)

    def _tell_signal(self, item: Published, signal: Signal) -> None:
        heard = self._open.as_heard(item, signal)
        if heard is None:
            return
        if self._kept:
            self._kept.tell(heard)
        if "signal" not in self._emit or self.count_met:
            return
        if self._voice:
            self._voice.tell(heard)
        self._signals_told += 1
        if self._count is not None and self._signals_told >= self._count:
            self.count_met = True
            self._wake()


_EXTRA = {Topic.QUOTE: "quote", Topic.FILL: "fill", Topic.MARKOUT: "markout"}
_KINDS = {**_EXTRA, Topic.STATUS: "venue"}
