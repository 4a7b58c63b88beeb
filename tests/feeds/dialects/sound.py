"""What every dialect promises of a book it believes: the door would let it in as it is."""

from kairos_tui.feeds.dialects.dialect import Believed
from kairos_tui.feeds.door import admit


def assert_sound(book: Believed, depth: int) -> None:
    """Plain tuples of floats, no deeper than asked for, and true; of an empty side nothing is to be said."""
    for side in (book.bids, book.asks):
        assert type(side) is tuple
        assert {type(level) for level in side} <= {tuple}
        assert {type(number) for level in side for number in level} <= {float}
        assert len(side) <= depth
    bids, asks = book.bids or ((1e-300, 1.0),), book.asks or ((1e300, 1.0),)
    assert admit({"bids": bids, "asks": asks}, depth) == (bids, asks)
