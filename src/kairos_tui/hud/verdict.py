"""Verdict: what the best route says. An edge, or how far from one and which cost eats it.

Before it: market's RouteView and Opportunity. After it: the edge, feed, inspect and small panels.
"""

from collections.abc import Callable
from math import prod
from typing import Literal

from msgspec import Struct

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.hud.routes import full_name, mode_of, name_of, quote_of
from kairos_tui.market import Leg, Mode, Opportunity, RouteView, Symbol, Thresholds, Venue, VenueView

Kind = Literal["none", "no_edge", "profit", "signal"]
Rows = Callable[[Venue, Symbol], VenueView | None]
"""A venue's row on a symbol's board, if there is one."""


class Cost(Struct, frozen=True):
    """One step from gross to net, in bps, negative when it takes."""

    label: str
    bps: float
    detail: str = ""
    who: str = ""


class Verdict(Struct, frozen=True):
    """`to_profit` and `to_signal` are the bps still missing, 0.0 when reached.

    `mode` is how a sale in another quote ends, None when there is none.
    """

    kind: Kind
    route: str = ""
    gross_bps: float = 0.0
    costs: tuple[Cost, ...] = ()
    net_bps: float = 0.0
    to_profit: float = 0.0
    to_signal: float = 0.0
    eater: str = ""
    worst: str = ""
    mode: Mode | None = None


NOTHING = Verdict("none")


def judge(route: RouteView | None, symbol: Symbol, row: Rows, thresholds: Thresholds) -> Verdict:
    """The verdict on a route of `symbol`'s board as it stands at the top of its books."""
    if route is None or route.net_bps is None or route.gross_bps is None:
        return NOTHING
    bought, sold = row(route.buy_venue, symbol), row(route.sell_venue, route.sell_symbol or symbol)
    costs: tuple[Cost, ...] = (
        _fee("buy fee", -abs(route.buy_fee_bps or 0.0), route.buy_venue, fee_detail(bought)),
        _fee("sell fee", -abs(route.sell_fee_bps or 0.0), route.sell_venue, fee_detail(sold)),
    )
    if route.sell_symbol is None:
        return _verdict(name_of(route, symbol), route.gross_bps, costs, route.net_bps, thresholds)
    where = venue_name(route.convert_venue) if route.convert_venue is not None else ""
    way = f"{safe(route.convert_symbol or '', 16)} {where}: spread and fee"
    taken_bps = -abs(route.convert_bps or 0.0)
    costs += (_conversion(route.mode, taken_bps, quote_of(route.sell_symbol), where, way),)
    name = name_of(route, symbol)
    return _verdict(name, route.gross_bps, costs, route.net_bps, thresholds, route.mode)


def judge_sized(found: Opportunity, thresholds: Thresholds) -> Verdict:
    """The verdict on a priced route at its size: depth, then each fee and the conversion, compounded."""
    rate = prod([1.0 / leg.price if leg.side == "buy" else leg.price for leg in found.conversions])
    top = (found.sell.price * rate / found.buy.price - 1.0) * 1e4
    bought = _after(found.gross_bps, 1.0 / found.buy.fees.cost_to_buy(1.0))
    mode = mode_of(found)
    sold = found.net_bps if mode is None else _after(bought, found.sell.fees.proceeds_of_sale(1.0))
    costs: tuple[Cost, ...] = (
        Cost("depth", min(0.0, found.gross_bps - top), "walking the books to this size"),
        _fee_of("buy fee", bought - found.gross_bps, found.buy),
        _fee_of("sell fee", sold - bought, found.sell),
    )
    if mode is not None:
        way = " · ".join(f"{safe(leg.symbol, 16)} {_taken_by(leg)}" for leg in found.conversions)
        where = " and ".join(venue_name(leg.venue) for leg in found.conversions)
        costs += (_conversion(mode, found.net_bps - sold, quote_of(found.route.sold_as), where, way),)
    return _verdict(full_name(found.route), top, costs, found.net_bps, thresholds, mode)


def _conversion(mode: Mode, taken_bps: float, quote: str, where: str, way: str) -> Cost:
    """What bringing the proceeds back takes; parked proceeds lose a haircut in its place."""
    if mode == "closed":
        return Cost("conversion", taken_bps, way, f"{quote} at {where}")
    return Cost("haircut", taken_bps, f"{quote} is kept, valued at the mid: quote risk", quote)


def _fee(label: str, taken_bps: float, venue: Venue, detail: str) -> Cost:
    return Cost(label, taken_bps, detail, venue_name(venue))


def _fee_of(label: str, taken_bps: float, leg: Leg) -> Cost:
    return _fee(label, taken_bps, leg.venue, _taken_by(leg))


def _taken_by(leg: Leg) -> str:
    return _taker(leg.venue, leg.fees.taker, leg.fees.source)


def fee_detail(venue: VenueView | None) -> str:
    """`KRAKEN taker 16.0 bps (market)`."""
    if venue is None or venue.taker is None:
        return "fee not known yet"
    return _taker(venue.venue, venue.taker, venue.fee_source or "default")


def _taker(venue: Venue, taker: float, source: str) -> str:
    return f"{venue_name(venue)} taker {taker * 1e4:.1f} bps ({source})"


def _after(bps: float, factor: float) -> float:
    return ((1.0 + bps / 1e4) * factor - 1.0) * 1e4


def _verdict(
    name: str,
    gross: float,
    costs: tuple[Cost, ...],
    net: float,
    thresholds: Thresholds,
    mode: Mode | None = None,
) -> Verdict:
    kind: Kind = "signal" if net >= thresholds.min_net_bps else "profit" if net > 0.0 else "no_edge"
    return Verdict(
        kind,
        name,
        gross,
        costs,
        net,
        to_profit=max(0.0, -net),
        to_signal=max(0.0, thresholds.min_net_bps - net),
        eater=_eater(gross, costs),
        worst=min(costs, key=lambda cost: cost.bps).label,
        mode=mode,
    )


def _eater(gross: float, costs: tuple[Cost, ...]) -> str:
    worst = min(costs, key=lambda cost: cost.bps)
    if gross <= worst.bps:
        return "the prices: they do not cross"
    who = f" of {worst.who}" if worst.who else ""
    return f"{worst.label}{who}, {numbers.bps(worst.bps)}" if worst.bps < 0.0 else "nothing"
