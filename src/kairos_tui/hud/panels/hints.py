"""Hints: the last row. The keys that matter now, or the sentence the HUD has to say."""

from typing import Final

from kairos_tui.hud.actions import hint_actions
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.panels import Drawing, replay
from kairos_tui.hud.segments import Layer, Row, fill, justify, row_cells
from kairos_tui.hud.view_state import View

_LEAST_HEIGHT: Final = 4
_GAP: Final = 2
"""Cells after each hint, which the last one can do without."""


def draw(view: View, width: int, height: int) -> Drawing:
    """The hint row; hints that do not fit are left out whole, from the end."""
    said = _said(view, width)
    if said is not None:
        return [said]
    scrubbed = replay.scrub(view, width)
    if scrubbed is not None:
        return [fill(scrubbed, width)]
    right = _note(view)
    *before, last = shown_hints(view) or [("", "")]
    hints, quit_hint = [_hint(*each) for each in before], _hint(*last)
    row: Row = ((" ", "text"),)
    for hint in hints:
        if row_cells(row) + row_cells(hint) + row_cells(quit_hint) - _GAP <= width:
            row += hint
    row += quit_hint if row_cells(row) + row_cells(quit_hint) <= width else _hint(*last, gap=0)
    return [justify(row, right, width)]


def over(view: View, typed: tuple[Layer, ...], width: int, height: int) -> tuple[Layer, ...]:
    """The sentence once more, above the line that is typed, which stands in its place."""
    covered = height > _LEAST_HEIGHT and any(layer.y + len(layer.rows) == height for layer in typed)
    said = _said(view, width) if covered else None
    return (Layer(0, height - 2, (said,)),) if said is not None else ()


def shown_hints(view: View) -> list[tuple[str, str]]:
    """Key and word of each hint worth showing now; a replay's own before all others."""
    keymap = view.plan.keymap
    steered = replay.hints(view)
    actions = hint_actions(many_symbols=len(view.symbol_places) > 1, offer_sim=view.offers_sim())
    steering = "".join(keymap.shown(f"cursor_{way}") for way in ("left", "down", "up", "right"))
    return steered + [
        (
            steering if action.id == "cursor_left" else keymap.shown(action.id),
            "resume" if action.id == "freeze" and view.held is not None else action.hint,
        )
        for action in actions
        if keymap.keys_of(action.id) and not (steered and action.id == "freeze")
    ]


def _said(view: View, width: int) -> Row | None:
    if view.message is None or (view.real_ns or view.now_ns) >= view.message[1]:
        return None
    return fill(((" ", "text"), (safe(view.message[0], 200), "accent+b")), width)


def _hint(key: str, word: str, gap: int = _GAP) -> Row:
    return ((key, "key"), (f" {word}{' ' * gap}", "alert" if word == "start sim" else "muted"))


def _note(view: View) -> Row:
    one = view.symbol_board
    note = one.notes[0] if one is not None and one.notes else ""
    return ((safe(note, 90), "muted"), (" ", "text")) if note else ()
