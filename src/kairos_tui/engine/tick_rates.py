"""TickRates: ticks per second over the last second, of each slot and of all. Boards ask.

Before it: quote_board. The newest tenth of a second is one small dict that stays in the cache: a meter in
each slot cost a tick 0.6 us more where slots are many and each ticks seldom.
"""

from collections import deque

from kairos_tui.engine.slot import Slot

_BUCKET_NS = 100_000_000
_WHOLE = 10
"""Whole buckets make the second; the one that is being filled does not count yet."""

_Bucket = tuple[int, dict[Slot, int]]


class TickRates:
    """Buckets wait to be added up until a board asks; work and memory do not grow with the rate."""

    def __init__(self) -> None:
        self._newest, self._ends_ns = 0, _BUCKET_NS
        self._filling: dict[Slot, int] = {}
        self._waiting: deque[_Bucket] = deque(maxlen=_WHOLE)
        self._summed: deque[_Bucket] = deque()
        self._by_slot: dict[Slot, int] = {}
        self._all = 0

    def count(self, slot: Slot, now_ns: int) -> None:
        """One tick at `now_ns`; an instant before the newest bucket counts in the newest."""
        if now_ns >= self._ends_ns:
            self._roll_to(now_ns)
        self._filling[slot] = self._filling.get(slot, 0) + 1

    def of(self, slot: Slot, now_ns: int) -> float:
        """Its ticks in the ten whole buckets before the one that holds `now_ns`."""
        self._sum_up(now_ns)
        return float(self._by_slot.get(slot, 0))

    def of_all(self, now_ns: int) -> float:
        """The same, of every slot."""
        self._sum_up(now_ns)
        return float(self._all)

    def _roll_to(self, now_ns: int) -> None:
        if self._filling:
            self._waiting.append((self._newest, self._filling))
            self._filling = {}
        self._newest = now_ns // _BUCKET_NS
        self._ends_ns = (self._newest + 1) * _BUCKET_NS

    def _sum_up(self, now_ns: int) -> None:
        if now_ns >= self._ends_ns:
            self._roll_to(now_ns)
        while self._waiting:
            self._summed.append(self._waiting.popleft())
            self._add(self._summed[-1][1], 1)
        while self._summed and self._summed[0][0] < self._newest - _WHOLE:
            self._add(self._summed.popleft()[1], -1)

    def _add(self, counts: dict[Slot, int], sign: int) -> None:
        by_slot = self._by_slot
        for slot, count in counts.items():
            by_slot[slot] = by_slot.get(slot, 0) + sign * count
        self._all += sign * sum(counts.values())
