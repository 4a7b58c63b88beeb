"""Backlog: what waits for one sink. Bounded, oldest dropped first, every loss numbered and named.

Before it: run_sink, from its reading thread. After it: courier, from its loop. A line gets its number when it
is taken for delivery, and keeps it over every retry: so the numbers have no holes but those a gap line names.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from msgspec import Struct

from kairos_tui.market import FeedKind
from kairos_tui.sinks import line_maker
from kairos_tui.sinks.any_line import AnyLine
from kairos_tui.sinks.line_maker import Stamp
from kairos_tui.sinks.line_text import encode, is_finite
from kairos_tui.sinks.lines import GapLine
from kairos_tui.sinks.seam import Told

OVERFLOWED = "the sink was away or too slow"
NOT_A_NUMBER = "a figure was not a finite number"

MakeLine = Callable[[Stamp], AnyLine]


class Waiting(Struct, frozen=True):
    """A line to be: made when its number is known."""

    make: MakeLine
    ts_us: int
    now_ns: int
    packed: bytes


class Hole(Struct):
    """`count` lines that will never come, where they would have stood."""

    count: int
    reason: str
    ts_us: int


class Named(Struct):
    """Numbers that were given out, and whose lines were refused."""

    from_seq: int
    to_seq: int
    reason: str
    ts_us: int


class Counts(Struct):
    """Totals of one sink. `named` is what gap lines name, or will."""

    delivered: int = 0
    dropped: int = 0
    missed: int = 0
    refused: int = 0
    named: int = 0


class Backlog:
    """Offer from any thread; take and settle from one. Nothing here waits."""

    def __init__(
        self,
        *,
        run: str,
        feed: FeedKind,
        most_waiting: int = 10_000,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.counts = Counts()
        self._run = run
        self._feed: FeedKind = feed
        self._most_waiting = most_waiting
        self._clock_ns = clock_ns
        self._last_ns = clock_ns()
        self._seq = 0
        self._items: deque[Waiting | Hole] = deque()
        self._lines = 0
        self._flight: list[Told] = []
        self._refused: list[Named] = []
        self._lock = threading.Lock()

    def put(self, make: MakeLine, *, ts_us: int, now_ns: int = 0, packed: bytes = b"") -> None:
        """One more line; when there is no room the oldest that waits makes it."""
        with self._lock:
            self._last_ns = self._clock_ns()
            if self._lines + len(self._flight) >= self._most_waiting:
                self._drop_oldest(OVERFLOWED)
            self._items.append(Waiting(make, ts_us, now_ns, packed))
            self._lines += 1

    def lose(self, count: int, reason: str, *, ts_us: int) -> None:
        """`count` messages were lost before they came here."""
        with self._lock:
            self.counts.missed += count
            self.counts.named += count
            last = self._items[-1] if self._items else None
            if isinstance(last, Hole) and last.reason == reason:
                last.count += count
            else:
                self._items.append(Hole(count, reason, ts_us))

    def shed(self, reason: str) -> None:
        """Drop every line that waits."""
        with self._lock:
            while self._lines:
                self._drop_oldest(reason)

    def batch(self, most: int) -> Sequence[Told]:
        """The oldest lines, numbered: `most`, and the gap lines before and between them.

        The same ones again until `took` or `refuse` settles them.
        """
        with self._lock:
            if not self._flight:
                self._fill(max(1, min(most, self._most_waiting // 2)))
            return tuple(self._flight)

    def took(self, count: int) -> None:
        """The first `count` of the batch were delivered."""
        with self._lock:
            del self._flight[:count]
            self.counts.delivered += count

    def refuse(self, reason: str, count: int | None = None) -> int:
        """The first `count` of the batch, or all of it, will never be delivered: a gap line names them."""
        with self._lock:
            refused = self._flight[:count]
            del self._flight[: len(refused)]
            for told in refused:
                line = told.line
                if isinstance(line, GapLine):
                    self._name(line.from_seq, line.to_seq, reason, line.ts_us)
                self._name(line.seq, line.seq, reason, line.ts_us)
            self.counts.refused += len(refused)
            self.counts.named += len(refused)
            return len(refused)

    @property
    def waiting(self) -> int:
        """Lines that wait or are on their way."""
        return self._lines + len(self._flight)

    @property
    def is_empty(self) -> bool:
        """Nothing is left to tell, not even a loss."""
        return not (self._items or self._flight or self._refused)

    @property
    def only_lost(self) -> bool:
        """There is a loss to tell and nothing else."""
        return not self._lines and not self._flight and not self.is_empty

    def quiet_for_s(self) -> float:
        """Seconds since the last line was offered."""
        return (self._clock_ns() - self._last_ns) / 1e9

    def _drop_oldest(self, reason: str) -> None:
        """All that is dropped at the head becomes one hole there."""
        hole = Hole(0, reason, 0)
        while self._items and not (hole.ts_us and isinstance(self._items[0], Waiting)):
            oldest = self._items.popleft()
            if isinstance(oldest, Hole):
                hole.count += oldest.count
                continue
            hole.count, hole.ts_us = hole.count + 1, oldest.ts_us or 1
            self._lines -= 1
            self.counts.dropped += 1
            self.counts.named += 1
        self._items.appendleft(hole)

    def _name(self, first: int, last: int, reason: str, ts_us: int) -> None:
        before = self._refused[-1] if self._refused else None
        if before and before.to_seq + 1 == first and before.reason == reason:
            before.to_seq = last
        else:
            self._refused.append(Named(first, last, reason, ts_us))

    def _fill(self, most: int) -> None:
        refused, self._refused = self._refused, []
        for hole in refused:
            self._add_gap(hole.from_seq, hole.to_seq, hole.reason, hole.ts_us)
        while self._items and most > 0:
            item = self._items.popleft()
            if isinstance(item, Hole):
                first, self._seq = self._seq + 1, self._seq + item.count
                self._add_gap(first, self._seq, item.reason, item.ts_us)
            else:
                self._lines -= 1
                most -= 1
                self._add(item)

    def _add(self, item: Waiting) -> None:
        line = item.make(Stamp(self._run, self._seq + 1, item.ts_us, self._feed, item.now_ns))
        self._seq += 1
        if is_finite(line):
            self._flight.append(Told(line, encode(line), item.packed))
        else:
            self.counts.named += 1
            self._add_gap(self._seq, self._seq, NOT_A_NUMBER, item.ts_us)

    def _add_gap(self, first: int, last: int, reason: str, ts_us: int) -> None:
        self._seq += 1
        stamp = Stamp(self._run, self._seq, ts_us, self._feed)
        line = line_maker.gap_line(stamp, from_seq=first, to_seq=last, reason=reason)
        self._flight.append(Told(line, encode(line)))
