"""AbsentIngesters: which venues nobody sends any more, of those that somebody elsewhere did.

Before it: who is at the engine's door, and whose frames came. After it: the engine's desk, which withdraws
their books. On one machine the launcher knows when a worker dies; of a machine that is gone nobody says
anything.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from kairos_tui.market import Venue
from kairos_tui.wire import DoorClient

ABSENT_NS: Final = 1_500_000_000
"""A link asks twice a second."""
LOOK_EVERY_NS: Final = 250_000_000
_INGEST: Final = "ingest"


class AbsentIngesters:
    """Looks four times a second. After an absence of our own nobody was absent: we were.

    Over a bad link the door and the ticks come back one after the other: who is heard at either is there.
    """

    def __init__(self) -> None:
        self._there: frozenset[Venue] = frozenset()
        self._looked_ns = 0
        self._frames: Mapping[str, int] = {}
        self._sent_ns: dict[Venue, int] = {}

    def is_due(self, now_ns: int) -> bool:
        """Whether it is time to look."""
        return now_ns - self._looked_ns >= LOOK_EVERY_NS

    def look(
        self, clients: Iterable[DoorClient], now_ns: int, frames: Mapping[str, int] | None = None
    ) -> frozenset[Venue]:
        """The venues whose last ingester is gone since the last look.

        `frames`: of each sender a number that changes with every frame of it.
        """
        self._note_frames(frames or {}, now_ns)
        late_ns, self._looked_ns = now_ns - self._looked_ns, now_ns
        there = frozenset(
            Venue(client.name.partition("@")[0])
            for client in clients
            if client.role == _INGEST and now_ns - client.heard_ns < ABSENT_NS
        )
        there |= {venue for venue, sent_ns in self._sent_ns.items() if now_ns - sent_ns < ABSENT_NS}
        if late_ns > 3 * LOOK_EVERY_NS:
            self._there |= there
            return frozenset()
        gone, self._there = self._there - there, there
        return gone

    def _note_frames(self, frames: Mapping[str, int], now_ns: int) -> None:
        """What was counted before the first look came at any time."""
        is_first = not self._looked_ns
        for sender, count in frames.items():
            role, _, name = sender.partition(":")
            if role == _INGEST and count != self._frames.get(sender) and not is_first:
                self._sent_ns[Venue(name.partition("@")[0])] = now_ns
        self._frames = frames
