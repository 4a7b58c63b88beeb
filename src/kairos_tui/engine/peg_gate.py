"""PegGate: which conversions are off their peg, remembered, so that a price at the limit does not flap.

Before it: engine, with every slot that was touched. After it: conversions, and what is told of a stream.
"""

from collections.abc import Iterable, Sequence

from kairos_tui.engine.block import Depeg
from kairos_tui.engine.chain import Hop, Way, mid_rate
from kairos_tui.engine.gates import Limits, find_leg_block
from kairos_tui.engine.pegs import is_off, say_off
from kairos_tui.engine.slot import Slot

BACK_NS = 2_000_000_000
"""So long a rate must have been well within the limit before it converts again."""

BACK_WITHIN = 0.8
"""Of the limit: nearer than this is well within it."""


class PegGate:
    """Shut the moment a believed rate is beyond the limit, open when it has been well within for a while.

    A rate is a way between two quotes that should be worth the same: one market's mid, or that of two in a
    row. Time in which a book may not be used proves nothing, and is not counted. `due_ns`: the first instant
    at which time alone may open it.
    """

    def __init__(self, limits: Limits, depeg_bps: float) -> None:
        self._limits, self._depeg_bps = limits, depeg_bps
        self.watches: dict[Slot, list[Way]] = {}
        self._well_since: dict[Way, int | None] = {}

    def watch_markets(self, slots: Sequence[Slot]) -> None:
        """Each by its own mid."""
        self.watch_ways([(Hop(slot, "sell"),) for slot in slots])

    def watch_ways(self, ways: Iterable[Way]) -> None:
        """Each as a whole."""
        for way in ways:
            for hop in way:
                self.watches.setdefault(hop.slot, []).append(way)

    def is_shut(self, way: Way) -> bool:
        """Beyond the limit now, or not yet back."""
        return way in self._well_since or is_off(mid_rate(way), self._depeg_bps)

    @property
    def due_ns(self) -> int | None:
        """None while nothing is on its way back."""
        if not self._well_since:
            return None
        began = [since_ns for since_ns in self._well_since.values() if since_ns is not None]
        return min(began) + BACK_NS if began else None

    def judge(self, touched: Iterable[Slot], now_ns: int) -> list[Slot]:
        """Look at what was touched and at what time may have brought back; the slots that changed."""
        ways = {way: None for slot in touched for way in self.watches.get(slot, ())}
        due_ns = self.due_ns
        if due_ns is not None and now_ns >= due_ns:
            ways |= dict.fromkeys(self._well_since)
        return [hop.slot for way in ways if self._has_changed(way, now_ns) for hop in way]

    def _has_changed(self, way: Way, now_ns: int) -> bool:
        if any(find_leg_block(hop.slot, now_ns, self._limits) is not None for hop in way):
            if way in self._well_since:
                self._well_since[way] = None
            return False
        rate = mid_rate(way)
        if way in self._well_since:
            return self._is_back(way, rate, now_ns)
        if not is_off(rate, self._depeg_bps):
            return False
        self._well_since[way] = None
        _mark(way, Depeg(f"{say_off(rate)} off its peg: converts nothing", now_ns))
        return True

    def _is_back(self, way: Way, rate: float, now_ns: int) -> bool:
        if is_off(rate, BACK_WITHIN * self._depeg_bps):
            self._well_since[way] = None
            return False
        since_ns = self._well_since[way]
        self._well_since[way] = since_ns = now_ns if since_ns is None else since_ns
        if now_ns - since_ns < BACK_NS:
            return False
        del self._well_since[way]
        _mark(way, None)
        return True


def _mark(way: Way, depeg: Depeg | None) -> None:
    """A market's own peg is told of its stream; that two in a row are off is no one stream's fault."""
    for hop in way:
        hop.slot.unsettle()
    if len(way) == 1:
        way[0].slot.depeg = depeg
