"""Outages: whether any of a symbol's venues can be reached. Before it: VenueView. After it: view_state."""

from collections.abc import Sequence
from typing import Final

from kairos_tui.market import FeedState, VenueView

_REACHED: Final = frozenset(
    {FeedState.LIVE, FeedState.QUIET, FeedState.LAGGING, FeedState.STALE, FeedState.RESYNC}
)
_GONE: Final = frozenset({FeedState.DOWN, FeedState.QUARANTINED})


def is_outage(venues: Sequence[VenueView]) -> bool:
    """Every venue is down, held, unlisted or retrying, and one at least is down."""
    if any(venue.usable or (venue.listed and venue.state in _REACHED) for venue in venues):
        return False
    downs = sum(venue.listed and venue.state in _GONE for venue in venues)
    firsts = sum(
        venue.state is FeedState.CONNECTING and venue.reconnects == 0 and venue.listed for venue in venues
    )
    return downs > 0 and firsts == 0
