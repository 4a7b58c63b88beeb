"""Layouts: which panels stand together, as data. `=` turns through them, `alt` and a digit picks one.

Knows no other module. After it: heights, which gives them their rows; view_state, whose focus walks them.
"""

from typing import Final, Literal

from msgspec import Struct

Panel = Literal["venues", "matrix", "edge", "feed", "depth", "timeline", "markets"]
PANELS: Final[tuple[Panel, ...]] = ("venues", "matrix", "edge", "feed", "depth", "timeline", "markets")
Slot = Panel | Literal["header", "hints", "inspect", "help", "perf", "small", "line", "themes"]
"""What stands at a place of the screen: a panel, or what is no panel."""


class Layout(Struct, frozen=True):
    """Panels from top to bottom: two columns where there is width, else one. The last of a column takes what
    the others leave; where nothing is left it yields, and the panel in focus takes its place if it has none.
    """

    name: str
    left: tuple[Panel, ...]
    right: tuple[Panel, ...]
    narrow: tuple[Panel, ...]


LAYOUTS: Final = (
    Layout("desk", ("venues", "matrix", "edge"), ("feed",), ("venues", "matrix", "feed")),
    Layout("markets", ("markets", "venues", "matrix", "edge"), ("feed",), ("markets", "matrix", "feed")),
    Layout("depth", ("venues", "depth", "edge"), ("feed",), ("venues", "depth")),
    Layout("routes", ("matrix", "edge", "depth"), ("feed", "timeline"), ("matrix", "edge", "feed")),
    Layout("health", ("venues", "matrix", "timeline"), ("feed",), ("venues", "timeline")),
    Layout("signals", ("matrix", "edge"), ("feed", "depth"), ("matrix", "feed")),
    Layout("chart", ("edge",), ("markets", "feed"), ("edge", "feed")),
    Layout("wall", ("markets", "edge", "timeline"), ("feed",), ("markets", "feed")),
    Layout("grid", ("matrix", "timeline"), ("markets", "feed"), ("matrix", "timeline")),
)


BETWEEN: Final[tuple[Panel, ...]] = ("depth", "timeline", "markets")
"""What stands in a column of its own, between the two, where a screen is wide enough for three."""


def layout_at(place: int) -> Layout:
    """The layout of that number, counted from 0; the first one for a number that none has."""
    return LAYOUTS[place] if 0 <= place < len(LAYOUTS) else LAYOUTS[0]


def focusable(place: int, focus: Panel) -> tuple[Panel, ...]:
    """The panels that the focus walks through: the layout's, and the one it is on."""
    layout = layout_at(place)
    own = dict.fromkeys((*layout.left, *layout.right))
    return tuple(own) if focus in own else (*own, focus)
