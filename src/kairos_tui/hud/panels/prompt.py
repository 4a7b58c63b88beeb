"""Prompt: the line that is typed, over the last row, and above it what the line may become.

Before it: prompting. After it: scene, which lays these rows over the panels.
"""

from collections.abc import Callable

from kairos_tui.hud.filters import FIGURES, WORDS
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.matching import counted, routes_of, signals_of
from kairos_tui.hud.panels import settings as settings_panel
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.prompt import Choice, Prompt, Purpose
from kairos_tui.hud.prompting import listed
from kairos_tui.hud.segments import Layer, Row, cells, cut, fill, fit, fit_right, row_cells, wrapped
from kairos_tui.hud.view_state import View

DrawChoice = Callable[[Choice, bool, int], Row]

_MARKS: dict[Purpose, str] = {"command": ":", "palette": "›", "keys": "›", "settings": "›", "filter": "/"}
_BOXED: dict[Purpose, tuple[str, str, str]] = {
    "palette": ("palette", "ACTIONS", "↑ ↓ choose · ⏎ does it · esc"),
    "keys": ("keys", "KEYS", "↑ ↓ choose · ⏎ and a key · del usual keys · esc"),
    "settings": ("settings", "SETTINGS", "↑ ↓ choose · ⏎ copies the line · esc"),
}
"""What has a box of its own: the action that opens it, its name, its keys."""
_LISTED = 8
_LIST_CELLS = 66
_LEAST_HEIGHT = 8
_NOTHING = "nothing is called so"
_LEAST_BOX = 30
_BOX: dict[Purpose, tuple[int, int]] = {"palette": (76, 20), "keys": (76, 20), "settings": (110, 36)}
"""Cells and rows of each box, where there is room for it."""
_ROOMY = 12
_LEAST_LINE = 12
_MOST_MORE = 2
_NAME = 22
_KEYS = 8
_FILTER_HELP = f"{' '.join(FIGURES)} by > <, {' '.join(WORDS)} by :, a comma is or, ! is not"
_FILTER_BRIEF = "net>8 size>0.1 venue:okx,kraken !gemini state:live"


def layers(view: View, width: int, height: int) -> tuple[Layer, ...]:
    """What stands over the panels while a line is typed; nothing when none is."""
    prompt = view.prompt
    if prompt is None:
        return ()
    known = listed(view)
    if prompt.purpose in _BOXED and width >= _LEAST_BOX and height >= _LEAST_HEIGHT:
        return (_palette(view, prompt, known, width, height),)
    row = Layer(0, height - 1, (line_row(prompt, width, _note(view, prompt, known, width)),))
    shown = min(_LISTED, len(known), height - _LEAST_HEIGHT + 2)
    if shown < 1 or width < _NAME or prompt.purpose in _BOXED:
        return (row,)
    return _list(prompt, known, shown, min(_LIST_CELLS, width), height), row


def line_row(prompt: Prompt, width: int, note: Row) -> Row:
    """The mark, the text with its cursor in sight, and on the right what is to be said about it."""
    line = prompt.line
    note = cut(note, max(0, width - _LEAST_LINE))
    room = max(4, width - row_cells(note) - 5)
    before = safe(line.before, 600)
    while cells(before) > room:
        before = before[1:]
    under, after = safe(line.after[:1] or " ", 8), safe(line.after[1:], 600)
    text: Row = ((f" {_MARKS[prompt.purpose]}", "key+b"), (before, "text+b"), (under, "text+r"))
    left = cut((*text, (after, "text+b")), width)
    gap = width - row_cells(left) - row_cells(note) - 1
    return fill((*left, (" " * gap, "text"), *note, (" ", "text")), width) if gap > 0 else fill(left, width)


def choice_rows(
    known: tuple[Choice, ...], chosen: int, most: int, width: int, row: DrawChoice | None = None
) -> list[Row]:
    """At most that many choices, the chosen one in sight."""
    draw = row or _choice
    first = max(0, min(chosen - most + 1, len(known) - most))
    shown = enumerate(known[first : first + most], first)
    return [draw(choice, place == chosen, width) for place, choice in shown]


def _choice(choice: Choice, chosen: bool, width: int) -> Row:
    behind = "@cursor" if chosen else ""
    keys = fit_right(choice.keys, _KEYS) if width >= 50 else ""
    name = min(_NAME, width - 3) if choice.detail else width - 3 - cells(keys)
    room = width - 3 - name - cells(keys)
    return (
        ("▸ " if chosen else "  ", "focus+b" + behind),
        (fit(safe(choice.label, 60), name), "text+b" + behind),
        (fit(choice.detail, room), ("text" if chosen else "muted") + behind),
        (keys, "key" + behind),
        (" ", "text" + behind),
    )


def _palette(view: View, prompt: Prompt, known: tuple[Choice, ...], width: int, height: int) -> Layer:
    """A box of its own, as high whatever is found."""
    wide, high = min(_BOX[prompt.purpose][0], width - 2), min(_BOX[prompt.purpose][1], height - 3)
    here = max(0, prompt.chosen)
    listing = prompt.purpose == "settings"
    more = wrapped([known[here].more], wide - 4)[:_MOST_MORE] if listing and known and high > _ROOMY else []
    rows = choice_rows(
        known, here, high - 4 - len(more), wide - 2, settings_panel.row if listing else _choice
    )
    nothing: Row = ((f"  {_NOTHING}", "warn"),)
    rule: Row = (("─" * (wide - 2), "border"),)
    said = "warn" if prompt.purpose == "palette" else "accent"
    file = _tail(view.plan.settings_file, wide - 40) if listing else ""
    note: Row = (
        ((safe(prompt.said, wide - 14), said),)
        if prompt.said
        else ((f"{file}{' · ' * bool(file)}{len(known)} found", "muted"),)
    )
    key, name, keys = _BOXED[prompt.purpose]
    title: Row = ((f"{view.plan.keymap.shown(key) or ':'} ", "key"), (name, "focus+b"))
    foot: Row = ((keys, "muted"),)
    rows += [()] * (high - 4 - len(more) - len(rows)) if more else []
    below: list[Row] = [((f" {line}", "secondary"),) for line in more]
    body = [line_row(prompt, wide - 2, ()), rule, *(rows or [nothing]), *below]
    drawn = box(body, wide, high, title=title, note=note, foot=foot, ink="focus")
    return Layer((width - wide) // 2, max(1, (height - high) // 3), tuple(drawn))


def _tail(path: str, room: int) -> str:
    text = safe(path, 400)
    if cells(text) <= room:
        return text
    return "…" + text[len(text) - room + 1 :] if room > _NAME else ""


def _list(prompt: Prompt, known: tuple[Choice, ...], shown: int, width: int, height: int) -> Layer:
    body = choice_rows(known, prompt.chosen, shown, width - 2)
    foot: Row = ((f"{len(known)} in all", "muted"),) if len(known) > shown else ()
    title: Row = ((": ", "key"), ("COMMANDS", "focus+b"))
    rows = box(body, width, shown + 2, title=title, foot=foot, ink="focus")
    return Layer(0, height - 1 - len(rows), tuple(rows))


def _note(view: View, prompt: Prompt, known: tuple[Choice, ...], width: int) -> Row:
    if prompt.said:
        return ((safe(prompt.said, 120), "warn"),)
    if prompt.purpose == "filter":
        return _matches(view, width)
    if prompt.purpose == "command":
        return (("⇥ completes · ↑ earlier · ⏎ does it · esc", "muted"),)
    return ((known[max(0, prompt.chosen)].label if known else _NOTHING, "accent"),)


def _matches(view: View, width: int) -> Row:
    if view.filter is None:
        return ((_FILTER_HELP if cells(_FILTER_HELP) + _LEAST_LINE <= width else _FILTER_BRIEF, "muted"),)
    return ((f"{counted(signals_of(view))} signals · {counted(routes_of(view))} routes", "accent"),)
