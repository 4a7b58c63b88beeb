"""The inspector of a route, below its costs: profit against size, both books, lower fees, its signals' lives.

Before it: curve, lifetimes. After it: inspect, which gives it the rows that are left.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from kairos_tui.hud import numbers
from kairos_tui.hud.curve import Curve, Pair, break_even_bps, curve_of, pair_of, taken_by, with_lower_fees
from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.hud.plot import braille, row_of
from kairos_tui.hud.routes import quote_of
from kairos_tui.hud.segments import Row, Seg, cells, fill, fit, fit_right, row_cells
from kairos_tui.hud.view_state import View
from kairos_tui.market import Level, Opportunity, Route, SymbolBoard, Venue

DEPTH_ROWS: Final = 9
"""What the whole of it takes: two sentences, a heading, five rows of plot and books, the axis."""
LEAST_PLOT: Final = 5
"""Rows below which a plot is not worth drawing, its heading included."""
MOST_PLOT: Final = 12
"""Rows beyond which more of it says no more, its heading included."""
_LEAST_CURVE: Final = 28
_MARK: Final = " ◂"
_LABEL: Final = 9
_SIZE: Final = 7
_PAST_BEST: Final = 2.5
"""The plot ends at so many times the best size, where the books reach so far."""


class Sides(Struct, frozen=True):
    """A pair of books, the assets it is counted in, of when it is, and what is said where its levels end,
    at length and in brief."""

    pair: Pair
    base: str
    quote: str
    when: str = ""
    end: tuple[str, str] = ("the levels shown end here", "levels end")


Plot = Callable[[int], list[Row]]
"""A heading, and that many rows below it."""


def sides_now(one: SymbolBoard, buy: Venue, sell: Venue, when: str = "") -> Sides | None:
    """What both books hold; None unless both may be traded on."""
    pair = pair_of(one, buy, sell)
    base = safe(one.symbol.partition("/")[0], 8)
    return None if pair is None else Sides(pair, base, quote_of(one.symbol), when)


def sides_taken(found: Opportunity) -> Sides | None:
    """What an opportunity took of both books; None where it took nothing."""
    if not found.buy.levels or not found.sell.levels:
        return None
    base, quote = safe(found.asset, 8), safe(found.quote, 8)
    return Sides(taken_by(found), base, quote, "last priced: ", ("all that was taken", "all taken"))


def sentences(view: View, sides: Sides | None, route: Route) -> list[Row]:
    """What lower fees would do, and how long the route's signals live."""
    life = _life_row(view, route)
    return [life] if sides is None else [_fees_row(sides), life]


def plots(sides: Sides, width: int) -> tuple[Plot, ...]:
    """The curve to the left, the books to the right of it; where that is too narrow, one after the other."""
    books = _books(sides.pair, width)
    beside = width - max(row_cells(row) for row in books) - 2
    if beside < _LEAST_CURVE:
        return lambda rows: _curve(sides, width, rows), lambda rows: _of_height(books, rows)
    return (lambda rows: _side_by_side(_curve(sides, beside, rows), _of_height(books, rows), beside),)


def _side_by_side(left: list[Row], right: list[Row], width: int) -> list[Row]:
    return [(*fill(first, width), ("  ", "text"), *second) for first, second in zip(left, right, strict=True)]


def _of_height(rows: list[Row], height: int) -> list[Row]:
    blank: Row = ()
    return [*rows, *[blank] * height][: height + 1]


def _curve(sides: Sides, width: int, rows_below: int) -> list[Row]:
    """A heading, the plot, its axis."""
    curve, height = curve_of(sides.pair), rows_below - 1
    columns = max(8, width - _LABEL - 2)
    most = min(curve.depth, curve.best * _PAST_BEST) if curve.best > 0.0 else curve.depth
    values = [curve.profit_at(most * (step + 0.5) / (columns * 2)) for step in range(columns * 2)]
    low, high = min(0.0, *values), max(0.0, *values, curve.profit)
    margin = max((high - low) * 0.05, 1e-9)
    low, high = low - margin, high + margin
    zero, peak = (
        row_of(0.0, height, low, high),
        min(columns - 1, int(curve.best / most * columns)) if most else 0,
    )
    rows: list[Row] = [((f"   {sides.when}profit {sides.quote} against size", "accent"),)]
    for place, line in enumerate(braille(values, height, low, high)):
        label = "0" if place == zero else _money(high - margin) if place == 0 else ""
        if place == height - 1 and place != zero:
            label = _money(low + margin)
        ink = "buy" if place < zero or (place == zero and curve.best > 0.0) else "sell"
        pieces: list[Seg] = [(fit_right(label, _LABEL - 2), "muted"), (" ┤" if label else " │", "border")]
        rows.append(
            (*pieces, *_line(line, ink, ruled=place == zero, mark=peak if curve.best > 0.0 else None))
        )
    words, peak = _marked(sides, curve, columns, peak)
    return [*rows, ((" " * (_LABEL + max(0, peak)), "text"), (words, "accent"))]


def _marked(sides: Sides, curve: Curve, columns: int, peak: int) -> tuple[str, int]:
    """The words under the best size, at length where they fit, and the column that they begin in."""
    if curve.best <= 0.0:
        long, brief = "▲ not even the first unit earns", "▲ no unit earns"
        return long if cells(long) <= columns else brief, 0
    size = f"▲ {numbers.size(curve.best)} {sides.base}"
    whys = sides.end if curve.is_open else ("the next unit earns nothing", "is best")
    words = next((text for text in (f"{size}: {why}" for why in whys) if cells(text) <= columns), size)
    if peak + cells(words) > columns and peak + 1 >= cells(words):
        return f"{words[2:]} ▲", peak + 1 - cells(words)
    return words, peak


def _money(value: float) -> str:
    """In at most seven cells: `+26.47`, `−1,279`."""
    return f"{'+' if value > 0.0 else '−'}{numbers.size(abs(value))}"


def _line(line: str, ink: str, *, ruled: bool, mark: int | None) -> Row:
    """The dots; where there are none, zero's rule and the column of the best size."""
    pieces: list[Seg] = []
    for place, dots in enumerate(line):
        blank: Seg = ("┊", "accent") if place == mark else ("╌", "border") if ruled else (" ", "text")
        piece = blank if dots == "⠀" else (dots, ink)
        if pieces and pieces[-1][1] == piece[1]:
            pieces[-1] = (pieces[-1][0] + piece[0], piece[1])
        else:
            pieces.append(piece)
    return tuple(pieces)


class _Cells(Struct, frozen=True):
    """How wide the parts of a level are."""

    price: int
    places: int
    times: str
    size: int

    @property
    def side(self) -> int:
        return self.price + len(self.times) + self.size + len(_MARK)


def _books(pair: Pair, width: int) -> list[Row]:
    """What is bought beside what is sold, best first, under their venues; the size to trade is marked."""
    asks, bids = pair.buy.asks[:MOST_PLOT], pair.sell.bids[:MOST_PLOT]
    best, room = curve_of(pair).best, (width - 2) // 2
    bought, sold = _cells_of(asks, room), _cells_of(bids, room)
    rows: list[Row] = [
        (
            (fit(f"ask {venue_name(pair.buy.venue)}", bought.side), "sell"),
            ("│ ", "border"),
            (fit(f"bid {venue_name(pair.sell.venue)}", sold.side), "buy"),
        )
    ]
    for place in range(max(len(asks), len(bids))):
        left, right = _level(asks, place, bought, best, "sell"), _level(bids, place, sold, best, "buy")
        rows.append((*left, ("│ ", "border"), *right))
    return rows


def _cells_of(levels: tuple[Level, ...], room: int) -> _Cells:
    """A side's: room for every size that there is; where there is little, for those that are here."""
    places = numbers.price_places(levels[0][0])
    price = max(len(numbers.price(level[0], places)) for level in levels)
    wide = _Cells(price, places, " × ", _SIZE)
    if wide.side <= room:
        return wide
    return _Cells(price, places, "×", max(cells(numbers.size(size)) for _, size in levels))


def _level(levels: tuple[Level, ...], place: int, parts: _Cells, best: float, ink: str) -> Row:
    if place >= len(levels):
        return ((" " * parts.side, "text"),)
    taken = sum(size for _, size in levels[:place]) < best
    value, size = levels[place]
    return (
        (fit_right(numbers.price(value, parts.places), parts.price), ink + ("+b" if taken else "")),
        (parts.times, "muted"),
        (fit_right(numbers.size(size), parts.size), "text" if taken else "muted"),
        (_MARK if taken else " " * len(_MARK), "accent"),
    )


def _fees_row(sides: Sides) -> Row:
    """The first unit's net and the most that could be earned, of the levels known, were the fees lower."""
    pair = sides.pair
    row: Row = ((f"   lower fees {sides.when}", "muted"),)
    for each in with_lower_fees(pair):
        earns = each.profit > 0.0
        row += ((f"{each.label} ", "muted"), (numbers.bps(each.net_top_bps), "buy" if earns else "near"))
        row += ((f" earns {numbers.size(each.profit)}" if earns else "", "buy"), (" · ", "border"))
    limit = break_even_bps(pair)
    return (*row, ("no fee is low enough" if limit is None else f"even at {limit:.1f} each", "text"))


def _life_row(view: View, route: Route) -> Row:
    lived = view.tape.lifetimes.of(route)
    row: Row = (("   lifetime   ", "muted"),)
    if not lived.opened:
        return (*row, ("no signal of this route in this run", "muted"))
    times = f"{lived.opened} signal{'s' if lived.opened > 1 else ''} in this run"
    if lived.median_us is None or lived.longest_us is None:
        return (*row, (times, "text"), (", none ended by the market yet", "muted"))
    return (
        *row,
        (times, "text"),
        (f", {lived.finished} ended by the market: median ", "muted"),
        (numbers.span(lived.median_us), "text"),
        (f", longest {numbers.span(lived.longest_us)}", "muted"),
    )
