"""Bitget's book rules: the texts of its levels, and the checksum of the 25 best of each side.

bitget.com/api-doc/spot/websocket/public/Depth-Channel. After it: bitget.
"""

from itertools import chain, islice, zip_longest
from zlib import crc32

from kairos_tui.sim.decimals import fixed
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import Book

_CHECKED = 25


def levels(listed: Listed, sizes: dict[int, int]) -> list[tuple[str, str]]:
    """Every decimal is shown, for the checksum is of these very texts."""
    return [
        (fixed(price, listed.price_decimals), fixed(lots, listed.lot_decimals) if lots else "0")
        for price, lots in sizes.items()
    ]


def checksum(listed: Listed, book: Book) -> int:
    """Signed CRC32 of "bid1:size:ask1:size:bid2:size:..."; a side that has run out is left out."""
    bids, asks = (levels(listed, dict(islice(side.items(), _CHECKED))) for side in (book.bids, book.asks))
    pairs = (level for pair in zip_longest(bids, asks) for level in pair if level is not None)
    unsigned = crc32(":".join(chain.from_iterable(pairs)).encode())
    return unsigned - (1 << 32) if unsigned >> 31 else unsigned
