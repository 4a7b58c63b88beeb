"""ClockOffset: how far an exchange's clock is ahead of ours, NTP style, and how sure that is.

Before it: request time, the server's time, answer time. After it: what is shown of a venue, and Lag, which
starts anew when a clock was set. No age is ever computed with it.
"""

from collections import deque
from math import isfinite

from msgspec import Struct

WINDOW_NS = 600 * 10**9
"""Of these ten minutes the best sample counts: crystals drift apart by at most some 30 ms in that time."""

STALE_NS = 1_800 * 10**9
DRIFT = 2e-4
SLACK_MS = 10.0
"""Two samples contradict each other when they differ by more than both errors, this and the drift."""

UNITS = {"seconds": 1e3, "microseconds": 1e-3, "nanoseconds": 1e-6}
DAY_MS = 86_400_000.0


class _Sample(Struct, frozen=True):
    """`offset_ms` is right within `error_ms` whatever the network did."""

    at_ns: int
    offset_ms: float
    error_ms: float

    def contradicts(self, other: "_Sample") -> bool:
        drift_ms = DRIFT * abs(self.at_ns - other.at_ns) / 1e6
        apart_ms = abs(self.offset_ms - other.offset_ms)
        return apart_ms > self.error_ms + other.error_ms + SLACK_MS + drift_ms


class ClockOffset:
    """One venue's. offset = server - (asked + answered) / 2 of the sample with the shortest round trip."""

    def __init__(self) -> None:
        self.steps = 0
        """Times that one of the two clocks was set: what was measured before is void."""
        self._samples: deque[_Sample] = deque()
        self._rival: _Sample | None = None

    def add(self, asked_ms: float, server_ms: float, answered_ms: float, now_ns: int) -> str | None:
        """Our wall clock in ms at request and answer, the server's in between, monotonic now.

        Returns why the sample was refused, or None. A server that counts whole seconds is allowed for.
        """
        refusal = _nonsense(asked_ms, server_ms, answered_ms)
        if refusal is not None:
            return refusal
        blur_ms = 500.0 if server_ms % 1_000.0 == 0.0 else 0.0
        offset_ms = server_ms + blur_ms - (asked_ms + answered_ms) / 2.0
        sample = _Sample(now_ns, offset_ms, (answered_ms - asked_ms) / 2.0 + blur_ms)
        doubt = self._doubt(sample)
        if doubt is None:
            self._keep(sample)
        return doubt

    def offset_us(self, now_ns: int) -> int | None:
        """Server clock minus ours; None when there was no sample for half an hour."""
        best = self._best_at(now_ns)
        return None if best is None else round(best.offset_ms * 1e3)

    def uncertainty_us(self, now_ns: int) -> int | None:
        """Half the shortest round trip: the offset is right within this."""
        best = self._best_at(now_ns)
        return None if best is None else round(best.error_ms * 1e3)

    def _best_at(self, now_ns: int) -> _Sample | None:
        if not self._samples or now_ns - self._samples[-1].at_ns > STALE_NS:
            return None
        return min(reversed(self._samples), key=lambda sample: sample.error_ms)

    def _doubt(self, sample: _Sample) -> str | None:
        """One sample may be an answer from a cache; a second one like it means that a clock was set."""
        best = self._best_at(sample.at_ns)
        if best is None or not sample.contradicts(best):
            self._rival = None
            return None
        if self._rival is None or sample.contradicts(self._rival):
            self._rival = sample
            return f"server time contradicts earlier ones by {sample.offset_ms - best.offset_ms:+.0f} ms"
        self.steps += 1
        self._samples.clear()
        self._samples.append(self._rival)
        self._rival = None
        return None

    def _keep(self, sample: _Sample) -> None:
        self._samples.append(sample)
        while sample.at_ns - self._samples[0].at_ns > WINDOW_NS:
            self._samples.popleft()


def _nonsense(asked_ms: float, server_ms: float, answered_ms: float) -> str | None:
    if not (isfinite(asked_ms) and isfinite(server_ms) and isfinite(answered_ms)):
        return "server time is not a number"
    if answered_ms < asked_ms:
        return "our clock was set back during the request"
    return _other_unit(asked_ms, server_ms) or _other_day(asked_ms, server_ms)


def _other_unit(asked_ms: float, server_ms: float) -> str | None:
    units = [unit for unit, to_ms in UNITS.items() if abs(server_ms * to_ms / asked_ms - 1.0) < 0.01]
    return f"server time is in {units[0]}, not milliseconds" if units else None


def _other_day(asked_ms: float, server_ms: float) -> str | None:
    days = abs(server_ms - asked_ms) / DAY_MS
    return f"server time is {days:.0f} days from ours" if days > 1.0 else None
