"""Matrix: net, gross, size or age of every ordered pair of venues, buy down, sell across.

Stale and down legs have no number at all: `··`, `××`. A route above the threshold carries `◆`, other
profits `▲`.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.cursor import cell_or_best
from kairos_tui.hud.glowing import shade_of
from kairos_tui.hud.glyphs import (
    CELL_DOWN,
    CELL_SELF,
    CELL_STALE,
    POSITIVE,
    STRONG,
    cell_glyph,
    safe,
    venue_name,
)
from kairos_tui.hud.heights import NOTE_MARGIN, QUOTE_ROWS
from kairos_tui.hud.jumps import letters_in
from kairos_tui.hud.look import Figure
from kairos_tui.hud.matching import lets_through, routes_of
from kairos_tui.hud.muted import is_muted
from kairos_tui.hud.panels import Drawing, quotes
from kairos_tui.hud.panels.box import box, filter_note, frame, title_row
from kairos_tui.hud.panels.jump import INK
from kairos_tui.hud.routes import best_route, is_edge, name_of
from kairos_tui.hud.segments import Row, Seg, cells, fit, row_cells, wrapped
from kairos_tui.hud.view_state import View
from kairos_tui.market import RouteView, Venue, VenueView

Grid = dict[tuple[Venue, Venue], RouteView]

_NEAR_BPS = -15.0
_LEAST_CELL = 7
_MOST_CELL = 20


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel; when venues do not fit, the window follows the cursor."""
    names = [venue_name(venue.venue) for venue in view.venues]
    cursor = cell_or_best(view)
    name_width, cell, rows, columns = _window_of(view, width, height)
    quoted = _quoted(view, height)
    heading: Row = ((" " * (name_width + 2), "text"),)
    heading += _heading(view, names, columns, cell)
    grid = (
        {(route.buy_venue, route.sell_venue): route for route in view.symbol_board.routes}
        if view.symbol_board
        else {}
    )
    body = [heading, *(_matrix_row(view, grid, row, columns, name_width, cell, cursor) for row in rows)]
    lines = wrapped(view.notes, width - NOTE_MARGIN)
    body += quotes.rows(view, width - 2, max(quoted, height - 2 - len(body) - len(lines)))
    lines = lines[: max(0, height - 2 - len(body))]
    body += [
        (("  ◌ " if place == 0 else "    ", "warn"), (line, "muted")) for place, line in enumerate(lines)
    ]
    ink, dashed = frame(view, "matrix")
    extra = ((f"  {_about(view)} · buy ↓ sell →", "muted"),) if width >= 60 else ()
    title = title_row("2", "SPREAD MATRIX", *extra, focused=view.focus == "matrix")
    return box(
        body, width, height, title=title, note=_note(view, width), foot=_foot(view), ink=ink, dashed=dashed
    )


def cell_at(view: View, width: int, height: int, x: int, y: int) -> tuple[int, int] | None:
    """The cell at a point of the panel."""
    name_width, cell, rows, columns = _window_of(view, width, height)
    row, column = y - 2, (x - name_width - 3) // cell
    if not (0 <= row < len(rows) and 0 <= column < len(columns)):
        return None
    return rows[row], columns[column]


def _window_of(view: View, width: int, height: int) -> tuple[int, int, range, range]:
    """Cells of a name and of a figure, and which rows and columns are shown."""
    count, cursor = len(view.venues), cell_or_best(view)
    name_width = min(10, max((cells(venue_name(venue.venue)) for venue in view.venues), default=6))
    columns = _window(count, (width - 5 - name_width) // _LEAST_CELL, cursor[1])
    rows = _window(count, height - 3 - _quoted(view, height), cursor[0])
    cell = min(_MOST_CELL, (width - 5 - name_width) // max(1, len(columns)))
    return name_width, cell, rows, columns


def _quoted(view: View, height: int) -> int:
    """Rows that other quotes have in any case."""
    return min(QUOTE_ROWS[0], height - 4) if quotes.are_watched(view) else 0


def _heading(view: View, names: list[str], columns: range, cell: int) -> Row:
    letters = letters_in(view, "matrix", 1)
    pieces: Row = ()
    for column in columns:
        name, letter = names[column][: cell - 2], letters.get(view.venues[column].venue)
        lead: Row = ((letter, INK), (" ", "text")) if letter is not None else ()
        pieces += ((" " * (cell - cells(name) - row_cells(lead)), "text"), *lead, (name, "muted"))
    return pieces


def _window(count: int, room: int, cursor: int) -> range:
    room = max(1, room)
    first = min(max(0, cursor - room + 1), max(0, count - room))
    return range(first, min(count, first + room))


def _matrix_row(
    view: View,
    grid: Grid,
    row: int,
    columns: range,
    name_width: int,
    cell: int,
    cursor: tuple[int, int],
) -> Row:
    venues = view.venues
    buy = venues[row]
    good = buy.usable and view.trust == "fresh" and buy.venue not in view.look.muted
    named = view.focus == "matrix" and cursor[0] == row
    letter = letters_in(view, "matrix", 0).get(buy.venue)
    pieces: Row = (
        (letter or " ", INK if letter is not None else "text"),
        (fit(venue_name(buy.venue), name_width + 1), "text+b" if named else "text" if good else "muted"),
    )
    for column in columns:
        sell = venues[column]
        text, ink = _cell(view, grid.get((buy.venue, sell.venue)), buy, sell)
        under = view.focus == "matrix" and cursor == (row, column)
        if under:
            text, ink = f"▸{text}", ink if ink == "hot" else "text@cursor"
        pieces += ((" " * (cell - cells(text)), "text"), (text, ink))
    return pieces


def _cell(view: View, route: RouteView | None, buy: VenueView, sell: VenueView) -> tuple[str, str]:
    if buy.venue == sell.venue:
        return CELL_SELF, "faint"
    glyph = cell_glyph(route, buy, sell)
    if glyph is None and view.trust != "fresh":
        glyph = CELL_STALE
    if glyph is not None or route is None or route.net_bps is None:
        return glyph or CELL_STALE, "down" if glyph == CELL_DOWN else "muted"
    text, ink = _FIGURES[view.look.figure](view, route)
    shade = shade_of(view, route)
    ink = ink if shade is None or ink == "hot" else f"glow{shade}"
    muted = is_muted(view, route)
    if view.filter is None and not muted:
        return text, ink
    return text, _sifted(ink) if not muted and lets_through(view, view.symbol, route) else "faint"


def _sifted(ink: str) -> str:
    """What matches is never dim: on a terminal without colours that is what tells it from the rest."""
    return "text" if ink == "muted" else ink


def _net(view: View, route: RouteView) -> Seg:
    net = route.net_bps or 0.0
    text = numbers.bps(net)
    if is_edge(route, view.thresholds):
        return f"{STRONG}{text}", "hot"
    if net > 0.0:
        return f"{POSITIVE}{text}", "buy+b"
    return text, "near" if net > _NEAR_BPS else "muted"


def _gross(view: View, route: RouteView) -> Seg:
    """Before fees: what the two prices alone say; marked where the fees leave something of it."""
    return _marked(route, numbers.bps(route.gross_bps), "near" if (route.gross_bps or 0.0) > 0.0 else "muted")


def _size(view: View, route: RouteView) -> Seg:
    return _marked(route, numbers.size(route.top_size), "text")


def _age(view: View, route: RouteView) -> Seg:
    limit_us = view.thresholds.age_limit_ms * 1000
    late = route.age_us is not None and route.age_us * 2 > limit_us
    return _marked(route, numbers.latency(route.age_us), "warn" if late else "near")


def _marked(route: RouteView, text: str, ink: str) -> Seg:
    """Where there is an edge: in every figure the same cells stand out."""
    return (f"{POSITIVE}{text}", "buy+b") if (route.net_bps or 0.0) > 0.0 else (text, ink)


_FIGURES: Final[dict[Figure, Callable[[View, RouteView], Seg]]] = {
    "net": _net, "gross": _gross, "size": _size, "age": _age,
}  # fmt: skip


def _about(view: View) -> str:
    """What the figures are."""
    base = safe(view.symbol.partition("/")[0], 8)
    return {
        "net": "net bps after fees",
        "gross": "gross bps before fees",
        "size": f"{base} at the top of both books",
        "age": "age of the older leg",
    }[view.look.figure]


def _note(view: View, width: int) -> Row:
    if view.filter is not None:
        return filter_note(view, routes_of(view), width)
    return (("·· stale  ×× down" + (" or held  -- not listed" if width >= 96 else ""), "muted"),)


def _foot(view: View) -> Row:
    one = view.symbol_board
    best = best_route(one) if one is not None else None
    if one is None or best is None or best.net_bps is None or view.trust != "fresh":
        return (("no route can be priced now", "muted"),) if one is not None else ()
    net = best.net_bps
    name = name_of(best, one.symbol, "→")
    strong = is_edge(best, view.thresholds)
    what = "" if view.look.figure == "net" else " net"
    ink = "buy+b" if net > 0 else "near"
    distance = () if net > 0 else ((f" · needs {numbers.bps(-net)} to profit", "muted"),)
    return (
        ("best ", "muted"),
        *(((f"{STRONG} ", "accent"),) if strong else ()),
        (name, "text"),
        (f"{what} {numbers.bps(net)}", ink),
        *distance,
    )
