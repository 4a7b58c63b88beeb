"""Jump: the letters that may be pressed, over the last row, and over the frame of each panel its own.

Before it: jumps. After it: scene. Inside a panel its own drawing shows the letters, in their places.
"""

from collections.abc import Iterable

from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.jumps import asked_for, stops
from kairos_tui.hud.layout import Place
from kairos_tui.hud.segments import Layer, Row, cut, fill, row_cells
from kairos_tui.hud.view_state import View

INK = "alert"
"""A letter that is to be pressed."""


def layers(view: View, places: Iterable[Place], width: int, height: int) -> tuple[Layer, ...]:
    """What stands over the panels during a jump; nothing when there is none."""
    if view.jump is None:
        return ()
    row = Layer(0, height - 1, (_row(view, view.jump.path, width),))
    if view.jump.path:
        return (row,)
    letters = {stop.key: stop.letter for stop in stops(view, "")}
    named = [(place, letters[place.slot]) for place in places if place.slot in letters]
    frames = [Layer(place.x + 1, place.y, (((letter, INK),),)) for place, letter in named]
    return *frames, row


def _row(view: View, path: str, width: int) -> Row:
    head: Row = ((" jump ", "key+b"), (" ".join(path), "text+b"), (f"  {asked_for(view, path)}  ", "muted"))
    row = head
    for stop in stops(view, path):
        piece: Row = ((stop.letter, INK), (f" {safe(stop.name, 14)}  ", "text"))
        if row_cells(row) + row_cells(piece) <= width:
            row += piece
    return fill(cut(row, width), width)
