"""Depth: the books of all venues as one ladder, net of each venue's fee: what can be sold left, bought right.

Where the sides overlap there is money: those rungs are marked.
"""

from msgspec.structs import replace

from kairos_tui.hud import numbers
from kairos_tui.hud.common import MARK, Rate, rate_of
from kairos_tui.hud.glyphs import STRONG, safe, venue_name
from kairos_tui.hud.jumps import letters_in
from kairos_tui.hud.ladder import Ladder, Rung, merge
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box, frame, title_row
from kairos_tui.hud.panels.jump import INK
from kairos_tui.hud.routes import quote_of
from kairos_tui.hud.segments import Row, Seg, cells, fill, fit, fit_right
from kairos_tui.hud.view_state import View
from kairos_tui.market import Symbol, Venue

_SIZE = 7
_LEAST_NAME, _MOST_NAME = 4, 9
_LEAST_BAR = 4
_MOST_BAR = 24
_FOR_TOTAL = 24
"""Cells beside the price from which the running total has its column."""


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel; nothing in it is from a book that may not be traded on now."""
    one = view.symbol_board
    inner = width - 2
    ladder = merge(one) if one is not None and view.trust == "fresh" else Ladder()
    ink, dashed = frame(view, "depth")
    rate = rate_of(view)
    about: Seg = ("  all venues, net of fees", "muted")
    extra: Row = (about, (f"  {MARK} {rate.quote}", "warn")) if rate is not None else (about,)
    title = title_row("5", "DEPTH", *extra, focused=view.focus == "depth")
    if one is None or not (ladder.bids or ladder.asks):
        body: list[Row] = [(("  ◌ ", "warn"), ("no book may be traded on now", "muted"))]
        return box(body, width, height, title=title, ink=ink, dashed=dashed)
    body = _rows(view, _valued(ladder, rate), inner, height - 2)
    foot = _foot(ladder, one.symbol)
    return box(body, width, height, title=title, note=_note(ladder), foot=foot, ink=ink, dashed=dashed)


def _valued(ladder: Ladder, rate: Rate | None) -> Ladder:
    """The same rungs in the first quote; what is crossed stays in its own."""
    if rate is None:
        return ladder
    sides = (ladder.bids, ladder.asks)
    bids, asks = (tuple(replace(rung, net=rung.net * rate.factor) for rung in side) for side in sides)
    least, most = ladder.least_bid * rate.factor, ladder.most_ask * rate.factor
    return replace(ladder, bids=bids, asks=asks, least_bid=least, most_ask=most)


def _rows(view: View, ladder: Ladder, inner: int, room: int) -> list[Row]:
    places = numbers.price_places(max(rung.net for rung in (*ladder.bids, *ladder.asks)))
    price = max(len(numbers.price(rung.net, places)) for rung in (*ladder.bids, *ladder.asks))
    half = (inner - 3) // 2
    left = _side(view, ladder, half, room - 1, price, places, mirrored=True)
    right = _side(view, ladder, inner - 3 - half, room - 1, price, places, mirrored=False)
    heading: Row = (
        (fit_right("SELL HERE, FOR NET", half), "muted"),
        (" │ ", "border"),
        (fit("NET, BUY HERE", inner - 3 - half), "muted"),
    )
    between: Seg = (" │ ", "border")
    return [heading, *((*first, between, *second) for first, second in zip(left, right, strict=True))][
        : max(1, room)
    ]


def _side(
    view: View, ladder: Ladder, width: int, count: int, price: int, places: int, *, mirrored: bool
) -> list[Row]:
    """Rows of one side, the price at the middle of the panel; a bar grows outwards with what lies above."""
    shown = (ladder.bids if mirrored else ladder.asks)[: max(0, count)]
    name = min(_MOST_NAME, max((cells(venue_name(rung.venue)) for rung in shown), default=0))
    beside = width - price - 1
    with_size = beside - _SIZE - 1 >= min(name, _LEAST_NAME)
    name = max(0, min(name, beside - (_SIZE + 1 if with_size else 0)))  # the price is never cut
    with_total = width - price - name - _SIZE - 4 >= _FOR_TOTAL
    bar = min(_MOST_BAR, width - price - name - _SIZE - 5 - (_SIZE + 2 if with_total else 0))
    whole = sum(rung.size for rung in shown) or 1.0
    rows: list[Row] = []
    total = 0.0
    letters = letters_in(view, "depth")
    for rung in shown:
        total += rung.size
        crossing = _crosses(ladder, rung, mirrored=mirrored)
        ink = ("buy" if mirrored else "sell") + ("+b" if crossing else "")
        pieces: list[Seg] = [
            (fit_right(numbers.price(rung.net, places), price), ink),
            _pointer(view, rung.venue, letters.pop(rung.venue, None)),
            (fit(venue_name(rung.venue)[:name], name), "text+b" if crossing else "text"),
        ]
        if with_size:
            pieces += [(" ", "text"), (fit_right(numbers.size(rung.size), _SIZE), "text")]
        if with_total:
            seen = rung.net >= ladder.least_bid if mirrored else rung.net <= ladder.most_ask
            words = f"{numbers.size(total)}{' ' if seen else '+'}"
            pieces.append((fit_right(words, _SIZE + 2), "muted"))
        pieces += (
            _bar(total / whole, bar, "secondary" if crossing else "primary") if bar >= _LEAST_BAR else []
        )
        if mirrored:
            pieces.reverse()
        pad: Seg = (" " * max(0, width - sum(cells(text) for text, _ in pieces)), "text")
        rows.append((pad, *pieces) if mirrored else (*pieces, pad))
    blank: Row = ((" " * width, "text"),)
    return [fill(row, width) for row in [*rows, *[blank] * max(0, count - len(rows))]]


def _pointer(view: View, venue: Venue, letter: str | None) -> Seg:
    """A jump's letter at a venue's best rung; else the mark of the venue that the cursor is on."""
    if letter is not None:
        return letter, INK
    return ("▸", "focus+b") if view.focus == "depth" and venue == view.venue else (" ", "text")


def _crosses(ladder: Ladder, rung: Rung, *, mirrored: bool) -> bool:
    """Whether another venue takes or gives it at a better net."""
    other = ladder.asks if mirrored else ladder.bids
    if not other:
        return False
    return rung.net > other[0].net if mirrored else rung.net < other[0].net


def _bar(share: float, width: int, ink: str) -> list[Seg]:
    filled = max(1, min(width, round(share * width)))
    return [(" ", "text"), ("▰" * filled, ink), ("▱" * (width - filled), "faint")]


def _note(ladder: Ladder) -> Row:
    if not ladder.bids or not ladder.asks:
        return (("one side only", "warn"),)
    bid, ask = ladder.bids[0], ladder.asks[0]
    gap = (bid.net / ask.net - 1.0) * 1e4
    mark = f"{STRONG} crossed " if gap > 0 else "apart "
    return (
        (mark, "buy+b" if gap > 0 else "muted"),
        (f"{numbers.bps(gap)} bps", "buy+b" if gap > 0 else "near"),
    )


def _foot(ladder: Ladder, symbol: Symbol) -> Row:
    if ladder.crossed <= 0.0:
        return (("no price pays both fees", "muted"),)
    base, quote = safe(symbol.partition("/")[0], 8), quote_of(symbol)
    return (
        (f"{'at least ' if ladder.more else ''}{numbers.size(ladder.crossed)} {base} crossed", "text"),
        (f", {numbers.signed_amount(ladder.profit)} {quote} in it", "buy"),
        (" before lots", "muted"),
    )
