"""Routes: what a route is called, and which routes of a board come first, those into another quote included.

Before it: market's SymbolBoard. After it: verdict, tape, view_state and the panels that name routes.
"""

from collections.abc import Collection, Sequence
from typing import Final

from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.market import Mode, Opportunity, Route, RouteView, Symbol, SymbolBoard, Thresholds, Venue

MODES: Final[dict[Mode, tuple[str, str]]] = {
    "closed": ("closed", "muted"),
    "inventory": ("quote risk", "warn"),
}
"""Word and ink of how a sale in another quote ends: converted now, or parked in that quote."""


def route_name(buy: Venue, sell: Venue, arrow: str = " → ") -> str:
    """`KRAKEN → OKX`."""
    return f"{venue_name(buy)}{arrow}{venue_name(sell)}"


def name_of(route: RouteView, symbol: Symbol, arrow: str = " → ") -> str:
    """The name of a route of `symbol`'s board: `BINANCE USDT → KRAKEN USD` where the quotes differ."""
    return full_name(Route(symbol, route.buy_venue, route.sell_venue, route.sell_symbol, route.mode), arrow)


def full_name(route: Route, arrow: str = " → ") -> str:
    """The same, of a signal's route."""
    if route.sell_symbol is None:
        return route_name(route.buy_venue, route.sell_venue, arrow)
    buy = f"{venue_name(route.buy_venue)} {quote_of(route.symbol)}"
    return f"{buy}{arrow}{venue_name(route.sell_venue)} {quote_of(route.sell_symbol)}"


def quote_of(symbol: Symbol) -> str:
    """`USDT` of `BTC/USDT`, fit to be drawn."""
    return safe(symbol.partition("/")[2].partition(":")[0], 8)


def mode_of(found: Opportunity) -> Mode | None:
    """How a sale in another quote ends; None where nothing has to be converted."""
    return found.mode if found.route.sell_symbol is not None else None


def ranked(one: SymbolBoard) -> list[RouteView]:
    """Every route that is priced now, plain or converted, highest net first."""
    priced = [route for route in (*one.routes, *one.converted) if _net(route) is not None]
    return sorted(priced, key=lambda route: -(route.net_bps or 0.0))


def best_route(one: SymbolBoard) -> RouteView | None:
    """The highest net of all, plain or converted."""
    return highest([one.best, *one.converted])


def is_edge(route: RouteView, thresholds: Thresholds) -> bool:
    """A signal of it is open, or its net would open one: it carries the mark of an edge."""
    return route.open_id is not None or (route.net_bps or 0.0) >= thresholds.min_net_bps


def best_pair(one: SymbolBoard, muted: Collection[Venue] = ()) -> RouteView | None:
    """The highest net between two venues of this one symbol, none of them muted: what the matrix holds."""
    if one.best is not None and one.best.sell_symbol is None:
        return one.best
    return highest([each for each in one.routes if not {each.buy_venue, each.sell_venue} & {*muted}])


def highest(routes: Sequence[RouteView | None]) -> RouteView | None:
    """The highest net of those that are priced now."""
    priced = [route for route in routes if route is not None and _net(route) is not None]
    return max(priced, key=lambda route: route.net_bps or 0.0, default=None)


def _net(route: RouteView) -> float | None:
    return route.net_bps if route.blocked is None else None
