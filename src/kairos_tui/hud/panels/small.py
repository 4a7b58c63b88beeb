"""Small: screens too small for panels. Still the three answers: alive? where is the edge? what happened?"""

from itertools import groupby

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card
from kairos_tui.hud.glyphs import CELL_STALE, STRONG, mark_of, safe, venue_name
from kairos_tui.hud.matching import entries, lets_through, signals_of
from kairos_tui.hud.muted import is_muted
from kairos_tui.hud.panels import Drawing, outage
from kairos_tui.hud.panels.box import filter_note
from kairos_tui.hud.panels.card import life
from kairos_tui.hud.panels.edge import quiet_for
from kairos_tui.hud.papered import account_row
from kairos_tui.hud.routes import MODES, best_route, full_name, is_edge, name_of, quote_of, ranked, route_name
from kairos_tui.hud.segments import Row, cells, cut, fill, fit, fit_right, row_cells
from kairos_tui.hud.view_state import View
from kairos_tui.market import FeedState, Route, RouteView, Symbol, VenueView

_WORST_FIRST = (FeedState.DOWN, FeedState.QUARANTINED, FeedState.STALE)
_MOST_CARDS = 3
_LEAST_IN_FULL = 30
_WIDE = 48
"""Cells from which a route into another quote is named in full."""


def draw(view: View, width: int, height: int) -> Drawing:
    """All symbols where there are several, best routes, venues in trouble; the newest signals below."""
    above = _symbols(view)
    if outage.is_due(view) or view.symbol_board is None:
        rows = [*above, *outage.fitted(view, height - len(above))]
    else:
        below = _troubles(view, width)
        cards = _cards(view, min(_MOST_CARDS, max(0, height - 4)), width)
        room = max(1, height - 1 - len(cards) - len(above) - len(below))
        rows = [*above, *_routes(view, room, width), *below, _rule(view, width), *cards]
    blank: Row = ()
    return [fill(cut(row, width), width) for row in [*rows, *[blank] * height][:height]]


def _rule(view: View, width: int) -> Row:
    """Between routes and signals; it holds the filter when one is set."""
    note: Row = ()
    if view.filter is not None:
        note = ((" ", "text"), *filter_note(view, signals_of(view), width), (" ", "text"))
    rest = width - 4 - row_cells(note)
    line = "╌" if view.held is not None else "─"
    return ((f" {line * 2}", "border"), *note, (line * rest, "border"))


def line(view: View, width: int, height: int) -> Drawing:
    """One row: alive, and the best route."""
    verdict, held = view.verdict(), view.held is not None
    row: Row = _standing(view, width)
    if view.board is not None and view.board.paper is not None:
        row += (*account_row(view.board.paper, width, "pause" if held else "text"), (" ", "text"))
    if view.trust in {"silent", "dead"}:
        who = "" if width < _LEAST_IN_FULL else "source " if view.plan.remote else "engine "
        row = ((f"✖ {who}silent {numbers.span(view.silence_us)}", "alarm"), (" ", "text"), *row)
    elif verdict.kind == "none":
        row += (("offline", "down") if view.outage() else ("no route", "muted"),)
    else:
        ink = "pause" if held else "buy+b" if verdict.net_bps > 0 else "text"
        row += ((f"{numbers.bps(verdict.net_bps)} {verdict.route}", ink),)
    blank: Row = ()
    return [fill(cut(each, width), width) for each in [row, *[blank] * (height - 1)]]


def _standing(view: View, width: int) -> Row:
    """`live 5/5 `; while the view is frozen for how long, and no word that sounds like now."""
    live, of = view.live_venues()
    if view.held is None:
        is_silent = view.trust in {"silent", "dead"} and view.feed == "live"
        return (*_mark(view), (f"{'' if is_silent else view.feed + ' '}{live}/{of} ", "accent"))
    since = f"{numbers.minutes((view.now_ns - view.held_ns) // 1000)} "
    word = since if view.feed == "live" else f"{view.feed} {since if width >= _LEAST_IN_FULL else ''}"
    return (*_mark(view), (f"{word}{live}/{of} ", "pause"))


def _mark(view: View) -> Row:
    replay = view.board.replay if view.board is not None else None
    stands = view.held is not None or (replay is not None and replay.paused)
    mark = "▐▐ " if stands else "◀◀ " if view.feed == "replay" else ""
    return ((mark, "pause"),) if mark else ()


def _symbols(view: View) -> list[Row]:
    """` ▸BTC −13.1  ETH ◆+13.7`: every symbol and its best net, in one row; of one coin, its quotes."""
    places = view.symbol_places
    if len(places) < 2 or view.board is None:
        return []
    alike = len({view.board.symbols[place].symbol.partition("/")[0] for place in places}) == 1
    row: Row = ()
    for place in places:
        one, shown = view.board.symbols[place], place == view.symbol_index
        best = best_route(one) if view.trust == "fresh" else None
        net = best.net_bps if best is not None else None
        strong = best is not None and is_edge(best, view.thresholds)
        ink = "muted" if net is None else "buy+b" if net > 0.0 else "near"
        figure = CELL_STALE if net is None else f"{STRONG if strong else ''}{numbers.bps(net)}"
        name = quote_of(one.symbol) if alike else safe(one.symbol.partition("/")[0], 8)
        row += ((f" {'▸' if shown else ' '}{name} ", "text+b" if shown else "text"), (figure, ink))
    return [row]


def _troubles(view: View, width: int) -> list[Row]:
    """` ✖ KRAKEN OKX down  ◌ COINBASE stale`: who is not in the routes above, in one row, the worst first.

    Where that is too wide the words go, and then the last of them, who are counted.
    """
    if view.trust != "fresh":
        return []
    ailing = sorted((one for one in view.venues if not one.usable and one.listed), key=_severity)
    rows = [_ailing(ailing, 0, worded=True)]
    rows += [_ailing(ailing[:most], len(ailing) - most, worded=False) for most in range(len(ailing), 0, -1)]
    fits = (row for row in rows if row_cells(row) <= width)
    return [next(fits, rows[-1])] if ailing else []


def _severity(venue: VenueView) -> tuple[int, FeedState]:
    worst = _WORST_FIRST.index(venue.state) if venue.state in _WORST_FIRST else len(_WORST_FIRST)
    return worst, venue.state


def _ailing(venues: list[VenueView], more: int, *, worded: bool) -> Row:
    row: Row = ()
    for mark, alike in groupby(venues, mark_of):
        names = " ".join(venue_name(venue.venue) for venue in alike)
        word = f" {mark.word.lower()}" if worded else ""
        row += ((f"{'  ' if row else ' '}{mark.glyph} {names}{word}", mark.ink),)
    return (*row, (f"  +{more} more", "muted")) if more else row


def _routes(view: View, most: int, width: int) -> list[Row]:
    one = view.symbol_board
    assert one is not None
    priced = ranked(one) if view.trust == "fresh" else []
    priced = [route for route in priced if not is_muted(view, route)]
    priced = [route for route in priced if lets_through(view, one.symbol, route)][:most]
    name = 18 if all(route.sell_symbol is None for route in priced) else 24
    rows = [_route(view, one.symbol, route, name, width) for route in priced]
    who = "source" if view.plan.remote else "engine"
    why = (
        "no route can be priced now"
        if view.filter is None
        else f"no route matches /{safe(view.filter.text, 40)}"
    )
    why = why if view.trust == "fresh" else f"{who} silent: nothing is known"
    return rows or [((f" {CELL_STALE} {why}", "muted"),)]


def _route(view: View, symbol: Symbol, route: RouteView, name: int, width: int) -> Row:
    net = route.net_bps or 0.0
    strong = is_edge(route, view.thresholds)
    ink = "buy+b" if net > 0 else "near"
    word, mark = MODES[route.mode]
    word = word if width >= _WIDE else word.split()[-1]
    ends: Row = ((f" {word}", mark),) if route.sell_symbol is not None else ()
    return (
        (f" {STRONG if strong else ' '} ", "buy+b"),
        (fit(name_of(route, symbol, "▸"), name), "text+b" if net > 0 else "text"),
        (fit_right(numbers.bps(net), 6 if ends else 7), ink),
        *ends,
        (f"  {numbers.size(route.top_size)}", "muted"),
        ("" if net > 0 or width < _WIDE else f"  needs {numbers.bps(-net)}", "muted"),
    )


def _cards(view: View, most: int, width: int) -> list[Row]:
    several = len(view.symbol_places) > 1
    cards = [entry for entry in entries(view) if isinstance(entry, Card)][:most]
    if not cards:
        return [((" ", "text"), *quiet_for(view))]
    rows: list[Row] = []
    for card in cards:
        state, ink = life(view, card, brief=width < _WIDE)
        name = _card_name(card.signal.opportunity.route, width)
        if several:
            name = fit(f"{safe(card.signal.opportunity.asset, 5)} {name}".rstrip(), max(18, cells(name)))
        rows.append(
            (
                (f" {name}", "text"),
                (fit_right(numbers.bps(card.signal.opportunity.net_bps), 7), ink),
                (f"  {state}", ink),
            )
        )
    return rows


def _card_name(route: Route, width: int) -> str:
    """Both venues; and where the sale is in another quote, that quote at least."""
    if width >= _WIDE:
        return fit(full_name(route, "▸"), 24)
    pair = route_name(route.buy_venue, route.sell_venue, "▸")
    if route.sell_symbol is None:
        return fit(pair, 18)
    quote = quote_of(route.sell_symbol)
    return fit(f"{fit(pair, min(cells(pair), 17 - cells(quote)))} {quote}", 18)
