"""Help: every key, from the registry of actions, and what the glyphs mean."""

from kairos_tui.hud.actions import ACTIONS, GROUPS
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.segments import Row, cut, fill, fit
from kairos_tui.hud.view_state import View

_GLYPHS: tuple[tuple[str, str, str], ...] = (
    ("◆", "fast", "under 2 ms · an edge in the matrix"),
    ("◇ ▲", "slow", "to 3 ms, over 3 ms · ▲ in profit"),
    ("··", "muted", "a leg is stale: no number is shown"),
    ("××", "down", "a leg is down"),
    ("--", "muted", "not listed there"),
)


def draw(view: View, width: int, height: int) -> Drawing:
    """The docked panel: one column, or two when the height asks for it."""
    rows = _key_rows(view, headed=True)
    room = height - 2
    inner = width - 2
    if len(rows) + len(_GLYPHS) + 1 <= room:
        rows = [*rows, (), *_glyph_rows()]
    elif len(rows) > room:
        rows = _key_rows(view, headed=False)
    if len(rows) > room and inner >= 56:
        rows = _beside(rows, inner)
    body = [fill(cut(row, inner - 1), inner) for row in rows]
    title: Row = (("? ", "key"), ("KEYS", "focus+b"))
    return box(body, width, height, title=title, note=(("? or esc closes", "muted"),), ink="focus")


def _key_rows(view: View, *, headed: bool) -> list[Row]:
    rows: list[Row] = []
    offered = [action for action in ACTIONS if view.plan.simulates or action.id != "start_sim"]
    for group in GROUPS:
        if headed and any(action.group == group for action in offered):
            rows.append(((f" {group.upper()}", "secondary+b"),))
        mine = [action for action in offered if action.group == group]
        rows += [((f"  {fit(action.shown, 5)}", "key"), (action.help, "text")) for action in mine]
    return rows


def _glyph_rows() -> list[Row]:
    head: Row = ((" GLYPHS", "secondary+b"),)
    return [head, *(((f"  {fit(glyph, 5)}", ink), (meaning, "muted")) for glyph, ink, meaning in _GLYPHS)]


def _beside(rows: list[Row], width: int) -> list[Row]:
    half = (len(rows) + 1) // 2
    column = width // 2
    left, right = rows[:half], [*rows[half:], ()]
    return [
        (*fill(cut(first, column - 1), column), *second) for first, second in zip(left, right, strict=False)
    ]
