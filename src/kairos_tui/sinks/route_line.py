"""RouteLine: a route at the top of its books as a line, for who takes one along. No stream carries these.

Before it: market's RouteView. After it: line_text, line_schema, the HUD's copies and exports.
"""

from typing import Annotated

from msgspec import Meta

from kairos_tui.market import Board, Mode, RouteView, Symbol
from kairos_tui.sinks.line_maker import Stamp
from kairos_tui.sinks.line_text import within
from kairos_tui.sinks.lines import Amount, Bps, Line, Us


class RouteLine(Line, frozen=True, kw_only=True, tag="route"):
    """A route as a viewer copied or exported it, priced at the top of both books; `blocked`: not priced."""

    buy_venue: str
    buy_symbol: str
    sell_venue: str
    sell_symbol: str
    mode: Mode
    gross_bps: Bps | None
    net_top_bps: Annotated[Bps | None, Meta(description="gross_bps and the three costs, each negative")]
    buy_cost_bps: Annotated[Bps | None, Meta(description="what the buy fee takes, compounded")]
    sell_cost_bps: Annotated[Bps | None, Meta(description="what the sell fee takes, compounded")]
    convert_cost_bps: Annotated[Bps | None, Meta(description="what bringing the proceeds back takes")]
    size: Annotated[Amount | None, Meta(description="of both first levels, in base")]
    age_us: Us | None
    asynchrony_us: Us | None
    blocked: Annotated[str | None, Meta(description="why it has no price")]
    open_id: Annotated[str | None, Meta(description="the signal that stands on it")]


def route_line(seq: int, board: Board, symbol: Symbol, route: RouteView) -> RouteLine:
    """A route of `symbol`'s board, at the board's time. One that cannot be used has no price."""
    priced = route.blocked is None
    stamp = Stamp(board.run, seq, board.at_us, board.feed)
    return RouteLine(
        **stamp.head(),
        buy_venue=route.buy_venue,
        buy_symbol=symbol,
        sell_venue=route.sell_venue,
        sell_symbol=route.sell_symbol or symbol,
        mode=route.mode,
        gross_bps=route.gross_bps if priced else None,
        net_top_bps=route.net_bps if priced else None,
        buy_cost_bps=_taken(route.buy_fee_bps) if priced else None,
        sell_cost_bps=_taken(route.sell_fee_bps) if priced else None,
        convert_cost_bps=_taken(route.convert_bps) if priced else None,
        size=route.top_size if priced else None,
        age_us=None if route.age_us is None else within(route.age_us),
        asynchrony_us=None if route.asynchrony_us is None else within(route.asynchrony_us),
        blocked=route.blocked,
        open_id=route.open_id,
    )


def _taken(bps: float | None) -> float | None:
    """A cost as what it adds: never positive, whichever way it was counted."""
    return None if bps is None else -abs(bps)
