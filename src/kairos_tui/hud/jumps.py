"""Jumps: `o`, a letter for a panel, then letters for what is in it: `o m k o` is KRAKEN→OKX in the matrix.

Before it: view_state, matching. After it: jumping takes the letters, panels show them. Pure.
"""

import string
from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from kairos_tui.hud.actions import ACTIONS
from kairos_tui.hud.cursor import first_shown
from kairos_tui.hud.glyphs import venue_name
from kairos_tui.hud.look import SPANS_S, span_label
from kairos_tui.hud.matching import entries
from kairos_tui.hud.view_state import View

_LETTERS: Final = string.ascii_lowercase + string.digits
_GO: Final = "panel_"
_WAYS: Final = ("next", "previous", "left", "right", "above", "below")
PANEL_NAMES: Final = tuple(
    name
    for name in (action.id.removeprefix(_GO) for action in ACTIONS if action.id.startswith(_GO))
    if name not in _WAYS
)
"""The panels that an action goes to."""
STAGES: Final[dict[str, tuple[str, ...]]] = {
    "matrix": ("buy on", "sell on"),
    "venues": ("venue",),
    "feed": ("signal",),
    "depth": ("venue",),
    "timeline": ("incident",),
    "markets": ("symbol",),
    "edge": ("span",),
}
"""What is asked for in a panel, one letter each; a panel that is not here is arrived at at once."""


class Stop(Struct, frozen=True):
    """A place to go on to: the letter for it, what it is (a panel, a venue, a card …), and its name."""

    letter: str
    key: str
    name: str


def lettered(names: Iterable[tuple[str, str]]) -> tuple[Stop, ...]:
    """A letter for each (key, name): the first of its name that is free, else any that is left."""
    stops: list[Stop] = []
    free = list(_LETTERS)
    for key, name in names:
        wished = (letter for letter in name.casefold() if letter in free)
        letter = next(wished, next(iter(free), None))
        if letter is not None:
            free.remove(letter)
            stops.append(Stop(letter, key, name))
    return tuple(stops)


def stops(view: View, path: str) -> tuple[Stop, ...]:
    """Where one can go on to after these letters; nowhere after the last one."""
    panels = lettered((name, name) for name in PANEL_NAMES)
    if not path:
        return panels
    panel = _at(panels, path[0])
    stage = len(path) - 1
    if panel is None or stage >= len(STAGES.get(panel.key, ())):
        return ()
    if panel.key in _LISTED:
        return _LISTED[panel.key](view)
    venues = lettered((venue.venue, venue_name(venue.venue)) for venue in view.venues)
    return tuple(stop for stop in venues if stage == 0 or stop.letter != path[1])


def _cards(view: View) -> tuple[Stop, ...]:
    return _in_order(view.jump.cards if view.jump is not None else cards_shown(view))


def _notes(view: View) -> tuple[Stop, ...]:
    return _in_order(view.jump.notes if view.jump is not None else notes_shown(view))


def _in_order(keys: tuple[str, ...]) -> tuple[Stop, ...]:
    """Letters from the first that is shown on."""
    return tuple(Stop(letter, key, key) for letter, key in zip(string.ascii_lowercase, keys, strict=False))


def _symbols(view: View) -> tuple[Stop, ...]:
    boards = view.board.symbols if view.board is not None else ()
    return lettered((boards[place].symbol, boards[place].symbol) for place in view.symbol_places if boards)


def _spans(_view: View) -> tuple[Stop, ...]:
    return lettered((span_label(span_s), span_label(span_s)) for span_s in SPANS_S)


_LISTED: Final[dict[str, Callable[[View], tuple[Stop, ...]]]] = {
    "feed": _cards,
    "timeline": _notes,
    "markets": _symbols,
    "edge": _spans,
}
"""What has letters of its own; elsewhere it is venues."""


def walked(view: View, path: str) -> tuple[Stop, ...] | None:
    """The stops that these letters go through; None when one of them leads nowhere."""
    found = tuple(_at(stops(view, path[:place]), letter) for place, letter in enumerate(path))
    return None if None in found else tuple(stop for stop in found if stop is not None)


def asked_for(view: View, path: str) -> str:
    """What the next letter is of."""
    way = walked(view, path)
    return STAGES[way[0].key][len(path) - 1] if way and path else "panel"


def letters_in(view: View, panel: str, stage: int = 0) -> dict[str, str]:
    """The letters to be shown in a panel now, by venue or card; none unless they are asked for."""
    path = view.jump.path if view.jump is not None else ""
    if not path or len(path) - 1 != stage:
        return {}
    way = walked(view, path)
    if not way or way[0].key != panel:
        return {}
    return {stop.key: stop.letter for stop in stops(view, path)}


def cards_shown(view: View) -> tuple[str, ...]:
    """The entries of the feed that get a letter: from the first that is shown."""
    keys = [entry.key for entry in entries(view)]
    first = first_shown(keys, view.card)
    return tuple(keys[first : first + len(string.ascii_lowercase)])


def notes_shown(view: View) -> tuple[str, ...]:
    """The same of the timeline's incidents."""
    notes = view.tape.deck.notes[view.incident : view.incident + len(string.ascii_lowercase)]
    return tuple(dict.fromkeys(note.key for note in notes))


def _at(known: tuple[Stop, ...], letter: str) -> Stop | None:
    return next((stop for stop in known if stop.letter == letter), None)
