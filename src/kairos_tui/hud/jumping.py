"""Jumping: what the letters of a jump do. After the last one the cursor is where they led.

Before it: jumps, moves. After it: prompting, which gives every key here first.
"""

from typing import Final

from msgspec.structs import replace

from kairos_tui.hud.cursor import hold_card, hold_cell, hold_venue
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.jumps import Stop, stops, walked
from kairos_tui.hud.moves import move
from kairos_tui.hud.prompt import Jump
from kairos_tui.hud.view_state import View
from kairos_tui.market import Venue

_PANEL: Final = "panel_"


def take_letter(view: View, key: str) -> bool:
    """Give a key to the jump that is under way, if one is; False: the keymap has it."""
    if view.jump is None or key.startswith("ctrl+"):
        return False
    if key == "escape":
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
        view.jump = Jump(path, jump.cards)
    else:
        view.jump = None
        _arrive(view, way)


def _arrive(view: View, way: tuple[Stop, ...]) -> None:
    panel = way[0].key
    move(view, f"{_PANEL}{panel}")
    names: list[str] = [venue.venue for venue in view.venues]
    if panel == "matrix" and len(way) == 3:
        hold_cell(view, (names.index(way[1].key), names.index(way[2].key)))
    elif panel == "venues" and len(way) == 2:
        hold_venue(view, Venue(way[1].key))
    elif panel == "feed" and len(way) == 2:
        hold_card(view, way[1].key)
