"""Layout: (what is shown, size) -> where each panel stands. Pure; the same rectangles serve clicks.

Before it: layouts, heights. After it: scene. Never "window too small": down to a single line.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.hud.heights import LEAST, Wish, column, narrow_column
from kairos_tui.hud.layouts import BETWEEN, Layout, Panel, Slot, layout_at

_RIGHT_LG: Final = 46
_RIGHT_MD: Final = 42
_BETWEEN: Final = 72
_VERY_WIDE: Final = 230
_SPARE: Final = 3
_TALL_HELP: Final = 43


class Place(Struct, frozen=True):
    """A panel's rectangle."""

    slot: Slot
    x: int
    y: int
    width: int
    height: int


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
        return _stack(narrow_column(wish, height), 0, width)
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
    aside = docked if wish.picking or wish.helping else column(wish, layout.right, height, right)
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
    return column(wish, others[:2], height, _BETWEEN)


def _left(wish: Wish, panels: Sequence[Panel], height: int, width: int) -> list[tuple[Slot, int]]:
    if not wish.inspecting:
        return column(wish, panels, height, width)
    sized = column(wish, panels[:-1], height, width, last=False)
    rest, kept, whole = height - sum(rows for _, rows in sized), panels[-1], wish.inspecting + wish.more
    fits = bool(wish.more) and whole <= rest
    asked = whole if fits else wish.inspecting
    if rest >= asked + LEAST[kept] + (0 if fits else _SPARE):
        return [*sized, (kept, rest - asked), ("inspect", asked)]
    if sized and rest >= asked - 1:
        return [*sized, ("inspect", rest)]
    others: list[tuple[Slot, int]] = (
        [each for each in sized if each[0] == wish.focus] or sized[-1:] or [(kept, height // 3)]
    )
    return [others[0], ("inspect", height - others[0][1])]


def _picking(wish: Wish, height: int, *, narrow: bool) -> list[tuple[Slot, int]]:
    """The picker below, and above it enough of the rest to see what a theme looks like."""
    docked = min(wish.picking, height // 2)
    rest = replace(wish, picking=0, inspecting=0)
    above: list[tuple[Slot, int]] = [("small", height - docked)]
    return [*(narrow_column(rest, height - docked) if narrow else above), ("themes", docked)]


def _stack(rows: Sequence[tuple[Slot, int]], x: int, width: int) -> tuple[Place, ...]:
    places = []
    y = 1
    for slot, height in rows:
        places.append(Place(slot, x, y, width, height))
        y += height
    return tuple(places)
