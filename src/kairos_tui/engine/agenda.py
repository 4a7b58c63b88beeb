"""Agenda: when each watched route must be looked at again if nothing arrives.

Before it: engine, with each watch it has just considered. After it: engine's sleep. A heap that believes an
instant until it is the next: books that tick move theirs away all the time, and nobody need be told.
"""

from collections.abc import Callable
from heapq import heappop, heappush, heapreplace
from itertools import count

from kairos_tui.engine.watch import Watch

NEVER_NS = 2**63
"""Later than any instant."""


class Agenda:
    """`due_ns_of` says when; of a watch that was not planned again it may only say later than before.

    Nothing is due before `first_ns`; what seemed to be first may have been put off since.
    """

    def __init__(self, due_ns_of: Callable[[Watch], int]) -> None:
        self._due_ns_of = due_ns_of
        self._heap: list[tuple[int, int, Watch]] = []
        self._turn = count()
        self.first_ns = NEVER_NS

    def plan(self, watch: Watch) -> None:
        """It was looked at: its instant may be any other now."""
        due_ns = self._due_ns_of(watch)
        if watch.due_ns is None or due_ns < watch.due_ns:
            watch.due_ns = due_ns
            heappush(self._heap, (due_ns, next(self._turn), watch))
            self.first_ns = self._heap[0][0]

    def next_ns(self) -> int | None:
        """The first instant of them all; None when nothing is watched."""
        heap = self._heap
        while heap:
            due_ns, _, watch = heap[0]
            later_ns = self._due_ns_of(watch) if watch.due_ns == due_ns else None
            if later_ns == due_ns:
                self.first_ns = due_ns
                return due_ns
            if later_ns is None:
                heappop(heap)
            else:
                watch.due_ns = later_ns
                heapreplace(heap, (later_ns, next(self._turn), watch))
        self.first_ns = NEVER_NS
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
