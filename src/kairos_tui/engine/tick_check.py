"""The last look at a book: at its best as a tick enters its slot, at all levels before a route walks them.

Defence in depth behind the feeds' own door and the wire's. After it: quote_board, which counts what is
refused here; slot, which believes no book that makes no sense.
"""

from enum import StrEnum
from math import inf

from kairos_tui.market import Books, PackedTick, are_sane

FUTURE_TOLERANCE_NS = 5_000_000
"""Receive stamps come from another process' read of the same clock: 5 ms ahead is still the present."""


class Fault(StrEnum):
    """Why a tick was rejected; the words of the ledger."""

    UNKNOWN = "unknown"
    UNLISTED = "unlisted"
    OUTDATED = "outdated"
    FUTURE = "future"
    INSANE = "insane"
    ONE_SIDED = "one_sided"
    CROSSED = "crossed"
    LOCKED = "locked"


def find_fault(tick: PackedTick) -> Fault | None:
    """What is wrong with its best, if anything. A bid at the ask would trade: it is about to go."""
    bid, ask = tick.bid, tick.ask
    if bid is None or ask is None:
        return Fault.ONE_SIDED
    if not all(0.0 < figure < inf for figure in (*bid, *ask)):
        return Fault.INSANE
    if bid[0] < ask[0]:
        return None
    return Fault.LOCKED if bid[0] == ask[0] else Fault.CROSSED


def open_books(tick: PackedTick) -> Books | None:
    """All levels of the tick; None when they make no sense."""
    try:
        bids, asks = tick.books()
    except ValueError:
        return None
    return (bids, asks) if bids and asks and are_sane(bids, asks) else None
