"""Common: prices of every quote in the first one, by the live mid; marked `≈`, for they are valued.

Before it: view_state. After it: the panels of prices, and their explanation. What routes earn is untouched:
the engine prices conversions as they would be traded.
"""

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.hud.look import SAID_S
from kairos_tui.hud.routes import quote_of
from kairos_tui.hud.view_state import View
from kairos_tui.market import ConversionView, Symbol, VenueView

MARK = "≈"


class Rate(Struct, frozen=True):
    """One unit of the shown symbol's quote in `quote`, and the market that says so."""

    quote: str
    factor: float
    market: str


def turn_common(view: View) -> None:
    """Show prices in the first quote, or each in its own."""
    view.look.common = not view.look.common
    if not view.look.common:
        view.say("prices in their own quote", for_s=SAID_S)
        return
    rate, first = rate_of(view), _first_quote(view)
    if rate is not None:
        view.say(f"prices {MARK} {rate.quote}, by the mid of {rate.market}", for_s=SAID_S)
    elif first == quote_of(Symbol(view.symbol)):
        view.say(f"{safe(view.symbol, 16)} is in the first quote already; others are shown in {first}")
    else:
        view.say(f"nothing may convert into {first} now: prices stay in their own quote")


def rate_of(view: View) -> Rate | None:
    """How the shown symbol's prices become the first quote's; None where they are shown as they are."""
    board, one = view.board, view.symbol_board
    if not view.look.common or board is None or one is None or view.trust != "fresh":
        return None
    first, own = _first_quote(view), quote_of(one.symbol)
    if first in ("", own):
        return None
    usable = [each for each in board.conversions if each.blocked is None and each.bid and each.ask]
    for each in sorted(usable, key=lambda each: not each.chosen):
        factor = _factor(each, own, first)
        if factor is not None:
            return Rate(first, factor, f"{safe(each.symbol, 16)} {venue_name(each.venue)}")
    return None


def in_common(venue: VenueView, rate: Rate | None) -> VenueView:
    """The row with its prices in the first quote."""
    if rate is None:
        return venue
    return replace(
        venue,
        bid=None if venue.bid is None else venue.bid * rate.factor,
        ask=None if venue.ask is None else venue.ask * rate.factor,
    )


def _first_quote(view: View) -> str:
    """Of the first symbol with this base, in the order asked for."""
    base = view.symbol.partition("/")[0]
    boards = view.board.symbols if view.board is not None else ()
    return next((quote_of(one.symbol) for one in boards if one.symbol.partition("/")[0] == base), "")


def _factor(each: ConversionView, own: str, first: str) -> float | None:
    assert each.bid is not None
    assert each.ask is not None
    mid, ends = (each.bid + each.ask) / 2, (each.symbol.partition("/")[0], quote_of(each.symbol))
    if ends == (own, first):
        return mid
    return 1.0 / mid if ends == (first, own) else None
