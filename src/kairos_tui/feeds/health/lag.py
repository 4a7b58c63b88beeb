"""LagGauge: is a venue delivering late? From the exchange's stamps on one stream's messages.

Before it: every book message that carries a stamp. After it: Stream, which calls its leg lagging. The delay
is counted on the monotonic clock, so setting our own clock does not touch it; what it contains of distance
and of the difference between the clocks is in its rolling minimum too, and falls out.
"""

from collections import deque
from statistics import median_low

MS_NS = 1_000_000
SECOND_NS = 1_000 * MS_NS
LIMIT_MS = 1_000.0
LATE_FOR_NS = SECOND_NS
WELL_FOR_NS = 2 * SECOND_NS
RECENT_NS = 5 * SECOND_NS
FEWEST, MOST = 3, 32
"""The median is taken over the last five seconds, but of no fewer and no more than these."""

MINIMUM_OF_NS = 30 * SECOND_NS
MINIMA = 20
"""The minimum rolls over ten minutes, in half minutes."""

BACK_MS = 1_000
AHEAD_MS = 500
ODD_TIMES = 3
"""A stamp this much older than one before it, or this much younger than any message was yet, is no evidence;
so many in a row, and the exchange's clock was set."""


class LagGauge:
    """`lagging` after a second with a median excess over the limit; well after two below half of it.

    `late_in_a_row` counts the newest messages that each came later than the limit: a leg that is out comes
    back with a message in time, and one that is in does not wait a second for the third late one.

    While it lags the minimum stands still, or else long enough a lag would become the normal. Call `restart`
    when a clock was set (ClockOffset.steps) or the machine slept.
    """

    def __init__(self, limit_ms: float = LIMIT_MS) -> None:
        self.lagging = False
        self._limit_ms = limit_ms
        self.restart()

    def restart(self) -> None:
        """Forget the baseline, and with it any lag."""
        self.lagging = False
        self._recent: deque[tuple[int, float]] = deque(maxlen=MOST)
        self._minima: deque[tuple[int, float]] = deque(maxlen=MINIMA)
        self._least_ms = 0.0
        self._newest_ms = 0
        self._odd = 0
        self._turning_ns = 0
        self._timely = 0  # the newest messages in a row of which none is late by the least delay of now
        self.late_in_a_row = 0

    @property
    def excess_ms(self) -> float | None:
        """The median of the recent delays above the least one; None before the third stamp."""
        if len(self._recent) < FEWEST:
            return None
        return median_low(delay_ms for _, delay_ms in self._recent) - self._least_ms

    def note(self, received_ns: int, stamp_ms: int | None) -> bool:
        """A message came (monotonic ns) with the exchange's stamp (its wall clock, ms). Returns `lagging`."""
        if stamp_ms is None:
            return self.lagging
        delay_ms = received_ns / MS_NS - stamp_ms
        if self._believes(stamp_ms, delay_ms):
            self._newest_ms = max(self._newest_ms, stamp_ms)
            self._weigh(received_ns, delay_ms)
        return self.lagging

    def _weigh(self, received_ns: int, delay_ms: float) -> None:
        if self._lower(received_ns, delay_ms):
            self._timely = 0  # to a lesser least, those before it may have been late
        if delay_ms - self._least_ms > self._limit_ms:
            self.late_in_a_row, self._timely = self.late_in_a_row + 1, 0
        else:
            self.late_in_a_row, self._timely = 0, self._timely + 1
        recent = self._recent
        recent.append((received_ns, delay_ms))
        while len(recent) > FEWEST and received_ns - recent[0][0] > RECENT_NS:
            recent.popleft()
        # The median of delays none of which is late is not late: it need not be sought, which costs
        # more than all the rest of this together.
        if self.lagging or self._timely < len(recent):
            self._judge(received_ns)
        else:
            self._turning_ns = 0

    def _believes(self, stamp_ms: int, delay_ms: float) -> bool:
        ahead = bool(self._minima) and delay_ms < self._least_ms - AHEAD_MS
        if not ahead and stamp_ms >= self._newest_ms - BACK_MS:
            self._odd = 0
            return True
        self._odd += 1
        if self._odd < ODD_TIMES:
            return False
        self.restart()
        return True

    def _lower(self, now_ns: int, delay_ms: float) -> bool:
        """Take the delay into the rolling minimum. True when that is less than it was."""
        if not self._minima or (not self.lagging and now_ns - self._minima[-1][0] > MINIMUM_OF_NS):
            self._minima.append((now_ns, delay_ms))
        elif delay_ms < self._minima[-1][1]:
            self._minima[-1] = (self._minima[-1][0], delay_ms)
        elif delay_ms >= self._least_ms:
            return False
        before_ms, self._least_ms = self._least_ms, min(least_ms for _, least_ms in self._minima)
        return self._least_ms < before_ms

    def _judge(self, now_ns: int) -> None:
        """The other state must hold for a while before it is believed."""
        excess_ms = self.excess_ms
        if excess_ms is None:
            return
        turns = excess_ms < self._limit_ms / 2.0 if self.lagging else excess_ms > self._limit_ms
        if not turns:
            self._turning_ns = 0
            return
        self._turning_ns = self._turning_ns or now_ns
        if now_ns - self._turning_ns >= (WELL_FOR_NS if self.lagging else LATE_FOR_NS):
            self.lagging = not self.lagging
            self._turning_ns = 0
