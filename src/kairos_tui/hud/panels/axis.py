"""Axis: the row of times below what is drawn over time. Before it: look. After it: edge, timeline."""

from functools import lru_cache
from typing import Final

from kairos_tui.hud.segments import Row

_STEPS_S: Final = (5, 10, 20, 60, 120, 300, 600, 900, 1800)
_LEAST_CELLS: Final = 10
"""From one label to the next."""


@lru_cache(maxsize=16)
def axis_row(indent: int, columns: int, span_s: int) -> Row:
    """`−60s       −50s  …  now`, after `indent` cells; `columns` cells are the whole span."""
    step = next((step for step in _STEPS_S if columns * step >= _LEAST_CELLS * span_s), span_s)
    cells = [" "] * columns
    for seconds in range(span_s, 0, -step):
        at = round(columns * (span_s - seconds) / span_s)
        label = f"−{seconds}s" if span_s < 120 else f"−{seconds // 60}m"
        if at + len(label) < columns - 4:
            cells[at : at + len(label)] = label
    return ((" " * indent, "text"), ("".join(cells[:-3]) + "now", "muted"))
