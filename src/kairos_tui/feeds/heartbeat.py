"""Heartbeat: pulses for the books of every connection that lives, and pings to those that say nothing.

Before it: Connections, many times a second. After it: the outbox, and the socket. Reads no clock.
"""

from collections.abc import Iterable

from msgspec import Struct

from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.line import Line
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.patience import SECOND_NS
from kairos_tui.feeds.stream import Stream
from kairos_tui.market import Pulse

PULSE_NS = SECOND_NS // 10
DEAF_AFTER = 2
"""Connections renewed for want of a pong, at a venue that never sent one: it is deaf then, not dead."""


class _Beat(Struct):
    """`told_ns` is the sign of life last told of, when at `pulsed_ns`; `pinged_ns` our last ping."""

    told_ns: int = 0
    pulsed_ns: int = 0
    pinged_ns: int = 0


class Heartbeat:
    """One venue's."""

    def __init__(self, plan: FeedPlan, outbox: Outbox) -> None:
        self._venue = plan.venue
        self._ping_ns = int(plan.ping_after_s * SECOND_NS)
        self._pong_ns = int(plan.pong_within_s * SECOND_NS)
        self._outbox = outbox
        self._beats: dict[Line, _Beat] = {}
        self._has_ponged = False
        self._unanswered = 0

    def look(self, streams: Iterable[Stream], now_ns: int) -> list[tuple[Line, str]]:
        """Tell what lives, knock at what is silent; returns the connections to renew, and why."""
        hanging: dict[Line, list[Stream]] = {}
        for stream in streams:
            if stream.line is not None and not stream.awaiting:
                hanging.setdefault(stream.line, []).append(stream)
        self._beats = {line: self._beats.get(line) or _Beat() for line in hanging}
        dead = []
        for line, beat in self._beats.items():
            self._has_ponged = self._has_ponged or line.has_ponged
            self._pulse(line, beat, hanging[line], now_ns)
            reason = self._knock(line, beat, now_ns)
            if reason is not None:
                dead.append((line, reason))
        return dead

    def _pulse(self, line: Line, beat: _Beat, streams: list[Stream], now_ns: int) -> None:
        if line.alive_ns <= beat.told_ns or now_ns - beat.pulsed_ns < PULSE_NS:
            return
        believed = tuple([stream.symbol for stream in streams if stream.believed])
        if believed:
            beat.told_ns, beat.pulsed_ns = line.alive_ns, now_ns
            self._outbox.put(Pulse(self._venue, believed, line.alive_ns))

    def _knock(self, line: Line, beat: _Beat, now_ns: int) -> str | None:
        """Any sign of life answers a ping: some venues send data and never a pong."""
        if beat.pinged_ns <= line.alive_ns:
            if now_ns - line.alive_ns > self._ping_ns:
                beat.pinged_ns = now_ns
                line.knock()
            return None
        if now_ns - beat.pinged_ns <= self._pong_ns or self._is_deaf:
            return None
        self._unanswered += 1
        return f"no pong in {self._pong_ns / SECOND_NS:g} s"

    @property
    def _is_deaf(self) -> bool:
        return not self._has_ponged and self._unanswered >= DEAF_AFTER
