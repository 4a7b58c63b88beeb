"""Chosen: the signal or the route that the viewer means: what is inspected, or what the cursor is on.

Before it: view_state, cursor. After it: taking.
"""

from kairos_tui.hud.cards import Card
from kairos_tui.hud.cursor import cell_or_best
from kairos_tui.hud.look import Target
from kairos_tui.hud.routes import best_route
from kairos_tui.hud.view_state import View
from kairos_tui.market import RouteView, Signal, Symbol, Venue


def chosen(view: View) -> Signal | RouteView | None:
    """A card where one is meant; else a route of the symbol that is shown, or the signal standing on it."""
    target = view.inspected or Target()
    if target.card is not None or (view.inspected is None and view.focus == "feed"):
        return _card(view, target.card or view.card)
    one = view.symbol_board
    route = best_route(one) if one is not None else None
    if target.buy is not None and target.sell is not None:
        route = view.route(target.buy, target.sell)
    elif view.focus == "edge" and (pinned := view.tape.followed.ends(Symbol(view.symbol))) is not None:
        route = view.route(*pinned)
    elif view.focus == "matrix":
        route = _at_cursor(view)
    return _standing(view, route)


def _card(view: View, key: str | None) -> Signal | None:
    """The card of that key, or the newest."""
    cards = [entry for entry in view.tape.deck.entries if isinstance(entry, Card)]
    meant = [card for card in cards if card.key == key] or cards
    return meant[0].signal if meant else None


def _at_cursor(view: View) -> RouteView | None:
    names: list[Venue] = [venue.venue for venue in view.venues]
    if len(names) < 2:
        return None
    one = view.symbol_board
    if view.cell is None and one is not None:
        return best_route(one) or view.route(*[names[place] for place in cell_or_best(view)])
    row, column = cell_or_best(view)
    return view.route(names[row], names[column])


def _standing(view: View, route: RouteView | None) -> Signal | RouteView | None:
    """The open signal of a route, newest figures included, before the route itself."""
    if route is None or route.open_id is None:
        return route
    cards = (entry for entry in view.tape.deck.entries if isinstance(entry, Card))
    return next((card.signal for card in cards if card.signal.id == route.open_id), route)
