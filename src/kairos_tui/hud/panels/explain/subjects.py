"""Subjects: which numbers there are where the viewer looks, and which of them is meant.

Before it: the other modules of explain. After it: panel.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud.cursor import cell_or_best
from kairos_tui.hud.layouts import Panel
from kairos_tui.hud.look import Target
from kairos_tui.hud.matching import entries
from kairos_tui.hud.panels.explain import books, card, edge, grades, overview, route, venue
from kairos_tui.hud.panels.explain.explained import Explained
from kairos_tui.hud.panels.inspect import verdict_of
from kairos_tui.hud.pinning import pinned_route, plotted
from kairos_tui.hud.view_state import View
from kairos_tui.market import Route

_NOTHING = Explained("NOTHING YET", "", "·", "Nothing is known here yet; the panel says what it waits for.")


def subjects(view: View) -> tuple[Explained, ...]:
    """Every number there, in the order of the screen; at least one."""
    explaining = view.explaining
    if explaining is not None and explaining.header:
        return overview.header(view)
    if view.inspected is not None:
        return _inspected(view, view.inspected) or (_NOTHING,)
    return _of_panel(view) or (_NOTHING,)


def meant(view: View) -> tuple[Explained, int, int]:
    """The one that is meant, its place among them counted from 0, and how many there are."""
    every = subjects(view)
    at = view.explaining.place % len(every) if view.explaining is not None else 0
    return every[at], at, len(every)


def column_meant(view: View) -> str:
    """The column that is explained in the panel of venues; empty while none is."""
    explaining = view.explaining
    if explaining is None or explaining.header or view.inspected is not None or view.focus != "venues":
        return ""
    return meant(view)[0].name


def _of_panel(view: View) -> tuple[Explained, ...]:
    return _OF_PANEL[view.focus](view)


def _row(view: View) -> tuple[Explained, ...]:
    ranked = view.ranked
    return venue.columns(view, ranked[min(view.row, len(ranked) - 1)]) if ranked else ()


def _cell(view: View) -> tuple[Explained, ...]:
    venues = view.venues
    if len(venues) < 2:
        return ()
    row, column = cell_or_best(view)
    return (route.cell(view, venues[row], venues[column]),)


def _plotted(view: View) -> tuple[Explained, ...]:
    """Of a pinned route without a price, why it has none."""
    verdict, pinned = plotted(view), pinned_route(view)
    rows = {venue.venue: venue for venue in view.venues}
    if verdict.kind == "none" and pinned is not None and rows.keys() >= set(pinned):
        return (route.cell(view, rows[pinned[0]], rows[pinned[1]]),)
    return edge.steps(view, verdict, sized=False)


def _card(view: View, key: str | None) -> tuple[Explained, ...]:
    listed = entries(view)
    entry = next((entry for entry in listed if entry.key == key), listed[0] if listed else None)
    figures = card.figures(view, entry) if entry is not None else ()
    return (*figures, *grades.of_run(view)) if view.inspected is None else figures


def _inspected(view: View, target: Target) -> tuple[Explained, ...]:
    if target.card is not None:
        return _card(view, target.card)
    buy = next((each for each in view.venues if each.venue == target.buy), None)
    sell = next((each for each in view.venues if each.venue == target.sell), None)
    if buy is None or sell is None:
        return venue.columns(view, buy) if buy is not None else ()
    judged, one = verdict_of(view, buy, sell), view.symbol_board
    graded = grades.of_route(view, Route(one.symbol, buy.venue, sell.venue)) if one is not None else ()
    if not judged:
        return (route.cell(view, buy, sell), *graded)
    return (*edge.steps(view, judged[0], sized=judged[1]), *graded)


_OF_PANEL: Final[dict[Panel, Callable[[View], tuple[Explained, ...]]]] = {
    "matrix": _cell,
    "venues": _row,
    "edge": _plotted,
    "feed": lambda view: _card(view, view.card),
    "depth": books.depth,
    "timeline": books.timeline,
    "markets": books.markets,
}
