"""Processes: our own, one row each, with what it takes; marked where that is more than it should be.

Before it: the board's roles. After it: perf. Columns come in by rank as the width allows.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.panels.header import latency_badge
from kairos_tui.hud.segments import Row, fit, fit_right
from kairos_tui.hud.view_state import View
from kairos_tui.market import RoleView, numbers_of

NAME: Final = 17
_STATES: Final = {
    "starting": "accent",
    "running": "text",
    "restarting": "warn",
    "failed": "down",
    "stopped": "muted",
}


class _Column(Struct, frozen=True):
    """A heading, a width in cells, and how the figure is made: text and ink."""

    name: str
    width: int
    figure: Callable[[RoleView], tuple[str, str]]


def _cpu(role: RoleView) -> tuple[str, str]:
    if role.cpu_share is None:
        return numbers.UNKNOWN, "muted"
    share = f"{min(role.cpu_share, 99.0):.0%}"
    return (f"▲ {share}", "warn+b") if role.is_busy else (share, "text")


def _memory(role: RoleView) -> tuple[str, str]:
    text = numbers.megabytes(role.rss_bytes)
    if role.is_heavy:
        return f"▲ {text}", "warn+b"
    return text, "muted" if role.rss_bytes is None else "text"


def _lag(role: RoleView) -> tuple[str, str]:
    if role.lag_p99_us is None:
        return numbers.UNKNOWN, "muted"
    glyph, ink = latency_badge(role.lag_p99_us)
    return f"{glyph} {fit_right(numbers.fine(role.lag_p99_us * 1000), 6)}", ink


def _pid(role: RoleView) -> tuple[str, str]:
    return str(role.pid) if role.pid is not None else numbers.UNKNOWN, "muted"


def _again(role: RoleView) -> tuple[str, str]:
    return (f"↻{role.restarts}", "warn") if role.restarts else ("0", "muted")


def _core(role: RoleView) -> tuple[str, str]:
    if not role.cores:
        return ("any" if role.pid is not None else numbers.UNKNOWN), "muted"
    text = numbers_of(role.cores)
    return text if len(text) < 6 else f"×{len(role.cores)}", "text"


def _state(role: RoleView) -> tuple[str, str]:
    return role.state, _STATES[role.state]


_BY_RANK: Final = (
    _Column("CPU", 7, _cpu),
    _Column("MEMORY", 10, _memory),
    _Column("LAG p99", 10, _lag),
    _Column("STATE", 12, _state),
    _Column("PID", 9, _pid),
    _Column("AGAIN", 6, _again),
    _Column("CORE", 6, _core),
)
_BY_PLACE: Final = ("PID", "STATE", "CORE", "CPU", "MEMORY", "LAG p99", "AGAIN")


def process_rows(view: View, inner: int) -> list[Row]:
    """A heading, then every process in the order in which they were started."""
    columns, room = [], inner - NAME
    for column in _BY_RANK:
        if column.width > room:
            break
        columns.append(column)
        room -= column.width
    columns.sort(key=lambda column: _BY_PLACE.index(column.name))
    heading = "  " + fit("PROCESS", NAME - 2)
    heading += "".join(fit_right(column.name, column.width) for column in columns)
    board = view.tape.calm
    roles = board.roles if board is not None else ()
    rows = [_role_row(view, place, role, columns, room) for place, role in enumerate(roles)]
    return [((heading, "muted"),), *(rows or [(("  the launcher has not told of them yet", "muted"),)])]


def _role_row(view: View, place: int, role: RoleView, columns: list[_Column], room: int) -> Row:
    chosen = place == view.process
    pointer = ("▸ ", "focus+b") if chosen else ("  ", "text")
    row: Row = (pointer, (fit(safe(role.name, 40), NAME - 2), "text+b" if chosen else "text"))
    for column in columns:
        text, ink = column.figure(role)
        row += ((fit_right(text, column.width), ink),)
    why = role.public.reason
    return (*row, (f"  {safe(why, 120)}", "muted")) if why and room > 12 else row
