"""A signal's figures: what it is worth, what it takes, how long it has stood, how fast it was found.

Before it: explained, cards. After it: subjects.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card, Note
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.panels.card import headline_bps, life, stood_us
from kairos_tui.hud.panels.explain.aftermath import of_card
from kairos_tui.hud.panels.explain.explained import BPS, Explained, exact, plain
from kairos_tui.hud.panels.explain.grades import of_signal
from kairos_tui.hud.routes import full_name
from kairos_tui.hud.view_state import View
from kairos_tui.market import STAGES, Opportunity


def figures(view: View, entry: Card | Note) -> tuple[Explained, ...]:
    """Every figure of the card; of a line between cards, what such a line is."""
    if isinstance(entry, Note):
        return (
            Explained(
                "EVENT",
                "",
                numbers.clock_s(entry.at_us),
                f"When this was heard of, UTC: {entry.text.strip()}.",
                source="a feed's status, or the launcher's word of a process",
            ),
        )
    return (
        _net(entry),
        _size(entry),
        _profit(entry),
        _lasted(view, entry),
        _peak(entry),
        _found(entry),
        *of_card(view, entry, _of(entry)),
        *of_signal(view, entry, _of(entry)),
    )


def _of(card: Card) -> str:
    return f"{safe(card.key, 24)}  {full_name(card.route)}"


def _at(found: Opportunity) -> str:
    return f"its legs at the moment of decision, {numbers.latency(found.asynchrony_ns // 1000)} apart"


def _net(card: Card) -> Explained:
    found = card.signal.opportunity
    proceeds = found.outlay + found.profit
    live = card.life == "live"
    here = f"{exact(proceeds)} ÷ {exact(found.outlay)} − 1 = {numbers.bps(found.net_bps, 2)} bps"
    return Explained(
        "NET",
        _of(card),
        f"{numbers.bps(headline_bps(card), 2)} bps",
        "What is left of the outlay at the size that earns most, depth walked and every fee compounded."
        if live
        else "The highest net while it stood. How it ended stands below, and in `here`.",
        "proceeds ÷ outlay − 1",
        here,
        f"{BPS} of the outlay",
        _at(found),
        "levels of both books, kept with the signal",
    )


def _size(card: Card) -> Explained:
    found = card.signal.opportunity
    asset, quote = safe(found.asset, 8), safe(found.quote, 8)
    return Explained(
        "SIZE",
        _of(card),
        f"{numbers.size(found.size)} {asset}",
        "The size that earns most money: both books are walked while the next unit still earns, then rounded"
        " down to whole lots of both venues, and held under max_notional.",
        "notional = size × buy vwap",
        f"{exact(found.size)} × {exact(found.buy.vwap)} = {exact(found.notional)} {quote}",
        asset,
        _at(found),
        f"{len(found.buy.levels)} levels bought, {len(found.sell.levels)} sold",
    )


def _profit(card: Card) -> Explained:
    found = card.signal.opportunity
    quote = safe(found.quote, 8)
    here = f"{exact(found.outlay + found.profit)} − {exact(found.outlay)} = {exact(found.profit)} {quote}"
    parked = found.route.sell_symbol is not None and found.mode == "inventory"
    more = " The proceeds stay in another quote: valued, not converted." if parked else ""
    return Explained(
        "PROFIT",
        _of(card),
        f"{numbers.signed_amount(found.profit)} {quote}",
        f"Money, not per cent: what both legs leave together, if both fill at these levels.{more}",
        "proceeds − outlay, fees in both",
        numbers.signless(here),
        quote,
        _at(found),
        f"buy fee {found.buy.fees.taker * 1e4:.1f} bps ({found.buy.fees.source}), sell fee"
        f" {found.sell.fees.taker * 1e4:.1f} bps ({found.sell.fees.source}) · buy at {plain(found.buy.vwap)}",
    )


def _lasted(view: View, card: Card) -> Explained:
    word, _ = life(view, card)
    return Explained(
        "STOOD",
        _of(card),
        numbers.span(stood_us(view, card)),
        f"How long it has stood at or above the closing threshold; now {word.strip()}. An end by a lost feed"
        " is no finished life: the market did not end it.",
        "now, or its end − when it opened, by the engine's monotonic clock",
        unit="time",
        age=f"opened {numbers.clock(card.opened_us)}Z",
    )


def _peak(card: Card) -> Explained:
    return Explained(
        "PEAK",
        _of(card),
        f"{numbers.bps(card.signal.peak_net_bps, 2)} bps",
        "The highest net that any update of it had. One notch of ▰▰▱ is one bps of it.",
        "the maximum over open and every update",
        unit=f"{BPS} of the outlay",
        source=f"{card.merged} openings merged into this card" if card.merged > 1 else "this signal alone",
    )


def _found(card: Card) -> Explained:
    trace = card.signal.trace
    before = STAGES.index("gates")
    spans = [(stage, span_ns) for stage, span_ns in trace.spans_ns()[:before] if span_ns]
    total_ns = trace.decided_ns - trace.received_ns
    parts = " + ".join(f"{stage} {numbers.fine(span_ns)}" for stage, span_ns in spans)
    return Explained(
        "LATENCY",
        _of(card),
        numbers.fine(total_ns) if total_ns > 0 else numbers.UNKNOWN,
        "From reading the message that caused this event off its socket until the engine had decided.",
        "decided − received, both by this machine's monotonic clock",
        f"{parts} = {numbers.fine(total_ns)}" if total_ns > 0 else "",
        "time; what the exchange took is not in it",
        source="the signal's own trace",
    )
