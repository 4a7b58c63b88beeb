"""Restamp: a sender's monotonic stamps -> the receiver's. Pure.

Before it: codec, which knows from a frame's head how far apart the two clocks are. After it: whoever asks how
old a record is. What a record says of wall clocks stays as it is.
"""

from typing import Final

from msgspec.structs import replace

from kairos_tui.errors import WireRefused
from kairos_tui.market import FeedStatus, PackedTick, Pulse
from kairos_tui.wire.records import Received

_FARTHEST_NS: Final = 2**62


def in_our_clock(stamp_ns: int, by_ns: int, arrived_ns: int | None) -> int:
    """A stamp moved by so much, at most to `arrived_ns`. Raises WireRefused for what is no stamp."""
    moved_ns = stamp_ns + by_ns
    if not -_FARTHEST_NS <= moved_ns <= _FARTHEST_NS:
        raise WireRefused(f"frame refused: {moved_ns} ns is no stamp")
    return moved_ns if arrived_ns is None else min(moved_ns, arrived_ns)


def restamped(record: Received, by_ns: int, arrived_ns: int | None) -> Received:
    """The same record with all of its monotonic stamps moved. Raises WireRefused for what is no stamp."""
    match record:
        case PackedTick():
            received_ns = in_our_clock(record.received_ns, by_ns, arrived_ns)
            decoded_ns = in_our_clock(record.decoded_ns, by_ns, arrived_ns)
            return replace(record, received_ns=received_ns, decoded_ns=decoded_ns)
        case FeedStatus():
            since_ns = in_our_clock(record.since_ns, by_ns, arrived_ns)
            # The next try may well be after the arrival.
            retry_ns = None if record.retry_ns is None else in_our_clock(record.retry_ns, by_ns, None)
            at_ns = None if record.at_ns is None else in_our_clock(record.at_ns, by_ns, arrived_ns)
            return replace(record, since_ns=since_ns, retry_ns=retry_ns, at_ns=at_ns)
        case Pulse():
            return replace(record, at_ns=in_our_clock(record.at_ns, by_ns, arrived_ns))
        case _:
            return record
