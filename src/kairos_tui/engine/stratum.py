"""Stratum: the latest lifetimes of edges of one kind, with those that stand, as one survival curve.

Before it: lifetimes, which deals edges out to several of these. Bounded: the oldest make room.
"""

from collections import deque

from kairos_tui.engine.watch import Watch
from kairos_tui.market import Lifetime, Survival

_NS_PER_MS = 1e6
_NEWS = 16
"""Drawn anew for one in so many: then each end costs as much, however many there are."""


class Stratum:
    """`curve` is as of the last `draw`, and due again once there is enough news."""

    __slots__ = ("_living", "_news", "_past", "curve")

    def __init__(self, most: int) -> None:
        self._past: deque[Lifetime] = deque(maxlen=most)
        self._living: dict[Watch, None] = {}
        self._news = 0
        self.curve = Survival(())

    @property
    def is_due(self) -> bool:
        """A share of all that it knows has ended since it was drawn."""
        return self._news * _NEWS >= len(self._past)

    def begin(self, watch: Watch) -> None:
        """It stands from now on."""
        self._living[watch] = None

    def end(self, watch: Watch, *, ended: bool, now_ns: int) -> None:
        """It is over, or lost sight of."""
        self._living.pop(watch, None)
        self._past.append(Lifetime((now_ns - watch.since_ns) / _NS_PER_MS, ended))
        self._news += 1

    def lifetimes(self, now_ns: int) -> list[Lifetime]:
        """Those that stand have not ended yet: so much of them is known."""
        standing = [Lifetime((now_ns - watch.since_ns) / _NS_PER_MS, ended=False) for watch in self._living]
        return [*self._past, *standing]

    def draw(self, now_ns: int) -> None:
        """The curve anew."""
        self.curve = Survival(self.lifetimes(now_ns))
        self._news = 0
