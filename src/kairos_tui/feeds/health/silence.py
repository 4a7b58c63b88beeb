"""SilenceLimit: how long one stream may be silent, learnt from the gaps between its own messages.

Before it: every message of the stream's book. After it: Stream, which withdraws the leg when it is exceeded.
A quiet market earns patience from its own gaps and from cross-checks; a fault must not teach it any.
"""

from kairos_tui.feeds.health.gaps import Gaps

CAP_NS = 60_000_000_000
RARE = 0.001
FACTOR = 4
"""Four times the gap that one in a thousand exceeds."""

LEARNT_EVERY = 64
"""Messages between two looks at the histogram; the first 64 are looked at one by one."""

FADES_BY = 8
"""Each message takes an eighth off what a cross-check granted above the learnt limit."""


class SilenceLimit:
    """max(floor, quantile 0.999 of the gaps x 4), at most 60 s. Same gaps, same limit: it knows no clock.

    Tell it only gaps within one connection: what lies between two connections is no silence.
    """

    __slots__ = ("_floor_ns", "_gaps", "_granted_ns", "_learnt_ns", "_noted")

    def __init__(self, floor_ns: int) -> None:
        self._floor_ns = self._learnt_ns = min(floor_ns, CAP_NS)
        self._granted_ns = 0
        self._noted = 0
        self._gaps = Gaps()

    @property
    def limit_ns(self) -> int:
        return max(self._learnt_ns, self._granted_ns)

    def note(self, gap_ns: int) -> None:
        """A message came, `gap_ns` after the one before it on the same connection.

        A gap longer than the limit counts as the limit: the leg was withdrawn meanwhile, and nobody knows
        whether the market or the feed was still. So one long gap buys at most four times the patience.
        """
        limit_ns = self._learnt_ns
        if self._granted_ns:
            limit_ns = max(limit_ns, self._granted_ns)
            self._fade()
        self._gaps.add(min(limit_ns, gap_ns))
        self._noted = noted = self._noted + 1
        if noted < LEARNT_EVERY or noted % LEARNT_EVERY == 0:
            self._learn()

    def confirmed_quiet(self) -> None:
        """Nothing came, and a cross-check found the book right: wait twice as long, up to 60 s."""
        self._granted_ns = min(2 * self.limit_ns, CAP_NS)

    def _fade(self) -> None:
        self._granted_ns -= -(-(self._granted_ns - self._learnt_ns) // FADES_BY)
        if self._granted_ns <= self._learnt_ns:
            self._granted_ns = 0

    def _learn(self) -> None:
        rare_ns = FACTOR * self._gaps.longest_ns(RARE)
        self._learnt_ns = min(max(self._floor_ns, rare_ns), CAP_NS)
