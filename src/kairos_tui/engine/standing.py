"""Standing: what a stream's feed and its market say of it, in one word. Pure.

Before it: market. After it: slot.
"""

from kairos_tui.engine.block import Block
from kairos_tui.market import USABLE, FeedState, FeedStatus, Listing

_OVER_WHEN_A_STREAM_SPEAKS = frozenset({FeedState.CONNECTING, FeedState.DOWN})
"""A venue that was down or connecting is there again once one of its streams says something later. Any other
trouble of a whole venue is a judgement on it, and stands until the venue itself is said to be well.
"""


def combine(own: FeedStatus | None, whole: FeedStatus | None) -> FeedStatus | None:
    """What is said of the stream, unless its whole venue is in trouble that covers it.

    That a venue does not list it is no trouble, and holds however the venue is.
    """
    if own is not None and not own.listed:
        return own
    if own is None or whole is None:
        return own or whole
    if whole.state in USABLE:
        return own
    is_over = whole.state in _OVER_WHEN_A_STREAM_SPEAKS and own.since_ns > whole.since_ns
    return own if is_over else whole


def standing_block(status: FeedStatus | None, listing: Listing | None) -> Block | None:
    """Why no book of it may be used, whatever the book; None when one may."""
    if status is not None and not status.listed:
        return Block.NOT_LISTED
    if status is None or status.state not in USABLE:
        return Block.FEED
    if listing is None:
        return Block.NO_LISTING
    return None if listing.instrument.active else Block.HALTED
