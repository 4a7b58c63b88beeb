"""EdgePlot: net over time, as rows of braille with the threshold, break-even and the signals in them.

Before it: plot, pinning. After it: edge, which puts its verdict above.
"""

from functools import lru_cache
from typing import Final

from msgspec import Struct

from kairos_tui.hud import numbers
from kairos_tui.hud.panels.axis import axis_row
from kairos_tui.hud.pinning import pinned_route
from kairos_tui.hud.plot import braille, row_of, value_of
from kairos_tui.hud.segments import Row, Seg, fit_right
from kairos_tui.hud.view_state import View
from kairos_tui.market import Symbol

_LABEL: Final = 9
_LABEL_EVERY: Final = 3
_SECOND: Final = 1_000_000_000
_WARM_UP_S: Final = 2
_OUTER: Final = 0.02
"""The share of values at either end that does not set the scale."""
_COARSE: Final = 6.0
"""A range in bps from which a label needs only tenths."""


class Scale(Struct, frozen=True):
    """The values at the lower and the upper end of the plot."""

    low: float
    high: float


def values_for(view: View, inner: int) -> list[float | None]:
    """The net of what is plotted, two values to each column that a panel so wide has for them."""
    columns = inner - _LABEL - 2
    one, tape = view.symbol_board, view.tape
    trail = (tape.followed.trail(one.symbol) or tape.edges.get(one.symbol)) if one is not None else None
    return trail.sample(view.shown_ns, columns * 2, view.look.span_s * _SECOND) if trail is not None else []


def plot_rows(view: View, values: list[float | None], scale: Scale, height: int) -> list[Row]:
    """The plot and the times below it."""
    marks = frozenset(_marks(view, len(values) // 2))
    limit, span_s = view.thresholds.min_net_bps, view.look.span_s
    return [*_plotted(tuple(values), scale, height, limit, marks), axis_row(_LABEL, len(values) // 2, span_s)]


@lru_cache(maxsize=8)
def _plotted(
    values: tuple[float | None, ...], scale: Scale, height: int, limit: float, marks: frozenset[int]
) -> tuple[Row, ...]:
    """The rows of the plot: the same four times a second, while the verdict above moves with each board."""
    nowhere: frozenset[int] = frozenset()
    return tuple(
        _plot_row(line, row, height - 1, scale, limit, nowhere if row else marks)
        for row, line in enumerate(braille(values, height - 1, scale.low, scale.high))
    )


def scale_of(values: list[float | None], span_s: int) -> Scale | None:
    """The range of the span but for its few extremes and what came just after a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    ordered = sorted(_settled(values, span_s) or known)
    skip = int(len(ordered) * _OUTER)
    low = min(ordered[skip], known[-1])
    high = max(ordered[len(ordered) - 1 - skip], known[-1])
    margin = max(0.5, (high - low) * 0.1)
    return Scale(low - margin, high + margin)


def _settled(values: list[float | None], span_s: int) -> list[float]:
    """The values at least two seconds after a gap: prices arrive one venue at a time."""
    warm_up = len(values) * _WARM_UP_S // span_s
    kept: list[float] = []
    since_gap = warm_up
    for value in values:
        since_gap = 0 if value is None else since_gap + 1
        if value is not None and since_gap > warm_up:
            kept.append(value)
    return kept


def _plot_row(line: str, row: int, height: int, scale: Scale, limit: float, marks: frozenset[int]) -> Row:
    low, high = scale.low, scale.high
    value = value_of(row, height, low, high)
    at_limit = low <= limit <= high and row == row_of(limit, height, low, high)
    at_zero = low <= 0.0 <= high and row == row_of(0.0, height, low, high)
    ink = "buy+b" if value >= limit else "buy" if value >= 0 else f"g{_shade(value, scale)}"
    ruler: Seg | None = ("┄", "accent") if at_limit else ("╌", "border") if at_zero else None
    labelled = row % _LABEL_EVERY == 0
    text = numbers.bps(value, 1 if high - low >= _COARSE else 2) if labelled else ""
    pieces: list[Seg] = [(fit_right(text, _LABEL - 2), "muted"), (" ┤" if labelled else " │", "border")]
    name = f" {numbers.bps(limit)} " if at_limit else " 0.0 " if at_zero else ""
    if name and not line[: len(name)].strip("⠀") and marks.isdisjoint(range(len(name))):
        pieces.append((name, "accent" if at_limit else "muted"))
        line = line[len(name) :]
        marks = frozenset(place - len(name) for place in marks)
    return tuple(pieces + _runs(line, ink, ruler, marks))


def _runs(line: str, ink: str, ruler: Seg | None, marks: frozenset[int]) -> list[Seg]:
    runs: list[Seg] = []
    for place, dots in enumerate(line):
        if place in marks:
            piece: Seg = ("▼", "secondary+b")
        elif dots == "⠀":
            piece = ruler or (" ", "text")
        else:
            piece = (dots, ink)
        if runs and runs[-1][1] == piece[1]:
            runs[-1] = (runs[-1][0] + piece[0], piece[1])
        else:
            runs.append(piece)
    return runs


def _shade(value: float, scale: Scale) -> int:
    """0 at the bottom of the plot to 7 at its top, or at zero: the nearer to profit, the brighter."""
    top = min(0.0, scale.high)
    return max(0, min(7, round(7 * (value - scale.low) / (top - scale.low)))) if top > scale.low else 7


def _marks(view: View, columns: int) -> set[int]:
    opened, pinned = view.tape.marks.get(Symbol(view.symbol), []), pinned_route(view)
    times = [each.at_ns for each in opened if pinned is None or each.ends == pinned]
    step_ns = view.look.span_s * _SECOND // columns
    last = view.shown_ns // step_ns
    places = (columns - 1 - (last - opened_ns // step_ns) for opened_ns in times)
    return {place for place in places if 0 <= place < columns}
