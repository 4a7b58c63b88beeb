"""RowsShown: `H`, `L` and the middle: the cursor to a row by where it stands on the screen.

Before it: panels, which say what stands at a row; cursor, steering. After it: pointing.
"""

from collections.abc import Callable, Hashable
from typing import Final, cast

from kairos_tui.hud.cursor import cell_or_best, hold_card, hold_cell, hold_venue
from kairos_tui.hud.layout import Place
from kairos_tui.hud.layouts import Slot
from kairos_tui.hud.panels import feed, markets, matrix, venues
from kairos_tui.hud.steering import inspect
from kairos_tui.hud.turns import turn_symbol_to
from kairos_tui.hud.view_state import View
from kairos_tui.market import Venue

Standing = Callable[[View, Place, int], Hashable | None]
"""What a row of the panel is of, by its number."""


def to_row(view: View, places: tuple[Place, ...], share: float) -> None:
    """The cursor of the panel in focus to the first row shown (0.0), the middle one (0.5), the last (1.0)."""
    rows = _rows(view, places)
    if not rows:
        view.say("no rows with a cursor are shown in this panel")
        return
    _HOLDS[view.focus](view, rows[round((len(rows) - 1) * share)])
    if view.inspected is not None and view.focus != "markets":
        inspect(view)
    view.version += 1


def _rows(view: View, places: tuple[Place, ...]) -> list[Hashable]:
    """What can be gone to, from above."""
    place = next((place for place in places if place.slot == view.focus), None)
    standing = _STANDING.get(view.focus)
    if place is None or standing is None:
        return []
    found = (standing(view, place, y) for y in range(place.height))
    return list(dict.fromkeys(each for each in found if each is not None))


def _bought_at(view: View, place: Place, y: int) -> int | None:
    """Which row of the matrix; where its columns stand depends on how many fit."""
    cells = (matrix.cell_at(view, place.width, place.height, x, y) for x in range(place.width - 2, 0, -1))
    found = next((cell for cell in cells if cell is not None), None)
    return found[0] if found is not None else None


def _hold_row(view: View, row: int) -> None:
    """That row in the column of the cursor; where a venue meets itself, in the one beside it."""
    column = cell_or_best(view)[1]
    if column == row:
        column += 1 if column + 1 < len(view.venues) else -1
    if column >= 0:
        hold_cell(view, (row, column))


_STANDING: Final[dict[Slot, Standing]] = {
    "venues": lambda view, place, y: venues.venue_at(view, place.height, y),
    "matrix": _bought_at,
    "feed": lambda view, place, y: feed.key_at(view, place.width, place.height, y),
    "markets": lambda view, place, y: markets.symbol_at(view, place.height, y),
}
_HOLDS: Final[dict[Slot, Callable[[View, Hashable], None]]] = {
    "venues": lambda view, row: hold_venue(view, cast("Venue", row)),
    "matrix": lambda view, row: _hold_row(view, cast("int", row)),
    "feed": lambda view, row: hold_card(view, cast("str", row)),
    "markets": lambda view, row: turn_symbol_to(view, cast("int", row)),
}
