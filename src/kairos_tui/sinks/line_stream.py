"""LineStream: what the engine published -> numbered JSON lines on a descriptor, or on a lane of its own.

Before it: the launcher's reader of the signal wire. After it: the programs that read our stdout; a file.
"""

import threading
import time
from collections.abc import Callable, Sequence

from msgspec import Struct

from kairos_tui.market import (
    Board,
    FeedKind,
    FeedStatus,
    Fill,
    Markout,
    Mood,
    Quote,
    Signal,
    Symbol,
    Thresholds,
    Venue,
)
from kairos_tui.sinks import line_maker
from kairos_tui.sinks.fill_line import fill_line
from kairos_tui.sinks.lane import AnyLane, Lane, LaneState
from kairos_tui.sinks.line_maker import Stamp
from kairos_tui.sinks.line_text import encode, is_finite
from kairos_tui.sinks.lines import FeeShown, Line
from kairos_tui.sinks.markout_line import markout_line

READER_SLOW = "the reader is too slow"
NOT_A_NUMBER = "a figure was not a finite number"


class Hole(Struct):
    """Numbers given out whose lines will never come."""

    from_seq: int
    to_seq: int
    reason: str


class LineStream:
    """Offer from any thread; nothing here waits for the reader.

    A line gets its number when offered. When the lane has no room the line is dropped, quotes before all
    else (the last quarter of the lane is not for them), and a gap line names the numbers as soon as there
    is room again. `feed` may change while running: from then on every line says so.
    """

    def __init__(
        self,
        out: int | AnyLane,
        *,
        run: str,
        feed: FeedKind,
        most_queued: int = 10_000,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.feed: FeedKind = feed
        self.dropped = 0
        self._run = run
        self._seq = 0
        self._holes: list[Hole] = []
        self._most_queued = most_queued
        self._reserve = most_queued // 4
        self._clock_ns = clock_ns
        self._last_ns = clock_ns()
        self._lock = threading.Lock()
        self._lane = Lane(out, most_waiting=most_queued) if isinstance(out, int) else out

    @property
    def state(self) -> LaneState:
        """open, closed, closed_by_reader (a quiet end), or failed (see `failure`)."""
        return self._lane.state

    @property
    def failure(self) -> str | None:
        """What the system said when writing failed."""
        return self._lane.failure

    @property
    def written(self) -> int:
        """Lines that have left whole."""
        return self._lane.written

    def quiet_for_s(self) -> float:
        """Seconds since the last line was offered."""
        return (self._clock_ns() - self._last_ns) / 1e9

    def hello(
        self,
        *,
        version: str,
        symbols: Sequence[Symbol],
        venues: Sequence[Venue],
        thresholds: Thresholds,
        fees: Sequence[FeeShown],
        ts_us: int,
        mood: Mood | None = None,
        seed: int | None = None,
        redirected: Sequence[Venue] = (),
        back_test: Sequence[str] = (),
    ) -> None:
        """The first line."""
        self._offer(
            lambda stamp: line_maker.hello_line(
                stamp,
                version=version,
                symbols=tuple(symbols),
                venues=tuple(venues),
                thresholds=thresholds,
                fees=tuple(fees),
                mood=mood,
                seed=seed,
                redirected=tuple(redirected),
                back_test=tuple(back_test),
            ),
            ts_us,
        )

    def signal(self, signal: Signal, *, ts_us: int, published_ns: int) -> None:
        """An opportunity opened, updated or closed."""
        self._offer(lambda stamp: line_maker.signal_line(stamp, signal), ts_us, published_ns)

    def quote(self, quote: Quote, *, ts_us: int, published_ns: int) -> None:
        """A venue's best bid or ask changed: the first to be dropped when the reader is slow."""
        self._offer(
            lambda stamp: line_maker.quote_line(stamp, quote),
            ts_us,
            published_ns,
            expendable=True,
        )

    def venue(self, status: FeedStatus, *, ts_us: int, published_ns: int) -> None:
        """A feed's state changed."""
        self._offer(lambda stamp: line_maker.venue_line(stamp, status), ts_us, published_ns)

    def fill(self, fill: Fill, *, ts_us: int, published_ns: int) -> None:
        """What became of a signal that was followed on paper."""
        self._offer(lambda stamp: fill_line(stamp, fill), ts_us, published_ns)

    def markout(self, markout: Markout, *, ts_us: int, published_ns: int) -> None:
        """A signal priced again."""
        self._offer(lambda stamp: markout_line(stamp, markout), ts_us, published_ns)

    def heartbeat(self, board: Board | None, *, ts_us: int) -> None:
        """All is well, and this is the best there is."""
        self._offer(lambda stamp: line_maker.heartbeat_line(stamp, board), ts_us)

    def gap(self, count: int, reason: str, *, ts_us: int) -> None:
        """Messages were lost before they came here: their numbers are given out, and named."""
        with self._lock:
            self._skip(count, reason)
            self._name_holes_if_roomy(ts_us)

    def bye(self, *, ticks: int, signals: int, reason: str, ts_us: int) -> None:
        """The last line: taken whether or not there is room."""
        with self._lock:
            self._name_holes(ts_us)
            self._put(
                lambda stamp: line_maker.bye_line(
                    stamp, ticks=ticks, signals=signals, dropped=self.dropped, reason=reason
                ),
                ts_us,
            )

    def close(self, deadline_s: float) -> int:
        """Write what waits, for `deadline_s` at most; how many lines were not written. May be repeated."""
        return self._lane.close(deadline_s)

    def _offer(
        self, make: Callable[[Stamp], Line], ts_us: int, now_ns: int = 0, *, expendable: bool = False
    ) -> None:
        with self._lock:
            self._last_ns = self._clock_ns()
            if self.state != "open":
                return
            self._name_holes_if_roomy(ts_us)
            if self._has_room(expendable):
                self._put(make, ts_us, now_ns)
            else:
                self._skip(1, READER_SLOW)

    def _has_room(self, expendable: bool) -> bool:
        """Once something was dropped, quotes stay out until half the lane is free: one gap, not hundreds."""
        room = self._lane.room()
        return room > self._reserve and not self._holes if expendable else room > 0

    def _put(self, make: Callable[[Stamp], Line], ts_us: int, now_ns: int = 0) -> None:
        line = make(Stamp(self._run, self._seq + 1, ts_us, self.feed, now_ns))
        if is_finite(line):
            self._seq += 1
            self._lane.put(encode(line))
        else:
            self._skip(1, NOT_A_NUMBER)

    def _skip(self, count: int, reason: str) -> None:
        """Give out numbers that no line will carry."""
        first, self._seq = self._seq + 1, self._seq + count
        self.dropped += count
        last = self._holes[-1] if self._holes else None
        if last and last.to_seq == first - 1 and last.reason == reason:
            last.to_seq = self._seq
        elif count > 0:
            self._holes.append(Hole(first, self._seq, reason))

    def _name_holes_if_roomy(self, ts_us: int) -> None:
        if self._holes and self._lane.room() * 2 >= self._most_queued:
            self._name_holes(ts_us)

    def _name_holes(self, ts_us: int) -> None:
        for hole in self._holes:
            self._seq += 1
            stamp = Stamp(self._run, self._seq, ts_us, self.feed)
            line = line_maker.gap_line(stamp, from_seq=hole.from_seq, to_seq=hole.to_seq, reason=hole.reason)
            self._lane.put(encode(line))
        self._holes.clear()
