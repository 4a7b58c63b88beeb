"""FillLine: what became of a signal that was followed on paper, as a line. Every one of them says `paper`.

Before it: market's Fill. After it: any_line, line_stream, backlogs.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kairos_tui.market import (
    FeeSource,
    Fill,
    Kind,
    Mode,
    PaperOrder,
    PaperOutcome,
    PaperRole,
    Side,
)
from kairos_tui.sinks.line_maker import Stamp, bps_of
from kairos_tui.sinks.line_text import within
from kairos_tui.sinks.lines import Amount, Bps, EpochUs, Line, Price, Us


class OrderShown(Struct, frozen=True):
    """One simulated order with the levels it took, best first; none: it took nothing, and `note` says why."""

    venue: str
    symbol: str
    side: Side
    role: Annotated[PaperRole, Meta(description="unwind: takes back what another leg did not match")]
    size: Annotated[Amount, Meta(description="ordered, in base of this market")]
    filled: Annotated[Amount, Meta(description="of it, what the book gave")]
    limit: Annotated[Price | None, Meta(description="null: at any price")]
    vwap: Annotated[Price | None, Meta(description="mean over `levels`; null: nothing was filled")]
    fee: Annotated[float, Meta(description="what the venue would have taken; a rebate is negative")]
    fee_asset: str
    fee_bps: Bps
    fee_source: FeeSource
    at_us: Annotated[EpochUs, Meta(description="when it reached its book")]
    levels: Annotated[tuple[tuple[Price, Amount], ...], Meta(description="[price, size taken there]")]
    note: str | None


class FillLine(Line, frozen=True, kw_only=True, tag="fill"):
    """What became of one signal followed by simulated orders. No order was placed anywhere."""

    paper: Literal[True]
    id: Annotated[str, Meta(description="the signal's")]
    outcome: Annotated[
        PaperOutcome,
        Meta(
            description="filled: whole; partial: a part of it through all legs; unwound: a leg filled alone"
            " and was taken back; missed: nothing filled; refused: short of stock; stuck: not taken back"
        ),
    ]
    kind: Kind
    mode: Mode
    asset: str
    quote: str
    buy_venue: str
    buy_symbol: str
    sell_venue: str
    sell_symbol: str
    size: Annotated[Amount, Meta(description="of the signal, in base")]
    expected: Annotated[float, Meta(description="profit as signalled, in quote")]
    profit: Annotated[
        float,
        Meta(description="in quote: fees and unwinding included, what is left over valued at its book's top"),
    ]
    latency_us: Annotated[Us | None, Meta(description="signal to the books; null: nothing was ordered")]
    opened_us: Annotated[EpochUs, Meta(description="when the signal opened")]
    orders: Annotated[tuple[OrderShown, ...], Meta(description="the legs', then what took them back")]
    note: Annotated[str | None, Meta(description="why it is not whole")]


def fill_line(stamp: Stamp, fill: Fill) -> FillLine:
    """A fill as published at `stamp.now_ns`."""
    route = fill.route
    asset, quote = fill.assets
    latency_us = within((fill.orders[0].at_ns - fill.opened_ns) // 1000) if fill.orders else None
    return FillLine(
        **stamp.head(),
        paper=True,
        id=fill.id,
        outcome=fill.outcome,
        kind=route.kind,
        mode=route.mode,
        asset=asset,
        quote=quote,
        buy_venue=route.buy_venue,
        buy_symbol=route.symbol,
        sell_venue=route.sell_venue,
        sell_symbol=route.sold_as,
        size=fill.size,
        expected=fill.expected,
        profit=fill.profit,
        latency_us=latency_us,
        opened_us=stamp.wall_us(fill.opened_ns),
        orders=tuple([_order_shown(stamp, order) for order in fill.orders]),
        note=fill.note,
    )


def _order_shown(stamp: Stamp, order: PaperOrder) -> OrderShown:
    fee_asset, fee = order.fee
    vwap = order.notional / order.filled if order.filled > 0.0 else 0.0
    return OrderShown(
        venue=order.venue,
        symbol=order.symbol,
        side=order.side,
        role=order.role,
        size=order.size,
        filled=order.filled,
        limit=order.limit,
        vwap=vwap if vwap > 0.0 else None,
        fee=fee,
        fee_asset=fee_asset,
        fee_bps=bps_of(order.fees.taker),
        fee_source=order.fees.source,
        at_us=stamp.wall_us(order.at_ns),
        levels=order.levels,
        note=order.note,
    )
