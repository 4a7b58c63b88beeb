"""Layout: (what is shown, size) -> where each panel stands. Pure; the same rectangles serve clicks.

Before it: view_state. After it: scene. Never "window too small": six layouts, down to a single line.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.hud.segments import wrapped

Slot = Literal[
    "header",
    "hints",
    "venues",
    "matrix",
    "edge",
    "feed",
    "inspect",
    "help",
    "perf",
    "small",
    "line",
    "themes",
]

_RIGHT_LG: Final = 46
_RIGHT_MD: Final = 42
_LEAST_EDGE: Final = 5
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
    many rows the inspector asks for, 0 when it is closed, `picking` how many the picker of themes.
    """

    venues: int
    focus: Slot
    zoomed: bool = False
    helping: bool = False
    measuring: bool = False
    inspecting: int = 0
    picking: int = 0
    card: int = 0
    notes: tuple[str, ...] = ()
    quoted: bool = False


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
    """What has the whole screen to itself, if anything."""
    if wish.helping and (kind != "lg" or height < _TALL_HELP):
        return "help"
    if wish.measuring and not wish.helping:
        return "perf"
    beside = wish.inspecting or wish.helping or wish.picking
    if kind == "xs":
        return "inspect" if wish.inspecting else "small"
    return wish.focus if wish.zoomed and not beside else None


def _two_columns(wish: Wish, width: int, height: int, right: int) -> tuple[Place, ...]:
    side: Slot = "themes" if wish.picking else "help" if wish.helping else "feed"
    column = Place(side, width - right, 1, right, height)
    left = width - right
    if wish.zoomed and wish.focus != "feed":
        docked = min(wish.inspecting, height // 2)
        rows: list[tuple[Slot, int]] = [(wish.focus, height - docked)]
        rows += [("inspect", docked)] if docked else []
        return *_stack(rows, 0, left), column
    return *_stack(_left(wish, height, left), 0, left), column


def _left(wish: Wish, height: int, width: int) -> list[tuple[Slot, int]]:
    venues = min(wish.venues + 3, max(5, height // 3))
    notes = min(_MOST_NOTES[height >= _ROOMY], len(wrapped(wish.notes, width - NOTE_MARGIN)))
    matrix = min(_matrix_rows(wish) + notes, max(5, height - venues))
    matrix += _quote_rows(wish, height - venues - matrix)
    rest = height - venues - matrix
    if wish.inspecting:
        return _with_inspect(wish, venues, matrix, height)
    if rest < _LEAST_EDGE:
        return [("venues", venues), ("matrix", height - venues)]
    return [("venues", venues), ("matrix", matrix), ("edge", rest)]


def _quote_rows(wish: Wish, spare: int) -> int:
    """What other quotes get of the rows that the edge, or the inspector, would else have."""
    if not wish.quoted or wish.card:
        return 0
    least, most = QUOTE_ROWS
    kept = wish.inspecting or _LEAST_EDGE + 2
    return min(max(least, min(most, spare - kept)), max(0, spare))


def _matrix_rows(wish: Wish) -> int:
    """A head, a row per venue and the frame; or the card in its frame."""
    return max(wish.venues + 3, wish.card + 2)


def _with_inspect(wish: Wish, venues: int, matrix: int, height: int) -> list[tuple[Slot, int]]:
    rest = height - venues - matrix
    asked = wish.inspecting
    if rest >= asked + _LEAST_EDGE + 3:
        return [("venues", venues), ("matrix", matrix), ("edge", rest - asked), ("inspect", asked)]
    if rest >= asked - 1:
        return [("venues", venues), ("matrix", matrix), ("inspect", rest)]
    kept: tuple[Slot, int] = ("venues", venues) if wish.focus == "venues" else ("matrix", matrix)
    return [kept, ("inspect", height - kept[1])]


def _narrow(wish: Wish, height: int) -> list[tuple[Slot, int]]:
    venues = min(wish.venues + 2, max(4, (height - 3) // 2 - 1))
    quoted = QUOTE_ROWS[0] if wish.quoted and not wish.card else 0
    matrix = min(_matrix_rows(wish) + quoted, max(4, height - venues - 3))
    if wish.inspecting:
        kept = {"venues": venues, "matrix": matrix}.get(wish.focus, max(4, height - wish.inspecting - 1))
        return [(wish.focus, kept), ("inspect", height - kept)]
    rest = height - venues - matrix
    if rest > 16:
        return [("venues", venues), ("matrix", matrix), ("edge", rest - 8), ("feed", 8)]
    third: Slot = "edge" if wish.focus == "edge" else "feed"
    return [("venues", venues), ("matrix", matrix), (third, rest)]


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
