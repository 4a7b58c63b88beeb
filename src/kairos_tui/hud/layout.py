"""Layout: (what is shown, size) -> where each panel stands. Pure; the same rectangles serve clicks.

Before it: layouts, view_state. After it: scene. Never "window too small": down to a single line.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.hud.layouts import BETWEEN, Layout, Panel, layout_at
from kairos_tui.hud.segments import wrapped

Slot = Panel | Literal["header", "hints", "inspect", "help", "perf", "small", "line", "themes"]

_RIGHT_LG: Final = 46
_RIGHT_MD: Final = 42
_BETWEEN: Final = 72
_VERY_WIDE: Final = 230
_LEAST: Final[dict[Panel, int]] = {
    "venues": 4, "matrix": 5, "edge": 5, "feed": 5, "depth": 6, "timeline": 5, "markets": 4,
}  # fmt: skip
_SPARE: Final = 3
_TALL_REST: Final = 16
_SHORT_FEED: Final = 8
_MOST_NOTES: Final = (2, 4)
_ROOMY: Final = 34
_TALL_HELP: Final = 43
NOTE_MARGIN: Final = 6
"""Cells of a panel's width that a note below the matrix does not have."""
QUOTE_ROWS: Final = (2, 6)
"""Rows below the matrix for routes into other quotes: at least, and where the edge keeps enough."""


class Place(Struct, frozen=True):
    """A panel's rectangle."""

    slot: Slot
    x: int
    y: int
    width: int
    height: int


class Wish(Struct, frozen=True):
    """What of the view decides the layout. `card`: lines of what stands in the matrix's place, if any.

    `notes` are sentences below the matrix, `quoted` whether other quotes have rows there; `inspecting` is how
    many rows the inspector asks for, 0 when it is closed, and `more` what it would fill beyond them;
    `picking` is how many the picker of themes asks for.
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


@lru_cache(maxsize=64)
def arrange(wish: Wish, width: int, height: int) -> tuple[Place, ...]:
    """Every panel's rectangle; together they cover the screen exactly."""
    if height < 5 or width < 30:
        return (Place("line", 0, 0, width, height),)
    top = Place("header", 0, 0, width, 1)
    bottom = Place("hints", 0, height - 1, width, 1)
    return top, *_body(wish, width, height - 2), bottom


def size_class(width: int, height: int) -> str:
    """`lg`, `md`, `sm` or `xs`."""
    if width >= 140 and height >= 30:
        return "lg"
    if width >= 110 and height >= 24:
        return "md"
    return "sm" if width >= 76 and height >= 18 else "xs"


def _body(wish: Wish, width: int, height: int) -> tuple[Place, ...]:
    kind = size_class(width, height + 2)
    if wish.picking and kind in {"sm", "xs"}:
        return _stack(_picking(wish, height, narrow=kind == "sm"), 0, width)
    whole = _whole(wish, kind, height)
    if whole is not None:
        return (Place(whole, 0, 1, width, height),)
    if kind == "sm":
        return _stack(_narrow(wish, height), 0, width)
    return _two_columns(wish, width, height, _RIGHT_LG if kind == "lg" else _RIGHT_MD)


def _whole(wish: Wish, kind: str, height: int) -> Slot | None:
    """What has the screen to itself, if anything."""
    if wish.helping:
        return "help" if kind != "lg" or height < _TALL_HELP else None
    if wish.measuring:
        return "perf"
    small: Slot | None = "small" if kind == "xs" else None
    if wish.inspecting and not wish.picking:
        return "inspect" if wish.zoomed or small else None
    return wish.focus if wish.zoomed and not wish.picking else small


def _two_columns(wish: Wish, width: int, height: int, right: int) -> tuple[Place, ...]:
    layout, left = layout_at(wish.layout), width - right
    side: Slot = "themes" if wish.picking else "help"
    docked: list[tuple[Slot, int]] = [(side, height)]
    aside = docked if wish.picking or wish.helping else _column(wish, layout.right, height, right)
    panels = (wish.focus,) if wish.zoomed else layout.left
    between = _between(wish, layout, width, height)
    shown = {slot for slot, _ in (*aside, *between)}
    if wish.focus not in panels and wish.focus not in shown:
        panels = (*panels[: max(1, len(panels) - 1)], wish.focus)
    left -= _BETWEEN if between else 0
    middle = _stack(between, left, _BETWEEN)
    return *_stack(_left(wish, panels, height, left), 0, left), *middle, *_stack(aside, width - right, right)


def _between(wish: Wish, layout: Layout, width: int, height: int) -> list[tuple[Slot, int]]:
    """The third column of a very wide screen: what the layout does not have already."""
    if width < _VERY_WIDE or wish.zoomed or wish.helping:
        return []
    others = [panel for panel in BETWEEN if panel not in (*layout.left, *layout.right)]
    others = [panel for panel in others if panel != "markets" or wish.markets > 1]
    return _column(wish, others[:2], height, _BETWEEN)


def _left(wish: Wish, panels: Sequence[Panel], height: int, width: int) -> list[tuple[Slot, int]]:
    if not wish.inspecting:
        return _column(wish, panels, height, width)
    sized = _column(wish, panels[:-1], height, width, last=False)
    rest, kept, whole = height - sum(rows for _, rows in sized), panels[-1], wish.inspecting + wish.more
    fits = bool(wish.more) and whole <= rest
    asked = whole if fits else wish.inspecting
    if rest >= asked + _LEAST[kept] + (0 if fits else _SPARE):
        return [*sized, (kept, rest - asked), ("inspect", asked)]
    if sized and rest >= asked - 1:
        return [*sized, ("inspect", rest)]
    others: list[tuple[Slot, int]] = (
        [each for each in sized if each[0] == wish.focus] or sized[-1:] or [(kept, height // 3)]
    )
    return [others[0], ("inspect", height - others[0][1])]


def _column(
    wish: Wish, panels: Sequence[Panel], height: int, width: int, *, last: bool = True
) -> list[tuple[Slot, int]]:
    """Each panel what it asks for, the last one the rest; where no rest is left, the one before has all."""
    rows: list[tuple[Slot, int]] = []
    rest = height
    for place, panel in enumerate(panels):
        final = place == len(panels) - 1
        if last and final and (rest >= _LEAST[panel] or not rows):
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
    return max(_LEAST[panel], rest // 2)


def _quote_rows(wish: Wish, spare: int) -> int:
    """What other quotes get of the rows that the edge, or the inspector, would else have."""
    if not wish.quoted or wish.card:
        return 0
    least, most = QUOTE_ROWS
    kept = wish.inspecting or _LEAST["edge"] + 2
    return min(max(least, min(most, spare - kept)), max(0, spare))


def _matrix_rows(wish: Wish) -> int:
    """A head, a row per venue and the frame; or the card in its frame."""
    return max(wish.venues + 3, wish.card + 2)


def _narrow(wish: Wish, height: int) -> list[tuple[Slot, int]]:
    """One column: what is asked for above, the last panel takes the rest; a tall one has the edge as well."""
    panels = layout_at(wish.layout).narrow
    if wish.focus not in panels:
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
    if rest > _TALL_REST and "edge" not in panels:
        rows.append(("edge", rest - _SHORT_FEED))
        rest = _SHORT_FEED
    return [*rows, (panels[-1], rest)]


def _narrow_rows(wish: Wish, panel: Panel, height: int, rest: int) -> int:
    if panel in ("venues", "markets"):
        count = wish.venues if panel == "venues" else wish.markets
        return min(count + 2, max(4, (height - 3) // 2 - 1))
    if panel == "matrix":
        quoted = QUOTE_ROWS[0] if wish.quoted and not wish.card else 0
        above = 0 if rest < height else _narrow_rows(wish, "venues", height, rest)
        return min(_matrix_rows(wish) + quoted, max(4, rest - above - 3))
    return max(_LEAST[panel], rest // 2)


def _picking(wish: Wish, height: int, *, narrow: bool) -> list[tuple[Slot, int]]:
    """The picker below, and above it enough of the rest to see what a theme looks like."""
    docked = min(wish.picking, height // 2)
    rest = replace(wish, picking=0, inspecting=0)
    above: list[tuple[Slot, int]] = [("small", height - docked)]
    return [*(_narrow(rest, height - docked) if narrow else above), ("themes", docked)]


def _stack(rows: Sequence[tuple[Slot, int]], x: int, width: int) -> tuple[Place, ...]:
    places = []
    y = 1
    for slot, height in rows:
        places.append(Place(slot, x, y, width, height))
        y += height
    return tuple(places)
