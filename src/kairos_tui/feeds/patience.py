"""Patience: how long one stream may be silent, and how long it is left alone once it never answers.

Both grow with what is learnt of it: a quiet market is no broken feed, a dead one not asked every second.
"""

from kairos_tui.feeds.door import Top

SECOND_NS = 1_000_000_000
LONGEST_SILENCE_NS = 60 * SECOND_NS
SHORTEST_QUARANTINE_NS = 30 * SECOND_NS
LONGEST_QUARANTINE_NS = 300 * SECOND_NS


class Patience:
    """`silence_ns` without a book is silence; three times that and its connection is renewed."""

    def __init__(self, silence_ns: int) -> None:
        self.silence_ns = self._base_ns = silence_ns
        self.quarantines = 0
        self._quiet_top: Top | None = None

    def on_renewed(self, top: Top | None) -> None:
        """Its connection is being renewed for silence; this was the last book."""
        self._quiet_top = top

    def on_top(self, top: Top) -> None:
        """Renewed for silence, and nothing had changed: a quiet market, so wait twice as long."""
        self.quarantines = 0
        if self._quiet_top is not None:
            longer_ns = min(2 * self.silence_ns, LONGEST_SILENCE_NS)
            self.silence_ns = longer_ns if top == self._quiet_top else self._base_ns
            self._quiet_top = None

    def quarantine_ns(self) -> int:
        """How long this time: half a minute, then twice as long each, up to five."""
        self.quarantines += 1
        return min(SHORTEST_QUARANTINE_NS << min(self.quarantines - 1, 8), LONGEST_QUARANTINE_NS)
