"""The inspector of a signal: its costs, its size, every leg with its fee, and what becomes of the proceeds.

Before it: cards, verdict. After it: inspect.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card, Note
from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.hud.graded import route_rows, signal_rows
from kairos_tui.hud.panels.card import life
from kairos_tui.hud.panels.inspect_rows import pair, size_row, waterfall
from kairos_tui.hud.papered import result_money, result_words
from kairos_tui.hud.routes import mode_of, quote_of
from kairos_tui.hud.segments import Row
from kairos_tui.hud.verdict import judge_sized
from kairos_tui.hud.view_state import View
from kairos_tui.market import LatencyTrace, Leg, Opportunity


def card_rows(view: View, entry: Card | Note | None, width: int) -> tuple[str, list[Row]]:
    """Title and rows of an entry of the feed."""
    if entry is None:
        return "", [((" that signal has left the feed", "muted"),)]
    if isinstance(entry, Note):
        when = f" {numbers.date(entry.at_us)} {numbers.clock(entry.at_us)}Z  "
        return "event", [((when, "muted"), (entry.text, entry.ink))]
    signal, found = entry.signal, entry.signal.opportunity
    verdict = judge_sized(found, view.thresholds)
    state, ink = life(view, entry)
    rows = waterfall(verdict, width)
    peak = numbers.bps(signal.peak_net_bps, 2)
    opened = f"   opened {numbers.clock(entry.opened_us)}Z  peak {peak} bps"
    rows.append(((f" {state}", ink), (opened, "muted")))
    result = view.tape.paper.of(signal.id)
    if result is not None:
        rows.append(pair("paper", result_money(result, found.quote), result_words(result)))
    rows += [*signal_rows(view, signal), size_row(found)]
    converted = mode_of(found) is not None
    rows += [_leg(leg, converted=converted) for leg in (found.buy, found.sell)]
    rows += _conversion(found)
    rows.append(pair("asynchrony", numbers.latency(found.asynchrony_ns // 1000), _path(signal.trace)))
    rows += route_rows(view, found.route)
    return f"{safe(signal.id, 24)}  {verdict.route}", rows


def _path(trace: LatencyTrace) -> str:
    """What each stage took of the tick that caused it; empty when none did."""
    spans = [(stage, span_ns) for stage, span_ns in trace.spans_ns() if span_ns]
    steps = " ▸ ".join(f"{stage} {numbers.fine(span_ns)}" for stage, span_ns in spans)
    return f"path: {steps}" if trace.received_ns != trace.decided_ns else ""


def _leg(leg: Leg, *, converted: bool, label: str = "") -> Row:
    """One leg; where they differ, with the market and the fee."""
    places = numbers.price_places(leg.price)
    sizes = (f"{numbers.price(price, places)}×{numbers.size(size)}" for price, size in leg.levels[:4])
    market = f"{safe(leg.symbol, 12):<9} " if converted else ""
    fee = f"fee {leg.fees.taker * 1e4:.1f} bps  " if converted else ""
    age = numbers.latency(leg.age_ns // 1000)
    return (
        (f"   {label or leg.side:<11}", "muted"),
        (f"{venue_name(leg.venue):<10} {market}", "text"),
        (numbers.price(leg.vwap, places), "buy" if leg.side == "buy" else "sell"),
        (f"   {fee}age {age}  proof {leg.proof}   {'  '.join(sizes)}", "muted"),
    )


def _conversion(found: Opportunity) -> list[Row]:
    mode = mode_of(found)
    if mode is None:
        return []
    if mode == "closed":
        return [_leg(leg, converted=True) for leg in found.conversions]
    quote = quote_of(found.route.sold_as)
    kept = pair("quote risk", f"the proceeds stay in {quote}", f"haircut {found.haircut_bps:.1f} bps", "warn")
    return [_leg(leg, converted=True, label="valued at") for leg in found.conversions] + [kept]
