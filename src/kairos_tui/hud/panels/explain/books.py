"""The depth, the timeline and the markets: what their figures are.

Before it: explained, ladder. After it: subjects.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.hud.ladder import Ladder, Rung, fees_of, merge
from kairos_tui.hud.look import span_words
from kairos_tui.hud.panels.explain.explained import BPS, Explained, bought, exact, plain, sold
from kairos_tui.hud.routes import best_route, name_of, quote_of
from kairos_tui.hud.view_state import View
from kairos_tui.market import SymbolBoard

_KEPT = "ten levels at most of each usable book, as of the newest board"


def depth(view: View) -> tuple[Explained, ...]:
    """The best rung of either side, the gap between them, and what is crossed."""
    one = view.symbol_board
    ladder = merge(one) if one is not None and view.trust == "fresh" else Ladder()
    if one is None or not ladder.bids or not ladder.asks:
        return (Explained("DEPTH", "", numbers.UNKNOWN, "No book may be traded on now, so none is shown."),)
    return (
        _rung(one, ladder.bids[0], selling=True),
        _rung(one, ladder.asks[0], selling=False),
        _total(one, ladder),
        _apart(ladder),
        _crossed(one, ladder),
    )


def _rung(one: SymbolBoard, rung: Rung, *, selling: bool) -> Explained:
    row = next(venue for venue in one.venues if venue.venue == rung.venue)
    fees = fees_of(row)
    assert fees is not None
    base, quote = safe(one.symbol.partition("/")[0], 8), quote_of(one.symbol)
    told = sold(plain(rung.price), fees) if selling else bought(plain(rung.price), fees)
    what = (
        "The most that a unit brings anywhere, the venue's taker fee already taken off."
        if selling
        else "The least that a unit costs anywhere, the venue's taker fee already added."
    )
    return Explained(
        "SELL HERE, FOR NET" if selling else "NET, BUY HERE",
        venue_name(rung.venue),
        plain(rung.net),
        f"{what} So rungs of different venues can be compared as they stand.",
        "bid less its fee" if selling else "ask with its fee",
        f"{told} = {plain(rung.net)}",
        f"{quote} for one {base}",
        source=_KEPT,
    )


def _total(one: SymbolBoard, ladder: Ladder) -> Explained:
    sizes = [exact(rung.size) for rung in ladder.bids[:3]]
    total = sum(rung.size for rung in ladder.bids[:3])
    return Explained(
        "TOTAL",
        safe(one.symbol, 16),
        numbers.size(total),
        "All that stands at that net or better, here of the best three bids. With a + it is a lower bound:"
        " some book ends before that price, as far as it is known here. The bar is its share of all shown.",
        "the sizes of all rungs from the best one down to this",
        f"{' + '.join(sizes)} = {exact(total)}",
        safe(one.symbol.partition("/")[0], 8),
        source=_KEPT,
    )


def _apart(ladder: Ladder) -> Explained:
    bid, ask = ladder.bids[0], ladder.asks[0]
    gap = (bid.net / ask.net - 1.0) * 1e4
    return Explained(
        "CROSSED" if gap > 0 else "APART",
        f"{venue_name(ask.venue)} → {venue_name(bid.venue)}",
        f"{numbers.bps(gap)} bps",
        "What the best sale brings over what the cheapest purchase costs, both fees paid. Above nothing the"
        " sides overlap, and those rungs are bright.",
        "best net bid ÷ best net ask − 1",
        f"{plain(bid.net)} ÷ {plain(ask.net)} − 1 = {numbers.bps(gap, 2)} bps",
        BPS,
        source=_KEPT,
    )


def _crossed(one: SymbolBoard, ladder: Ladder) -> Explained:
    base, quote = safe(one.symbol.partition("/")[0], 8), quote_of(one.symbol)
    most = "at least " if ladder.more else ""
    return Explained(
        "CROSSED SIZE",
        safe(one.symbol, 16),
        f"{most}{numbers.size(ladder.crossed)} {base}, {numbers.signed_amount(ladder.profit)} {quote}",
        "All that could be bought below what another level brings, and what that would leave if everything"
        " filled at once. No signal promises this: lots, minimums and max_notional are not in it.",
        "both sides walked down step by step while the bid's net is above the ask's",
        unit=f"{base}, and {quote} of profit",
        source=_KEPT,
    )


def timeline(view: View) -> tuple[Explained, ...]:
    """A lane, a mark of a signal, an incident."""
    one = view.symbol_board
    span = span_words(view.look.span_s)
    notes = view.tape.deck.notes
    usable = sum(venue.usable for venue in one.venues) if one is not None else 0
    signals = len(view.tape.marks.get(one.symbol, [])) if one is not None else 0
    return (
        Explained(
            "LANES",
            safe(view.symbol, 16),
            f"{usable} usable now",
            "How each venue has fared: ━ live and ─ quiet are well, anything else has its own mark, the worst"
            " of each column's time. A blank is time before this HUD saw the venue.",
            "one column is the span ÷ the columns of the panel",
            unit=f"{span} across",
            source="the state of every board",
        ),
        Explained(
            "SIGNALS",
            safe(view.symbol, 16),
            f"{signals:,}",
            "Openings of signals of this symbol that are remembered here, 400 at most; each has its ◆.",
            source="signals as the engine numbered them; a lost one is told in the header",
        ),
        Explained(
            "INCIDENTS",
            "",
            f"{len(notes):,}",
            "Changes of state for the worse and back, restarts of processes, sinks that failed. The newest"
            " 400.",
            unit="UTC, as this machine's clock has it",
            source="status messages of feeds, and what the launcher says of its processes",
        ),
    )


def markets(view: View) -> tuple[Explained, ...]:
    """The columns of the symbol under the cursor."""
    one = view.symbol_board
    if one is None:
        return (Explained("MARKETS", "", numbers.UNKNOWN, "The first board is on its way."),)
    best = best_route(one) if view.trust == "fresh" else None
    of = safe(one.symbol, 16)
    name = name_of(best, one.symbol) if best is not None else "no route"
    usable = sum(venue.usable for venue in one.venues) if view.trust == "fresh" else 0
    standing = sum(card.route.symbol == one.symbol for card in view.tape.deck.live())
    rate = sum(venue.ticks_per_s for venue in one.venues)
    since = one.last_signal_age_us
    quiet = numbers.age(None if since is None else since + view.silence_us)
    net = numbers.bps(best.net_bps if best is not None else None)
    gross = numbers.bps(best.gross_bps if best is not None else None)
    fees = None if best is None or best.gross_bps is None else (best.net_bps or 0.0) - best.gross_bps
    figures = (
        (
            "NET",
            f"{net} bps",
            f"The best route's net, all costs paid: {name}. Inspecting it shows its matrix.",
            BPS,
        ),
        ("OPEN", f"{standing}", "Signals of this symbol that stand now.", ""),
        ("VENUES", f"{usable}/{len(one.venues)}", "Venues fit to be traded on, of those watched.", ""),
        ("GROSS", f"{gross} bps", f"The same before costs, which take {numbers.bps(fees)} bps.", BPS),
        (
            "SIZE",
            numbers.size(best.top_size if best is not None else None),
            "What stands at the best prices of both books.",
            safe(one.symbol.partition("/")[0], 8),
        ),
        ("SEEN", f"{one.signals:,}", "Signals of this symbol since its engine started.", ""),
        ("LAST", quiet, "How long ago the last one opened.", "time"),
        ("T/S", numbers.compact(rate), "Ticks a second, all venues together.", "ticks a second"),
    )
    age = f"the board that is shown, {numbers.span(view.silence_us)} old"
    return tuple(
        Explained(label, of, value, what, unit=unit, age=age) for label, value, what, unit in figures
    )
