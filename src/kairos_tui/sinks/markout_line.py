"""MarkoutLine: a signal priced again a while after it opened, as a line.

Before it: market's Markout. After it: any_line, line_stream, backlogs.
"""

from typing import Annotated

from msgspec import Meta

from kairos_tui.market import Markout
from kairos_tui.sinks.line_maker import Stamp
from kairos_tui.sinks.line_text import within
from kairos_tui.sinks.lines import Amount, Bps, Count, EpochUs, Line


class MarkoutLine(Line, frozen=True, kw_only=True, tag="markout"):
    """An opened signal's own size, priced on the books `horizon_ms` later, closed by then or not."""

    id: Annotated[str, Meta(description="the signal's")]
    horizon_ms: Count
    at_us: Annotated[EpochUs, Meta(description="when it was priced: at the horizon or a moment after")]
    route: Annotated[str, Meta(description="kind|asset|buy:venue:symbol|sell:venue:symbol|mode")]
    size: Annotated[Amount, Meta(description="as it opened, in base")]
    net_bps: Annotated[Bps | None, Meta(description="null: not priced, or the books no longer hold the size")]
    profit: Annotated[float | None, Meta(description="in quote, every fee taken")]
    captured: Annotated[
        bool | None, Meta(description="it still paid; null: a leg could not be believed, so neither")
    ]
    note: Annotated[str | None, Meta(description="why there are no figures")]


def markout_line(stamp: Stamp, markout: Markout) -> MarkoutLine:
    """A markout as published at `stamp.now_ns`."""
    return MarkoutLine(
        **stamp.head(),
        id=markout.id,
        horizon_ms=within(markout.horizon_ms),
        at_us=stamp.wall_us(markout.at_ns),
        route=markout.route.key,
        size=markout.size,
        net_bps=markout.net_bps,
        profit=markout.profit,
        captured=markout.captured,
        note=markout.note,
    )
