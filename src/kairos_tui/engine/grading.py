"""Grading: what signals are worth, from what becomes of them. One object for engine, board_painter and gate.

births, prior (stratum) -> lifetimes: the chance told with a signal. markouts -> grades: what came of it.
Before it: signal_gate. After it: the signal wire, boards.
"""

from collections.abc import Container, Iterable

from kairos_tui.engine.births import Births
from kairos_tui.engine.conversions import Conversions
from kairos_tui.engine.grades import Grades
from kairos_tui.engine.lifetimes import Lifetimes
from kairos_tui.engine.markouts import Markouts
from kairos_tui.engine.prior import Prior
from kairos_tui.engine.repricing import Repricer
from kairos_tui.engine.route_slots import RouteSlots
from kairos_tui.market import Markout, Signal, Symbol, Thresholds


class Grading:
    """Works when signals open and end, and when a horizon comes; ticks cost it nothing."""

    def __init__(self, slots: RouteSlots, conversions: Conversions, thresholds: Thresholds) -> None:
        self.repricer = Repricer(slots, conversions, thresholds)
        self._births = Births(slots)
        self._prior = Prior(thresholds)
        self.lifetimes = Lifetimes(self._births, self._prior, thresholds)
        self.grades = Grades(self.lifetimes, thresholds)
        self._markouts = Markouts(self.repricer, self.grades, self._prior, thresholds)

    @property
    def due_ns(self) -> int:
        """The next horizon of any signal."""
        return self._markouts.due_ns

    def follow(self, signals: Iterable[Signal]) -> None:
        """Those that opened are priced again from now on."""
        for signal in signals:
            if signal.event == "open":
                self._markouts.follow(signal)

    def take(self, now_ns: int) -> list[Markout]:
        """What has come due; and what was learned of lifetimes is made ready for the next signal."""
        self._births.decided_ns = now_ns
        if self.lifetimes.undrawn:
            self.lifetimes.draw(now_ns)
        return self._markouts.take(now_ns) if now_ns >= self._markouts.due_ns else []

    def end_all(self, now_ns: int, symbols: Container[Symbol] | None = None) -> list[Markout]:
        """What nobody will look at any more: all, or signals that bought one of these markets."""
        return self._markouts.end_all(now_ns, symbols)
