"""The docked card that takes the number under the cursor apart.

Before it: subjects. After it: scene, which gives it the inspector's place while it is open.
"""

from typing import Final

from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.panels.explain.explained import Explained
from kairos_tui.hud.panels.explain.subjects import meant
from kairos_tui.hud.segments import Row, cut, fill, wrapped
from kairos_tui.hud.view_state import View

ROWS: Final = 11
"""Rows it asks for, its frame included."""
_LABEL: Final = 10
_LABELLED: Final = 50
"""Cells from which each part has its label."""
_FRAME: Final = 4
_OWN_CURSOR: Final = frozenset({"venues", "feed", "markets"})
"""Panels whose rows the cursor steps through, so that other numbers lie to the left and right."""


def wanted(view: View) -> int:
    """Rows it asks for; 0 while it is closed."""
    return ROWS if view.explaining is not None else 0


def draw(view: View, width: int, height: int) -> Drawing:
    """What it says, the value first; what finds no room is cut from below."""
    told, at, of = meant(view)
    body = [_headline(told), *_fitting(told, width - _FRAME, height - 3)]
    rows = [fill(cut(row, width - _FRAME), width - 2) for row in body]
    key = view.plan.keymap.shown("explain")
    title: Row = ((f"{key} ", "accent"), ("EXPLAIN", "text+b"), (f"  {told.of}", "focus+b"))
    count: Row = ((f"{at + 1} of {of}", "muted"),) if of > 1 else ()
    return box(
        rows, width, height, title=title, note=count, foot=_keys(view, of), ink="secondary",
        dashed=view.held is not None,
    )  # fmt: skip


def _headline(told: Explained) -> Row:
    unit = "" if told.value.endswith(told.unit) else f"  {told.unit}"
    return ((f" {told.name}  ", "accent+b"), (told.value, "text+b"), (unit, "muted"))


def _fitting(told: Explained, width: int, room: int) -> list[Row]:
    """All of it; where there is no room for all, the formula in figures stands before the words."""
    here, what = ("here", told.here, "text+b"), ("what", told.what, "text")
    formula = ("formula", told.formula, "near")
    rest = [("age", told.age, "muted"), ("source", told.source, "muted")]
    rows = _sentences([what, formula, here, *rest], width)
    return rows if len(rows) <= room else _sentences([here, what, formula, *rest], width)


def _sentences(parts: list[tuple[str, str, str]], width: int) -> list[Row]:
    label_cells = _LABEL if width >= _LABELLED else 0
    rows: list[Row] = []
    for label, text, ink in parts:
        for place, line in enumerate(wrapped([text], width - label_cells - 2)):
            lead = "" if place or not label_cells else label
            rows.append(((f" {lead:<{label_cells}}", "muted"), (line, ink)))
    return rows


def _keys(view: View, of: int) -> Row:
    """`h l another number · F1 the header's · esc closes`, with the keys that are in force."""
    keymap, explaining = view.plan.keymap, view.explaining
    header = explaining is not None and explaining.header
    words: list[tuple[str, str]] = []
    if of > 1:
        beside = view.focus in _OWN_CURSOR and not header
        ways = ("left", "right") if beside else ("left", "down", "up", "right")
        words.append(("".join(keymap.shown(f"cursor_{way}") for way in ways), "another number"))
    words.append((keymap.shown("explain"), "closes" if header else "the header's"))
    if not header:
        words.append((keymap.shown("back"), "closes"))
    row: Row = ()
    for key, word in words:
        if key:
            row += ((("  " if row else "") + key, "key"), (f" {word}", "muted"))
    return row
