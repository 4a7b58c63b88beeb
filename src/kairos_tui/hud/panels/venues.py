"""Venues: one row each. State, both sides of the book, spread, mid over 60 s, latency, rate, age, fee.

Columns come in by rank as the width allows. A venue that is not live gives its reason in their place.
"""

from collections.abc import Callable

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import FEE_SOURCES, PROOFS, mark_of, safe, venue_name
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box, frame, title_row
from kairos_tui.hud.panels.header import latency_badge
from kairos_tui.hud.plot import sparkline
from kairos_tui.hud.segments import Row, cells, cut, fill, fit, fit_right
from kairos_tui.hud.view_state import View
from kairos_tui.market import VenueView

_PRICE = 11
_SIZE = 6
_BOOK = 2 * (_PRICE + 3 + _SIZE) + 3
_LEAST_SPARK = 7
_MOST_SPARK = 40

Column = tuple[str, int, Callable[[View, VenueView, VenueView], tuple[str, str]]]


def _spread(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    if venue.bid is None or venue.ask is None or venue.bid <= 0:
        return numbers.UNKNOWN, "muted"
    return f"{(venue.ask / venue.bid - 1) * 1e4:.2f}", "muted"


def _latency(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    glyph, ink = latency_badge(calm.latency_us)
    return (
        f"{glyph} {numbers.latency(calm.latency_us)}" if calm.latency_us is not None else numbers.UNKNOWN,
        ink,
    )


def _rate(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    return numbers.compact(calm.ticks_per_s), "text" if calm.ticks_per_s >= 0.5 else "muted"


def _age(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    ink = "muted" if calm.age_us is None or calm.age_us < view.thresholds.max_age_ms * 1000 else "warn"
    return numbers.age(calm.age_us), ink


def _fee(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    if venue.taker is None:
        return numbers.UNKNOWN, "muted"
    return f"{venue.taker * 1e4:.1f} {FEE_SOURCES.get(venue.fee_source or 'default', '?')}", "muted"


def _proof(view: View, venue: VenueView, calm: VenueView) -> tuple[str, str]:
    return PROOFS.get(venue.proof or "", numbers.UNKNOWN), "muted"


_COLUMNS: tuple[Column, ...] = (
    ("LATENCY", 9, _latency),
    ("T/S", 6, _rate),
    ("FEE", 7, _fee),
    ("AGE", 6, _age),
    ("SPRD", 6, _spread),
    ("PF", 3, _proof),
)
"""By rank: the first come in first."""


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel, with a heading row when there is room for it."""
    venues = view.venues
    inner = width - 2
    columns, spark = _columns(inner, _name_width(venues))
    heading = [_heading(columns, spark, _name_width(venues))] if height >= len(venues) + 3 else []
    room = max(1, height - 2 - len(heading))
    first = min(max(0, view.row - room + 1), max(0, len(venues) - room))
    body = [
        _venue_row(view, place, columns, spark, inner)
        for place in range(first, min(len(venues), first + room))
    ]
    ink, dashed = frame(view, "venues")
    hidden = len(venues) - len(body)
    foot: Row = ((f"{hidden} more ↓↑", "muted"),) if hidden > 0 else _legend(view, width)
    title = title_row("1", "VENUES", focused=view.focus == "venues")
    return box(
        heading + body, width, height, title=title, note=_census(view), foot=foot, ink=ink, dashed=dashed
    )


def _name_width(venues: tuple[VenueView, ...]) -> int:
    return max((min(10, cells(venue_name(venue.venue))) for venue in venues), default=8)


def _columns(inner: int, name_width: int) -> tuple[tuple[Column, ...], int]:
    room = inner - (3 + name_width + 1 + 11 + _BOOK + 2)
    chosen: list[Column] = []
    for rank, column in enumerate(_COLUMNS):
        spark = _LEAST_SPARK + 2 if rank >= 2 else 0
        if room - column[1] - spark >= 0:
            chosen.append(column)
            room -= column[1]
    order = ("SPRD", "LATENCY", "T/S", "AGE", "PF", "FEE")
    chosen.sort(key=lambda column: order.index(column[0]))
    return tuple(chosen), min(_MOST_SPARK, room - 2) if room >= _LEAST_SPARK + 2 else 0


def _heading(columns: tuple[Column, ...], spark: int, name_width: int) -> Row:
    side = _PRICE + 3 + _SIZE
    names = {name: fit_right(name, width) for name, width, _ in columns}
    text = "   " + fit("VENUE", name_width + 1) + fit("STATE", 11) + fit_right("BID × SIZE ", side) + "   "
    text += fit_right("ASK × SIZE ", side) + names.pop("SPRD", "")
    text += "  " + fit("MID 60 s", spark) if spark else ""
    return ((text + "".join(names.values()), "muted"),)


def _venue_row(view: View, place: int, columns: tuple[Column, ...], spark: int, inner: int) -> Row:
    venue = view.venues[place]
    calm_board = view.calm_board
    calm = calm_board.venues[place] if calm_board is not None and place < len(calm_board.venues) else venue
    trusted = view.trust == "fresh"
    mark = mark_of(venue, trusted=view.trust != "dead")
    good = trusted and venue.usable
    row: Row = (*_name(view, place, good), (f"{mark.glyph} ", mark.ink), (fit(mark.word, 9), mark.ink))
    if venue.bid is None and venue.ask is None:
        return fill(cut((*row, *_reason(view, venue)), inner), inner)
    row += _book(view, venue, good)
    if not good and (venue.reason or venue.retry_in_us is not None or not venue.listed):
        return fill(cut((*row, ("  ", "text"), *_reason(view, venue)), inner - 1), inner)
    return fill(row + _figures(view, venue, calm, columns, spark, good), inner)


def _name(view: View, place: int, good: bool) -> Row:
    venues = view.venues
    chosen = view.focus == "venues" and place == min(view.row, len(venues) - 1)
    pointer = (" ▸ ", "focus+b") if chosen else ("   ", "text")
    ink = "text+b" if chosen else "text" if good else "muted"
    return (pointer, (fit(venue_name(venues[place].venue), _name_width(venues) + 1), ink))


def _book(view: View, venue: VenueView, good: bool) -> Row:
    places = numbers.price_places(venue.ask or venue.bid)
    bid = _price(view, venue, "bid", venue.bid, places, "buy" if good else "muted")
    ask = _price(view, venue, "ask", venue.ask, places, "sell" if good else "muted")
    sizes = (numbers.size(venue.bid_size), numbers.size(venue.ask_size))
    ink = "text" if good else "muted"
    return (
        *bid, (" × ", "muted"), (fit_right(sizes[0], _SIZE), ink),
        (" │ ", "border"),
        *ask, (" × ", "muted"), (fit_right(sizes[1], _SIZE), ink),
    )  # fmt: skip


def _price(view: View, venue: VenueView, side: str, value: float | None, places: int, ink: str) -> Row:
    text = fit_right(numbers.price(value, places), _PRICE)
    before = None
    if view.held is None and ink != "muted" and not view.plan.reduced_motion:
        before = (
            view.tape.flashing((view.symbol_board.symbol, venue.venue, side), view.now_ns)
            if view.symbol_board
            else None
        )
    if before is None:
        return ((text, ink),)
    old = fit_right(numbers.price(before, places), _PRICE)
    same = next((i for i, (a, b) in enumerate(zip(old, text, strict=True)) if a != b), _PRICE)
    return ((text[:same], ink), (text[same:], "flash"))


def _figures(
    view: View, venue: VenueView, calm: VenueView, columns: tuple[Column, ...], spark: int, good: bool
) -> Row:
    row: Row = ()
    for name, width, figure in columns:
        text, ink = figure(view, venue, calm)
        row += ((fit_right(text, width), ink if good else "muted"),)
        if name == "SPRD" and spark:
            row += _spark(view, venue, spark, good)
    return (
        row
        if not spark or any(name == "SPRD" for name, _, _ in columns)
        else _spark(view, venue, spark, good) + row
    )


def _spark(view: View, venue: VenueView, width: int, good: bool) -> Row:
    trail = view.tape.mids.get((view.symbol_board.symbol, venue.venue)) if view.symbol_board else None
    values = trail.sample(view.shown_ns, width) if trail is not None else [None] * width
    return (("  ", "text"), (sparkline(values), "primary" if good else "muted"))


def _reason(view: View, venue: VenueView) -> Row:
    parts = [safe(venue.reason, 64)] if venue.reason else []
    if venue.retry_in_us is not None and view.trust == "fresh":
        parts.append(f"retry in {numbers.span(max(0, venue.retry_in_us))}")
    if not venue.listed and not parts:
        parts.append("does not list it; the others run")
    return ((" · ".join(parts) or "waiting for the first book", mark_of(venue).ink),)


def _census(view: View) -> Row:
    live, of = view.live_venues()
    return ((f"{live} usable", "buy" if live else "down"), (f" of {of}", "muted")) if of else ()


def _legend(view: View, width: int) -> Row:
    if width < 100:
        return ()
    return (("fee in bps: c config  m market  d default", "muted"),)
