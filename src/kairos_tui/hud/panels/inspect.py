"""Inspect: one route, venue or signal taken apart. Costs decomposed, ages, proofs, distance to profit."""

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card, Note
from kairos_tui.hud.glyphs import mark_of, safe, venue_name
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box
from kairos_tui.hud.panels.edge import step_row
from kairos_tui.hud.panels.feed import life
from kairos_tui.hud.segments import Row, cut, fill
from kairos_tui.hud.verdict import Cost, Verdict, fee_detail, judge, judge_sized, route_name
from kairos_tui.hud.view_state import Target, View
from kairos_tui.market import Opportunity, RouteView, VenueView


def draw(view: View, width: int, height: int) -> Drawing:
    """The docked panel; what it speaks of goes on moving while it is open."""
    target = view.inspected or Target()
    name, body = _content(view, target, width)
    title: Row = (("⏎ ", "accent"), ("INSPECT", "text+b"), (f"  {name}", "focus+b"))
    note: Row = (("esc close", "muted"),)
    rows = [fill(cut(row, width - 4), width - 2) for row in body]
    return box(rows, width, height, title=title, note=note, ink="secondary", dashed=view.held is not None)


def _content(view: View, target: Target, width: int) -> tuple[str, list[Row]]:
    if target.card is not None:
        entry = next((entry for entry in view.tape.deck.entries if entry.key == target.card), None)
        return _card(view, entry, width)
    buy = next((venue for venue in view.venues if venue.venue == target.buy), None)
    if buy is None:
        return "", [((" that venue is not watched any more", "muted"),)]
    sell = next((venue for venue in view.venues if venue.venue == target.sell), None)
    return _route(view, buy, sell, width) if sell is not None else (venue_name(buy.venue), _venue(view, buy))


def _route(view: View, buy: VenueView, sell: VenueView, width: int) -> tuple[str, list[Row]]:
    name = route_name(buy.venue, sell.venue)
    route = view.route(buy.venue, sell.venue)
    if route is None or route.net_bps is None or view.trust != "fresh":
        return name, _blocked(view, route, buy, sell)
    found = _sized(view, route)
    verdict = judge_sized(found, view.thresholds) if found is not None else None
    if verdict is None:
        verdict = judge(route, {venue.venue: venue for venue in view.venues}, view.thresholds)
    rows = _waterfall(verdict, width)
    rows.append(_distance(verdict, route.open_id))
    rows.append(_size(view, route, found))
    rows += [_leg("buy", buy, buy.ask, buy.ask_size), _leg("sell", sell, sell.bid, sell.bid_size)]
    rows.append(
        _pair(
            "asynchrony",
            numbers.latency(route.asynchrony_us),
            f"at most {view.thresholds.max_asynchrony_ms} ms",
        )
    )
    return name, rows


def _sized(view: View, route: RouteView) -> Opportunity | None:
    """The priced opportunity of this route, when the board has one: its open signal, or the best."""
    one = view.symbol_board
    assert one is not None
    ends = (route.buy_venue, route.sell_venue)
    known = [signal.opportunity for signal in one.open_signals] + (
        [one.sized] if one.sized is not None else []
    )
    return next((found for found in known if (found.route.buy_venue, found.route.sell_venue) == ends), None)


def _blocked(view: View, route: RouteView | None, buy: VenueView, sell: VenueView) -> list[Row]:
    why = safe(route.blocked, 90) if route is not None and route.blocked else "no price can be formed"
    if view.trust != "fresh":
        why = "the engine is silent: nothing here is known to be true now"
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


def _waterfall(verdict: Verdict, width: int) -> list[Row]:
    steps = [Cost("gross", verdict.gross_bps, "sell price over buy price"), *verdict.costs]
    scale = max(abs(step.bps) for step in steps)
    bar = max(6, min(40, width - 73))
    net = Cost("net", verdict.net_bps, "return on outlay, fees compounded")
    return [step_row(step, scale, bar, worst=step.label == verdict.worst) for step in steps] + [
        step_row(net, scale, bar)
    ]


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


def _size(view: View, route: RouteView, found: Opportunity | None) -> Row:
    if found is None:
        return _pair(
            "size", numbers.size(route.top_size), "at the top of both books, before any depth is walked"
        )
    base, quote = safe(found.asset, 8), safe(found.quote, 8)
    return (
        ("   size       ", "muted"),
        (f"{numbers.size(found.size)} {base}", "text+b"),
        (f"  outlay {numbers.amount(found.outlay)} {quote}  ", "muted"),
        (f"profit {numbers.signed_amount(found.profit)} {quote}", "buy+b" if found.profit > 0 else "near"),
        (f"  top {numbers.bps(found.net_top_bps, 2)} → size {numbers.bps(found.net_bps, 2)} bps", "muted"),
    )


def _leg(side: str, venue: VenueView, price: float | None, size: float | None) -> Row:
    return (
        (f"   {side:<11}", "muted"),
        (f"{venue_name(venue.venue):<10} ", "text"),
        (numbers.price(price, numbers.price_places(price)), "buy" if side == "buy" else "sell"),
        (f" × {numbers.size(size)}", "text"),
        (f"   age {numbers.age(venue.age_us)}  proof {venue.proof or 'none yet'}", "muted"),
    )


def _pair(label: str, value: str, detail: str = "") -> Row:
    return ((f"   {label:<11}", "muted"), (value, "text"), (f"  {detail}", "muted"))


def _venue(view: View, venue: VenueView) -> list[Row]:
    mark = mark_of(venue, trusted=view.trust == "fresh")
    since = numbers.span(venue.state_age_us)
    reason = f" · {safe(venue.reason, 64)}" if venue.reason else ""
    retry = f" · {numbers.retry(venue.retry_in_us)}" if venue.retry_in_us is not None else ""
    places = numbers.price_places(venue.ask or venue.bid)
    book = f"{numbers.price(venue.bid, places)} × {numbers.size(venue.bid_size)}  │  "
    book += f"{numbers.price(venue.ask, places)} × {numbers.size(venue.ask_size)}"
    return [
        (
            ("   state      ", "muted"),
            (f"{mark.glyph} {mark.word}", mark.ink + "+b"),
            (f" for {since}{reason}{retry}", "text"),
        ),
        _pair("book", book, "bid │ ask"),
        _pair("proof", str(venue.proof or "none yet"), "checksum > sequence > snapshot > unproven"),
        _pair("fee", fee_detail(venue)),
        _pair(
            "age",
            numbers.age(venue.age_us),
            f"a leg older than {view.thresholds.age_limit_ms} ms is not used",
        ),
        _pair("pipeline", numbers.latency(venue.latency_us), "socket read to applied, on this machine"),
        _pair(
            "wire",
            numbers.latency(venue.wire_us),
            "against the exchange's own clock: another machine's, so a hint",
        ),
        _pair("ticks", f"{venue.ticks:,}", f"{venue.ticks_per_s:,.0f} a second"),
        _pair(
            "trouble",
            f"{venue.reconnects}",
            f"reconnects · {venue.bad_frames} bad frames · {venue.refused} ticks refused",
        ),
    ]


def _card(view: View, entry: Card | Note | None, width: int) -> tuple[str, list[Row]]:
    if entry is None:
        return "", [((" that signal has left the feed", "muted"),)]
    if isinstance(entry, Note):
        return "event", [
            (
                (f" {numbers.date(entry.at_us)} {numbers.clock(entry.at_us)}Z  ", "muted"),
                (entry.text, entry.ink),
            )
        ]
    signal, found = entry.signal, entry.signal.opportunity
    verdict = judge_sized(found, view.thresholds)
    state, ink = life(view, entry)
    rows = _waterfall(verdict, width)
    peak = numbers.bps(signal.peak_net_bps, 2)
    opened = f"   opened {numbers.clock(entry.opened_us)}Z  peak {peak} bps"
    rows.append(((f" {state}", ink), (opened, "muted")))
    rows.append(_size(view, RouteView(found.route.buy_venue, found.route.sell_venue), found))
    for leg in (found.buy, found.sell):
        places = numbers.price_places(leg.price)
        levels = "  ".join(
            f"{numbers.price(price, places)}×{numbers.size(size)}" for price, size in leg.levels[:4]
        )
        age = numbers.latency(leg.age_ns // 1000)
        rows.append((
            (f"   {leg.side:<11}", "muted"), (f"{venue_name(leg.venue):<10} ", "text"),
            (numbers.price(leg.vwap, places), "buy" if leg.side == "buy" else "sell"),
            (f"   age {age}  proof {leg.proof}   {levels}", "muted"),
        ))  # fmt: skip
    rows.append(_pair("asynchrony", numbers.latency(found.asynchrony_ns // 1000)))
    return f"{safe(signal.id, 24)}  {verdict.route}", rows
