"""Help: every key, from the registry of actions, and what the glyphs and figures mean."""

from itertools import zip_longest

from kairos_tui.hud.actions import ACTIONS, GROUPS, Action
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.segments import Row, cells, cut, fill, fit
from kairos_tui.hud.view_state import View

_TWO_COLUMNS = 56
_KEY_CELLS = 4

_GLYPHS: tuple[tuple[str, str, str], ...] = (
    ("◆", "fast", "under 2 ms · an edge in the matrix"),
    ("◇ ▲", "slow", "to 3 ms, over 3 ms · ▲ in profit"),
    ("·· --", "muted", "stale: no number · not listed"),
    ("××", "down", "a leg is down, or held"),
    ("○ ⊘", "muted", "still, proven · held: see ⏎"),
)


_FIGURES: tuple[tuple[str, str], ...] = (
    ("t/s", "ticks a second, all venues"),
    ("◆ p99", "read to decision, median, p99"),
    ("fps ms", "frames drawn a second; CPU ms"),
    ("lag", "HUD's loop is late by, p99"),
    ("SPRD", "ask over bid at a venue, bps"),
    ("PF", "book proof: ✓✓ checksum"),
    ("", "✓ sequence ~ snapshot ? none"),
    ("▰▰▱", "card: peak net, 1 bps a notch"),
    ("mouse", "click, wheel; shift selects"),
)


def draw(view: View, width: int, height: int) -> Drawing:
    """Keys of the panel in focus and of everywhere, then what is drawn; in pages where it is too much."""
    inner, room = width - 2, max(1, height - 2)
    rows = _fitting(view, inner, room)
    pages = -(-len(rows) // room)
    page = view.help_page % max(1, pages)
    body = [fill(cut(row, inner - 1), inner) for row in rows[page * room : (page + 1) * room]]
    title: Row = (("? ", "key"), ("KEYS", "focus+b"), (f"  {view.focus}", "muted"))
    foot: Row = ((f"page {page + 1} of {pages} · ↓ ↑", "accent"),) if pages > 1 else ()
    note: Row = (("? or esc closes", "muted"),)
    return box(body, width, height, title=title, note=note, foot=foot, ink="focus")


def _fitting(view: View, inner: int, room: int) -> list[Row]:
    headed, plain = _key_rows(view, headed=True), _key_rows(view, headed=False)
    legend = _legend_rows()
    if inner < _TWO_COLUMNS:
        whole = [[*headed, *legend], [*plain, *legend]]
        return next((rows for rows in whole if len(rows) <= room), whole[0])
    for keys in (headed, plain):
        if max(len(keys), len(legend)) <= room:
            return _beside(keys, legend, inner)
    rows = [*(plain if len(plain) + len(legend) <= 2 * room else headed), *legend]
    pages = [rows[first : first + 2 * room] for first in range(0, len(rows), 2 * room)]
    return [row for page in pages for row in _beside(page[:room], page[room:], inner)]


def _key_rows(view: View, *, headed: bool) -> list[Row]:
    rows: list[Row] = []
    offered = [
        action
        for action in ACTIONS
        if (view.plan.simulates or action.id != "start_sim")
        and (not action.where or view.focus in action.where or (view.inspected and "inspect" in action.where))
    ]
    for group in sorted(GROUPS, key=lambda group: group != "Learn"):  # who asks for help, begins there
        mine = [action for action in offered if action.group == group]
        if headed and mine:
            rows.append(((f" {group.upper()}", "secondary+b"),))
        rows += [_key_row(view, action) for action in mine]
    return rows


def _key_row(view: View, action: Action) -> Row:
    """Its keys as the keymap in force has them; those that find no room before the words follow
    them; an action without a key has its command."""
    labels = view.plan.keymap.labels(action.id)
    together = len(labels) == 2 and cells(" ".join(labels)) <= _KEY_CELLS
    first = " ".join(labels) if together else next(iter(labels), ":")
    rest = f" (also {', '.join(labels[1:])})" if labels[1:] and not together else ""
    words = action.help if labels else f"{action.id} · {action.help}"
    return ((f"  {fit(first, _KEY_CELLS)} ", "key"), (words + rest, "text"))


def _legend_rows() -> list[Row]:
    glyphs: list[Row] = [((f"  {fit(glyph, 7)}", ink), (text, "muted")) for glyph, ink, text in _GLYPHS]
    figures: list[Row] = [((f"  {fit(name, 7)}", "accent"), (text, "muted")) for name, text in _FIGURES]
    return [((" GLYPHS", "secondary+b"),), *glyphs, ((" FIGURES", "secondary+b"),), *figures]


def _beside(left: list[Row], right: list[Row], width: int) -> list[Row]:
    column = width // 2
    return [
        (*fill(cut(first, column - 1), column), *second)
        for first, second in zip_longest(left, right, fillvalue=())
    ]
