"""Quotes: the best routes that sell in another quote, and the markets that convert it. Below the matrix.

Before it: view_state. After it: matrix, which gives it the rows that are free.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import CELL_STALE, POSITIVE, STRONG, safe, venue_name
from kairos_tui.hud.matching import lets_through
from kairos_tui.hud.routes import is_edge, name_of
from kairos_tui.hud.segments import Row, Seg, cells, fit, fit_right, row_cells
from kairos_tui.hud.view_state import View
from kairos_tui.market import ConversionView, RouteView, Symbol

_NAME = 27
_MODE = 11
_GAP: Seg = ("  ", "text")
_COUNT = 4
"""Cells of `  +2` behind the last conversion that is shown."""
_NEAR_ONE = 0.2
"""A rate this near to 1 is read in four decimals."""


def are_watched(view: View) -> bool:
    """Whether one asset is watched in several quotes."""
    one, board = view.symbol_board, view.board
    return one is not None and board is not None and bool(one.converted or board.conversions)


def rows(view: View, width: int, most: int) -> list[Row]:
    """At most `most` rows: the routes, best first, then the conversions; with a heading from four rows on."""
    one, board = view.symbol_board, view.board
    if one is None or board is None or not are_watched(view) or most < 1:
        return []
    headed = most >= 4
    strip_rows = min(len(board.conversions), 2 if most >= 6 else 1) if most >= 2 else 0
    strip = _strip(board.conversions, width, strip_rows, fresh=view.trust == "fresh")
    shown = [route for route in one.converted if lets_through(view, one.symbol, route)]
    routes = [_route(view, one.symbol, route) for route in shown[: most - headed - len(strip)]]
    why = "can be priced now" if view.filter is None or not one.converted else "matches the filter"
    nothing: Row = ((f"    no route into another quote {why}", "muted"),)
    head: Row = (("  OTHER QUOTES", "accent"), ("  buy here, sell in another · net bps", "muted"))
    return [*([head] if headed else []), *(routes or [nothing]), *strip]


def _route(view: View, symbol: Symbol, route: RouteView) -> Row:
    """`◆ BINANCE USDT ▸ KRAKEN USD   +1.2  closed     via USDT/USD KRAKEN −1.4`."""
    name = fit(name_of(route, symbol, " ▸ "), _NAME)
    word: Seg = (fit(route.mode, _MODE), "warn" if route.mode == "inventory" else "muted")
    if route.blocked is not None or route.net_bps is None or view.trust != "fresh":
        why = safe(route.blocked or "no price can be formed", 160) if view.trust == "fresh" else ""
        return (
            ("  ", "text"),
            (name, "muted"),
            (fit_right(CELL_STALE, 8), "muted"),
            _GAP,
            word,
            (why, "warn"),
        )
    net = route.net_bps
    strong = is_edge(route, view.thresholds)
    mark = STRONG if strong else POSITIVE if net > 0.0 else ""
    ink = "hot" if strong else "buy+b" if net > 0.0 else "near"
    figure = f"{mark}{numbers.bps(net)}"
    return (
        ("  ", "text"),
        (name, "text+b" if net > 0.0 else "text"),
        (" " * max(0, 8 - cells(figure)), "text"),
        (figure, ink),
        _GAP,
        word,
        *_way(route),
    )


def _way(route: RouteView) -> Row:
    taken = numbers.bps(None if route.convert_bps is None else -abs(route.convert_bps))
    if route.mode == "inventory":
        return ("quote risk, haircut ", "warn"), (taken, "sell")
    where = venue_name(route.convert_venue) if route.convert_venue is not None else ""
    return (f"via {safe(route.convert_symbol or '', 16)} {where} ", "muted"), (taken, "sell")


def _strip(conversions: tuple[ConversionView, ...], width: int, most: int, *, fresh: bool) -> list[Row]:
    """The conversions side by side, those in use first; as many as the rows hold, the others counted."""
    packed: list[list[Row]] = []
    for each in sorted(conversions, key=lambda each: (not each.chosen, each.blocked is not None)):
        piece = (_GAP, *_conversion(each, fresh=fresh))
        if not packed or sum(map(row_cells, packed[-1])) + row_cells(piece) > width - _COUNT:
            packed.append([])
        packed[-1].append(piece)
    lines: list[Row] = [tuple(seg for piece in line for seg in piece) for line in packed[:most]]
    hidden = sum(map(len, packed[most:]))
    return [*lines[:-1], (*lines[-1], (f"  +{hidden}", "muted"))] if hidden and lines else lines


def _conversion(view: ConversionView, *, fresh: bool) -> Row:
    """`USDT/USD KRAKEN 0.9997 −3.0 bps ✓`; one that may not be used says why."""
    name: Seg = (f"{safe(view.symbol, 16)} {venue_name(view.venue)}", "text" if view.chosen else "muted")
    if not fresh:
        return name, (f" {CELL_STALE}", "muted")
    ink = "text" if view.blocked is None else "muted"
    figure: Row = () if view.bid is None or view.ask is None else ((f" {_rate(view.bid, view.ask)}", ink),)
    off: Row = () if view.off_bps is None else ((f" {numbers.bps(view.off_bps)} bps", "muted"),)
    if view.blocked is not None:
        return name, *figure, *off, (f" ◌ {safe(view.blocked, 80)}", "warn")
    return name, *figure, *off, (" ✓" if view.chosen else "", "buy")


def _rate(bid: float, ask: float) -> str:
    mid = (bid + ask) / 2
    return numbers.price(mid, 4 if abs(mid - 1.0) < _NEAR_ONE else numbers.price_places(mid))
