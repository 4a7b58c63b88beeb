"""Timeline: how every venue has fared over the span, a lane each; below them the incidents, newest first.

A line is well, ━ live and ─ quiet; whatever is not well has its own mark in the lane.
"""

from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Note
from kairos_tui.hud.glyphs import STATES, STRONG, venue_name
from kairos_tui.hud.jumps import letters_in
from kairos_tui.hud.look import span_words
from kairos_tui.hud.panels import Drawing
from kairos_tui.hud.panels.axis import axis_row
from kairos_tui.hud.panels.box import box, frame, title_row
from kairos_tui.hud.panels.jump import INK
from kairos_tui.hud.segments import Row, Seg, fill, fit, row_cells
from kairos_tui.hud.view_state import View
from kairos_tui.market import FeedState, SymbolBoard

_SECOND: Final = 1_000_000_000
_MOST_NAME: Final = 10
_LEAST_LANE: Final = 16
_FRAME: Final = 2
_LEGEND: Final = (FeedState.STALE, FeedState.LAGGING, FeedState.RESYNC, FeedState.QUARANTINED, FeedState.DOWN)


def draw(view: View, width: int, height: int) -> Drawing:
    """The panel; without room for lanes, the incidents alone."""
    inner, room = width - _FRAME, height - _FRAME
    lanes = _lanes(view, inner, room)
    body = lanes + _incidents(view, inner, room - len(lanes))
    ink, dashed = frame(view, "timeline")
    count = len(view.tape.deck.notes)
    extra = (f"  {span_words(view.look.span_s)}", "muted")
    title = title_row("6", "TIMELINE", extra, focused=view.focus == "timeline")
    older = count - view.incident - (room - len(lanes))
    foot: Row = ((f"{older} older ↓", "muted"),) if older > 0 else _legend(width)
    said = f"{count} incident{'' if count == 1 else 's'}" if count else "no incident"
    return box(body, width, height, title=title, note=((said, "muted"),), foot=foot, ink=ink, dashed=dashed)


def _lanes(view: View, inner: int, room: int) -> list[Row]:
    """Signals, then each venue, then the times. Signals yield first; an incident, where there is one, keeps
    its row, and where not even that fits there are no lanes."""
    one = view.symbol_board
    columns = inner - _MOST_NAME - 3
    kept = 1 if view.tape.deck.notes else 0
    spare = room - (len(one.venues) if one is not None else 0) - 1 - kept
    if one is None or columns < _LEAST_LANE or spare < 0:
        return []
    rows: list[Row] = [_signals(view, one, columns)] if spare > kept else []
    for venue in one.venues:
        name: Seg = (f" {fit(venue_name(venue.venue), _MOST_NAME)} ", "text" if venue.usable else "muted")
        pieces = view.tape.lanes.pieces(
            one.symbol, venue.venue, view.shown_ns, columns, view.look.span_s * _SECOND
        )
        rows.append((name, *_runs(pieces)))
    return [*rows, axis_row(_MOST_NAME + 2, columns, view.look.span_s)]


def _signals(view: View, one: SymbolBoard, columns: int) -> Row:
    step_ns = view.look.span_s * _SECOND // columns
    last = view.shown_ns // step_ns
    places = {
        columns - 1 - (last - opened.at_ns // step_ns) for opened in view.tape.marks.get(one.symbol, [])
    }
    pieces = [(STRONG, "secondary") if place in places else (" ", "text") for place in range(columns)]
    return ((f" {fit('signals', _MOST_NAME)} ", "muted"), *_runs(pieces))


def _runs(pieces: list[Seg]) -> list[Seg]:
    runs: list[Seg] = []
    for text, ink in pieces:
        if runs and runs[-1][1] == ink:
            runs[-1] = (runs[-1][0] + text, ink)
        else:
            runs.append((text, ink))
    return runs


def _incidents(view: View, inner: int, room: int) -> list[Row]:
    notes = view.tape.deck.notes
    if not notes:
        nothing: Row = ((" nothing has gone wrong yet", "muted"),)
        return [nothing] if room > 0 else []
    first = min(view.incident, max(0, len(notes) - room))
    letters = letters_in(view, "timeline")
    shown = notes[first : first + max(0, room)]
    return [fill(_incident(note, inner, letters.pop(note.key, None)), inner) for note in shown]


def _incident(note: Note, inner: int, letter: str | None) -> Row:
    time = f"{numbers.clock_s(note.at_us)} "
    before: Row = ((letter, INK), (time, "muted")) if letter is not None else ((f" {time}", "muted"),)
    return (*before, (note.within(inner - 1 - row_cells(before)), note.ink))


def _legend(width: int) -> Row:
    if width < 90:
        return ()
    marks = [(f"{STATES[state].glyph} {state}", STATES[state].ink) for state in _LEGEND]
    return tuple(seg for mark in marks for seg in (mark, ("  ", "muted")))[:-1]
