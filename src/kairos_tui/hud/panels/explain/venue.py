"""The columns of a venue's row: prices, sizes, spread, latency, rate, age, proof, fee, state.

Before it: explained. After it: subjects. The names are those of the panel's heading.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.common import MARK, rate_of
from kairos_tui.hud.glyphs import PROOFS, mark_of, safe, venue_name
from kairos_tui.hud.panels.columns import age_of
from kairos_tui.hud.panels.explain.explained import BPS, Explained, ages, exact, plain, proofs
from kairos_tui.hud.panels.inspect_venue import limit_words
from kairos_tui.hud.routes import quote_of
from kairos_tui.hud.verdict import fee_detail
from kairos_tui.hud.view_state import View
from kairos_tui.market import Symbol, VenueView

_PROVEN = {
    "checksum": "the exchange's own checksum of the book matches ours",
    "sequence": "every update since the snapshot has come, by its numbers",
    "snapshot": "each message is a whole book: none can be missed, none is vouched for",
    "unproven": "nothing but the exchange's word: no sequence, no checksum",
}


def columns(view: View, venue: VenueView) -> tuple[Explained, ...]:
    """Every figure of the row, as the panel has them from left to right."""
    return (
        _state(view, venue),
        *_side(view, venue, "BID", venue.bid, venue.bid_size),
        *_side(view, venue, "ASK", venue.ask, venue.ask_size),
        _spread(venue),
        _mid(venue),
        _latency(venue),
        _rate(venue),
        _age(view, venue),
        _proof(venue),
        _fee(view, venue),
    )


def _state(view: View, venue: VenueView) -> Explained:
    mark = mark_of(venue, trusted=view.trust == "fresh")
    usable = "may be traded on" if venue.usable else "is left out of every sum and every route"
    why = f" Why: {safe(venue.reason, 160)}." if venue.reason else ""
    return Explained(
        "STATE",
        venue_name(venue.venue),
        f"{mark.glyph} {mark.word}",
        f"Whether this book is fit to be used: it {usable}.{why}",
        age=f"for {numbers.span(venue.state_age_us)}",
        source=f"score {venue.score} of 100 · {venue.gaps:,} gaps, {venue.reconnects:,} reconnects",
    )


def _side(
    view: View, venue: VenueView, side: str, price: float | None, size: float | None
) -> tuple[Explained, Explained]:
    best = "highest price somebody pays" if side == "BID" else "lowest price somebody sells at"
    base, quote = safe(view.symbol.partition("/")[0], 8), quote_of(Symbol(view.symbol))
    places = numbers.price_places(price)
    source = f"{proofs(venue)}, the top of its book as decoded"
    changed = "" if venue.age_us is None else f" · changed {numbers.span(venue.age_us)} ago"
    age = ages(venue) + changed
    formula = here = ""
    if (rate := rate_of(view)) is not None and price is not None:
        valued = price * rate.factor
        formula = f"its price in {quote} × the mid of {rate.market}: valued, not traded"
        here = f"{plain(price)} × {rate.factor:.6f} = {numbers.price(valued, places)}"
        price, quote = valued, f"{MARK} {rate.quote}"
    return (
        Explained(
            side,
            venue_name(venue.venue),
            numbers.price(price, places),
            f"The {best} there now, before fees. Digits that changed glow for 0.4 s.",
            formula,
            here,
            unit=f"{quote} for one {base}",
            age=age,
            source=source,
        ),
        Explained(
            f"{side} SIZE",
            venue_name(venue.venue),
            numbers.size(size),
            f"How much stands at that price alone, in full {exact(size or 0.0)}; DEPTH shows what is behind.",
            unit=base,
            age=age,
            source=source,
        ),
    )


def _spread(venue: VenueView) -> Explained:
    value, here = numbers.UNKNOWN, ""
    if venue.bid and venue.ask is not None:
        value = f"{(venue.ask / venue.bid - 1) * 1e4:.2f}"
        here = f"{plain(venue.ask)} ÷ {plain(venue.bid)} − 1 = {value} bps"
    return Explained(
        "SPRD",
        venue_name(venue.venue),
        value,
        "How far this venue's own ask lies above its own bid: what a round trip there costs beside fees.",
        "ask ÷ bid − 1",
        here,
        f"{BPS} of the bid",
        ages(venue),
        proofs(venue),
    )


def _mid(venue: VenueView) -> Explained:
    here, value = "", numbers.UNKNOWN
    if venue.bid is not None and venue.ask is not None:
        mid = (venue.bid + venue.ask) / 2
        value = numbers.price(mid, numbers.price_places(mid))
        here = f"({plain(venue.bid)} + {plain(venue.ask)}) ÷ 2 = {value}"
    return Explained(
        "MID 60 s",
        venue_name(venue.venue),
        value,
        "The course of the mid price over the last minute, scaled to its own range: shape, not height."
        " ╌ is time in which the book could not be used.",
        "(bid + ask) ÷ 2, four times a second",
        here,
        "a block is the newest value of its part of the minute",
        "60 s",
        "boards of this run",
    )


def _latency(venue: VenueView) -> Explained:
    return Explained(
        "LATENCY",
        venue_name(venue.venue),
        numbers.latency(venue.latency_us),
        "What this machine takes from reading a message off the socket until the engine has applied it."
        " ◆ under 2 ms, ◇ to 3 ms, ▲ over 3 ms.",
        "the median of recent ticks: applied − received, both by one monotonic clock",
        "",
        "ms; the way from the exchange is not in it",
        f"wire {numbers.latency(venue.wire_us)}: receipt − the exchange's stamp, another machine's clock",
        "stamps of each tick",
    )


def _rate(venue: VenueView) -> Explained:
    return Explained(
        "T/S",
        venue_name(venue.venue),
        numbers.compact(venue.ticks_per_s),
        "Changes of the book that the engine took in, a second. A still book has 0 and is no worse for it:"
        " AGE says whether it is still believed.",
        "ticks accepted in the last few seconds ÷ those seconds",
        unit="ticks a second",
        source=f"{venue.ticks:,} ticks since start, {venue.frames:,} frames read, {venue.refused:,} refused",
    )


def _age(view: View, venue: VenueView) -> Explained:
    changed = "never changed" if venue.age_us is None else f"changed {numbers.span(venue.age_us)} ago"
    return Explained(
        "AGE",
        venue_name(venue.venue),
        numbers.age(age_of(venue)),
        "How long ago the book was last proven to hold: by a change, or by a heartbeat, a checksum or a ping"
        f" that says nothing has changed. The book itself {changed}.",
        "now − the last proof of life, by this machine's monotonic clock",
        unit=f"time; {limit_words(view.thresholds)}",
        source=proofs(venue),
    )


def _proof(venue: VenueView) -> Explained:
    proof = str(venue.proof) if venue.proof else ""
    return Explained(
        "PF",
        venue_name(venue.venue),
        f"{PROOFS.get(proof, numbers.UNKNOWN)} {proof or 'none yet'}",
        f"Why this book is believed: {_PROVEN.get(proof, 'it is not, yet')}.",
        "✓✓ checksum > ✓ sequence > ~ snapshot > ? unproven",
        source=f"{venue.checks:,} comparisons with the book over REST agreed, {venue.disagreements:,} did not"
        f" · {venue.gaps:,} gaps",
    )


def _fee(view: View, venue: VenueView) -> Explained:
    read = numbers.UNKNOWN
    if venue.fee_as_of_us is not None and view.board is not None:
        read = f"read {numbers.span(max(0, view.board.at_us - venue.fee_as_of_us))} ago"
    value = "" if venue.taker is None else f"{venue.taker * 1e4:.1f}"
    here = "" if venue.taker is None else f"{venue.taker:.6f} × 10,000 = {value} bps"
    return Explained(
        "FEE",
        venue_name(venue.venue),
        value or numbers.UNKNOWN,
        f"The taker fee that every sum uses, charged in {venue.charged or 'a way not known yet'}."
        " Yours may be lower: set taker_bps for the venue.",
        "c your config > m the venue's market table > d the default of its class",
        here,
        f"{BPS} of the amount traded",
        read,
        fee_detail(venue),
    )
