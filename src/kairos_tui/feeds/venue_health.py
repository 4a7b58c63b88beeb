"""VenueHealth: one venue's health as a whole, looked at many times a second.

Before it: CcxtFeed's clock. After it: pulses, renewed connections, the venue's own status, FeedCounts.
"""

import time
from statistics import median_low
from typing import Any

from msgspec.structs import replace

from kairos_tui.feeds.connections import Connections
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.health.suspend import SuspendWatch
from kairos_tui.feeds.heartbeat import Heartbeat
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.patience import SECOND_NS
from kairos_tui.feeds.rounds import Rounds
from kairos_tui.market import FeedCounts, FeedState, FeedStatus

BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", None)
"""Counts sleep too, where the system has it."""


class VenueHealth:
    """It decides nothing that Stream can decide alone."""

    def __init__(self, plan: FeedPlan, exchange: Any, lines: Connections, outbox: Outbox) -> None:  # noqa: ANN401
        self._venue = plan.venue
        self._lines = lines
        self._outbox = outbox
        self._heartbeat = Heartbeat(plan, outbox)
        self._rounds = Rounds(plan, exchange, lines, outbox.tally, lines.ban)
        self._suspend = SuspendWatch()
        self._slept_ns = 0
        self._is_out = False

    def look(self, now_ns: int) -> None:
        """At what is due, at what lives, at what is to be asked, at ourselves."""
        if now_ns - self._slept_ns >= SECOND_NS:
            self._slept_ns = now_ns
            self._look_for_sleep(now_ns)
        self._lines.look(now_ns)
        for line, reason in self._heartbeat.look(self._lines.streams, now_ns):
            line.drop(reason)
        self._rounds.look(self._lines.streams, now_ns)
        self._judge(now_ns)
        self._lines.flush()

    def counts(self, counts: FeedCounts, now_ns: int) -> FeedCounts:
        """With what is measured here."""
        excesses = [stream.leg.vigil.lag.excess_ms for stream in self._lines.streams]
        known = [excess_ms for excess_ms in excesses if excess_ms is not None]
        clock = self._rounds.clock
        return replace(
            counts,
            clock_offset_us=clock.offset_us(now_ns),
            clock_uncertainty_us=clock.uncertainty_us(now_ns),
            lag_us=round(median_low(known) * 1_000) if known else None,
        )

    def _look_for_sleep(self, now_ns: int) -> None:
        boot_ns = None if BOOT_CLOCK is None else time.clock_gettime_ns(BOOT_CLOCK)
        slept_ns = self._suspend.look(now_ns, time.time_ns(), boot_ns)
        if slept_ns:
            self._lines.renew_all(f"this machine slept for {abs(slept_ns) / SECOND_NS:.0f} s", now_ns)

    def _judge(self, now_ns: int) -> None:
        """A bad score takes the whole venue out, and its recovery brings it back."""
        score = self._outbox.tally.score
        if score.look(now_ns) is self._is_out:
            return
        self._is_out = score.excluded
        state = FeedState.QUARANTINED if score.excluded else FeedState.LIVE
        self._outbox.put(FeedStatus(self._venue, None, state, now_ns, score.reason))
