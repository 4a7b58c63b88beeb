"""Grades: what became of each route's signals, horizon by horizon, and how true the chances were.

Before it: markouts. After it: boards. Bounded: of the routes the one longest without a signal makes room.
"""

from collections import OrderedDict, deque
from heapq import nsmallest
from statistics import median

from kairos_tui.engine.lifetimes import Lifetimes
from kairos_tui.market import (
    Calibration,
    CalibrationCount,
    HorizonGrade,
    Markout,
    Route,
    RouteGrade,
    Survival,
    Symbol,
    Thresholds,
    horizons_of,
)

_MOST_ROUTES = 1_024
_MOST_SHOWN = 64
"""Of one symbol, on a board."""

_MOST_KEPT = 64
_LEAST_LIVED = 20
_STILL_OPEN_AT_MS = 1_000.0
_CURVES_A_BOARD = 2
"""Of a symbol, drawn anew for one board. One takes up to a millisecond, and routes open and end in droves."""


class _Tally:
    """One route's counts: opened, and per horizon hits, misses, unpriced."""

    __slots__ = ("counts", "kept_bps", "lives", "opened", "view")

    def __init__(self, horizons: tuple[int, ...]) -> None:
        self.opened = 0
        self.counts = {horizon_ms: [0, 0, 0] for horizon_ms in horizons}
        self.kept_bps: deque[float] = deque(maxlen=_MOST_KEPT)
        self.lives: tuple[int, int, float | None] = (0, 0, None)
        self.view: RouteGrade | None = None


class Grades:
    """Counts since start."""

    def __init__(self, lifetimes: Lifetimes, thresholds: Thresholds) -> None:
        self._lifetimes = lifetimes
        self._reaction_ms = thresholds.reaction_ms
        self._horizons = horizons_of(thresholds.reaction_ms)
        self._tallies: OrderedDict[Route, _Tally] = OrderedDict()
        self._of_symbol: dict[Symbol, dict[Route, _Tally]] = {}
        self._shown: dict[Symbol, tuple[RouteGrade, ...]] = {}
        self._undrawn: dict[Symbol, dict[Route, int]] = {}
        self._looks = 0
        self._calibration = CalibrationCount()

    @property
    def calibration(self) -> Calibration | None:
        """Chances told with opened signals, against the markouts at the reaction; None before the first."""
        calibration = self._calibration.calibration
        return calibration if calibration.told else None

    def on_open(self, route: Route) -> None:
        """One more signal of it."""
        tally = self._tallies.get(route)
        if tally is None:
            tally = self._add(route)
        self._tallies.move_to_end(route)
        tally.opened += 1
        self._undrawn.setdefault(route.symbol, {}).setdefault(route, self._looks)
        self._change(route, tally)

    def on_markout(self, markout: Markout, chance: float | None) -> None:
        """What came of one, and of the chance that was told when it opened."""
        captured, is_reaction = markout.captured, markout.horizon_ms == self._reaction_ms
        if is_reaction and chance is not None and captured is not None:
            self._calibration.count(chance, came_true=captured)
        tally = self._tallies.get(markout.route)
        if tally is None:
            return
        tally.counts[markout.horizon_ms][2 if captured is None else 0 if captured else 1] += 1
        if is_reaction and markout.net_bps is not None:
            tally.kept_bps.append(markout.net_bps)
        self._change(markout.route, tally)

    def of_symbol(self, symbol: Symbol, now_ns: int) -> tuple[RouteGrade, ...]:
        """Of the routes that buy this market, those with the most signals first."""
        self._see_ends()
        self._draw(symbol, now_ns)
        if symbol not in self._shown:
            held = sorted(self._of_symbol.get(symbol, {}).items(), key=_fewest_first, reverse=True)
            self._shown[symbol] = tuple([self._view(*each) for each in held[:_MOST_SHOWN]])
        return self._shown[symbol]

    def _see_ends(self) -> None:
        ended, self._lifetimes.ended = self._lifetimes.ended, {}
        for route in ended:
            if route in self._tallies:
                self._undrawn.setdefault(route.symbol, {}).setdefault(route, self._looks)

    def _draw(self, symbol: Symbol, now_ns: int) -> None:
        """The curves of those that have news, a few at a time, the longest without first.

        Of several that have had it for as long the names decide: not who was decided on first.
        """
        self._looks += 1
        undrawn = self._undrawn.get(symbol, {})
        for route, _ in nsmallest(_CURVES_A_BOARD, undrawn.items(), key=_longest_first):
            del undrawn[route]
            if (tally := self._tallies.get(route)) is not None:
                tally.lives = self._lives(route, now_ns)
                self._change(route, tally)

    def _lives(self, route: Route, now_ns: int) -> tuple[int, int, float | None]:
        curve = Survival(self._lifetimes.of_route(route, now_ns))
        is_known = curve.ended >= _LEAST_LIVED and curve.reaches(_STILL_OPEN_AT_MS)
        return curve.ended, curve.censored, curve.at(_STILL_OPEN_AT_MS) if is_known else None

    def _add(self, route: Route) -> _Tally:
        tally = self._tallies[route] = _Tally(self._horizons)
        self._of_symbol.setdefault(route.symbol, {})[route] = tally
        if len(self._tallies) > _MOST_ROUTES:
            gone, _ = self._tallies.popitem(last=False)
            del self._of_symbol[gone.symbol][gone]
            self._shown.pop(gone.symbol, None)
        return tally

    def _change(self, route: Route, tally: _Tally) -> None:
        tally.view = None
        self._shown.pop(route.symbol, None)

    def _view(self, route: Route, tally: _Tally) -> RouteGrade:
        if tally.view is None:
            tally.view = RouteGrade(
                route,
                tally.opened,
                tuple([HorizonGrade(horizon_ms, *counts) for horizon_ms, counts in tally.counts.items()]),
                self._reaction_ms,
                median(tally.kept_bps) if tally.kept_bps else None,
                *tally.lives,
            )
        return tally.view


def _longest_first(undrawn: tuple[Route, int]) -> tuple[int, str, str, str, str]:
    route, since = undrawn
    return since, route.buy_venue, route.sell_venue, route.sold_as, route.mode


def _fewest_first(held: tuple[Route, _Tally]) -> int:
    return held[1].opened
