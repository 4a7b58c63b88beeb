"""Lanes: how each venue has fared: its state over time, the worst of it wherever several fall together.

Before it: market's SymbolBoard. After it: tape keeps them, the timeline draws them.
"""

from typing import Final

from kairos_tui.hud.glyphs import STATES
from kairos_tui.hud.trail import Trail
from kairos_tui.market import FeedState, Symbol, SymbolBoard, Venue

_BY_RANK: Final = (
    FeedState.LIVE, FeedState.QUIET, FeedState.CONNECTING, FeedState.LAGGING, FeedState.STALE,
    FeedState.RESYNC, FeedState.QUARANTINED, FeedState.DOWN,
)  # fmt: skip
_RANKS: Final = {state: float(rank) for rank, state in enumerate(_BY_RANK)}
_CALM: Final = {FeedState.LIVE: ("━", "buy"), FeedState.QUIET: ("─", "muted")}
"""What is well is a line; only what is not has its mark in it."""
_NOTHING: Final = (" ", "text")


class Lanes:
    """One trail of states for each venue of each symbol, an hour long."""

    def __init__(self) -> None:
        self._trails: dict[tuple[Symbol, Venue], Trail] = {}

    def on_board(self, one: SymbolBoard, at_ns: int) -> None:
        """Remember how every venue of the symbol is."""
        for venue in one.venues:
            trail = self._trails.get((one.symbol, venue.venue))
            if trail is None:
                trail = self._trails[one.symbol, venue.venue] = Trail(keep_highest=True, long=True)
            trail.add(_RANKS[venue.state] if venue.listed else None, at_ns)

    def copy(self) -> "Lanes":
        """As they are now, for a frozen view."""
        twin = Lanes()
        twin._trails = {key: trail.copy() for key, trail in self._trails.items()}
        return twin

    def pieces(
        self, symbol: Symbol, venue: Venue, now_ns: int, count: int, span_ns: int
    ) -> list[tuple[str, str]]:
        """A glyph and its ink for each of `count` equal parts of the span, oldest first."""
        trail = self._trails.get((symbol, venue))
        ranks = trail.sample(now_ns, count, span_ns) if trail is not None else [None] * count
        return [_piece(rank) for rank in ranks]


def _piece(rank: float | None) -> tuple[str, str]:
    if rank is None:
        return _NOTHING
    state = _BY_RANK[int(rank)]
    return _CALM.get(state) or (STATES[state].glyph, STATES[state].ink)
