"""Box: a rounded frame with titles in its edges around a panel's rows.

Before it: the rows of a panel. After it: scene.
"""

from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.matching import counted
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.segments import Row, cells, cut, fill, fit, row_cells
from kairos_tui.hud.view_state import View


def box(
    body: list[Row],
    width: int,
    height: int,
    *,
    title: Row,
    note: Row = (),
    foot: Row = (),
    ink: str = "border",
    dashed: bool = False,
) -> Drawing:
    """`height` rows of `width` cells: title and note in the upper edge, foot in the lower one."""
    line = "╌" if dashed else "─"
    inner = width - 2
    room = max(0, height - 2)
    rows = [_edge("╭", "╮", title, note, width, line, ink)]
    blank: Row = ()
    contents = [*body, *[blank] * room][:room]
    rows += [(("│", ink), *fill(content, inner), ("│", ink)) for content in contents]
    rows.append(_edge("╰", "╯", (), foot, width, line, ink))
    return rows[:height]


def title_row(number: str, name: str, *extra: tuple[str, str], focused: bool) -> Row:
    """`2 SPREAD MATRIX` with the panel's key before its name."""
    return (
        (f"{number} ", "key" if focused else "accent"),
        (name, "focus+b" if focused else "text+b"),
        *extra,
    )


def frame(view: View, panel: str) -> tuple[str, bool]:
    """The ink and the dash of a panel's frame: bright in focus, dashed while frozen."""
    return ("focus" if view.focus == panel and not view.helping else "border"), view.held is not None


def filter_note(view: View, count: tuple[int, int], width: int) -> Row:
    """The filter and how much matches, for a panel's upper edge."""
    assert view.filter is not None
    text = fit(safe(view.filter.text, 60), min(cells(safe(view.filter.text, 60)), max(8, width // 3)))
    return (("/", "key"), (text, "text"), (f" · {counted(count)}", "accent+b"))


def _edge(left: str, right: str, title: Row, note: Row, width: int, line: str, ink: str) -> Row:
    inner = width - 2
    head: Row = ((line + " ", ink), *cut(title, inner - 4), (" ", ink)) if title else ()
    tail: Row = ((" ", ink), *note, (" " + line, ink)) if note else ()
    if row_cells(head) + row_cells(tail) > inner:
        room = inner - row_cells(head) - 3
        shortened = cut(note, room) if room > 8 else ()
        tail = ((" ", ink), *shortened, (" " + line, ink)) if shortened else ()
    gap = inner - row_cells(head) - row_cells(tail)
    return ((left, ink), *head, (line * gap, ink), *tail, (right, ink))
