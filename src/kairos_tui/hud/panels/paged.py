"""Paged: rows and plots in pages of a panel's height, the plots in what the rows leave.

Before it: segments. After it: inspect.
"""

from collections.abc import Iterable

from kairos_tui.hud.panels.inspect_depth import LEAST_PLOT, MOST_PLOT, Plot
from kairos_tui.hud.segments import Row


def pages_of(rows: list[Row], plots: Iterable[Plot], room: int) -> list[list[Row]]:
    """At least one page; a plot stands whole, on a page of its own where the last one has no room for it.

    A panel that is too low for any has none.
    """
    room = max(1, room)
    pages = [rows[first : first + room] for first in range(0, len(rows), room)] or [[]]
    for plot in plots if room >= LEAST_PLOT else ():
        left = room - len(pages[-1])
        if left < LEAST_PLOT and pages[-1]:
            pages.append([])
            left = room
        pages[-1] += plot(min(left, MOST_PLOT) - 1)
    return pages
