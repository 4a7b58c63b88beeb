"""Help: every key, from the registry of actions, and what the glyphs and figures mean."""

from itertools import zip_longest

from kairos_tui.hud.actions import ACTIONS, GROUPS, Action
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.segments import Row, cells, cut, fill, fit
from kairos_tui.hud.view_state import View

_TWO_COLUMNS = 56
_KEY_CELLS = (4, 9)
"""At least, and for long names at most."""

_GLYPHS: tuple[tuple[str, str, str], ...] = (
    ("◆", "fast", "under 2 ms · matrix: an edge"),
    ("◇ ▲", "slow", "to 3, over 3 ms · ▲ in profit"),
    ("·· --", "muted", "stale: no number · not listed"),
    ("××", "down", "a leg is down, or held"),
    ("○ ⊘", "muted", "still, proven · held, see {}"),
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
    keymap = view.plan.keymap
    title: Row = (
        (f"{keymap.shown('help') or ':'} ", "key"),
        ("KEYS", "focus+b"),
        (f"  {view.focus}", "muted"),
    )
    turns = " ".join(keymap.labels(way)[-1] for way in ("cursor_down", "cursor_up") if keymap.keys_of(way))
    foot: Row = ((f"page {page + 1} of {pages} · ", "accent"), (turns, "key")) if pages > 1 else ()
    closing = [key for key in (keymap.shown("help"), keymap.shown("back")) if key]
    note: Row = tuple(seg for key in closing for seg in ((key, "key"), (" or ", "muted")))[:-1]
    note = (*note, (" closes", "muted")) if note else ()
    return box(body, width, height, title=title, note=note, foot=foot, ink="focus")


def _fitting(view: View, inner: int, room: int) -> list[Row]:
    room_beside = (inner // 2 if inner >= _TWO_COLUMNS else inner) - 1
    headed, plain = (_key_rows(view, room_beside, headed=each) for each in (True, False))
    legend = _legend_rows(view)
    if inner < _TWO_COLUMNS:
        whole = [[*headed, *legend], [*plain, *legend]]
        return next((rows for rows in whole if len(rows) <= room), whole[0])
    for keys in (headed, plain):
        if max(len(keys), len(legend)) <= room:
            return _beside(keys, legend, inner)
    rows = [*(plain if len(plain) + len(legend) <= 2 * room else headed), *legend]
    pages = [rows[first : first + 2 * room] for first in range(0, len(rows), 2 * room)]
    return [row for page in pages for row in _beside(page[:room], page[room:], inner)]


def _key_rows(view: View, width: int, *, headed: bool) -> list[Row]:
    rows: list[Row] = []
    offered = [
        action
        for action in ACTIONS
        if (view.plan.simulates or action.id != "start_sim")
        and (not action.where or view.focus in action.where or (view.inspected and "inspect" in action.where))
    ]
    least, most = _KEY_CELLS
    firsts = [view.plan.keymap.shown(action.id) for action in offered]
    room = min(most, max(least, *map(cells, firsts)))
    for group in sorted(GROUPS, key=lambda group: group != "Learn"):  # who asks for help, begins there
        mine = [action for action in offered if action.group == group]
        if headed and mine:
            rows.append(((f" {group.upper()}", "secondary+b"),))
        rows += [_key_row(view, action, room, width) for action in mine]
    return rows


def _key_row(view: View, action: Action, room: int, width: int) -> Row:
    """Its keys as the keymap in force has them; those that find no room before the words follow them, and
    are cut last; an action without a key has its command."""
    labels = view.plan.keymap.labels(action.id)
    together = len(labels) == 2 and cells(" ".join(labels)) <= _KEY_CELLS[0]
    first = " ".join(labels) if together else next(iter(labels), ":")
    others = ", ".join(labels[1:]) if not together else ""
    words = action.help if labels else f"{action.id} · {action.help}"
    left = width - room - 3
    rest = f" (also {others})" if others else ""
    if rest and cells(words + rest) > left:
        rest = f" ({others})"
        words = fit(words, min(cells(words), max(1, left - cells(rest))))
    return ((f"  {fit(first, room)} ", "key"), (words + rest, "text"))


def _legend_rows(view: View) -> list[Row]:
    inspects = view.plan.keymap.shown("inspect") or ":inspect"
    glyphs: list[Row] = [
        ((f"  {fit(glyph, 7)}", ink), (text.format(inspects), "muted")) for glyph, ink, text in _GLYPHS
    ]
    figures: list[Row] = [((f"  {fit(name, 7)}", "accent"), (text, "muted")) for name, text in _FIGURES]
    return [((" GLYPHS", "secondary+b"),), *glyphs, ((" FIGURES", "secondary+b"),), *figures]


def _beside(left: list[Row], right: list[Row], width: int) -> list[Row]:
    column = width // 2
    return [
        (*fill(cut(first, column - 1), column), *second)
        for first, second in zip_longest(left, right, fillvalue=())
    ]
