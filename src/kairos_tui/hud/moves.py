"""Moves: what each action does to the view, one function per id; the app adds quit and suspend.

Before it: actions, view_state, theme_moves, turns. After it: app.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud.cards import MOST_PINNED, Card
from kairos_tui.hud.layouts import Panel, focusable
from kairos_tui.hud.routes import best_pair
from kairos_tui.hud.theme_moves import next_theme, pick_theme, picked
from kairos_tui.hud.turns import TURNS, Move, turn_symbol
from kairos_tui.hud.view_state import Target, View


def move(view: View, action_id: str) -> None:
    """Do it, and mark the view changed."""
    if not picked(view, action_id):
        MOVES[action_id](view)
    view.version += 1


def _turn_panel(step: int) -> Move:
    def turn(view: View) -> None:
        panels = focusable(view.look.layout, view.focus)
        _focus(view, panels[(panels.index(view.focus) + step) % len(panels)])

    return turn


def _go_panel(panel: Panel) -> Move:
    def go(view: View) -> None:
        _focus(view, panel)

    return go


def _focus(view: View, panel: Panel) -> None:
    if panel != "feed":
        view.card = None  # signals follow the newest again once nobody reads there
    view.focus = panel
    view.helping = view.measuring = False


def _newest(view: View) -> None:
    view.card = None


def _steer(down: int, right: int) -> Move:
    def steer(view: View) -> None:
        if view.helping:
            view.help_page += down or right
        elif view.measuring:
            count = len(view.board.roles) if view.board is not None else 0
            view.process = _within(view.process + (down or right), count)
        elif view.focus in _LISTS:
            _LISTS[view.focus](view, down or right)
        else:
            _steer_matrix(view, down, right)
        followed = view.focus not in ("markets", "timeline") and not (view.measuring or view.helping)
        if view.inspected is not None and followed:
            _inspect(view)

    return steer


def _steer_matrix(view: View, down: int, right: int) -> None:
    count = len(view.venues)
    if count < 2:
        return
    row, column = cell_or_best(view)
    for _ in range(2):  # a second step over the diagonal, where a venue meets itself
        row, column = _within(row + down, count), _within(column + right, count)
        if row != column:
            view.cell = (row, column)
            return


def _steer_venues(view: View, step: int) -> None:
    ranked = view.ranked
    view.venue = ranked[_within(view.row + step, len(ranked))].venue if ranked else None


def _steer_timeline(view: View, step: int) -> None:
    view.incident = _within(view.incident + step, len(view.tape.deck.notes))


def _steer_markets(view: View, step: int) -> None:
    turn_symbol(view, step, around=False)


def _steer_feed(view: View, step: int) -> None:
    keys = [entry.key for entry in view.tape.deck.entries]
    if keys:
        place = keys.index(view.card) + step if view.card in keys else 0
        _hold(view, keys[_within(place, len(keys))])


def _hold(view: View, key: str) -> None:
    """Put the feed's cursor on an entry: from now on, what comes in is counted and not shown on top."""
    if view.card is None:
        view.seen = view.tape.deck.arrived
    view.card = key


_LISTS: Final[dict[Panel, Callable[[View, int], None]]] = {
    "venues": _steer_venues,
    "feed": _steer_feed,
    "timeline": _steer_timeline,
    "markets": _steer_markets,
}
"""Panels of one column: how their cursor steps."""


def cell_or_best(view: View) -> tuple[int, int]:
    """Where the matrix cursor is: where it was put, else on the best route."""
    names = [venue.venue for venue in view.venues]
    if view.cell is not None and max(view.cell) < len(names):
        return view.cell
    best = best_pair(view.symbol_board) if view.symbol_board is not None else None
    if best is None or best.buy_venue not in names or best.sell_venue not in names:
        return (0, min(1, len(names) - 1)) if names else (0, 0)
    return names.index(best.buy_venue), names.index(best.sell_venue)


def _inspect(view: View) -> None:
    view.measuring = False
    names = [venue.venue for venue in view.venues]
    if view.focus == "markets":
        view.focus, view.zoomed = "matrix", False
    elif view.focus == "feed" and view.tape.deck.entries:
        keys = [entry.key for entry in view.tape.deck.entries]
        if view.card not in keys:
            _hold(view, keys[0])
        view.inspected = Target(card=view.card)
    elif names and view.focus == "venues":
        view.inspected = Target(buy=view.ranked[view.row].venue)
    elif len(names) > 1:
        row, column = view.cell = cell_or_best(view)  # what is inspected stays under the cursor
        view.inspected = Target(buy=names[row], sell=names[column])
    else:
        view.say("nothing to inspect yet")


def _back(view: View) -> None:
    """Undo the nearest thing: help, perf, inspect, zoom, then the cursors."""
    if view.helping:
        view.helping = False
    elif view.measuring:
        view.measuring = False
    elif view.inspected is not None:
        view.inspected = None
    elif view.zoomed:
        view.zoomed = False
    else:
        view.cell = view.card = None
        view.incident = 0


def _pin(view: View) -> None:
    """The card under the cursor, else the newest signal."""
    deck = view.tape.deck
    cards = [entry.key for entry in deck.entries if isinstance(entry, Card)]
    key = view.card if view.card in cards else next(iter(cards), None)
    if key is None:
        view.say("no signal to pin yet")
        return
    pinned = deck.pin(key)
    if view.held is not None:
        view.live.deck.pin(key)
    if pinned is None:
        view.say(f"{MOST_PINNED} signals are pinned already: unpin one with p")
    else:
        view.say(f"{key} {'pinned' if pinned else 'unpinned'}", for_s=2.0)


def _freeze(view: View) -> None:
    if view.held is None:
        view.held, view.held_ns, view.held_us = view.live.copy(), view.now_ns, view.now_us
    else:
        view.held = None


def _zoom(view: View) -> None:
    view.zoomed = view.measuring or not view.zoomed
    view.measuring = False


def _perf(view: View) -> None:
    view.measuring, view.helping = view.helping or not view.measuring, False


def _help(view: View) -> None:
    view.helping, view.help_page = not view.helping, 0


def _within(place: int, count: int) -> int:
    return max(0, min(place, count - 1))


MOVES: Final[dict[str, Move]] = {
    "help": _help,
    "perf": _perf,
    "panel_next": _turn_panel(1),
    "panel_previous": _turn_panel(-1),
    "panel_venues": _go_panel("venues"),
    "panel_matrix": _go_panel("matrix"),
    "panel_edge": _go_panel("edge"),
    "panel_feed": _go_panel("feed"),
    "panel_depth": _go_panel("depth"),
    "panel_timeline": _go_panel("timeline"),
    "panel_markets": _go_panel("markets"),
    "cursor_left": _steer(0, -1),
    "cursor_down": _steer(1, 0),
    "cursor_up": _steer(-1, 0),
    "cursor_right": _steer(0, 1),
    "newest": _newest,
    "inspect": _inspect,
    "back": _back,
    "freeze": _freeze,
    "zoom": _zoom,
    "theme_next": next_theme,
    "theme_picker": pick_theme,
    "pin": _pin,
    **TURNS,
}
