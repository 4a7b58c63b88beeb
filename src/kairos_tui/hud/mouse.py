"""Mouse: what a click, a wheel or a hover means where it happens. Everything goes without one, too.

Before it: layout's places, panels that say what stands at a row, the keymap for keys that are written there.
After it: app, which performs it.
"""

from collections.abc import Callable
from typing import Final

from kairos_tui.hud.cursor import hold_card, hold_cell, hold_venue
from kairos_tui.hud.key_names import label
from kairos_tui.hud.layout import Place
from kairos_tui.hud.layouts import PANELS, Slot
from kairos_tui.hud.panels import feed, markets, matrix, themes, venues
from kairos_tui.hud.segments import Row, cells
from kairos_tui.hud.turns import order_words, turn_symbol_to
from kairos_tui.hud.view_state import View

Press = Callable[[View, Place, int, int], None]


def click(view: View, place: Place, x: int, y: int) -> None:
    """Put the cursor on what is at that point of the panel, counted from its upper left corner."""
    press = _PRESSED.get(place.slot)
    if press is not None:
        press(view, place, x, y)
        view.version += 1


def pressed_at(view: View, row: Row, x: int) -> str | None:
    """The action whose key is written at that cell of a row, or just before the words there."""
    if view.prompt is not None or view.jump is not None:
        return None  # what is typed is not for the panels
    at, key = 0, ""
    for text, ink in row:
        inside, written = x - at, text.rstrip()
        if inside < cells(text):
            if ink == "key":
                return _key_in(view, text, inside)
            return _key_of(view, key) if key and inside < cells(written) else None
        key = written.lstrip() if ink == "key" else ""
        at += cells(text)
    return None


def _key_of(view: View, key: str) -> str | None:
    """What the words behind a key mean; of two, `{} 10 s`, the one that goes on."""
    labels = _labels(view)
    return labels.get(key) or (labels.get(key[1]) if len(key) == 2 else None)


def _key_in(view: View, text: str, inside: int) -> str | None:
    """Of several keys in a piece, `hjkl` or `down up`, the one that was meant."""
    labels = _labels(view)
    at = next((place for place in range(len(text)) if cells(text[: place + 1]) > inside), 0)
    word = text[:at].rpartition(" ")[2] + text[at:].partition(" ")[0]
    return labels.get(text.strip()) or (None if text[at] == " " else labels.get(word) or labels.get(text[at]))


def _labels(view: View) -> dict[str, str]:
    """What each key does, by how it is written, as signs and in words."""
    actions = view.plan.keymap.actions.items()
    return {label(key, spelled=spelled): action for key, action in actions for spelled in (True, False)}


def hover(view: View, place: Place | None, y: int) -> bool:
    """Over the picker a theme is tried on; whether one was."""
    wardrobe = view.wardrobe
    if place is None or place.slot != "themes" or place.height < len(wardrobe.themes) + 2:
        return False  # where the list moves with the cursor, a pointer would chase it
    title = themes.title_at(view, place.height, y)
    if title is None or title == wardrobe.worn.title:
        return False
    wardrobe.wear(title)
    view.version += 1
    return True


def panel_of(place: Place | None) -> str | None:
    """The panel that a click there takes the focus to, or that the wheel turns."""
    return place.slot if place is not None and place.slot in PANELS else None


def _venues(view: View, place: Place, x: int, y: int) -> None:
    order = venues.order_at(view, place.width, place.height, x, y)
    if order is None:
        venue = venues.venue_at(view, place.height, y)
        if venue is not None:
            hold_venue(view, venue)
        return
    look = view.look
    look.order, look.reversed = order, order == look.order and not look.reversed
    way = ", worst first" if look.reversed else ""
    view.say(f"venues by {order_words(order)}{way}", for_s=2.0)


def _matrix(view: View, place: Place, x: int, y: int) -> None:
    cell = matrix.cell_at(view, place.width, place.height, x, y)
    if cell is not None:
        hold_cell(view, cell)


def _feed(view: View, place: Place, _x: int, y: int) -> None:
    key = feed.key_at(view, place.width, place.height, y)
    if key is not None:
        hold_card(view, key)


def _markets(view: View, place: Place, _x: int, y: int) -> None:
    at = markets.symbol_at(view, place.height, y)
    if at is not None and at != view.symbol_index:
        turn_symbol_to(view, at)


def _themes(view: View, place: Place, _x: int, y: int) -> None:
    title = themes.title_at(view, place.height, y)
    if title is not None:
        view.wardrobe.wear(title)
        view.wardrobe.keep()


_PRESSED: Final[dict[Slot, Press]] = {
    "venues": _venues,
    "matrix": _matrix,
    "feed": _feed,
    "markets": _markets,
    "themes": _themes,
}
