"""Tables: the panel in focus -> CSV. Every row begins with the feed and the instant of the prices.

Before it: view_state. After it: export, taking. Text from outside is no formula here, and controls nothing.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from kairos_tui.hud.cards import Card
from kairos_tui.hud.routes import best_route
from kairos_tui.hud.view_state import View
from kairos_tui.market import Signal, SymbolBoard

Rows = list[list[object]]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_OF_VENUE: Final = (
    "venue", "state", "usable", "bid", "bid_size", "ask", "ask_size", "age_us", "alive_us", "proof", "taker",
    "fee_source", "ticks", "ticks_per_s", "latency_us", "score", "reason",
)  # fmt: skip
_OF_ROUTE: Final = (
    "buy_venue", "sell_venue", "sell_symbol", "mode", "gross_bps", "buy_fee_bps", "sell_fee_bps",
    "convert_bps", "net_bps", "top_size", "age_us", "asynchrony_us", "blocked", "open_id",
)  # fmt: skip
_OF_SIGNAL: Final = (
    "id", "event", "kind", "mode", "asset", "quote", "buy_venue", "sell_venue", "size", "profit",
    "gross_bps", "net_bps", "peak_net_bps", "duration_us", "reason",
)  # fmt: skip
_OF_LEVEL: Final = ("venue", "usable", "side", "price", "size")
_OF_INCIDENT: Final = ("at_us", "incident")
_OF_MARKET: Final = (
    "symbol", "usable_venues", "venues", "buy_venue", "sell_venue", "sell_symbol", "net_bps", "open_signals",
    "signals",
)  # fmt: skip


def table(view: View) -> str:
    """What the panel in focus shows, whole: venues, signals, books, incidents, all symbols, else routes."""
    board = view.board
    head = {"feed": str(view.feed), "ts_us": str(board.at_us) if board is not None else ""}
    names, rows_of = _BY_PANEL.get(view.focus, (_OF_ROUTE, _routes))
    if view.focus not in _OF_ALL_SYMBOLS:
        head["symbol"] = view.symbol
    return _csv(head, names, rows_of(view))


def signals_of(view: View) -> list[Signal]:
    """Every signal of the feed, the one that opened last first."""
    signals = [entry.signal for entry in view.tape.deck.entries if isinstance(entry, Card)]
    return sorted(signals, key=lambda signal: -signal.opened_ns)


def _routes(view: View) -> Rows:
    one = view.symbol_board
    return [_fields(route, _OF_ROUTE) for route in ((*one.routes, *one.converted) if one is not None else ())]


def _venues(view: View) -> Rows:
    return [_fields(venue, _OF_VENUE) for venue in view.venues]


def _levels(view: View) -> Rows:
    one = view.symbol_board
    usable = {venue.venue: venue.usable for venue in view.venues}
    rows: Rows = []
    for book in one.books if one is not None else ():
        for side, levels in zip(("bid", "ask"), book.books(), strict=True):
            rows += [[book.venue, usable.get(book.venue, False), side, *level] for level in levels]
    return rows


def _incidents(view: View) -> Rows:
    return [[note.at_us, note.text] for note in view.tape.deck.notes]


def _markets(view: View) -> Rows:
    return [_market(one) for one in (view.board.symbols if view.board is not None else ())]


def _market(one: SymbolBoard) -> list[object]:
    best = best_route(one)
    ends = [None] * 4 if best is None else [best.buy_venue, best.sell_venue, best.sell_symbol, best.net_bps]
    usable = sum(venue.usable for venue in one.venues)
    return [one.symbol, usable, len(one.venues), *ends, len(one.open_signals), one.signals]


def _of_signal(signal: Signal) -> list[object]:
    found = signal.opportunity
    known = {"buy_venue": found.buy.venue, "sell_venue": found.sell.venue}
    known |= {name: getattr(found, name) for name in _OF_SIGNAL if hasattr(found, name)}
    return [known[name] if name in known else getattr(signal, name) for name in _OF_SIGNAL]


def _fields(item: msgspec.Struct, names: Iterable[str]) -> list[object]:
    return [getattr(item, name) for name in names]


def _csv(head: Mapping[str, str], names: Iterable[str], rows: Iterable[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*head, *names])
    for row in rows:
        writer.writerow([_cell(value) for value in (*head.values(), *row)])
    return out.getvalue()


def _cell(value: object) -> object:
    """Text from outside stays text in a spreadsheet and on a terminal: no formula, no control character."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = "".join(
        character if character.isprintable() else repr(character)[1:-1] for character in str(value)
    )
    return f"'{text}" if text.startswith(_FORMULA) else text


_OF_ALL_SYMBOLS: Final = frozenset({"feed", "timeline", "markets"})
_BY_PANEL: Final[dict[str, tuple[tuple[str, ...], Callable[[View], Rows]]]] = {
    "venues": (_OF_VENUE, _venues),
    "feed": (_OF_SIGNAL, lambda view: [_of_signal(signal) for signal in signals_of(view)]),
    "depth": (_OF_LEVEL, _levels),
    "timeline": (_OF_INCIDENT, _incidents),
    "markets": (_OF_MARKET, _markets),
}
"""Panel -> what its columns are called, and its rows."""
