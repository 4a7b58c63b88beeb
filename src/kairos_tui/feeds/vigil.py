"""Vigil: how one stream's book does while its connection stands: silent, quiet, late, crossed.

Before it: every message of the stream. After it: Stream, which turns it into a state. Reads no clock.
"""

from kairos_tui.feeds.door import Top
from kairos_tui.feeds.health.cross_check import Mark
from kairos_tui.feeds.health.lag import LagGauge
from kairos_tui.feeds.health.silence import SilenceLimit

CROSSED_FOR_NS = 250_000_000
"""A crossed book is withdrawn at once; when it lasts longer than this its connection is renewed. A venue that
sends its sides apart may be crossed for a moment between the two."""

DEPTH_OWED_FOR_NS = 1_000_000_000
"""Depth must show soon what a best bid/ask has shown before it; venues take a tenth of a second."""

DEPTH_LATE_NS = 200_000_000
"""So late, a message of depth is missing: until the next one comes, only the best levels are shown."""

RENEWED_AFTER = 3
"""Times the limit that a stream is silent before its connection is renewed."""


class Vigil:
    """One stream's; what it learnt of gaps and delays outlives connections."""

    def __init__(self, floor_ns: int) -> None:
        self.silence = SilenceLimit(floor_ns)
        self.lag = LagGauge()
        self._quiet_top: Top | None = None
        self.restart()

    def restart(self) -> None:
        """A new connection: what lay before it is no silence."""
        self.lived_ns = 0
        """The last message of this stream, 0 before the first."""
        self._held_ns = 0
        self._crossed_ns = self._owed_ns = 0
        self._is_depth_dead = False
        self.mark: Mark | None = None
        """A cross-check that is going on."""
        self.checked_ns = 0
        """When the last one began."""
        self.waits_for_check = False
        """One is wanted, and others are before it in the venue's budget."""

    def on_message(self, received_ns: int, now_ns: int, stamp_ms: int | None) -> bool:
        """The stream said something true. Has it lately been late?"""
        if self.lived_ns:
            self.silence.note(now_ns - self.lived_ns)
        self.lived_ns = self._held_ns = now_ns
        self._crossed_ns = 0
        lag = self.lag
        if stamp_ms is not None:
            lag.note(received_ns, stamp_ms)
        return lag.late_in_a_row > 0 or lag.lagging

    def on_depth(self) -> None:
        """The whole book spoke, not its best alone."""
        self._owed_ns = 0
        self._is_depth_dead = False

    def on_best(self, now_ns: int) -> bool:
        """The best bid/ask moved away from the depth below it, which now owes an update.

        When both fall silent that is a silence like any other; here one goes on and the other does not. True
        when the depth is late: what lies behind the best is older than the venue lets it be.
        """
        self._owed_ns = self._owed_ns or now_ns
        owed_for_ns = now_ns - self._owed_ns
        self._is_depth_dead = owed_for_ns > DEPTH_OWED_FOR_NS
        return owed_for_ns > DEPTH_LATE_NS

    def on_oddity(self, now_ns: int, *, crossed: bool) -> None:
        """A book that cannot be acted on: a sign of life only when it is merely empty."""
        self._held_ns = self._held_ns or now_ns
        if crossed:
            self._crossed_ns = self._crossed_ns or now_ns
        else:
            self.lived_ns = self._held_ns = now_ns

    def on_agreed(self, asked_ns: int) -> None:
        """REST shows the same book, asked for at `asked_ns`: quiet, not silent, and given twice the time."""
        self.silence.confirmed_quiet()
        self._held_ns = max(self._held_ns, asked_ns)

    def silent_ns(self, now_ns: int) -> int:
        """Since the last message or the last confirmation."""
        return now_ns - self._held_ns if self._held_ns else 0

    def is_half_silent(self, now_ns: int) -> bool:
        return 2 * self.silent_ns(now_ns) > self.silence.limit_ns

    def wants_check(self, now_ns: int) -> bool:
        """Time to ask REST whether the market is quiet; again after as long if it could not say."""
        return self.is_half_silent(now_ns) and 2 * (now_ns - self.checked_ns) > self.silence.limit_ns

    def is_silent(self, now_ns: int) -> bool:
        return self.silent_ns(now_ns) > self.silence.limit_ns

    def is_dead(self, now_ns: int) -> bool:
        return not self.waits_for_check and self.silent_ns(now_ns) > RENEWED_AFTER * self.silence.limit_ns

    def why_untrue(self, now_ns: int) -> str | None:
        """Why the book cannot be what the venue has, although its stream speaks; or None."""
        if 0 < self._crossed_ns < now_ns - CROSSED_FOR_NS:
            return "book crossed for more than 250 ms"
        if self._is_depth_dead:
            return "its depth is silent while its best bid/ask moves"
        return None

    def on_renewed(self, top: Top | None) -> None:
        """Its connection is being renewed for silence; this was the last book."""
        self._quiet_top = top

    def on_top(self, top: Top | None) -> None:
        """Renewed for silence, and nothing had changed meanwhile: a quiet market too."""
        if self._quiet_top is not None and top == self._quiet_top:
            self.silence.confirmed_quiet()
        self._quiet_top = None
