"""Trails: each symbol's best net edge, one point a second for a quarter of an hour.

Before it: scene. After it: the snapshot's edge chart.
"""

from collections import deque
from typing import Final

from kairos_tui.market import Board, Symbol

_POINTS: Final = 900
_MOST_SYMBOLS: Final = 32
_EVERY_US: Final = 1_000_000

Point = tuple[int, float | None]
"""Epoch us, net bps of the best route; None where no route could be priced."""


class Trails:
    """Within a second the highest edge stands: a flicker is what one looks for."""

    def __init__(self) -> None:
        self._points: dict[Symbol, deque[Point]] = {}

    def add(self, board: Board) -> None:
        """Remember the board's best edges."""
        second_us = board.at_us - board.at_us % _EVERY_US
        for each in board.symbols:
            if each.symbol not in self._points and len(self._points) >= _MOST_SYMBOLS:
                continue
            points = self._points.setdefault(each.symbol, deque(maxlen=_POINTS))
            net_bps = each.best.net_bps if each.best else None
            if points and points[-1][0] == second_us:
                net_bps = _higher(points.pop()[1], net_bps)
            points.append((second_us, net_bps))

    def shown(self) -> dict[Symbol, list[Point]]:
        """Every symbol's points, oldest first."""
        return {symbol: list(points) for symbol, points in self._points.items()}


def _higher(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else max(one, other)
