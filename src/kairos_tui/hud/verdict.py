"""Verdict: what the best route says. An edge, or how far from one and which cost eats it.

Before it: market's RouteView and Opportunity. After it: the edge, feed, inspect and small panels.
"""

from typing import Literal

from msgspec import Struct

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import venue_name
from kairos_tui.market import Leg, Opportunity, RouteView, Thresholds, Venue, VenueView

Kind = Literal["none", "no_edge", "profit", "signal"]


class Cost(Struct, frozen=True):
    """One step from gross to net, in bps, negative when it takes."""

    label: str
    bps: float
    detail: str = ""
    who: str = ""


class Verdict(Struct, frozen=True):
    """`to_profit` and `to_signal` are the bps still missing, 0.0 when reached."""

    kind: Kind
    route: str = ""
    gross_bps: float = 0.0
    costs: tuple[Cost, ...] = ()
    net_bps: float = 0.0
    to_profit: float = 0.0
    to_signal: float = 0.0
    eater: str = ""
    worst: str = ""


NOTHING = Verdict("none")


def route_name(buy: Venue, sell: Venue, arrow: str = " → ") -> str:
    """`KRAKEN → OKX`."""
    return f"{venue_name(buy)}{arrow}{venue_name(sell)}"


def judge(route: RouteView | None, venues: dict[Venue, VenueView], thresholds: Thresholds) -> Verdict:
    """The verdict on a route as it stands at the top of both books."""
    if route is None or route.net_bps is None or route.gross_bps is None:
        return NOTHING
    costs = (
        _fee(
            "buy fee",
            -abs(route.buy_fee_bps or 0.0),
            route.buy_venue,
            fee_detail(venues.get(route.buy_venue)),
        ),
        _fee(
            "sell fee",
            -abs(route.sell_fee_bps or 0.0),
            route.sell_venue,
            fee_detail(venues.get(route.sell_venue)),
        ),
    )
    name = route_name(route.buy_venue, route.sell_venue)
    return _verdict(name, route.gross_bps, costs, route.net_bps, thresholds)


def judge_sized(found: Opportunity, thresholds: Thresholds) -> Verdict:
    """The verdict on a priced route at its size: depth first, then each fee, compounded."""
    top = _ratio_bps(found.sell.price, found.buy.price)
    bought = _ratio_bps(1.0 + found.gross_bps / 1e4, 1.0 + found.buy.fees.taker)
    costs = (
        Cost("depth", min(0.0, found.gross_bps - top), "walking both books to this size"),
        _fee_of("buy fee", bought - found.gross_bps, found.buy),
        _fee_of("sell fee", found.net_bps - bought, found.sell),
    )
    name = route_name(found.route.buy_venue, found.route.sell_venue)
    return _verdict(name, top, costs, found.net_bps, thresholds)


def _fee(label: str, taken_bps: float, venue: Venue, detail: str) -> Cost:
    return Cost(label, taken_bps, detail, venue_name(venue))


def _fee_of(label: str, taken_bps: float, leg: Leg) -> Cost:
    return _fee(label, taken_bps, leg.venue, _taker(leg.venue, leg.fees.taker, leg.fees.source))


def fee_detail(venue: VenueView | None) -> str:
    """`KRAKEN taker 16.0 bps (market)`."""
    if venue is None or venue.taker is None:
        return "fee not known yet"
    return _taker(venue.venue, venue.taker, venue.fee_source or "default")


def _taker(venue: Venue, taker: float, source: str) -> str:
    return f"{venue_name(venue)} taker {taker * 1e4:.1f} bps ({source})"


def _verdict(name: str, gross: float, costs: tuple[Cost, ...], net: float, thresholds: Thresholds) -> Verdict:
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
    )


def _eater(gross: float, costs: tuple[Cost, ...]) -> str:
    worst = min(costs, key=lambda cost: cost.bps)
    if gross <= worst.bps:
        return "the prices: they do not cross"
    who = f" of {worst.who}" if worst.who else ""
    return f"{worst.label}{who}, {numbers.bps(worst.bps)}" if worst.bps < 0.0 else "nothing"


def _ratio_bps(above: float, below: float) -> float:
    return (above / below - 1.0) * 1e4
