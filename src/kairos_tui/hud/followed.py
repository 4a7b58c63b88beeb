"""Followed: the route of each symbol that was pinned to the plot, and what every route did of late.

Before it: market's SymbolBoard, trail. After it: tape keeps one; pinning, and the edge panel. The minute is
kept in little room, so that the line of a route that is pinned now does not begin with nothing.
"""

from array import array
from collections import deque
from math import isnan, nan
from typing import Final

from kairos_tui.hud.trail import BIN_NS, SPAN_NS, Trail
from kairos_tui.market import Route, Symbol, SymbolBoard, Venue

Ends = tuple[Venue, Venue]
"""Where a route buys and where it sells."""
_MOST: Final = SPAN_NS // BIN_NS


class Followed:
    """One route a symbol at most; four samples a second of all of them."""

    def __init__(self) -> None:
        self._trails: dict[Symbol, tuple[Ends, Trail]] = {}
        self._minutes: dict[Symbol, _Minute] = {}

    def on_board(self, one: SymbolBoard, at_ns: int) -> None:
        """Remember what the routes of the symbol earn."""
        minute = self._minutes.get(one.symbol)
        if minute is None:
            minute = self._minutes[one.symbol] = _Minute()
        minute.add(one, at_ns)
        if one.symbol in self._trails:
            ends, trail = self._trails[one.symbol]
            trail.add(_net(one, ends), at_ns)

    def follow(self, symbol: Symbol, ends: Ends | None) -> None:
        """Plot that route from now on, its last minute with it; None: no particular one."""
        self._trails.pop(symbol, None)
        if ends is None:
            return
        trail = Trail(keep_highest=True, long=True)
        for at_ns, value in self._minutes[symbol].of(ends) if symbol in self._minutes else ():
            trail.add(value, at_ns)
        self._trails[symbol] = ends, trail

    def ends(self, symbol: Symbol) -> Ends | None:
        """The route that is followed, if one is."""
        known = self._trails.get(symbol)
        return known[0] if known is not None else None

    def trail(self, symbol: Symbol) -> Trail | None:
        """What it earned."""
        known = self._trails.get(symbol)
        return known[1] if known is not None else None

    def all(self) -> dict[Symbol, Ends]:
        """Every route that is followed."""
        return {symbol: ends for symbol, (ends, _) in self._trails.items()}

    def copy(self) -> "Followed":
        """As they are now, for a frozen view."""
        twin = Followed()
        twin._trails = {symbol: (ends, trail.copy()) for symbol, (ends, trail) in self._trails.items()}
        twin._minutes = {symbol: minute.copy() for symbol, minute in self._minutes.items()}
        return twin


class _Minute:
    """The nets of all routes of a symbol, eight bytes each: 56 routes take 120 kB."""

    def __init__(self) -> None:
        self._routes: tuple[Ends, ...] = ()
        self._rows: deque[tuple[int, array[float]]] = deque(maxlen=_MOST)

    def add(self, one: SymbolBoard, at_ns: int) -> None:
        if self._rows and at_ns // BIN_NS <= self._rows[-1][0] // BIN_NS:
            return
        routes = tuple([(route.buy_venue, route.sell_venue) for route in one.routes])
        if routes != self._routes:
            self._routes = routes
            self._rows.clear()
        nets = [nan if route.net_bps is None or route.blocked else route.net_bps for route in one.routes]
        self._rows.append((at_ns, array("d", nets)))

    def of(self, ends: Ends) -> list[tuple[int, float | None]]:
        if ends not in self._routes:
            return []
        place = self._routes.index(ends)
        return [(at_ns, None if isnan(row[place]) else row[place]) for at_ns, row in self._rows]

    def copy(self) -> "_Minute":
        twin = _Minute()
        twin._routes, twin._rows = self._routes, self._rows.copy()
        return twin


def ends_of(route: Route) -> Ends | None:
    """Of a signal's route; None where the sale is in another quote: such a one is not in the matrix."""
    return (route.buy_venue, route.sell_venue) if route.sell_symbol is None else None


def _net(one: SymbolBoard, ends: Ends) -> float | None:
    found = (route for route in one.routes if (route.buy_venue, route.sell_venue) == ends)
    return next((route.net_bps if route.blocked is None else None for route in found), None)
