"""Card: one signal in five rows with a holographic edge; in seven when it sells in another quote.

Before it: cards. After it: feed, which stacks them; inspect and small, which use its words.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card
from kairos_tui.hud.fading import fades
from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.hud.graded import after_rows
from kairos_tui.hud.muted import is_mute
from kairos_tui.hud.panels.header import latency_badge
from kairos_tui.hud.papered import result_money, result_words
from kairos_tui.hud.routes import MODES, mode_of, quote_of
from kairos_tui.hud.segments import Row, Seg, cells, cut, fill, fit, gradient, justify, row_cells
from kairos_tui.hud.view_state import View
from kairos_tui.market import Leg, Opportunity

_WORDS = 13
"""Cells of ` BUY ` and ` ▸ SELL `."""
_LEAST_NAME = 5
_METER = 12
ACKED = "✓"
_METER_BPS = 1.0
"""One notch of the meter is one bps of net."""


def card_rows(view: View, card: Card, width: int, chosen: bool) -> list[Row]:
    inner = width - 4
    head = f"┏━ {numbers.clock(card.opened_us)} "
    tail = f" {safe(card.signal.id, 14)} ━┓"
    upper = head + "━" * max(1, inner + 2 - len(head) - len(tail)) + tail
    lower = "┗" + "━" * inner + "┛"
    lit = is_lit(view, card)
    edge = gradient if lit else _unlit
    sides: tuple[Seg, Seg] = (("┃", "e0"), ("┃", "e11")) if lit else (("┃", "border"), ("┃", "border"))
    pointer: Seg = ("▸", "focus+b") if chosen else (" ", "text")
    middle = [_route_row(card, inner, lit), *_conversion_rows(card, lit)]
    middle += [_money_row(card, inner, lit), *_paper_rows(view, card, inner)]
    middle += [*after_rows(view, card.signal, inner), _life_row(view, card, inner)]
    rows: list[Row] = [(pointer, *edge(upper))]
    rows += [((" ", "text"), sides[0], *fill(row, inner), sides[1]) for row in middle]
    return [*rows, ((" ", "text"), *edge(lower))]


def is_lit(view: View, card: Card) -> bool:
    """Whether it stands, as far as is known, and is to be seen at once."""
    known = is_acked(view, card) or is_mute(view, card.signal.opportunity)
    return card.life == "live" and view.trust == "fresh" and not known


def is_acked(view: View, card: Card) -> bool:
    """Whether the viewer has acknowledged it."""
    return card.key in view.tape.deck.acked


def _unlit(text: str) -> Row:
    """A card's edge once it has closed: the line recedes, its words stay readable."""
    words = text.strip("┏━┓┗┛")
    if not words:
        return ((text, "border"),)
    before, after = text.split(words)
    first, last = words.index("━"), words.rindex("━") + 1
    time, line, name = words[:first], words[first:last], words[last:]
    return ((before, "border"), (time, "muted"), (line, "border"), (name, "muted"), (after, "border"))


def _route_row(card: Card, width: int, lit: bool) -> Row:
    found = card.signal.opportunity
    figure: Row = ((f"{numbers.bps(headline_bps(card), 2)} bps ", "hot" if lit else "near"),)
    buy, sell = venue_name(found.route.buy_venue), venue_name(found.route.sell_venue)
    room = width - row_cells(figure) - 1
    before, between = (" BUY ", " ▸ SELL ") if room >= _WORDS + 2 * _LEAST_NAME else (" ", " ▸ ")
    buy, sell = _shortened(buy, sell, room - cells(before) - cells(between))
    left: Row = (
        (before, "buy" if lit else "muted"),
        (buy, "text+b" if lit else "text"),
        (between, "sell" if lit else "muted"),
        (sell, "text+b" if lit else "text"),
    )
    return justify(left, figure, width)


def headline_bps(card: Card) -> float:
    """What it is worth; once over, what it was worth at its best. How it ended stands below."""
    return card.signal.opportunity.net_bps if card.life == "live" else card.signal.peak_net_bps


def _shortened(first: str, second: str, room: int) -> tuple[str, str]:
    """Both names in that many cells together; the longer one gives first."""
    over = cells(first) + cells(second) - room
    if over <= 0:
        return first, second
    longer = max(cells(first), cells(second))
    most = max(1, longer - over, room // 2)
    if cells(first) > cells(second):
        first = _at_most(first, most)
        return first, _at_most(second, max(1, room - cells(first)))
    second = _at_most(second, most)
    return _at_most(first, max(1, room - cells(second))), second


def _at_most(name: str, most: int) -> str:
    return name if cells(name) <= most else fit(name, most)


def _conversion_rows(card: Card, lit: bool) -> list[Row]:
    """What is bought and sold, then how the proceeds come back; none when both legs have one quote."""
    found = card.signal.opportunity
    mode = mode_of(found)
    if mode is None:
        return []
    ink, (word, mark) = "text" if lit else "muted", MODES[mode]
    legs = f" fees {_symbol_fee(found.buy)} ▸ {_symbol_fee(found.sell)}"
    return [
        ((legs, ink),),
        ((f" {back_words(found)}", ink), (f"  {word}", mark if lit else "muted")),
    ]


def conversion_words(found: Opportunity, width: int) -> str:
    """Every leg of a sale in another quote with its fee in bps, as long as fits; empty for a plain one."""
    if mode_of(found) is None:
        return ""
    way = back_words(found)
    long = f"buy {_symbol_fee(found.buy)} ▸ sell {_symbol_fee(found.sell)} ▸ {way}"
    short = f"{_quote_fee(found.buy)} ▸ {_quote_fee(found.sell)} ▸ {way}"
    return long if cells(long) <= width else fit(short, width).rstrip()


def back_words(found: Opportunity) -> str:
    """`buy USDT/USD KRAKEN 2.0`; parked: `keep USD, haircut 2.0`."""
    if found.mode == "inventory":
        return f"keep {quote_of(found.route.sold_as)}, haircut {found.haircut_bps:.1f}"
    return ", ".join(
        f"{leg.side} {safe(leg.symbol, 16)} {venue_name(leg.venue)} {_fee(leg)}" for leg in found.conversions
    )


def _symbol_fee(leg: Leg) -> str:
    return f"{safe(leg.symbol, 16)} {_fee(leg)}"


def _quote_fee(leg: Leg) -> str:
    return f"{quote_of(leg.symbol)} {_fee(leg)}"


def _fee(leg: Leg) -> str:
    return f"{leg.fees.taker * 1e4:.1f}"


def _money_row(card: Card, width: int, lit: bool) -> Row:
    found = card.signal.opportunity
    filled = max(1, min(_METER, round(max(0.0, card.signal.peak_net_bps) / _METER_BPS)))
    base, quote = safe(found.asset, 8), safe(found.quote, 8)
    left: Row = (
        (" " + "▰" * filled, "secondary" if lit else "muted"),
        ("▱" * (_METER - filled), "faint"),
        (f" {numbers.size(found.size)} {base}", "text" if lit else "muted"),
    )
    worth = f"{numbers.signed_amount(found.profit)} {quote} "
    if card.life != "live":
        worth = f"ended {numbers.bps(found.net_bps, 1)} "
    return justify(left, ((worth, "buy" if lit else "muted"),), width)


def _paper_rows(view: View, card: Card, width: int) -> list[Row]:
    """What simulated orders made of it; none where it is not followed, or not through yet."""
    result = view.tape.paper.of(card.signal.id)
    if result is None:
        return []
    money = result_money(result, card.signal.opportunity.quote)
    right: Row = ((f" {money} ", "buy" if result.profit > 0.0 else "sell" if money else "muted"),)
    words = cut(((" PAPER ", "secondary"), (result_words(result), "muted")), width - row_cells(right) - 1)
    return [justify(words, right, width)]


def paper_words(view: View, card: Card, width: int) -> str:
    """The same for a line below a line; empty where there is nothing to say."""
    result = view.tape.paper.of(card.signal.id)
    if result is None:
        return ""
    money = result_money(result, card.signal.opportunity.quote)
    return fit(f"paper {money}{'  ' if money else ''}{result_words(result)}", width).rstrip()


def _life_row(view: View, card: Card, width: int) -> Row:
    text, ink = life(view, card)
    left: Row = ((f" {text}", ink),)
    if card.pinned:
        left += ((" ★ pinned", "accent"),)
    if card.merged > 1:
        left += ((f" ×{card.merged} merged", "secondary"),)
    trace = card.signal.trace
    spent_us = (trace.decided_ns - trace.received_ns) // 1000 if trace.decided_ns else None
    glyph, badge_ink = latency_badge(spent_us)
    right: Row = (
        (f"peak {numbers.bps(card.signal.peak_net_bps, 1)}  ", "muted"),
        (f"{glyph} {numbers.latency(spent_us)} ", badge_ink),
    )
    return justify(left, right, width)


def life(view: View, card: Card, *, brief: bool = False) -> tuple[str, str]:
    """A card's state in words: LIVE and its age, or how long it lasted and (unless brief) why it ended."""
    if card.life == "live":
        stood = stood_us(view, card)
        word, ink = _standing(view, card)
        since = f" {numbers.age(stood) if brief else numbers.span(stood)}"
        return (f"{word}{since}", ink) if view.trust == "fresh" else ("◌ UNCONFIRMED", "warn")
    lasted_us = card.signal.duration_us
    lasted = numbers.age(lasted_us) if brief else numbers.span(lasted_us)
    closed = f"{ACKED} CLOSED" if is_acked(view, card) else "CLOSED"
    return f"{closed} {lasted}" + (f" · {safe(card.why, 20)}" if card.why and not brief else ""), "muted"


def _standing(view: View, card: Card) -> tuple[str, str]:
    if is_mute(view, card.signal.opportunity):
        return "○ MUTED", "muted"
    if is_acked(view, card):
        return f"{ACKED} {'FADING' if fades(view, card) else 'LIVE'}", "text"
    return ("◐ FADING", "accent") if fades(view, card) else ("● LIVE", "buy+b")


def stood_us(view: View, card: Card) -> int:
    """How long it has stood, or stood, in us."""
    return (
        max(0, (view.shown_ns - card.opened_ns) // 1000) if card.life == "live" else card.signal.duration_us
    )
