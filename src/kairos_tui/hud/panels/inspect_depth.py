"""The inspector of a route, below its costs: profit against size, both books, lower fees, its signals' lives.

Before it: curve, lifetimes. After it: inspect, which gives it the rows that are left.
"""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.curve import Curve, Pair, break_even_bps, curve_of, pair_of, with_lower_fees
from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.hud.plot import braille, row_of
from kairos_tui.hud.routes import quote_of
from kairos_tui.hud.segments import Row, Seg, cells, fill, fit, fit_right
from kairos_tui.hud.view_state import View
from kairos_tui.market import Level, Route, SymbolBoard, Venue

DEPTH_ROWS: Final = 9
"""What the whole of it takes: two headings, five rows of plot and books, two sentences."""
_LEAST_PLOT: Final = 3
_MOST_PLOT: Final = 10
_SENTENCES: Final = 2
_LABEL: Final = 9
_SIZE: Final = 7
_PAST_BEST: Final = 2.5
"""The plot ends at so many times the best size, where the books reach so far."""


def depth_rows(view: View, one: SymbolBoard, buy: Venue, sell: Venue, width: int, room: int) -> list[Row]:
    """As much of it as `room` rows hold; the sentences before the plot."""
    pair = pair_of(one, buy, sell)
    life = _life_row(view, Route(one.symbol, buy, sell))
    if pair is None:
        return [life][: max(0, room)]
    rows = [_fees_row(pair), life][: max(0, room)]
    plot = min(_MOST_PLOT, room - _SENTENCES - 2)
    if plot < _LEAST_PLOT:
        return rows
    return [*_drawn(pair, one, width - 2, plot), *rows]


def _drawn(pair: Pair, one: SymbolBoard, inner: int, plot: int) -> list[Row]:
    """The curve to the left, the books to the right of it: a heading, the plot, its axis."""
    places = numbers.price_places(pair.buy.asks[0][0])
    books = _books(pair, plot + 1, places)
    beside = max(cells("".join(text for text, _ in row)) for row in books)
    width = inner - beside - 2
    curve = curve_of(pair)
    base, quote = safe(one.symbol.partition("/")[0], 8), quote_of(one.symbol)
    left: list[Row] = [((f"   profit {quote} against size", "accent"),), *_curve(curve, width, plot, base)]
    return [(*fill(first, width), ("  ", "text"), *second) for first, second in zip(left, books, strict=True)]


def _curve(curve: Curve, width: int, height: int, base: str) -> list[Row]:
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
    rows: list[Row] = []
    for place, line in enumerate(braille(values, height, low, high)):
        label = "0" if place == zero else _money(high - margin) if place == 0 else ""
        if place == height - 1 and place != zero:
            label = _money(low + margin)
        ink = "buy" if place < zero or (place == zero and curve.best > 0.0) else "sell"
        pieces: list[Seg] = [(fit_right(label, _LABEL - 2), "muted"), (" ┤" if label else " │", "border")]
        rows.append(
            (*pieces, *_line(line, ink, ruled=place == zero, mark=peak if curve.best > 0.0 else None))
        )
    why = "the levels shown end here" if curve.is_open else "the next unit earns nothing"
    words = f"▲ {numbers.size(curve.best)} {base}: {why}"
    if curve.best <= 0.0:
        words, peak = "▲ not even the first unit earns", 0
    if peak + cells(words) > columns and peak + 1 >= cells(words):
        words = f"{words[2:]} ▲"
        peak = peak + 1 - cells(words)
    return [*rows, ((" " * (_LABEL + max(0, peak)), "text"), (words, "accent"))]


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


def _books(pair: Pair, count: int, places: int) -> list[Row]:
    """What is bought beside what is sold, best first, under their venues; the size to trade is marked."""
    asks, bids = pair.buy.asks[:count], pair.sell.bids[:count]
    best = curve_of(pair).best
    price = max(len(numbers.price(level[0], places)) for level in (*asks, *bids))
    side = price + 3 + _SIZE + 2
    rows: list[Row] = [
        (
            (fit(f"ask {venue_name(pair.buy.venue)}", side), "sell"),
            ("│ ", "border"),
            (fit(f"bid {venue_name(pair.sell.venue)}", side), "buy"),
        )
    ]
    for place in range(count):
        left = _level(asks, place, price, places, best, "sell")
        rows.append((*left, ("│ ", "border"), *_level(bids, place, price, places, best, "buy")))
    return rows


def _level(levels: tuple[Level, ...], place: int, price: int, places: int, best: float, ink: str) -> Row:
    if place >= len(levels):
        return ((" " * (price + 3 + _SIZE + 2), "text"),)
    above = sum(size for _, size in levels[:place])
    taken = above < best
    value, size = levels[place]
    return (
        (fit_right(numbers.price(value, places), price), ink + ("+b" if taken else "")),
        (" × ", "muted"),
        (fit_right(numbers.size(size), _SIZE), "text" if taken else "muted"),
        (" ◂" if taken else "  ", "accent"),
    )


def _fees_row(pair: Pair) -> Row:
    """The first unit's net and the most that could be earned, were the fees lower."""
    row: Row = (("   lower fees ", "muted"),)
    for each in with_lower_fees(pair):
        earns = each.profit > 0.0
        row += ((f"{each.label} ", "muted"), (numbers.bps(each.net_top_bps), "buy" if earns else "near"))
        row += ((f" earns {numbers.size(each.profit)}" if earns else "", "buy"), (" · ", "border"))
    limit = break_even_bps(pair)
    return (*row, ("no fee is low enough" if limit is None else f"even at {limit:.1f} bps a side", "text"))


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
