"""The door: ccxt's mutable book -> the best levels, copied; or a refusal that says why.

Before it: what ccxt parsed, where NaN, infinity, negatives and crossed books pass. After it: Stream.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from math import inf, isfinite
from typing import Any

from kairos_tui.errors import FrameRefused
from kairos_tui.market import Level

Top = tuple[tuple[Level, ...], tuple[Level, ...]]
"""(bids, asks), best first."""


class Refusal(StrEnum):
    """Why a book is not let in."""

    NOT_A_NUMBER = "not a number"
    NOT_FINITE = "not finite"
    BAD_PRICE = "price not positive"
    BAD_SIZE = "negative size"
    UNSORTED = "levels out of order"
    EMPTY = "a side is empty"
    CROSSED = "bid above ask"
    LOCKED = "locked: bid at ask"


def admit(book: Mapping[str, Any], depth: int) -> Top:
    """Copy the top `depth` levels of both sides. Raises FrameRefused(Refusal) when they cannot be true."""
    try:
        bids = _copy_side(book["bids"], depth, -1.0)
        asks = _copy_side(book["asks"], depth, 1.0)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise FrameRefused(Refusal.NOT_A_NUMBER) from error
    if not bids or not asks:
        raise FrameRefused(Refusal.EMPTY)
    if bids[0][0] >= asks[0][0]:
        raise FrameRefused(Refusal.LOCKED if bids[0][0] == asks[0][0] else Refusal.CROSSED)
    return bids, asks


def _copy_side(levels: Iterable[Sequence[float]], depth: int, sign: float) -> tuple[Level, ...]:
    """`sign` is -1 for bids, whose prices fall, and 1 for asks. Orders at one price become one level."""
    side: list[Level] = []
    worst = -inf
    for level in levels:
        price, size = level[0], level[1]
        if size == 0:
            continue
        if not (0.0 < price < inf and 0.0 < size < inf):
            raise FrameRefused(refusal_of(price, size))
        ranked = sign * price
        if ranked > worst:
            if len(side) == depth:
                break
            worst = ranked
            side.append((price, size) if type(price) is type(size) is float else (float(price), float(size)))
        elif ranked == worst:  # books of single orders (bitstamp, luno) repeat a price
            side[-1] = (side[-1][0], side[-1][1] + size)
        else:
            raise FrameRefused(Refusal.UNSORTED)
    return tuple(side)


def refusal_of(price: float, size: float) -> Refusal:
    """Which reason a level that cannot be true is refused for."""
    if not (isfinite(price) and isfinite(size)):
        return Refusal.NOT_FINITE
    return Refusal.BAD_PRICE if price <= 0.0 else Refusal.BAD_SIZE
