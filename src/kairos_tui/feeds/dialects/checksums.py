"""Checksums: what venues sum up over the top of a book. Rows in, the number the venue would have sent out.

Each is the CRC32 of text made of the levels' own digits, so rows must carry the text they came in.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from zlib import crc32

from kairos_tui.feeds.dialects.ladder import Row

KRAKEN_LEVELS = 10
"""Levels of a side in Kraken's checksum, whatever depth is subscribed."""

INTERLEAVED_LEVELS = 25
"""Levels of a side in the checksums of Bitget and Bitfinex."""


def digits_of(text: str) -> str:
    """A number as Kraken sums it up: without its point and leading zeros; trailing zeros count."""
    if "e" in text or "E" in text:
        text = f"{Decimal(text):f}"
    return text.replace(".", "").lstrip("0")


def kraken_checksum(bids: Sequence[Row], asks: Sequence[Row]) -> int:
    """Over the best ten asks, then bids, whose texts are `digits_of` (docs.kraken.com, spot-ws-book-v2)."""
    rows = (*asks[:KRAKEN_LEVELS], *bids[:KRAKEN_LEVELS])
    return crc32("".join([row.price_text + row.size_text for row in rows]).encode())


def interleaved_checksum(bids: Sequence[Row], asks: Sequence[Row]) -> int:
    """Over 25 levels bid:ask:bid:ask..., signed; the longer side goes on alone.

    Bitget (docs, Depth-Channel) and Bitfinex (docs, ws-websocket-checksum), whose asks have negative text.
    """
    parts: list[str] = []
    for bid, ask in zip_longest(bids[:INTERLEAVED_LEVELS], asks[:INTERLEAVED_LEVELS]):
        if bid is not None:
            parts += bid[2:]
        if ask is not None:
            parts += ask[2:]
    unsigned = crc32(":".join(parts).encode())
    return unsigned - (1 << 32) if unsigned >> 31 else unsigned
