"""Small: screens too small for panels. Still the three answers: alive? where is the edge? what happened?"""

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card
from kairos_tui.hud.glyphs import STRONG
from kairos_tui.hud.panels import Drawing, outage
from kairos_tui.hud.panels.edge import quiet_for
from kairos_tui.hud.panels.feed import life
from kairos_tui.hud.segments import Row, cut, fill, fit, fit_right
from kairos_tui.hud.verdict import route_name
from kairos_tui.hud.view_state import View
from kairos_tui.market import RouteView

_MOST_CARDS = 3


def draw(view: View, width: int, height: int) -> Drawing:
    """Best routes above, the newest signals below."""
    if outage.is_due(view) or view.symbol_board is None:
        rows = outage.fitted(view, height)
    else:
        cards = _cards(view, min(_MOST_CARDS, max(0, height - 4)))
        room = max(1, height - 1 - len(cards))
        rows = [*_routes(view, room), (((" " + "─" * (width - 2)), "border"),), *cards]
    blank: Row = ()
    return [fill(cut(row, width), width) for row in [*rows, *[blank] * height][:height]]


def line(view: View, width: int, height: int) -> Drawing:
    """One row: alive, and the best route."""
    verdict = view.verdict()
    live, of = view.live_venues()
    row: Row = ((f"{view.feed} {live}/{of} ", "accent"),)
    if view.trust in {"silent", "dead"}:
        row += ((f"engine silent {numbers.span(view.silence_us)}", "alarm"),)
    elif verdict.kind == "none":
        row += (("no route", "muted"),)
    else:
        row += (
            (f"{numbers.bps(verdict.net_bps)} {verdict.route}", "buy+b" if verdict.net_bps > 0 else "text"),
        )
    blank: Row = ()
    return [fill(cut(each, width), width) for each in [row, *[blank] * (height - 1)]]


def _routes(view: View, most: int) -> list[Row]:
    one = view.symbol_board
    assert one is not None
    priced = [route for route in one.routes if route.net_bps is not None and route.blocked is None]
    priced = sorted(priced, key=lambda route: -(route.net_bps or 0.0))[:most] if view.trust == "fresh" else []
    return [_route(view, route) for route in priced] or [((" ·· no route can be priced now", "muted"),)]


def _route(view: View, route: RouteView) -> Row:
    net = route.net_bps or 0.0
    strong = route.open_id is not None or net >= view.thresholds.min_net_bps
    ink = "buy+b" if net > 0 else "near"
    return (
        (f" {STRONG if strong else ' '} ", "buy+b"),
        (fit(route_name(route.buy_venue, route.sell_venue, "▸"), 18), "text+b" if net > 0 else "text"),
        (fit_right(numbers.bps(net), 7), ink),
        (f"  {numbers.size(route.top_size)}", "muted"),
        ("" if net > 0 else f"  needs {numbers.bps(-net)}", "muted"),
    )


def _cards(view: View, most: int) -> list[Row]:
    cards = [entry for entry in view.tape.deck.entries if isinstance(entry, Card)][:most]
    if not cards:
        return [((" ", "text"), *quiet_for(view))]
    rows: list[Row] = []
    for card in cards:
        state, ink = life(view, card)
        name = fit(
            route_name(
                card.signal.opportunity.route.buy_venue, card.signal.opportunity.route.sell_venue, "▸"
            ),
            18,
        )
        rows.append(
            (
                (f" {name}", "text"),
                (fit_right(numbers.bps(card.signal.opportunity.net_bps), 7), ink),
                (f"  {state}", ink),
            )
        )
    return rows
