"""Rows that the inspectors of a route, a venue and a signal share. Before them: verdict. After: inspect."""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.panels.edge import step_row
from kairos_tui.hud.segments import Row, cut
from kairos_tui.hud.verdict import Cost, Verdict
from kairos_tui.market import Opportunity

_BARS: Final = 78
"""Cells from which there are bars."""
LABEL: Final = 14
"""Cells of a label, and of the blanks before and after it."""


def pair(label: str, value: str, detail: str = "", ink: str = "text") -> Row:
    """A label, a figure, and what it means."""
    return ((f"   {label:<11}", "muted"), (value, ink), (f"  {detail}" if detail else "", "muted"))


def waterfall(verdict: Verdict, width: int) -> list[Row]:
    """Gross, each cost and net as bars on one scale; where that is too narrow, in figures."""
    steps = [Cost("gross", verdict.gross_bps, "sell price over buy price"), *verdict.costs]
    net = Cost("net", verdict.net_bps, "return on outlay, fees compounded")
    scale = max(abs(step.bps) for step in (*steps, net))
    bar = min(40, width - 73) if width >= _BARS else 0
    rows = [step_row(step, scale, bar, worst=step.label == verdict.worst) for step in (*steps, net)]
    if not bar:
        rows = [(*row[:-2], row[-1], row[-2]) for row in rows]  # what eats most before what it is
    return [cut(row, width - 4) for row in rows]


def size_row(found: Opportunity) -> Row:
    """What is traded, what it ties up, what it leaves, and what size takes of the edge at the top."""
    base, quote = safe(found.asset, 8), safe(found.quote, 8)
    return (
        ("   size       ", "muted"),
        (f"{numbers.size(found.size)} {base}", "text+b"),
        (f"  outlay {numbers.amount(found.outlay)} {quote}  ", "muted"),
        (f"profit {numbers.signed_amount(found.profit)} {quote}", "buy+b" if found.profit > 0 else "near"),
        (f"  top {numbers.bps(found.net_top_bps, 2)} → size {numbers.bps(found.net_bps, 2)} bps", "muted"),
    )
