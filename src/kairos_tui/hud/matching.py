"""Matching: which routes and signals the filter lets through. Lists leave out the others, the matrix dims.

Before it: filters, view_state. After it: moves (next and previous match), panels that list or dim.
"""

from kairos_tui.hud.cards import Card, Note
from kairos_tui.hud.fading import state_of, state_of_open
from kairos_tui.hud.filters import Facts, holds
from kairos_tui.hud.routes import quote_of
from kairos_tui.hud.view_state import View
from kairos_tui.market import RouteView, Symbol


def entries(view: View) -> list[Card | Note]:
    """Signals and notes of the tape that is shown, newest first, those that match."""
    every, sieve = view.tape.deck.entries, view.filter
    return every if sieve is None else [each for each in every if holds(sieve, facts_of_entry(view, each))]


def lets_through(view: View, symbol: str, route: RouteView) -> bool:
    """Whether a route of that symbol's board matches."""
    return view.filter is None or holds(view.filter, facts_of_route(view, symbol, route))


def signals_of(view: View) -> tuple[int, int]:
    """How many signals match, of how many."""
    every = sum(isinstance(each, Card) for each in view.tape.deck.entries)
    return sum(isinstance(each, Card) for each in entries(view)), every


def routes_of(view: View) -> tuple[int, int]:
    """How many of the routes between venues that are priced now match, of how many."""
    one = view.symbol_board
    if one is None:
        return 0, 0
    priced = [route for route in one.routes if route.net_bps is not None]
    return sum(lets_through(view, one.symbol, route) for route in priced), len(priced)


def counted(count: tuple[int, int]) -> str:
    """`3 of 41`."""
    return f"{count[0]} of {count[1]}"


def facts_of_route(view: View, symbol: str, route: RouteView) -> Facts:
    """What is known of a route now; `age` is that of its older leg."""
    blocked = route.blocked is not None
    return Facts(
        {
            "net": None if blocked else route.net_bps,
            "gross": None if blocked else route.gross_bps,
            "size": route.top_size,
            "age": None if route.age_us is None else route.age_us / 1e6,
        },
        _words(symbol, route.buy_venue, route.sell_venue, route.sell_symbol)
        | {"state": state_of_open(view, route), "id": route.open_id or ""},
    )


def facts_of_entry(view: View, entry: Card | Note) -> Facts:
    """What is known of a signal; of a line of the timeline, its words. Once over, `net` is its best."""
    if isinstance(entry, Note):
        return Facts({}, {"venue": entry.text.casefold()})
    found, route = entry.signal.opportunity, entry.route
    lasted_ns = view.shown_ns - entry.opened_ns if entry.life == "live" else entry.signal.duration_us * 1000
    return Facts(
        {
            "net": found.net_bps if entry.life == "live" else entry.signal.peak_net_bps,
            "gross": found.gross_bps,
            "size": found.size,
            "profit": found.profit,
            "notional": found.notional,
            "lasted": lasted_ns / 1e9,
        },
        _words(route.symbol, route.buy_venue, route.sell_venue, route.sell_symbol)
        | {"state": state_of(view, entry), "id": entry.signal.id.casefold()},
    )


def _words(symbol: str, buy: str, sell: str, sell_symbol: Symbol | None) -> dict[str, str]:
    symbols = symbol if sell_symbol is None else f"{symbol} {sell_symbol}"
    return {
        "venue": f"{buy} {sell}".casefold(),
        "buy": buy.casefold(),
        "sell": sell.casefold(),
        "symbol": symbols.casefold(),
        "quote": " ".join(quote_of(Symbol(each)) for each in symbols.split()).casefold(),
    }
