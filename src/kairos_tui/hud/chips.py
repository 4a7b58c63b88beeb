"""Chips: what the viewer should know beside the header's figures: losses, restarts, held venues, our clock.

Before it: mirrored, view_state. After it: the header, which lets them yield by rank.
"""

from statistics import median_high, median_low
from typing import Final

from kairos_tui.hud import numbers
from kairos_tui.hud.glyphs import safe
from kairos_tui.hud.mirrored import mirror_at
from kairos_tui.hud.segments import Row
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board, FeedState, RecordingView, VenueView

_NEWS_NS: Final = 30_000_000_000
_CLOCK_OFF_US: Final = 500_000
_TROUBLE_CELLS: Final = 32
_LEAST_CLOCKS: Final = 2
"""One venue's clock against ours cannot tell which of the two is wrong."""


def chips(view: View, *, brief: bool = False) -> tuple[Row, ...]:
    """What is wrong just now, shortest first; `brief`: that it is recorded or mirrored, and no more of it."""
    found: list[Row] = []
    if view.missed:
        found.append(((f" ✖ {view.missed} signals missed ", "alarm"),))
    board = view.tape.calm
    if board is not None:
        if board.recording is not None:
            found += _recording(board.recording, brief=brief)
        where = mirror_at(board)
        if where:
            found.append((("⌁" if brief else f"⌁ {where}", "secondary"),))
        held = held_venues(board)
        if held:
            found.append(((f"⊘ {held} held", "down"),))
        off_us = clock_off_us(board)
        if abs(off_us) > _CLOCK_OFF_US:
            way = "behind" if off_us > 0 else "ahead"
            found.append(((f"◷ our clock is {abs(off_us) / 1e6:.1f} s {way}", "warn"),))
    restarted = view.tape.restarted
    if restarted is not None and view.shown_ns - restarted[2] < _NEWS_NS:
        ago_s = (view.shown_ns - restarted[2]) // 1_000_000_000
        found.append(((f"↻ {restarted[0]} restarted ×{restarted[1]} {ago_s} s ago", "warn"),))
    return tuple(found)


def _recording(recording: RecordingView, *, brief: bool) -> list[Row]:
    if recording.trouble:
        return [((f"✖ REC {safe(recording.trouble, _TROUBLE_CELLS)}", "down+b"),)]
    lost: Row = ((f"✖ {recording.lost:,} not recorded", "down"),)
    size: Row = (("● REC", "down"), ("" if brief else f" {numbers.file_size(recording.bytes)}", "text"))
    return [size, lost] if recording.lost else [size]


def held_venues(board: Board) -> int:
    """How many venues are excluded, or held in one of the symbols."""
    rows = (venue for one in board.symbols for venue in one.venues if venue.listed)
    return len({venue.venue for venue in rows if venue.state is FeedState.QUARANTINED})


def clock_off_us(board: Board) -> int:
    """The venues' clocks minus ours, in us: the median of what is certain of each, 0 when too few are known.

    Of an even number the one nearer to zero counts: two venues that disagree accuse each other, not us.
    """
    rows = {venue.venue: venue for one in board.symbols for venue in one.venues}
    certain = [_certain(row) for row in rows.values() if row.clock_offset_us is not None]
    if len(certain) < _LEAST_CLOCKS:
        return 0
    return min(median_low(certain), median_high(certain), key=abs)


def _certain(row: VenueView) -> int:
    """The part of an offset that its uncertainty does not explain."""
    offset_us = row.clock_offset_us or 0
    beyond_us = max(0, abs(offset_us) - (row.clock_uncertainty_us or 0))
    return beyond_us if offset_us > 0 else -beyond_us
