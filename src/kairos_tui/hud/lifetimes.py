"""Lifetimes: how long the signals of each route have stood. Only ends that the market made are finished ones.

Before it: market's Signal. After it: tape keeps them, the inspector reads them.
"""

from collections import deque
from statistics import median
from typing import Final

from msgspec import Struct

from kairos_tui.market import FINISHED, Route, Signal

_MOST: Final = 200


class Lived(Struct, frozen=True):
    """Of one route in this run: signals that opened, those that the market ended, their lives in us."""

    opened: int = 0
    finished: int = 0
    median_us: int | None = None
    longest_us: int | None = None


class Lifetimes:
    """The newest lives of every route that ever opened."""

    def __init__(self) -> None:
        self._seen: dict[Route, int] = {}
        self._lives_us: dict[Route, deque[int]] = {}

    def on_signal(self, signal: Signal) -> None:
        """An event; openings are counted, ends remembered."""
        route = signal.opportunity.route
        if signal.event == "open":
            self._seen[route] = self._seen.get(route, 0) + 1
        elif signal.event == "close" and signal.reason in FINISHED:
            self._lives_us.setdefault(route, deque(maxlen=_MOST)).append(signal.duration_us)

    def copy(self) -> "Lifetimes":
        """As they are now, for a frozen view."""
        twin = Lifetimes()
        twin._seen = self._seen.copy()
        twin._lives_us = {route: lives.copy() for route, lives in self._lives_us.items()}
        return twin

    def of(self, route: Route) -> Lived:
        """What is known of a route."""
        lives = self._lives_us.get(route)
        if not lives:
            return Lived(self._seen.get(route, 0))
        return Lived(self._seen.get(route, 0), len(lives), int(median(lives)), max(lives))
