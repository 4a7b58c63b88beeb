"""Jumping: what the letters of a jump do. After the last one the cursor is where they led.

Before it: jumps, moves. After it: prompting, which gives every key here first.
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from kairos_tui.hud.cursor import hold_card, hold_cell, hold_venue
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.jumps import Stop, stops, walked
from kairos_tui.hud.look import SPANS_S, span_label
from kairos_tui.hud.moves import move
from kairos_tui.hud.prompt import Jump
from kairos_tui.hud.turns import turn_symbol_to
from kairos_tui.hud.view_state import View
from kairos_tui.market import Venue

_PANEL: Final = "panel_"


def take_letter(view: View, key: str) -> bool:
    """Give a key to the jump that is under way, if one is; False: the keymap has it."""
    if view.jump is None or key.startswith("ctrl+"):
        return False
    if key == "escape" or key == "enter":
        view.jump = None
    elif key == "backspace":
        view.jump = replace(view.jump, path=view.jump.path[:-1]) if view.jump.path else None
    else:
        _go_on(view, view.jump, view.jump.path + key.casefold())
    view.version += 1
    return True


def _go_on(view: View, jump: Jump, path: str) -> None:
    way = walked(view, path)
    if way is None:
        view.jump = None
        view.say(f"no hint is called {safe(path[-1], 12)}")
    elif stops(view, path):
        if len(path) == 1:
            move(view, f"{_PANEL}{way[0].key}")
        view.jump = Jump(path, jump.cards, jump.notes)
    else:
        view.jump = None
        _arrive(view, way)


def _arrive(view: View, way: tuple[Stop, ...]) -> None:
    panel = way[0].key
    move(view, f"{_PANEL}{panel}")
    _ARRIVED[panel](view, way)


def _at_cell(view: View, way: tuple[Stop, ...]) -> None:
    names: list[str] = [venue.venue for venue in view.venues]
    hold_cell(view, (names.index(way[1].key), names.index(way[2].key)))


def _at_incident(view: View, way: tuple[Stop, ...]) -> None:
    keys = [note.key for note in view.tape.deck.notes]
    view.incident = keys.index(way[1].key) if way[1].key in keys else view.incident


def _at_symbol(view: View, way: tuple[Stop, ...]) -> None:
    boards = view.board.symbols if view.board is not None else ()
    names: list[str] = [one.symbol for one in boards]
    if way[1].key in names:
        turn_symbol_to(view, names.index(way[1].key))


def _at_span(view: View, way: tuple[Stop, ...]) -> None:
    view.look.span_s = next(span_s for span_s in SPANS_S if span_label(span_s) == way[1].key)


_ARRIVED: Final[dict[str, Callable[[View, tuple[Stop, ...]], None]]] = {
    "matrix": _at_cell,
    "venues": lambda view, way: hold_venue(view, Venue(way[1].key)),
    "depth": lambda view, way: hold_venue(view, Venue(way[1].key)),
    "feed": lambda view, way: hold_card(view, way[1].key),
    "timeline": _at_incident,
    "markets": _at_symbol,
    "edge": _at_span,
}
