"""Steering: the cursor of the panel in focus, by steps, by pages, to either end; the inspector follows it.

Before it: cursor, matching, view_state. After it: moves.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud.cursor import cell_or_best, hold_card
from kairos_tui.hud.explaining import steps_through
from kairos_tui.hud.layouts import Panel
from kairos_tui.hud.look import Target
from kairos_tui.hud.matching import entries
from kairos_tui.hud.turns import Move, turn_symbol
from kairos_tui.hud.view_state import View
from kairos_tui.market import Symbol

_PAGE: Final = 5
_FAR: Final = 1_000_000


def steer(down: int, right: int) -> Move:
    """So many rows down and columns right; in a panel of one column both are rows."""

    def go(view: View) -> None:
        if view.helping:
            view.help_page += down or right
        elif view.measuring:
            count = len(view.board.roles) if view.board is not None else 0
            view.process = within(view.process + (down or right), count)
        elif steps_through(view, down, right):
            return
        elif view.focus in _LISTS:
            _LISTS[view.focus](view, down or right)
        else:
            _steer_matrix(view, down, right)
        followed = view.focus not in ("markets", "timeline") and not (view.measuring or view.helping)
        if view.inspected is not None and followed:
            inspect(view)

    return go


def leap(way: int) -> Move:
    """To the first or the last of what is listed; of signals the newest, which is then followed."""
    far = steer(way * _FAR, 0)

    def go(view: View) -> None:
        if view.helping:
            view.help_page = min(0, -way)
        elif view.focus == "feed" and way < 0:
            view.card = None
        else:
            far(view)

    return go


def page(way: int) -> Move:
    """Some rows on; of the help a page."""
    rows, pages = steer(way * _PAGE, 0), steer(way, 0)
    return lambda view: pages(view) if view.helping else rows(view)


def inspect(view: View) -> None:
    """Take apart what is under the cursor."""
    view.measuring = False
    view.inspect_page = view.inspect_page if view.inspected is not None else 0
    names = [venue.venue for venue in view.venues]
    if view.focus == "markets":
        view.focus, view.zoomed = "matrix", False
    elif view.focus == "feed" and (listed := entries(view)):
        keys = [entry.key for entry in listed]
        if view.card not in keys:
            hold_card(view, keys[0])
        view.inspected = Target(card=view.card)
    elif names and (view.focus == "venues" or (view.focus == "depth" and view.venue is not None)):
        view.inspected = Target(buy=view.ranked[view.row].venue)
    elif len(names) > 1 and view.focus == "edge" and (pinned := view.tape.followed.ends(Symbol(view.symbol))):
        view.inspected = Target(*pinned)
    elif len(names) > 1:
        row, column = view.cell = cell_or_best(view)  # what is inspected stays under the cursor
        view.inspected = Target(buy=names[row], sell=names[column])
    else:
        view.say("nothing to inspect yet")


def within(place: int, count: int) -> int:
    """The nearest place of so many."""
    return max(0, min(place, count - 1))


def _steer_matrix(view: View, down: int, right: int) -> None:
    count = len(view.venues)
    if count < 2:
        return
    row, column = cell_or_best(view)
    for more in (0, 1, -1):  # a step over the diagonal, where a venue meets itself, or at the edge before it
        below, beside = down + more * _way(down), right + more * _way(right)
        there = within(row + below, count), within(column + beside, count)
        if there[0] != there[1]:
            view.cell = there
            return


def _way(step: int) -> int:
    return (step > 0) - (step < 0)


def _steer_venues(view: View, step: int) -> None:
    ranked = view.ranked
    view.venue = ranked[within(view.row + step, len(ranked))].venue if ranked else None


def _steer_timeline(view: View, step: int) -> None:
    view.incident = within(view.incident + step, len(view.tape.deck.notes))


def _steer_markets(view: View, step: int) -> None:
    turn_symbol(view, step, around=False)


def _steer_feed(view: View, step: int) -> None:
    keys = [entry.key for entry in entries(view)]
    if keys:
        place = keys.index(view.card) + step if view.card in keys else max(0, step - 1)
        hold_card(view, keys[within(place, len(keys))])


_LISTS: Final[dict[Panel, Callable[[View, int], None]]] = {
    "venues": _steer_venues,
    "depth": _steer_venues,
    "feed": _steer_feed,
    "timeline": _steer_timeline,
    "markets": _steer_markets,
}
"""Panels of one column: how their cursor steps."""
