"""Moves: what each action does to the view, one function per id; the app adds quit and suspend.

Before it: actions, steering, pinning, stepping, finding, turns, theme_moves. After it: app.
"""

from typing import Final

from kairos_tui.hud.acknowledging import acknowledge, acknowledge_all
from kairos_tui.hud.explaining import explain
from kairos_tui.hud.finding import FINDS
from kairos_tui.hud.layouts import Panel, focusable
from kairos_tui.hud.muted import mute
from kairos_tui.hud.pinning import pin
from kairos_tui.hud.steering import inspect, leap, page, steer
from kairos_tui.hud.stepping import freeze, step
from kairos_tui.hud.theme_moves import next_theme, pick_theme, picked
from kairos_tui.hud.turns import TURNS, Move
from kairos_tui.hud.view_state import View


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


def _back(view: View) -> None:
    """Undo the nearest thing: help, perf, explain, inspect, zoom, filter, then the cursors."""
    if view.helping:
        view.helping = False
    elif view.measuring:
        view.measuring = False
    elif view.explaining is not None:
        view.explaining = None
    elif view.inspected is not None:
        view.inspected = None
    elif view.zoomed:
        view.zoomed = False
    elif view.filter is not None:
        view.filter = None
    else:
        view.cell = view.card = None
        view.incident = 0


def _zoom(view: View) -> None:
    view.zoomed = view.measuring or not view.zoomed
    view.measuring = False


def _perf(view: View) -> None:
    view.measuring, view.helping = view.helping or not view.measuring, False


def _help(view: View) -> None:
    view.helping, view.help_page = not view.helping, 0


MOVES: Final[dict[str, Move]] = {
    "help": _help,
    "explain": explain,
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
    "cursor_left": steer(0, -1),
    "cursor_down": steer(1, 0),
    "cursor_up": steer(-1, 0),
    "cursor_right": steer(0, 1),
    "newest": leap(-1),
    "oldest": leap(1),
    "page_down": page(1),
    "page_up": page(-1),
    "inspect": inspect,
    "back": _back,
    "freeze": freeze,
    "step": step,
    "zoom": _zoom,
    "theme_next": next_theme,
    "theme_picker": pick_theme,
    "pin": pin,
    "mute": mute,
    "acknowledge": acknowledge,
    "acknowledge_all": acknowledge_all,
    **TURNS,
    **FINDS,
}
