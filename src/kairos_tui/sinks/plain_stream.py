"""PlainStream: what the engine published -> plain lines for people, on a descriptor (`--plain`).

Before it: the launcher's reader of the signal wire. After it: a terminal, a log, a screen reader.
"""

import threading
import time
from collections.abc import Callable, Sequence

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
from kairos_tui.sinks import plain_text
from kairos_tui.sinks.lane import AnyLane, Lane, LaneState
from kairos_tui.sinks.lines import FeeShown


class PlainStream:
    """The same events as LineStream takes, in words. What a slow reader misses is counted and said."""

    def __init__(
        self,
        out: int | AnyLane,
        *,
        run: str,
        feed: FeedKind,
        most_queued: int = 1_000,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.feed: FeedKind = feed
        self.dropped = 0
        self._run = run
        self._untold = 0
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
        """What is watched, where, and from which edge on it is told; with the fees known by then."""
        names = [plain_text.printable(name) for name in (*symbols, "on", *venues)]
        several = len(symbols) > 1
        known = [
            f"{plain_text.printable(fee.venue)}{f' {plain_text.printable(fee.symbol)}' if several else ''}"
            f" {fee.taker_bps:g} bps"
            for fee in fees
            if fee.taker_bps is not None
        ]
        text = (
            f"{plain_text.clock_of(ts_us)} HELLO kairos {version} run {self._run} watches {' '.join(names)}"
            f"  from {thresholds.min_net_bps:g} bps net"
        )
        text += f"{'  fees ' + ', '.join(known) if known else ''}  times are UTC"
        tested = f"  back-test: {plain_text.printable(', '.join(back_test))}" if back_test else ""
        self._offer(f"{text}{tested}  {self.feed}")

    def signal(self, signal: Signal, *, ts_us: int, published_ns: int) -> None:
        """An opportunity opened, updated or closed."""
        self._offer(plain_text.signal_text(signal, ts_us=ts_us, feed=self.feed))

    def quote(self, quote: Quote, *, ts_us: int, published_ns: int) -> None:
        """A venue's best bid or ask changed."""
        self._offer(plain_text.quote_text(quote, ts_us=ts_us, feed=self.feed))

    def venue(self, status: FeedStatus, *, ts_us: int, published_ns: int) -> None:
        """A feed's state changed."""
        self._offer(plain_text.venue_text(status, ts_us=ts_us, feed=self.feed))

    def fill(self, fill: Fill, *, ts_us: int, published_ns: int) -> None:
        """What became of a signal that was followed on paper."""
        self._offer(plain_text.fill_text(fill, ts_us=ts_us, feed=self.feed))

    def markout(self, markout: Markout, *, ts_us: int, published_ns: int) -> None:
        """A signal priced again."""
        self._offer(plain_text.markout_text(markout, ts_us=ts_us, feed=self.feed))

    def heartbeat(self, board: Board | None, *, ts_us: int) -> None:
        """Nothing pays, and this is the nearest to it."""
        self._offer(plain_text.heartbeat_text(board, ts_us=ts_us, feed=self.feed))

    def gap(self, count: int, reason: str, *, ts_us: int) -> None:
        """Messages were lost before they came here."""
        self.dropped += count
        self._offer(f"{plain_text.clock_of(ts_us)} MISSED {count} events: {plain_text.printable(reason)}")

    def bye(self, *, ticks: int, signals: int, reason: str, ts_us: int) -> None:
        """The last line."""
        text = f"{plain_text.clock_of(ts_us)} BYE {ticks} ticks, {signals} signals, {self.dropped} missed"
        self._lane.put(f"{text}: {plain_text.printable(reason)}\n".encode("ascii"))

    def close(self, deadline_s: float) -> int:
        """Write what waits, for `deadline_s` at most; how many lines were not written. May be repeated."""
        return self._lane.close(deadline_s)

    def _offer(self, text: str) -> None:
        with self._lock:
            self._last_ns = self._clock_ns()
            if self._lane.room() < 2:
                self.dropped += 1
                self._untold += 1
                return
            if self._untold:
                self._lane.put(b"MISSED %d lines: the reader is too slow\n" % self._untold)
                self._untold = 0
            self._lane.put(text.encode("ascii") + b"\n")
