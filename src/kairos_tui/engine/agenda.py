"""Agenda: when each watched route must be looked at again if nothing arrives.

Before it: engine, with each watch it has just considered. After it: engine's sleep. A heap that believes an
instant until it is the next: books that tick move theirs away all the time, and nobody need be told.
"""

from collections.abc import Callable
from heapq import heappop, heappush, heapreplace
from itertools import count

from kairos_tui.engine.watch import Watch


class Agenda:
    """`due_ns_of` says when; of a watch that was not planned again it may only say later than before."""

    def __init__(self, due_ns_of: Callable[[Watch], int]) -> None:
        self._due_ns_of = due_ns_of
        self._heap: list[tuple[int, int, Watch]] = []
        self._turn = count()

    def plan(self, watch: Watch) -> None:
        """It was looked at: its instant may be any other now."""
        due_ns = self._due_ns_of(watch)
        if watch.due_ns is None or due_ns < watch.due_ns:
            watch.due_ns = due_ns
            heappush(self._heap, (due_ns, next(self._turn), watch))

    def is_due(self, now_ns: int) -> bool:
        """False when nothing can be; true also when the next has only just been put off."""
        return bool(self._heap) and self._heap[0][0] <= now_ns

    def next_ns(self) -> int | None:
        """The first instant of them all; None when nothing is watched."""
        heap = self._heap
        while heap:
            due_ns, _, watch = heap[0]
            if watch.due_ns != due_ns:
                heappop(heap)
                continue
            later_ns = self._due_ns_of(watch)
            if later_ns == due_ns:
                return due_ns
            watch.due_ns = later_ns
            heapreplace(heap, (later_ns, next(self._turn), watch))
        return None

    def take_due(self, now_ns: int) -> list[Watch]:
        """Those whose instant has come, oldest first. To be planned again, unless they are dropped."""
        due: list[Watch] = []
        while (next_ns := self.next_ns()) is not None and next_ns <= now_ns:
            watch = heappop(self._heap)[2]
            watch.due_ns = None
            due.append(watch)
        return sorted(due, key=_number)


def _number(watch: Watch) -> int:
    return watch.number
