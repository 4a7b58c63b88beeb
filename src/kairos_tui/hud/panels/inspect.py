"""Inspect: one route, venue or signal taken apart. Costs decomposed, ages, proofs, distance to profit.

inspect_venue and inspect_card have the venue and the signal; inspect_rows what all of them share.
"""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card
from kairos_tui.hud.glyphs import mark_of, safe, venue_name
from kairos_tui.hud.graded import route_rows, signal_rows
from kairos_tui.hud.look import Target
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.panels.columns import age_of
from kairos_tui.hud.panels.inspect_card import card_rows
from kairos_tui.hud.panels.inspect_depth import DEPTH_ROWS, Sides, plots, sentences, sides_now, sides_taken
from kairos_tui.hud.panels.inspect_rows import LABEL, pair, size_row, waterfall
from kairos_tui.hud.panels.inspect_venue import venue_rows
from kairos_tui.hud.panels.paged import pages_of
from kairos_tui.hud.routes import mode_of, route_name
from kairos_tui.hud.segments import Row, cut, fill, fold
from kairos_tui.hud.verdict import Verdict, fee_detail, judge, judge_sized
from kairos_tui.hud.view_state import View
from kairos_tui.market import Opportunity, Route, RouteView, VenueView

_ROWS: Final = 12
_MORE_ROWS: Final = 16
"""For a venue with a reason, and for a signal with a conversion."""


def wanted(view: View) -> int:
    """Rows the panel asks for; 0 while nothing is inspected."""
    target = view.inspected
    if target is None:
        return 0
    if target.card is not None:
        return _wanted_of(view, target.card)
    if target.buy is not None and target.sell is not None and view.symbol_board is not None:
        return _ROWS + len(route_rows(view, Route(view.symbol_board.symbol, target.buy, target.sell)))
    venue = next((venue for venue in view.venues if venue.venue == target.buy), None)
    return _MORE_ROWS if venue is not None and bool(venue.reason or not venue.usable) else _ROWS


def _wanted_of(view: View, key: str) -> int:
    entry = next((entry for entry in view.tape.deck.entries if entry.key == key), None)
    if not isinstance(entry, Card):
        return _ROWS
    rows = _ROWS if mode_of(entry.signal.opportunity) is None else _MORE_ROWS
    return rows + len(signal_rows(view, entry.signal)) + len(route_rows(view, entry.route))


def draw(view: View, width: int, height: int) -> Drawing:
    """The docked panel; what it speaks of goes on moving while it is open."""
    name, pages = _paged(view, width, height)
    page = view.inspect_page % len(pages)
    title: Row = (("⏎ ", "accent"), ("INSPECT", "text+b"), (f"  {name}", "focus+b"))
    foot: Row = ()
    if len(pages) > 1:
        foot = ((f"page {page + 1} of {len(pages)} · ", "accent"), *_turning(view))
    rows = [fill(cut(row, width - 4), width - 2) for row in pages[page]]
    return box(
        rows, width, height, title=title, note=_keys(view), foot=foot, ink="secondary",
        dashed=view.held is not None,
    )  # fmt: skip


def turns_page(view: View, step: int, width: int, height: int) -> bool:
    """Turn the pages of the inspector, drawn so large; False where it has only one."""
    count = len(_paged(view, width, height)[1])
    if count < 2:
        return False
    view.inspect_page = max(0, min(view.inspect_page % count + step, count - 1))
    return True


def _paged(view: View, width: int, height: int) -> tuple[str, list[list[Row]]]:
    name, rows, sides = _content(view, view.inspected or Target(), width)
    folded = [line for row in rows for line in fold(row, width - 4, LABEL)]
    return name, pages_of(folded, plots(sides, width - 4) if sides is not None else (), height - 2)


def _turning(view: View) -> Row:
    keys = (view.plan.keymap.shown("page_down"), view.plan.keymap.shown("page_up"))
    return ((" ".join(key for key in keys if key), "key"),)


def _keys(view: View) -> Row:
    """`y copy · e export · esc close`, with the keys that are in force."""
    keymap = view.plan.keymap
    words = (("copy", "copy"), ("export", "export"), ("back", "close"))
    row: Row = ()
    for action, word in words:
        if key := keymap.shown(action):
            row += ((" · ", "muted"),) if row else ()
            row += ((key, "key"), (f" {word}", "muted"))
    return row


def more(view: View) -> int:
    """Rows beyond those that it would fill if there were room: the books of a route, or of a signal's."""
    target = view.inspected
    return DEPTH_ROWS if target is not None and (target.sell is not None or target.card is not None) else 0


def _content(view: View, target: Target, width: int) -> tuple[str, list[Row], Sides | None]:
    """Its name, its rows, and the books that are drawn below them, if there are any."""
    if target.card is not None:
        return _signal(view, target.card, width)
    ends = (target.buy, target.sell)
    buy, sell = (next((venue for venue in view.venues if venue.venue == end), None) for end in ends)
    if buy is None or sell is None:
        gone: list[Row] = [((" that venue is not watched any more", "muted"),)]
        return (venue_name(buy.venue), venue_rows(view, buy, width), None) if buy else ("", gone, None)
    name, rows = _route(view, buy, sell, width)
    one = view.symbol_board
    if one is None or view.trust != "fresh":
        return name, rows, None
    sides = sides_now(one, buy.venue, sell.venue)
    return name, rows + sentences(view, sides, Route(one.symbol, buy.venue, sell.venue)), sides


def _signal(view: View, key: str, width: int) -> tuple[str, list[Row], Sides | None]:
    entry = next((entry for entry in view.tape.deck.entries if entry.key == key), None)
    name, rows = card_rows(view, entry, width)
    if not isinstance(entry, Card):
        return name, rows, None
    sides = _sides_of(view, entry)
    return name, rows + sentences(view, sides, entry.route), sides


def _sides_of(view: View, card: Card) -> Sides | None:
    """While it stands, what its books hold now; else what it took of them when it was last priced."""
    route, boards = card.route, view.board.symbols if view.board is not None else ()
    one = next((one for one in boards if one.symbol == route.symbol), None)
    stands = card.life == "live" and view.trust == "fresh" and route.sell_symbol is None
    now = sides_now(one, route.buy_venue, route.sell_venue, "now: ") if stands and one is not None else None
    return now or sides_taken(card.signal.opportunity)


def _route(view: View, buy: VenueView, sell: VenueView, width: int) -> tuple[str, list[Row]]:
    name = route_name(buy.venue, sell.venue)
    route = view.route(buy.venue, sell.venue)
    if route is None or route.net_bps is None or view.trust != "fresh":
        return name, _blocked(view, route, buy, sell)
    found = _sized(view, route)
    verdict = _judged(view, route, found)
    rows = waterfall(verdict, width)
    rows.append(_distance(verdict, route.open_id))
    rows.append(_top_size(route) if found is None else size_row(found))
    rows += [_leg("buy", buy, buy.ask, buy.ask_size), _leg("sell", sell, sell.bid, sell.bid_size)]
    assert view.symbol_board is not None
    rows += route_rows(view, Route(view.symbol_board.symbol, buy.venue, sell.venue))
    rows.append(
        pair(
            "asynchrony",
            numbers.latency(route.asynchrony_us),
            f"at most {view.thresholds.max_asynchrony_ms} ms",
        )
    )
    return name, rows


def verdict_of(view: View, buy: VenueView, sell: VenueView) -> tuple[Verdict, bool] | None:
    """What is said of a route, and whether at the size that is traded; None while it is not priced."""
    route = view.route(buy.venue, sell.venue)
    if route is None or route.net_bps is None or view.trust != "fresh":
        return None
    found = _sized(view, route)
    return _judged(view, route, found), found is not None


def _judged(view: View, route: RouteView, found: Opportunity | None) -> Verdict:
    if found is not None:
        return judge_sized(found, view.thresholds)
    assert view.symbol_board is not None
    return judge(route, view.symbol_board.symbol, view.row_of, view.thresholds)


def _sized(view: View, route: RouteView) -> Opportunity | None:
    """The priced opportunity of this route, when the board has one: its open signal, or the best."""
    one = view.symbol_board
    assert one is not None
    ends = (route.buy_venue, route.sell_venue, None)
    known = [signal.opportunity for signal in one.open_signals] + (
        [one.sized] if one.sized is not None else []
    )
    return next((found for found in known if _ends(found) == ends), None)


def _ends(found: Opportunity) -> tuple[str, str, str | None]:
    return found.route.buy_venue, found.route.sell_venue, found.route.sell_symbol


def _blocked(view: View, route: RouteView | None, buy: VenueView, sell: VenueView) -> list[Row]:
    why = safe(route.blocked, 90) if route is not None and route.blocked else "no price can be formed"
    if view.trust != "fresh":
        who = "source" if view.plan.remote else "engine"
        why = f"the {who} is silent: nothing here is known to be true now"
    rows: list[Row] = [((" ◌ NOT PRICED  ", "warn+b"), (why, "text"))]
    rows += [_leg("buy", buy, buy.ask, buy.ask_size), _leg("sell", sell, sell.bid, sell.bid_size)]
    for venue in (buy, sell):
        mark = mark_of(venue, trusted=view.trust == "fresh")
        reason = f" · {safe(venue.reason, 60)}" if venue.reason else ""
        rows.append(
            ((f"   {venue_name(venue.venue)} ", "muted"), (f"{mark.glyph} {mark.word}{reason}", mark.ink))
        )
    rows += [((f"   {fee_detail(venue)}", "muted"),) for venue in (buy, sell)]
    return rows


def _distance(verdict: Verdict, open_id: str | None) -> Row:
    if verdict.kind == "signal" or open_id is not None:
        return (
            (" ◆ EDGE ", "hot"),
            (f"  signal {safe(open_id, 24)} is open" if open_id else "  above the threshold", "text"),
        )
    if verdict.kind == "profit":
        return (
            (" ▲ IN PROFIT ", "buy+b"),
            (f" needs {numbers.bps(verdict.to_signal)} bps to signal", "accent"),
        )
    needs = (
        f" needs {numbers.bps(verdict.to_profit)} bps to profit, {numbers.bps(verdict.to_signal)} to signal"
    )
    return ((" ○ NO EDGE ", "text+b"), (needs, "accent"))


def _top_size(route: RouteView) -> Row:
    return pair("size", numbers.size(route.top_size), "at the top of both books, before any depth is walked")


def _leg(side: str, venue: VenueView, price: float | None, size: float | None) -> Row:
    return (
        (f"   {side:<11}", "muted"),
        (f"{venue_name(venue.venue):<10} ", "text"),
        (numbers.price(price, numbers.price_places(price)), "buy" if side == "buy" else "sell"),
        (f" × {numbers.size(size)}", "text"),
        (f"   age {numbers.age(age_of(venue))}  proof {venue.proof or 'none yet'}", "muted"),
    )
