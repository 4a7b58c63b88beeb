"""Kraken's book rules: the checksum of the ten best levels, and who deletes a level that falls out.

docs.kraken.com/api/docs/guides/spot-ws-book-v2. After it: kraken.
"""

from itertools import islice
from zlib import crc32

_CHECKED = 10


def checksum(bids: dict[int, int], asks: dict[int, int]) -> int:
    """CRC32 over asks then bids, best first: price and size without the point and leading zeros.

    Prices in ticks and sizes in lots of the market's own decimals are exactly those digits.
    """
    best = (*islice(asks.items(), _CHECKED), *islice(bids.items(), _CHECKED))
    return crc32("".join(f"{price}{lots}" for price, lots in best).encode())


def cut_to(depth: int, before: dict[int, int], after: dict[int, int]) -> dict[int, int]:
    """The sizes to set. A reader keeps `depth` levels himself, so one that only falls out is not deleted."""
    sizes = {price: lots for price, lots in after.items() if before.get(price) != lots}
    first, last = next(iter(after)), next(reversed(after))
    full = len(after) >= depth
    for price in before.keys() - after.keys():
        falls_out = full and (price < last if first > last else price > last)
        if not falls_out:
            sizes[price] = 0
    return sizes
