"""A cell of the matrix: net, gross, size or age of one ordered pair of venues; or why there is no number.

Before it: explained. After it: subjects.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import CELL_DOWN, CELL_SELF, CELL_STALE, CELL_UNLISTED, cell_glyph, mark_of, safe
from kairos_tui.hud.ladder import fees_of
from kairos_tui.hud.panels.explain.explained import BPS, Explained, ages, bought, exact, plain, proofs, sold
from kairos_tui.hud.panels.inspect_venue import limit_words
from kairos_tui.hud.routes import quote_of, route_name
from kairos_tui.hud.verdict import fee_detail
from kairos_tui.hud.view_state import View
from kairos_tui.market import RouteView, Symbol, VenueView

_TOP = "the tops of both books"


def cell(view: View, buy: VenueView, sell: VenueView) -> Explained:
    """What stands where the row of `buy` meets the column of `sell`."""
    of, route = route_name(buy.venue, sell.venue), view.route(buy.venue, sell.venue)
    if buy.venue == sell.venue:
        return Explained("CELL", of, CELL_SELF, "A venue meets itself here: there is nothing to carry over.")
    fresh = view.trust == "fresh"
    if not fresh or route is None or route.net_bps is None or cell_glyph(route, buy, sell) is not None:
        return _without_number(view, of, route, buy, sell)
    return {"net": _net, "gross": _gross, "size": _size, "age": _age}[view.look.figure](
        view, of, route, buy, sell
    )


def _net(view: View, of: str, route: RouteView, buy: VenueView, sell: VenueView) -> Explained:
    fees = fees_of(buy), fees_of(sell)
    here = ""
    if fees[0] is not None and fees[1] is not None and buy.ask is not None and sell.bid is not None:
        here = f"{sold(plain(sell.bid), fees[1])} ÷ ({bought(plain(buy.ask), fees[0])}) − 1"
        here += f" = {numbers.bps(route.net_bps, 2)} bps"
    limit = view.thresholds.min_net_bps
    return Explained(
        "NET",
        of,
        f"{numbers.bps(route.net_bps)} bps",
        "What is left of the outlay when the first unit is bought on the one venue and sold on the other,"
        f" both taker fees paid. ◆ from {numbers.bps(limit)} on opens a signal, ▲ is above nothing.",
        "sell bid after its fee ÷ buy ask with its fee − 1, fees compounded",
        here,
        f"{BPS} of what is paid, in {quote_of(Symbol(view.symbol))}",
        ages(buy, sell),
        f"{_TOP}: {proofs(buy, sell)} · {fee_detail(buy)}, {fee_detail(sell)}",
    )


def _gross(view: View, of: str, route: RouteView, buy: VenueView, sell: VenueView) -> Explained:
    here = ""
    if buy.ask is not None and sell.bid is not None:
        here = f"{plain(sell.bid)} ÷ {plain(buy.ask)} − 1 = {numbers.bps(route.gross_bps, 2)} bps"
    return Explained(
        "GROSS",
        of,
        f"{numbers.bps(route.gross_bps)} bps",
        "What the two prices alone say, before any fee. ▲ where the fees leave something of it.",
        "sell bid ÷ buy ask − 1",
        here,
        f"{BPS} of the price that is paid",
        ages(buy, sell),
        f"{_TOP}: {proofs(buy, sell)}",
    )


def _size(view: View, of: str, route: RouteView, buy: VenueView, sell: VenueView) -> Explained:
    base = safe(view.symbol.partition("/")[0], 8)
    here = ""
    if buy.ask_size is not None and sell.bid_size is not None and route.top_size is not None:
        here = f"min({exact(buy.ask_size)}, {exact(sell.bid_size)}) = {exact(route.top_size)} {base}"
    return Explained(
        "SIZE",
        of,
        f"{numbers.size(route.top_size)} {base}",
        "How much can be bought and sold at the best prices of both books, before deeper levels are walked.",
        "the smaller of the buy venue's ask size and the sell venue's bid size",
        here,
        base,
        ages(buy, sell),
        f"{_TOP}: {proofs(buy, sell)}",
    )


def _age(view: View, of: str, route: RouteView, buy: VenueView, sell: VenueView) -> Explained:
    apart = numbers.latency(route.asynchrony_us)
    return Explained(
        "AGE",
        of,
        numbers.latency(route.age_us),
        "How long ago the older of the two legs was last proven to hold. Beyond the limit the route is not"
        f" priced; nor with legs further apart than {view.thresholds.max_asynchrony_ms} ms, now {apart}.",
        "now − the earlier of both last proofs of life, by this machine's monotonic clock",
        "",
        f"time; {limit_words(view.thresholds)}",
        ages(buy, sell),
        "the instant each frame was read from its socket; never an exchange's own clock",
    )


def _without_number(
    view: View, of: str, route: RouteView | None, buy: VenueView, sell: VenueView
) -> Explained:
    glyph = cell_glyph(route, buy, sell) or CELL_STALE
    meaning = {
        CELL_STALE: "A leg is not fit to be traded on now, so there is no number, not even an old one.",
        CELL_DOWN: "A leg is down or held back. Nothing is computed with its last prices.",
        CELL_UNLISTED: "One of the two venues does not list this symbol.",
    }[glyph]
    why = safe(route.blocked, 120) if route is not None and route.blocked else "no price can be formed"
    if view.trust != "fresh":
        glyph, why = CELL_STALE, "nothing is heard: no figure here is known to be true now"
    states = (
        f"{route_name(each.venue, each.venue).partition(' ')[0]} {mark_of(each).word.lower()}"
        for each in (buy, sell)
    )
    return Explained("NO NUMBER", of, glyph, f"{meaning} Why: {why}.", source=", ".join(states))
