"""Venues: one row each. State, both sides of the book, then the figures that fit, mid over 60 s among them.

A venue that is not live gives its reason in their place; its last prices stay, dimmed.
"""

from collections import defaultdict
from collections.abc import Callable
from itertools import groupby
from operator import itemgetter

from kairos_tui.hud import numbers
from kairos_tui.hud.common import MARK, Rate, in_common, rate_of
from kairos_tui.hud.glyphs import is_gone, mark_of, safe, venue_name
from kairos_tui.hud.jumps import letters_in
from kairos_tui.hud.look import Order
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box, frame, title_row
from kairos_tui.hud.panels.columns import SIZE, STATE, Grid, age_of, grid_for
from kairos_tui.hud.panels.explain.subjects import column_meant
from kairos_tui.hud.panels.jump import INK
from kairos_tui.hud.plot import sparkline
from kairos_tui.hud.segments import Row, Seg, cells, cut, fill, fit, fit_right, row_cells
from kairos_tui.hud.view_state import View
from kairos_tui.market import FeedState, Venue, VenueView

_ORDERS: dict[str, Order] = {
    "VENUE": "given", "BID × SIZE": "bid", "ASK × SIZE": "ask", "SPRD": "spread", "LATENCY": "latency",
    "T/S": "ticks", "AGE": "age",
}  # fmt: skip
"""Columns that can be sorted by; a click between two of them means the one to the right."""
_MARKED = "focus+b"
_BETWEEN = " · "
_SECOND_US = 1_000_000
_REASON = 160
"""Cells of a reason at most; the row cuts it further, and the inspector has the whole of it."""


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel, with a heading row when there is room for it."""
    rate = rate_of(view)
    venues = tuple(in_common(venue, rate) for venue in view.ranked)
    inner = width - 2
    grid = grid_for(venues, inner, valued=rate is not None)
    heading = [_heading(grid, column_meant(view))] if _is_headed(view, height) else []
    shown = _shown(view, height)
    body = heading + [_venue_row(view, venues[place], grid, inner, rate) for place in shown]
    ink, dashed = frame(view, "venues")
    hidden = len(venues) - len(shown)
    foot: Row = ((f"{hidden} more ↓↑", "muted"),) if hidden > 0 else _legend(width)
    extra = ((f"  {MARK} {rate.quote} by {rate.market}", "warn"),) if rate is not None else ()
    title = title_row("1", "VENUES", *extra, focused=view.focus == "venues")
    return box(body, width, height, title=title, note=_census(view), foot=foot, ink=ink, dashed=dashed)


def order_at(view: View, width: int, height: int, x: int, y: int) -> Order | None:
    """What a click at that point of the heading sorts by."""
    if y != 1 or not _is_headed(view, height):
        return None
    rate = rate_of(view)
    text = "".join(
        text
        for text, _ in _heading(
            grid_for(
                tuple(in_common(each, rate) for each in view.ranked), width - 2, valued=rate is not None
            ),
            "",
        )
    )
    ends = [(text.find(name) + len(name), order) for name, order in _ORDERS.items() if name in text]
    return next((order for end, order in sorted(ends) if x - 1 < end), None)


def venue_at(view: View, height: int, y: int) -> Venue | None:
    """Whose row that is."""
    shown, row = _shown(view, height), y - 1 - _is_headed(view, height)
    return view.ranked[shown[row]].venue if 0 <= row < len(shown) else None


def _is_headed(view: View, height: int) -> bool:
    return height >= len(view.ranked) + 3


def _shown(view: View, height: int) -> range:
    """Which venues have rows: as many as fit, the one under the cursor among them."""
    count, room = len(view.ranked), max(1, height - 2 - _is_headed(view, height))
    first = min(max(0, view.row - room + 1), max(0, count - room))
    return range(first, min(count, first + room))


def _heading(grid: Grid, marked: str) -> Row:
    """The names of the columns; the one that is explained is marked."""
    ink = defaultdict(lambda: "muted", {marked: _MARKED})
    lead: Row = (("   " + fit("VENUE", grid.name + 1), "muted"), (fit("STATE", STATE), ink["STATE"]))
    for place, side in enumerate(("BID", "ASK")):
        pad = " " * (grid.price + 3 + SIZE - len("BID × SIZE") + (3 if place else 0))
        lead += ((pad, "muted"), (side, ink[side]), (" × ", "muted"), ("SIZE", ink[f"{side} SIZE"]))
    merged = [("".join(text for text, _ in run), name) for name, run in groupby(lead, itemgetter(1))]
    return (*merged, *_cells(grid, "MID 60 s", lambda name: (name, ink[name]), ink["MID 60 s"]))


def _cells(grid: Grid, spark: str, figure: Callable[[str], Seg], ink: str = "primary") -> list[Seg]:
    """The figures in their places, the sparkline after the spread."""
    line: list[Seg] = [("  " + fit(spark, grid.spark), ink)] if grid.spark else []
    made = {column.name: column.width for column in grid.columns}
    figures = [(name, *figure(name)) for name in made]
    placed = [(name, (fit_right(text, made[name]), ink)) for name, text, ink in figures]
    before = [seg for name, seg in placed if name == "SPRD"]
    return before + line + [seg for name, seg in placed if name != "SPRD"]


def _venue_row(view: View, venue: VenueView, grid: Grid, inner: int, rate: Rate | None) -> Row:
    mark = mark_of(venue, trusted=view.trust == "fresh")
    good = view.trust == "fresh" and venue.usable
    muted = venue.venue in view.look.muted
    word, ink = ("MUTED", "muted") if muted else (_lasting(view, venue, mark.word), mark.ink)
    state: Row = ((f"{mark.glyph} ", ink), (fit(word, STATE - 2), ink))
    row = (*_name(view, venue, grid, good and not muted), *state)
    reasoned = not good and bool(venue.reason or venue.retry_in_us is not None or not venue.listed)
    bookless = venue.bid is None and venue.ask is None
    if bookless or (reasoned and not grid.spark):  # without the sparkline there is no room for both
        return fill((*row, *_reason(view, venue, inner - 1 - row_cells(row))), inner)
    good = good and not muted
    row += _book(view, venue, grid, good, rate)
    if reasoned:
        return fill((*row, ("  ", "text"), *_reason(view, venue, inner - 3 - row_cells(row))), inner)
    return fill((*row, *_figures(view, venue, grid, good)), inner)


def _lasting(view: View, venue: VenueView, word: str) -> str:
    """`DOWN 14s`, `STALE 2s`; the word alone where that leaves no gap before the next column."""
    told_us = _told_us(view, venue, word)
    return word if told_us is None else f"{word} {numbers.brief(told_us)}"


def _told_us(view: View, venue: VenueView, word: str) -> int | None:
    """What the state says: how long it is gone, or how old its last proof of life is; muted, neither."""
    lasted_us = None
    if venue.venue in view.look.muted:
        return None
    if venue.listed and is_gone(venue):
        lasted_us = venue.state_age_us + (view.silence_us if view.trust != "fresh" else 0)
    elif venue.listed and venue.state is FeedState.STALE and view.trust == "fresh":
        lasted_us = age_of(venue)
    fits = lasted_us is not None and cells(f"{word} {numbers.brief(lasted_us)}") < STATE - 2
    return lasted_us if fits else None


def _quote_age(view: View, venue: VenueView) -> str:
    """`quote 24s old`, of a venue that is not to be traded on, unless its state has just said so."""
    age_us = None if venue.bid is None and venue.ask is None else age_of(venue)
    if age_us is None or not venue.listed or view.trust != "fresh":
        return ""
    is_said = age_us - (_told_us(view, venue, mark_of(venue).word) or 0) < _SECOND_US
    return "" if is_said else f"quote {numbers.brief(age_us)} old"


def _name(view: View, venue: VenueView, grid: Grid, good: bool) -> Row:
    ranked = view.ranked
    chosen = view.focus == "venues" and venue.venue == ranked[min(view.row, len(ranked) - 1)].venue
    letter = letters_in(view, "venues").get(venue.venue)
    pointer = (" ▸ ", "focus+b") if chosen else ("   ", "text")
    pointer = (f" {letter} ", INK) if letter is not None else pointer
    ink = "text+b" if chosen else "text" if good else "muted"
    return (pointer, (fit(venue_name(venue.venue), grid.name + 1), ink))


def _book(view: View, venue: VenueView, grid: Grid, good: bool, rate: Rate | None) -> Row:
    sizes = (numbers.size(venue.bid_size), numbers.size(venue.ask_size))
    ink = "text" if good else "muted"
    return (
        *_price(view, venue, "bid", venue.bid, grid, good, rate),
        (" × ", "muted"), (fit_right(sizes[0], SIZE), ink), (" │ ", "border"),
        *_price(view, venue, "ask", venue.ask, grid, good, rate),
        (" × ", "muted"), (fit_right(sizes[1], SIZE), ink),
    )  # fmt: skip


def _price(
    view: View, venue: VenueView, side: str, value: float | None, grid: Grid, good: bool, rate: Rate | None
) -> Row:
    """The price, its changed digits bright at first, then fading to its own ink."""
    mark = MARK if rate is not None and value is not None else ""
    text = fit_right(mark + numbers.price(value, grid.places), grid.price)
    ink = ("buy" if side == "bid" else "sell") if good else "muted"
    flash = view.flashing(venue.venue, side) if good else None
    if flash is None:
        return ((text, ink),)
    before, shade = flash
    before *= rate.factor if rate is not None else 1.0
    old = fit_right(mark + numbers.price(before, grid.places), grid.price)
    pairs = enumerate(zip(old, text, strict=False))
    same = next((place for place, (was, now) in pairs if was != now), len(text))
    return ((text[:same], ink), (text[same:], f"{ink}_flash{shade}"))


def _figures(view: View, venue: VenueView, grid: Grid, good: bool) -> list[Seg]:
    calm_board = view.calm_board
    rows = calm_board.venues if calm_board is not None else ()
    calm = next((row for row in rows if row.venue == venue.venue), venue)
    figures = {column.name: column.figure(view, venue, calm) for column in grid.columns}
    trail = view.tape.mids.get((calm_board.symbol, venue.venue)) if calm_board is not None else None
    spark = sparkline(trail.sample(view.shown_ns, grid.spark)) if trail is not None and grid.spark else ""
    cells = _cells(grid, spark, figures.__getitem__)
    return cells if good else [(text, "muted") for text, _ in cells]


def _reason(view: View, venue: VenueView, room: int) -> Row:
    """How old its quote is, why, and when it is tried again: the age gives way whole, then the reason."""
    why, ink = safe(venue.reason, _REASON) if venue.reason else "", mark_of(venue).ink
    age = _quote_age(view, venue)
    again = ""
    if venue.retry_in_us is not None and view.trust == "fresh":
        again = numbers.retry(venue.retry_in_us)
    elif not why:
        why = "waiting for the first book" if venue.listed else "does not list it; the others run"
    if cells(_BETWEEN.join(filter(None, (age, why, again)))) > room:
        age = ""
    left = room - (cells(again) + cells(_BETWEEN) if again else 0)
    why = fit(why, min(cells(why), left)) if left > 0 else ""
    return cut(((_BETWEEN.join(filter(None, (age, why, again))), ink),), room)


def _census(view: View) -> Row:
    live, of = view.live_venues()
    if not of:
        return ()
    look = view.look
    way = "▴" if look.reversed else "▾"
    order: Row = ((f"by {look.order} {way}  ", "accent"),) if look.order != "given" or look.reversed else ()
    mutes = sum(venue.venue in look.muted for venue in view.venues)
    order += ((f"{mutes} muted  ", "accent"),) if mutes else ()
    return (*order, (f"{live} usable", "buy" if live else "down"), (f" of {of}", "muted"))


def _legend(width: int) -> Row:
    if width < 100:
        return ()
    return (("fee in bps: c config  m market  d default", "muted"),)
