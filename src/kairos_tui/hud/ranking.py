"""Ranking: the venues in the order asked for. Rows move at most once a second, so that eyes can follow.

Before it: market's SymbolBoard, look. After it: view_state, which asks at each board.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud.look import Order
from kairos_tui.market import RouteView, SymbolBoard, Venue, VenueView

_REST_NS: Final = 1_000_000_000

Figure = Callable[[VenueView], float | None]
"""What ranks a venue, best lowest; None = not known, so last."""


class Ranking:
    """Remembers the order it gave, and when it last changed it."""

    def __init__(self) -> None:
        self._asked: tuple[object, ...] = ()
        self._moved_ns = 0
        self._names: tuple[Venue, ...] = ()

    def of(
        self, one: SymbolBoard, order: Order, now_ns: int, *, reverse: bool = False
    ) -> tuple[VenueView, ...]:
        """The venues, best first, or worst first; those that are not usable come last either way."""
        asked = (one.symbol, order, reverse, frozenset(venue.venue for venue in one.venues))
        if asked != self._asked:
            self._asked, self._names = asked, tuple(venue.venue for venue in one.venues)
            self._sort(one, order, now_ns, reverse=reverse)
        elif now_ns - self._moved_ns >= _REST_NS:
            self._sort(one, order, now_ns, reverse=reverse)
        rows = {venue.venue: venue for venue in one.venues}
        return tuple([rows[name] for name in self._names])

    def _sort(self, one: SymbolBoard, order: Order, now_ns: int, *, reverse: bool) -> None:
        if order == "given":
            names = [venue.venue for venue in one.venues]
            self._names = tuple(reversed(names) if reverse else names)
            return
        rows, figure = {venue.venue: venue for venue in one.venues}, _figure(order, one.routes)
        ranked = sorted(self._names, key=lambda name: _rank(rows[name], figure, reverse=reverse))
        if tuple(ranked) != self._names:
            self._names, self._moved_ns = tuple(ranked), now_ns


def _rank(venue: VenueView, figure: Figure, *, reverse: bool) -> tuple[bool, float]:
    value = figure(venue) if venue.usable else None
    return value is None, (-value if reverse else value) if value is not None else 0.0


def _figure(order: Order, routes: tuple[RouteView, ...]) -> Figure:
    edges: dict[Venue, float] = {}
    for route in routes if order == "edge" else ():
        if route.net_bps is not None and route.blocked is None:
            for name in (route.buy_venue, route.sell_venue):
                edges[name] = max(route.net_bps, edges.get(name, route.net_bps))
    figures: dict[Order, Figure] = {
        "edge": lambda venue: _negative(edges.get(venue.venue)),
        "bid": lambda venue: _negative(venue.bid),
        "ask": lambda venue: venue.ask,
        "spread": _spread,
        "ticks": lambda venue: -venue.ticks_per_s,
        "latency": lambda venue: venue.latency_us,
        "age": lambda venue: venue.age_us if venue.alive_us is None else venue.alive_us,
    }
    return figures[order]


def _negative(value: float | None) -> float | None:
    return None if value is None else -value


def _spread(venue: VenueView) -> float | None:
    return None if venue.bid is None or venue.ask is None or venue.bid <= 0 else venue.ask / venue.bid
