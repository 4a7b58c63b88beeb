"""Feed: signals newest on top, with the timeline between them: cards where there is room, else single lines.

A signal that sells in another quote has a second line: its legs, with each fee.
"""

from collections.abc import Iterator

from kairos_tui.hud import matching, numbers
from kairos_tui.hud.cards import Card, Note
from kairos_tui.hud.cursor import first_shown
from kairos_tui.hud.fading import fades
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.graded import overall_row
from kairos_tui.hud.jumps import letters_in
from kairos_tui.hud.matching import signals_of
from kairos_tui.hud.muted import heard, is_mute
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.box import box, filter_note, frame, title_row
from kairos_tui.hud.panels.card import (
    ACKED,
    card_rows,
    conversion_words,
    headline_bps,
    is_acked,
    is_lit,
    life,
    paper_words,
    stood_us,
)
from kairos_tui.hud.panels.edge import quiet_for
from kairos_tui.hud.panels.jump import INK
from kairos_tui.hud.routes import route_name
from kairos_tui.hud.segments import Row, Seg, cells, clip, cut, fill, fit, fit_right, row_cells
from kairos_tui.hud.verdict import Verdict
from kairos_tui.hud.view_state import View

_TALL_FROM_HEIGHT = 20
_EDGES = 8
"""Cells of the upper edge beside title and note."""


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel; the entry under the cursor is kept in sight."""
    inner = width - 2
    tall = width >= 40 and height >= _TALL_FROM_HEIGHT
    entries = matching.entries(view)
    keys = [entry.key for entry in entries]
    first = first_shown(keys, view.card) if view.focus == "feed" else 0
    silent = not any(isinstance(entry, Card) for entry in entries)
    body: list[Row] = _silence(view, inner, 0 if entries else height - 2) if silent else []
    letters = letters_in(view, "feed")
    shown = 0
    for entry, rows in _laid(view, entries[first:], inner, height - 2 - len(body), tall=tall):
        letter = letters.get(entry.key)
        if letter is not None:
            rows[0] = ((letter, INK), *clip(rows[0], 1, inner))
        body += rows
        shown += 1
    ink, dashed = frame(view, "feed")
    older = len(entries) - first - shown + (view.tape.deck.older if view.filter is None else 0)
    foot: Row = ((f"{older} older ↓", "muted"),) if older > 0 else ()
    note = () if silent else quiet_for(view) if width >= 60 else _standing(view)
    note = filter_note(view, signals_of(view), width) if view.filter is not None else note
    fresh = max(0, view.tape.deck.arrived - view.seen) if view.card is not None else 0
    if fresh > 0:
        note = ((f"▾ {fresh} new", "accent+b"), *((("  ", "text"), *note) if note else ()))
    elif first:
        note = ((f"{first} newer ↑", "accent+b"), *((("  ", "text"), *note) if note else ()))
    title = title_row("4", "SIGNALS", *overall_row(view, brief=width < 60), focused=view.focus == "feed")
    title, foot = _with_muted(view, title, foot, width - _EDGES - row_cells(note))
    return box(body, width, height, title=title, note=note, foot=foot, ink=ink, dashed=dashed)


def key_at(view: View, width: int, height: int, y: int) -> str | None:
    """The entry at a row of the panel."""
    entries, tall = matching.entries(view), width >= 40 and height >= _TALL_FROM_HEIGHT
    first = first_shown([entry.key for entry in entries], view.card) if view.focus == "feed" else 0
    if not any(isinstance(entry, Card) for entry in entries):
        return None
    below = 1
    for entry, rows in _laid(view, entries[first:], width - 2, height - 2, tall=tall):
        if below <= y < below + len(rows):
            return entry.key
        below += len(rows)
    return None


def _laid(
    view: View, entries: list[Card | Note], inner: int, room: int, *, tall: bool
) -> Iterator[tuple[Card | Note, list[Row]]]:
    """Entry by entry, as long as they fit whole."""
    for entry in entries:
        rows = _entry(view, entry, inner, tall)
        room -= len(rows)
        if room < 0:
            return
        yield entry, rows


def _with_muted(view: View, title: Row, foot: Row, room: int) -> tuple[Row, Row]:
    """How many of the signals are muted, after the title where `room` is left for it, else in the foot."""
    cards = (entry for entry in view.tape.deck.entries if isinstance(entry, Card))
    muted = sum(is_mute(view, card.signal.opportunity) for card in cards) if view.look.muted else 0
    gap, said = ("  ", "text"), (f"{muted} muted", "accent")
    if not muted:
        return title, foot
    if row_cells((*title, gap, said)) <= room:
        return (*title, gap, said), foot
    return title, ((said, gap, *foot) if foot else (said,))


def _standing(view: View) -> Row:
    standing = len(heard(view))
    if standing and view.trust == "fresh":
        return ((f"{standing} open", "buy"),)
    one = view.symbol_board
    if one is None or one.last_signal_age_us is None:
        return (("none open", "muted"),)
    return ((f"quiet {numbers.span(one.last_signal_age_us + view.silence_us)}", "muted"),)


def _silence(view: View, width: int, height: int) -> list[Row]:
    """What stands in place of cards: not a void but the distance to the first of them."""
    if view.filter is not None and view.tape.deck.entries:
        return [((" no signal matches /", "muted"), (safe(view.filter.text, 60), "text"))]
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
    if tall:
        return card_rows(view, entry, width, chosen)
    way = conversion_words(entry.signal.opportunity, width - 6)
    said = [words for words in (way, paper_words(view, entry, width - 6)) if words]
    below: list[Row] = [fill((("   ⤷ ", "border"), (words, "muted")), width) for words in said]
    return [_line(view, entry, width, chosen), *below]


def _note_row(note: Note, width: int, chosen: bool) -> Row:
    lead = (" ▸ " if chosen else " ─ ", "focus" if chosen else "border")
    time = f"{numbers.clock_s(note.at_us)} "
    row: Row = (lead, (time, note.ink), (note.within(width - cells(lead[0] + time)), note.ink))
    left = width - row_cells(row)
    return row if left < 2 else (*row, (" ", "border"), ("─" * (left - 2), "border"), (" ", "text"))


def _line(view: View, card: Card, width: int, chosen: bool) -> Row:
    found = card.signal.opportunity
    lit = is_lit(view, card)
    state, ink = life(view, card, brief=width < 90)
    pointer: Seg = ("▸", "focus+b") if chosen else ("▎", "e0" if lit else "border")
    wide = width >= 70
    time = numbers.clock(card.opened_us) if wide else numbers.clock_s(card.opened_us)
    route = route_name(found.route.buy_venue, found.route.sell_venue, "▸")
    row: Row = (
        pointer,
        (time + " ", "muted"),
        ("★ " if card.pinned else "◆ " if lit else "  ", "accent" if card.pinned else "buy+b"),
        (fit(route, 17 if wide else min(17, width - 22)), "text+b" if lit else "text"),
        (fit_right(numbers.bps(headline_bps(card), 2 if wide else 1), 7), "buy+b" if lit else "near"),
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
    mark = "◐" if lit and fades(view, card) else "●" if lit else "○" if card.life == "live" else " "
    mark = ACKED if is_acked(view, card) else mark
    short = f" {mark}{numbers.age(stood_us(view, card))}"
    return fill((*row, (short, ink)), width)
