"""Feed: signals as cards, newest on top, with the timeline between them.

Five rows with a holographic edge where there is room, one line elsewhere.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Card, Note
from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box, frame, title_row
from kairos_tui.hud.panels.edge import quiet_for
from kairos_tui.hud.panels.header import latency_badge
from kairos_tui.hud.segments import Row, Seg, cells, cut, fill, fit, fit_right, gradient, justify, row_cells
from kairos_tui.hud.verdict import Verdict, route_name
from kairos_tui.hud.view_state import View

_TALL_FROM_HEIGHT = 20
_WORDS = 13
"""Cells of ` BUY ` and ` ▸ SELL `."""
_LEAST_NAME = 5
_METER = 12
_METER_BPS = 1.0
"""One notch of the meter is one bps of net."""


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel; the entry under the cursor is kept in sight."""
    inner = width - 2
    tall = width >= 40 and height >= _TALL_FROM_HEIGHT
    entries = view.tape.deck.entries
    keys = [entry.key for entry in entries]
    first = max(0, keys.index(view.card) - 2) if view.card in keys and view.focus == "feed" else 0
    silent = not any(isinstance(entry, Card) for entry in entries)
    body: list[Row] = _silence(view, inner, 0 if entries else height - 2) if silent else []
    shown = 0
    for entry in entries[first:]:
        rows = _entry(view, entry, inner, tall)
        if len(body) + len(rows) > height - 2:
            break
        body += rows
        shown += 1
    ink, dashed = frame(view, "feed")
    title = title_row("4", "SIGNALS", focused=view.focus == "feed")
    older = len(entries) - first - shown + view.tape.deck.older
    foot: Row = ((f"{older} older ↓", "muted"),) if older > 0 else ()
    note = () if silent else quiet_for(view) if width >= 60 else _standing(view)
    if first:
        note = ((f"{first} newer ↑", "accent+b"), *((("  ", "text"), *note) if note else ()))
    return box(body, width, height, title=title, note=note, foot=foot, ink=ink, dashed=dashed)


def _standing(view: View) -> Row:
    standing = len(view.tape.deck.live())
    if standing and view.trust == "fresh":
        return ((f"{standing} open", "buy"),)
    one = view.symbol_board
    if one is None or one.last_signal_age_us is None:
        return (("none open", "muted"),)
    return ((f"quiet {numbers.span(one.last_signal_age_us + view.silence_us)}", "muted"),)


def _silence(view: View, width: int, height: int) -> list[Row]:
    """What stands in place of cards: not a void but the distance to the first of them."""
    verdict = view.verdict()
    rows: list[Row] = [quiet_row for quiet_row in (((" ", "text"), *quiet_for(view)),) if quiet_row]
    if verdict.kind != "none":
        rows += _distance(verdict)
    pad = max(0, (height - len(rows)) // 3)
    return [()] * pad + [fill(cut(row, width - 1), width) for row in rows]


def _distance(verdict: Verdict) -> list[Row]:
    rows: list[Row] = [
        ((" best ", "muted"), (verdict.route, "text"), (f"  {numbers.bps(verdict.net_bps)} bps net", "near")),
        (
            (" needs ", "muted"),
            (f"{numbers.bps(verdict.to_signal)} bps", "accent+b"),
            (" more to open a signal", "muted"),
        ),
    ]
    if verdict.to_profit:
        rows.append(((" eaten by ", "muted"), (verdict.eater, "sell")))
    return rows


def _entry(view: View, entry: Card | Note, width: int, tall: bool) -> list[Row]:
    chosen = view.focus == "feed" and view.card == entry.key
    if isinstance(entry, Note):
        return [_note_row(entry, width, chosen)]
    return _tall(view, entry, width, chosen) if tall else [_line(view, entry, width, chosen)]


def _note_row(note: Note, width: int, chosen: bool) -> Row:
    lead = (" ▸ " if chosen else " ─ ", "focus" if chosen else "border")
    text = f"{numbers.clock_s(note.at_us)} {note.text} "
    row = cut((lead, (text, note.ink)), width - 2)
    used = sum(len(text) for text, _ in row)
    return fill((*row, ("─" * max(0, width - used - 1), "border")), width)


def _tall(view: View, card: Card, width: int, chosen: bool) -> list[Row]:
    inner = width - 4
    head = f"┏━ {numbers.clock(card.opened_us)} "
    tail = f" {safe(card.signal.id, 14)} ━┓"
    upper = head + "━" * max(1, inner + 2 - len(head) - len(tail)) + tail
    lower = "┗" + "━" * inner + "┛"
    lit = card.life == "live" and view.trust == "fresh"
    edge = gradient if lit else _unlit
    sides: tuple[Seg, Seg] = (("┃", "e0"), ("┃", "e11")) if lit else (("┃", "border"), ("┃", "border"))
    pointer: Seg = ("▸", "focus+b") if chosen else (" ", "text")
    middle = [_route_row(card, inner, lit), _money_row(card, inner, lit), _life_row(view, card, inner)]
    rows: list[Row] = [(pointer, *edge(upper))]
    rows += [((" ", "text"), sides[0], *fill(row, inner), sides[1]) for row in middle]
    return [*rows, ((" ", "text"), *edge(lower))]


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
    figure: Row = ((f"{numbers.bps(_headline_bps(card), 2)} bps ", "hot" if lit else "near"),)
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


def _headline_bps(card: Card) -> float:
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


def _life_row(view: View, card: Card, width: int) -> Row:
    text, ink = life(view, card)
    left: Row = ((f" {text}", ink),)
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
        stood_us = max(0, (view.shown_ns - card.opened_ns) // 1000)
        if view.trust == "fresh":
            return f"● LIVE {numbers.age(stood_us) if brief else numbers.span(stood_us)}", "buy+b"
        return "◌ UNCONFIRMED", "warn"
    lasted_us = card.signal.duration_us
    lasted = numbers.age(lasted_us) if brief else numbers.span(lasted_us)
    return f"CLOSED {lasted}" + (f" · {safe(card.why, 20)}" if card.why and not brief else ""), "muted"


def _line(view: View, card: Card, width: int, chosen: bool) -> Row:
    found = card.signal.opportunity
    lit = card.life == "live" and view.trust == "fresh"
    state, ink = life(view, card, brief=width < 90)
    pointer: Seg = ("▸", "focus+b") if chosen else ("▎", "e0" if lit else "border")
    wide = width >= 70
    time = numbers.clock(card.opened_us) if wide else numbers.clock_s(card.opened_us)
    route = route_name(found.route.buy_venue, found.route.sell_venue, "▸")
    row: Row = (
        pointer,
        (time + " ", "muted"),
        ("◆ " if lit else "  ", "buy+b"),
        (fit(route, 17 if wide else min(17, width - 22)), "text+b" if lit else "text"),
        (fit_right(numbers.bps(_headline_bps(card), 2 if wide else 1), 7), "buy+b" if lit else "near"),
    )
    if wide:
        row += (
            (fit_right(f"{numbers.size(found.size)} {safe(found.asset, 6)}", 12), "text" if lit else "muted"),
        )
        is_live = card.life == "live"
        worth = numbers.signed_amount(found.profit) if is_live else f"→ {numbers.bps(found.net_bps, 1)}"
        row += ((fit_right(worth, 9) + "  ", "buy" if lit else "muted"),)
        merged = f" ×{card.merged}" if card.merged > 1 else ""
        return fill(cut((*row, (state + merged, ink)), width - 1), width)
    short = f" {'●' if lit else ' '}{numbers.age(_stood_us(view, card))}"
    return fill((*row, (short, ink)), width)


def _stood_us(view: View, card: Card) -> int:
    return (
        max(0, (view.shown_ns - card.opened_ns) // 1000) if card.life == "live" else card.signal.duration_us
    )
