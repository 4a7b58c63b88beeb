"""Heights: how many rows each panel of a column gets: what it asks for, within what the others need.

Before it: layouts. After it: layout, which puts the columns side by side.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from kairos_tui.hud.layouts import Panel, Slot, layout_at
from kairos_tui.hud.segments import wrapped

LEAST: Final[dict[Panel, int]] = {
    "venues": 4, "matrix": 5, "edge": 5, "feed": 5, "depth": 6, "timeline": 5, "markets": 4,
}  # fmt: skip
_SHORT_FEED: Final = 8
_LEAST_FEED: Final = 4
_FEW_RUNGS: Final = 9
_LEAST_EDGE: Final = 7
_PLOTTED_EDGE: Final = 9
"""Rows of an edge whose plot is worth it: what it has before the signals below have more than the least."""
_MOST_NOTES: Final = (2, 4)
_ROOMY: Final = 34
NOTE_MARGIN: Final = 6
"""Cells of a panel's width that a note below the matrix does not have."""
QUOTE_ROWS: Final = (2, 6)
"""Rows below the matrix for routes into other quotes: at least, and where the edge keeps enough."""


class Wish(Struct, frozen=True):
    """What of the view decides the layout. `card`: lines of what stands in the matrix's place, if any.

    `notes` are sentences below the matrix, `quoted` whether other quotes have rows there; `inspecting` is how
    many rows the inspector asks for, 0 when it is closed, and `more` what it would fill beyond them;
    `picking` is how many the picker of themes asks for; `told` is how many signals and notes there are.
    """

    venues: int
    focus: Panel
    zoomed: bool = False
    helping: bool = False
    measuring: bool = False
    inspecting: int = 0
    picking: int = 0
    card: int = 0
    notes: tuple[str, ...] = ()
    quoted: bool = False
    layout: int = 0
    markets: int = 1
    more: int = 0
    told: int = 0


def column(
    wish: Wish, panels: Sequence[Panel], height: int, width: int, *, last: bool = True
) -> list[tuple[Slot, int]]:
    """Each panel what it asks for, the last one the rest; where no rest is left, the one before has all."""
    rows: list[tuple[Slot, int]] = []
    rest = height
    for place, panel in enumerate(panels):
        final = place == len(panels) - 1
        if last and final and (rest >= LEAST[panel] or not rows):
            rows.append((panel, rest))
            return rows
        asked = _asked(wish, panel, height, rest, width)
        if rest - asked < 0 or (last and final):
            break
        rows.append((panel, asked))
        rest -= asked
    if last and rows:
        rows[-1] = (rows[-1][0], rows[-1][1] + rest)
    return rows


def _asked(wish: Wish, panel: Panel, height: int, rest: int, width: int) -> int:
    """The rows in which a panel shows all it has, within what others need."""
    if panel == "venues":
        return min(wish.venues + 3, max(5, height // 3))
    if panel == "markets":
        return min(wish.markets + 3, max(5, height // 3))
    if panel == "matrix":
        notes = min(_MOST_NOTES[height >= _ROOMY], len(wrapped(wish.notes, width - NOTE_MARGIN)))
        rows = min(_matrix_rows(wish) + notes, max(5, rest))
        return rows + _quote_rows(wish, rest - rows)
    return max(LEAST[panel], rest // 2)


def _quote_rows(wish: Wish, spare: int) -> int:
    """What other quotes get of the rows that the edge, or the inspector, would else have."""
    if not wish.quoted or wish.card:
        return 0
    least, most = QUOTE_ROWS
    kept = wish.inspecting or LEAST["edge"] + 2
    return min(max(least, min(most, spare - kept)), max(0, spare))


def _matrix_rows(wish: Wish) -> int:
    """A head, a row per venue and the frame; or the card in its frame."""
    return max(wish.venues + 3, wish.card + 2)


def narrow_column(wish: Wish, height: int) -> list[tuple[Slot, int]]:
    """One column: what is asked for above, the last panel takes the rest; a tall one has the edge as well."""
    panels = layout_at(wish.layout).narrow
    called = wish.focus not in panels
    if called:
        panels = (*panels[:-1], wish.focus)
    if wish.inspecting:
        known = wish.focus in ("venues", "markets", "matrix")
        kept = _narrow_rows(wish, wish.focus, height, height) if known else height - wish.inspecting - 1
        kept = max(4, kept)
        return [(wish.focus, kept), ("inspect", height - kept)]
    rows: list[tuple[Slot, int]] = []
    rest = height
    for panel in panels[:-1]:
        asked = _narrow_rows(wish, panel, height, rest)
        rows.append((panel, asked))
        rest -= asked
    if called and len(rows) > 1 and rest < _least_called(wish):
        rest += rows.pop()[1]
    below = max(_SHORT_FEED, _least_called(wish) if called else 0)
    if rest - below >= _PLOTTED_EDGE and "edge" not in panels:
        rows.append(("edge", rest - below))
        rest = below
    return _shared(wish, [*rows, (panels[-1], rest)])


def _shared(wish: Wish, rows: list[tuple[Slot, int]]) -> list[tuple[Slot, int]]:
    """Venues for which there is no row get those that others would leave blank, or can spare."""
    sized = dict(rows)
    filled = {"feed": 2 + max(1, wish.told), "timeline": wish.venues + 4, "depth": _FEW_RUNGS}
    filled |= {"matrix": wish.card + 2} if wish.card else {}
    for slot, have in rows:
        hidden = wish.venues + 2 - sized.get("venues", wish.venues + 2)
        moved = max(0, min(hidden, have - filled.get(slot, have)))
        if moved:
            sized[slot], sized["venues"] = have - moved, sized["venues"] + moved
    return [*sized.items()]


def _least_called(wish: Wish) -> int:
    """Rows below which the panel in focus says too little where it stands in another's place: the one before
    yields to it too. Of the timeline a lane for each venue, the times and an incident."""
    least = LEAST | {"edge": _LEAST_EDGE, "timeline": wish.venues + 4, "venues": wish.venues + 2}
    return least[wish.focus]


def _narrow_rows(wish: Wish, panel: Panel, height: int, rest: int) -> int:
    if panel in ("venues", "markets"):
        count = wish.venues if panel == "venues" else wish.markets
        return min(count + 2, max(4, (height - 3) // 2 - 1))
    if panel == "edge":
        below = _LEAST_FEED if wish.focus in layout_at(wish.layout).narrow else _least_called(wish)
        return max(LEAST["edge"], rest - max(below, min(_SHORT_FEED, rest - _PLOTTED_EDGE)))
    if panel == "matrix":
        quoted = QUOTE_ROWS[0] if wish.quoted and not wish.card else 0
        above = 0 if rest < height else _narrow_rows(wish, "venues", height, rest)
        return min(_matrix_rows(wish) + quoted, max(4, rest - above - 3))
    return max(LEAST[panel], rest // 2)
