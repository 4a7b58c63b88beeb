"""Perf: where the time goes, on the whole screen. Stages beside processes, or above them.

Before it: stages, processes. After it: scene. What does not fit follows the pointer; no number is cut.
"""

from itertools import zip_longest
from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.panels.processes import process_rows
from kairos_tui.hud.panels.stages import figure_rows, stage_rows
from kairos_tui.hud.segments import Row, cut, fill
from kairos_tui.hud.view_state import View

_WIDE: Final = 118
_PROCESSES: Final = (71, 77)
"""Cells of their table beside the stages, and where there is room for all its columns."""
_ALL_COLUMNS: Final = 126
_PAIRED: Final = 76
_ROOMY: Final = 24
_LEAST_PROCESSES: Final = 4
"""Rows of them, heading included, that the stages leave where both have to share a column."""


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel, from what was sampled a quarter of a second ago at most."""
    inner, room = width - 2, height - 2
    body, hidden = _two_columns(view, inner, room) if inner >= _WIDE else _one_column(view, inner, room)
    rows = [fill(cut(row, inner - 1), inner) for row in body]
    title: Row = (("F12 ", "key"), ("WHERE THE TIME GOES", "focus+b"))
    foot: Row = ((f"{hidden} more ↓↑", "muted"),) if hidden else ()
    dashed = view.held is not None
    return box(rows, width, height, title=title, note=_note(view), foot=foot, ink="focus", dashed=dashed)


def _note(view: View) -> Row:
    if view.trust in {"silent", "dead"}:
        who = "source" if view.plan.remote else "engine"
        return ((f"{who} silent {numbers.span(view.silence_us)}: these are old", "warn"),)
    return (("last 5 s · esc closes", "muted"),)


def _two_columns(view: View, inner: int, room: int) -> tuple[list[Row], int]:
    right = _PROCESSES[inner >= _ALL_COLUMNS]
    left = inner - right - 3
    stages = stage_rows(view, left, with_socket=room >= _ROOMY)
    stages += [(), *figure_rows(view, paired=left >= _PAIRED)]
    processes, hidden = _following(process_rows(view, right), view.process, room)
    gap = ("  ", "text")
    rows: list[Row] = [
        (*fill(cut(first, left), left), gap, *cut(second, right))
        for first, second in zip_longest(stages[:room], processes, fillvalue=())
    ]
    return rows, hidden


def _one_column(view: View, inner: int, room: int) -> tuple[list[Row], int]:
    stages = stage_rows(view, inner, with_socket=room > _ROOMY)
    stages += figure_rows(view, paired=inner >= _PAIRED)
    processes = process_rows(view, inner)
    if len(stages) + 1 + len(processes) <= room:
        return [*stages, (), *processes], 0
    if len(stages) + _LEAST_PROCESSES <= room:
        below, hidden = _following(processes, view.process, room - len(stages))
        return [*stages, *below], hidden
    every = [*stages, *processes]
    first = min(len(stages) + 2 + view.process - room, len(every) - room) if view.process else 0
    return every[max(0, first) :][:room], len(every) - room


def _following(rows: list[Row], chosen: int, room: int) -> tuple[list[Row], int]:
    """The heading stays; the rows below it move so that the chosen one is among them."""
    heading, *rest = rows
    room -= 1
    first = max(0, min(chosen - room + 1, len(rest) - room))
    return [heading, *rest[first : first + room]], max(0, len(rest) - room)
