"""SilenceLimit: how long one stream may be silent, learnt from the gaps between its own messages.

Before it: every message of the stream's book. After it: Stream, which withdraws the leg when it is exceeded.
A quiet market earns patience from its own gaps and from cross-checks; a fault must not teach it any.
"""

from kairos_tui.feeds.health.gaps import SHORTEST_NS, Gaps

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

    __slots__ = ("_floor_ns", "_gaps", "_granted_ns", "_learnt_ns", "_looks", "_shortest", "_until_look")

    def __init__(self, floor_ns: int) -> None:
        self._floor_ns = self._learnt_ns = min(floor_ns, CAP_NS)
        self._granted_ns = 0
        self._gaps = Gaps()
        self._looks = 0
        self._until_look = 1
        self._shortest = 1

    @property
    def limit_ns(self) -> int:
        return max(self._learnt_ns, self._granted_ns)

    def note(self, gap_ns: int) -> None:
        """A message came, `gap_ns` after the one before it on the same connection.

        A gap longer than the limit counts as the limit: the leg was withdrawn meanwhile, and nobody knows
        whether the market or the feed was still. So one long gap buys at most four times the patience.
        """
        if gap_ns >= SHORTEST_NS or self._granted_ns:
            self._note_longer(gap_ns)
        self._until_look -= 1
        if not self._until_look:
            self._look()

    def confirmed_quiet(self) -> None:
        """Nothing came, and a cross-check found the book right: wait twice as long, up to 60 s."""
        self._granted_ns = min(2 * self.limit_ns, CAP_NS)

    def _note_longer(self, gap_ns: int) -> None:
        """Those that are not only as short as can be told. In a burst nearly all are: they are counted by the
        look that ends their lot, which saves three quarters of what a gap costs."""
        self._gaps.add(min(gap_ns, self.limit_ns))
        self._shortest -= 1
        if self._granted_ns:
            self._fade()

    def _look(self) -> None:
        """At the histogram: after each of the first messages, then after each lot of them."""
        self._gaps.add_shortest(self._shortest)
        self._looks += 1
        self._until_look = self._shortest = 1 if self._looks < LEARNT_EVERY else LEARNT_EVERY
        self._learn()

    def _fade(self) -> None:
        self._granted_ns -= -(-(self._granted_ns - self._learnt_ns) // FADES_BY)
        if self._granted_ns <= self._learnt_ns:
            self._granted_ns = 0

    def _learn(self) -> None:
        rare_ns = FACTOR * self._gaps.longest_ns(RARE)
        self._learnt_ns = min(max(self._floor_ns, rare_ns), CAP_NS)
