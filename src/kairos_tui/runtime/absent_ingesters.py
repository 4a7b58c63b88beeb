"""AbsentIngesters: which venues nobody sends any more, of those that somebody elsewhere did.

Before it: who is at the engine's door. After it: the engine's desk, which withdraws their books. On one
machine the launcher knows when a worker dies; of a machine that is gone nobody says anything.
"""

from collections.abc import Iterable
from typing import Final

from kairos_tui.market import Venue
from kairos_tui.wire import DoorClient

ABSENT_NS: Final = 1_500_000_000
"""A link asks twice a second."""
LOOK_EVERY_NS: Final = 250_000_000
_INGEST: Final = "ingest"


class AbsentIngesters:
    """Looks four times a second. After an absence of our own nobody was absent: we were."""

    def __init__(self) -> None:
        self._there: frozenset[Venue] = frozenset()
        self._looked_ns = 0

    def is_due(self, now_ns: int) -> bool:
        """Whether it is time to look."""
        return now_ns - self._looked_ns >= LOOK_EVERY_NS

    def look(self, clients: Iterable[DoorClient], now_ns: int) -> frozenset[Venue]:
        """The venues whose last ingester is gone since the last look."""
        late_ns, self._looked_ns = now_ns - self._looked_ns, now_ns
        there = frozenset(
            Venue(client.name.partition("@")[0])
            for client in clients
            if client.role == _INGEST and now_ns - client.heard_ns < ABSENT_NS
        )
        if late_ns > 3 * LOOK_EVERY_NS:
            self._there |= there
            return frozenset()
        gone, self._there = self._there - there, there
        return gone
