"""Markets: every watched symbol in a row: its best route, how its edge went, its venues, its signals.

The cursor is the symbol that all other panels show, so moving it looks round; enter goes to its matrix.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import CELL_STALE, POSITIVE, STRONG, safe
from kairos_tui.hud.jumps import letters_in
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box, frame, title_row
from kairos_tui.hud.panels.jump import INK
from kairos_tui.hud.plot import sparkline
from kairos_tui.hud.routes import best_route, is_edge, name_of
from kairos_tui.hud.segments import Row, Seg, cells, cut, fill, fit, fit_right
from kairos_tui.hud.view_state import View
from kairos_tui.market import RouteView, SymbolBoard

_SPARK: Final = (8, 30)
_MOST_SYMBOL: Final = 14
_NET: Final = 8

Figure = Callable[[View, SymbolBoard, RouteView | None], Seg]


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel, with a heading row when there is room for it."""
    inner, places = width - 2, view.symbol_places
    boards = view.board.symbols if view.board is not None else ()
    name = max([min(_MOST_SYMBOL, cells(safe(one.symbol, _MOST_SYMBOL))) for one in boards], default=8)
    route, columns, spark = _widths(inner, name)
    headed, shown = _shown(view, height)
    heading = [_heading(name, route, columns, spark)] if headed else []
    body = heading + [
        fill(cut(_row(view, boards[place], place, name, route, columns, spark), inner), inner)
        for place in shown
    ]
    if not boards:
        body = [(("  ◔ ", "accent"), ("the first board is on its way", "muted"))]
    ink, dashed = frame(view, "markets")
    hidden = len(places) - len(shown) if boards else 0
    foot: Row = ((f"{hidden} more ↓↑", "muted"),) if hidden > 0 else ()
    extra = ("  best net bps of each", "muted")
    title = title_row("0", "MARKETS", extra, focused=view.focus == "markets")
    return box(body, width, height, title=title, note=_note(view), foot=foot, ink=ink, dashed=dashed)


def symbol_at(view: View, height: int, y: int) -> int | None:
    """The number of the symbol at a row of the panel."""
    headed, shown = _shown(view, height)
    row = y - 1 - headed
    return shown[row] if 0 <= row < len(shown) else None


def _shown(view: View, height: int) -> tuple[bool, tuple[int, ...]]:
    """Whether there is a heading, and which symbols have rows."""
    places = view.symbol_places
    headed = height >= len(places) + 3
    room = max(1, height - 2 - headed)
    at = places.index(view.symbol_index) if view.symbol_index in places else 0
    first = min(max(0, at - room + 1), max(0, len(places) - room))
    return headed, tuple(places[first : first + room]) if view.board is not None else ()


def _widths(inner: int, name: int) -> tuple[int, tuple[str, ...], int]:
    """The route's cells, the columns that fit after it, and the sparkline's cells."""
    room = inner - 3 - name - 1 - _NET - 2 - 1
    route = max(1, min(27, room))
    room -= route
    chosen = []
    for column, width in _BY_RANK:
        if room >= width:
            chosen.append(column)
            room -= width
    least, most = _SPARK
    return route, tuple(chosen), min(most, room - 2) if room >= least + 2 else 0


def _heading(name: int, route: int, columns: tuple[str, ...], spark: int) -> Row:
    text = "   " + fit("SYMBOL", name + 1) + fit_right("NET", _NET) + "  " + fit("ROUTE", route)
    text += "  " + fit("NET 60 s", spark) if spark else ""
    text += "".join(fit_right(column, _WIDTHS[column]) for column in columns)
    return ((text, "muted"),)


def _row(
    view: View, one: SymbolBoard, place: int, name: int, route: int, columns: tuple[str, ...], spark: int
) -> Row:
    chosen = place == view.symbol_index
    focused = chosen and view.focus == "markets"
    best = best_route(one) if view.trust == "fresh" else None
    pointer: Seg = ("▸" if chosen else " ", "focus+b" if focused else "accent")
    symbol = (fit(safe(one.symbol, _MOST_SYMBOL), name + 1), "text+b" if chosen else "text")
    letter = letters_in(view, "markets").get(one.symbol)
    lead: Seg = (" ", "text") if letter is None else (letter, INK)
    row: Row = (lead, pointer, (" ", "text"), symbol, *_net(view, best), ("  ", "text"))
    words = name_of(best, one.symbol, "▸") if best is not None else _why_not(view, one)
    row += ((fit(words, route), "text" if best is not None else "muted"),)
    if spark:
        trail = view.tape.edges.get(one.symbol)
        line = sparkline(trail.sample(view.shown_ns, spark)) if trail is not None else ""
        row += (("  " + fit(line, spark), "primary" if best is not None else "muted"),)
    figures = [_FIGURES[column](view, one, best) for column in columns]
    return row + tuple(
        (fit_right(text, _WIDTHS[column]), ink) for column, (text, ink) in zip(columns, figures, strict=True)
    )


def _net(view: View, best: RouteView | None) -> Row:
    if best is None or best.net_bps is None:
        return ((fit_right(CELL_STALE, _NET), "muted"),)
    net = best.net_bps
    strong = is_edge(best, view.thresholds)
    text = f"{STRONG if strong else POSITIVE if net > 0.0 else ''}{numbers.bps(net)}"
    ink = "hot" if strong else "buy+b" if net > 0.0 else "near"
    return (" " * max(0, _NET - cells(text)), "text"), (text, ink)


def _why_not(view: View, one: SymbolBoard) -> str:
    if view.trust != "fresh":
        return "nothing is heard"
    usable = sum(venue.usable for venue in one.venues)
    return "no route can be priced" if usable > 1 else f"{usable} of {len(one.venues)} venues"


def _venues(view: View, one: SymbolBoard, best: RouteView | None) -> Seg:
    usable = sum(venue.usable for venue in one.venues) if view.trust == "fresh" else 0
    whole = usable == len(one.venues)
    return f"{'' if whole else '◌ '}{usable}/{len(one.venues)}", "text" if whole else "warn"


def _open(view: View, one: SymbolBoard, best: RouteView | None) -> Seg:
    count = sum(card.route.symbol == one.symbol for card in view.tape.deck.live())
    return (f"{STRONG}{count}", "buy+b") if count and view.trust == "fresh" else ("·", "muted")


def _gross(view: View, one: SymbolBoard, best: RouteView | None) -> Seg:
    return numbers.bps(best.gross_bps if best is not None else None), "muted"


def _size(view: View, one: SymbolBoard, best: RouteView | None) -> Seg:
    return numbers.size(best.top_size if best is not None else None), "muted"


def _ticks(view: View, one: SymbolBoard, best: RouteView | None) -> Seg:
    return numbers.compact(sum(venue.ticks_per_s for venue in one.venues)), "muted"


def _quiet(view: View, one: SymbolBoard, best: RouteView | None) -> Seg:
    since_us = one.last_signal_age_us
    return numbers.age(None if since_us is None else since_us + view.silence_us), "muted"


def _seen(view: View, one: SymbolBoard, best: RouteView | None) -> Seg:
    return f"{one.signals:,}", "text" if one.signals else "muted"


_FIGURES: Final[dict[str, Figure]] = {
    "VENUES": _venues, "OPEN": _open, "SEEN": _seen, "GROSS": _gross, "SIZE": _size, "T/S": _ticks,
    "LAST": _quiet,
}  # fmt: skip
_BY_RANK: Final = (
    ("OPEN", 6), ("VENUES", 8), ("GROSS", 8), ("SIZE", 8), ("SEEN", 7), ("LAST", 8), ("T/S", 7),
)  # fmt: skip
_WIDTHS: Final = dict(_BY_RANK)


def _note(view: View) -> Row:
    count = len(view.symbol_places)
    keys: Row = (("( )", "key"), (" or j k turn  ", "muted"), ("⏎", "key"), (" its matrix", "muted"))
    return keys if count > 1 else (("one symbol is watched", "muted"),)
