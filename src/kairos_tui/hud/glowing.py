"""Glowing: when a frozen view goes on, what has changed meanwhile glows once, then fades as any change does.

Before it: view_state. After it: stepping lights it, the matrix asks; prices glow by the tape's own moves.
Not with reduced motion.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.look import NO_GLOW, Glow
from kairos_tui.hud.tape import FLASH_NS, FLASH_SHADES, Tape
from kairos_tui.hud.view_state import View
from kairos_tui.market import RouteView, SymbolBoard, Venue


def light(view: View, before: Tape) -> None:
    """Everything of the symbol that is shown which reads otherwise than on the tape that was held."""
    view.glow = NO_GLOW
    one, old = view.symbol_board, before.board
    was = next((each for each in old.symbols if one and each.symbol == one.symbol), None) if old else None
    if one is None or was is None or view.plan.reduced_motion:
        return
    told = _figures(was)
    cells = frozenset(cell for cell, figures in _figures(one).items() if told.get(cell) != figures)
    view.glow = Glow(cells, view.now_ns)
    rows = {venue.venue: venue for venue in was.venues}
    for venue in one.venues:
        row = rows.get(venue.venue)
        for side, price, past in (
            ("bid", venue.bid, row.bid if row else None),
            ("ask", venue.ask, row.ask if row else None),
        ):
            if price is not None and past is not None and price != past:
                view.live.moved[one.symbol, venue.venue, side] = (past, price, view.now_ns)


def shade_of(view: View, route: RouteView) -> int | None:
    """The shade its cell has faded to; None where it does not glow."""
    glow = view.glow
    passed_ns = view.now_ns - glow.since_ns
    if view.held is not None or passed_ns >= FLASH_NS:
        return None
    return passed_ns * FLASH_SHADES // FLASH_NS if (route.buy_venue, route.sell_venue) in glow.cells else None


def _figures(one: SymbolBoard) -> dict[tuple[Venue, Venue], tuple[str, ...]]:
    """Every cell as it is read, whichever figure the matrix shows."""
    return {
        (route.buy_venue, route.sell_venue): (
            numbers.bps(route.net_bps),
            numbers.bps(route.gross_bps),
            numbers.size(route.top_size),
        )
        for route in one.routes
    }
