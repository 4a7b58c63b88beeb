"""Markouts: each opened signal, priced again for its own size at every horizon, closed by then or not.

Before it: signal_gate's opened signals, repricing. After it: grades, and the signal wire. Nothing is done for
a tick but to look at `due_ns`.
"""

from collections.abc import Container
from heapq import heappop, heappush
from itertools import count

from kairos_tui.engine.agenda import NEVER_NS
from kairos_tui.engine.grades import Grades
from kairos_tui.engine.prior import Prior
from kairos_tui.engine.repricing import Repricer
from kairos_tui.market import DEPTH_GONE, Markout, Opportunity, Signal, Symbol, Thresholds, horizons_of

MOST_PENDING = 1_024
"""Signals that may wait for their horizons at once: two seconds of five hundred a second."""

ENDED = "ended before"
CROWDED = "too many signals at once"

_LATE_NS = 25_000_000
_LATE_SHARE = 5
"""A look may be late by this much, or by a fifth of its horizon: later it would tell of another instant."""


class _Pending:
    """One signal on its way through the horizons; `place` is of the next."""

    __slots__ = ("opened", "place")

    def __init__(self, opened: Signal) -> None:
        self.opened = opened
        self.place = 0


class Markouts:
    """`take` whenever `due_ns` has come; instants are arguments."""

    def __init__(self, repricer: Repricer, grades: Grades, prior: Prior, thresholds: Thresholds) -> None:
        self.due_ns = NEVER_NS
        self._repricer = repricer
        self._grades = grades
        self._prior = prior
        self._reaction_ms = thresholds.reaction_ms
        self._horizons = horizons_of(thresholds.reaction_ms)
        self._heap: list[tuple[int, int, _Pending]] = []
        self._turn = count()
        self._crowded: list[Signal] = []

    def follow(self, opened: Signal) -> None:
        """From now on. What finds no room is said to be unpriced, at once."""
        self._grades.on_open(opened.opportunity.route)
        if len(self._heap) < MOST_PENDING:
            self._plan(_Pending(opened))
        elif len(self._crowded) < MOST_PENDING:
            self._crowded.append(opened)
            self.due_ns = opened.at_ns

    def take(self, now_ns: int) -> list[Markout]:
        """Every horizon that has come, in the order in which they came."""
        said = self._refuse_crowded(now_ns)
        while self._heap and self._heap[0][0] <= now_ns:
            due_ns, _, pending = heappop(self._heap)
            said.append(self._look(pending, due_ns, now_ns))
            pending.place += 1
            if pending.place < len(self._horizons):
                self._plan(pending)
        self._set_due()
        return said

    def end_all(self, now_ns: int, symbols: Container[Symbol] | None = None) -> list[Markout]:
        """Nobody will look at the horizons that are left: each is said to be unpriced.

        Of all signals, or of those that bought one of these markets.
        """
        said = self._refuse_crowded(now_ns)
        left, self._heap = sorted(self._heap), []
        for entry in left:
            opened = entry[2].opened
            if symbols is None or opened.opportunity.route.symbol in symbols:
                said += [self._unpriced(opened, ms, ENDED, now_ns) for ms in self._left(entry[2])]
            else:
                self._heap.append(entry)  # in order, so it is a heap
        self._set_due()
        return said

    def _left(self, pending: _Pending) -> tuple[int, ...]:
        return self._horizons[pending.place :]

    def _plan(self, pending: _Pending) -> None:
        due_ns = pending.opened.opened_ns + self._horizons[pending.place] * 1_000_000
        heappush(self._heap, (due_ns, next(self._turn), pending))
        self.due_ns = min(self.due_ns, due_ns)

    def _set_due(self) -> None:
        self.due_ns = self._heap[0][0] if self._heap else NEVER_NS

    def _refuse_crowded(self, now_ns: int) -> list[Markout]:
        said = [
            self._unpriced(opened, horizon_ms, CROWDED, now_ns)
            for opened in self._crowded
            for horizon_ms in self._horizons
        ]
        self._crowded.clear()
        return said

    def _look(self, pending: _Pending, due_ns: int, now_ns: int) -> Markout:
        opened, horizon_ms = pending.opened, self._horizons[pending.place]
        late_ns = now_ns - due_ns
        if late_ns > max(_LATE_NS, horizon_ms * 1_000_000 // _LATE_SHARE):
            return self._unpriced(opened, horizon_ms, f"looked {late_ns // 1_000_000} ms late", now_ns)
        route, size = opened.opportunity.route, opened.opportunity.size
        if (blocked := self._repricer.why_blocked(route, now_ns)) is not None:
            return self._unpriced(opened, horizon_ms, blocked, now_ns)
        later = self._repricer.price(route, size, now_ns)
        if later is None:
            # A book that turned out to make no sense when its levels were opened is no thin book.
            blocked = self._repricer.why_blocked(route, now_ns)
            return self._unpriced(opened, horizon_ms, blocked or DEPTH_GONE, now_ns)
        return self._priced(opened, horizon_ms, later, now_ns)

    def _priced(self, opened: Signal, horizon_ms: int, later: Opportunity, now_ns: int) -> Markout:
        if horizon_ms == self._reaction_ms:
            self._prior.on_markout(opened.opportunity, later)
        return self._graded(
            opened,
            Markout(
                opened.id,
                later.route,
                horizon_ms,
                now_ns,
                opened.opportunity.size,
                later.net_bps,
                later.profit,
            ),
        )

    def _unpriced(self, opened: Signal, horizon_ms: int, note: str, now_ns: int) -> Markout:
        route, size = opened.opportunity.route, opened.opportunity.size
        return self._graded(opened, Markout(opened.id, route, horizon_ms, now_ns, size, None, None, note))

    def _graded(self, opened: Signal, markout: Markout) -> Markout:
        self._grades.on_markout(markout, opened.capture_p)
        return markout
