"""Gates: may this leg, may this route be priced now? Health is a precondition, never a score.

Before them: quote_board's slots. After them: detectors, the signal gate's reasons, the boards' words.
"""

from msgspec import Struct

from kairos_tui.engine.block import Block
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.tick_check import FUTURE_TOLERANCE_NS
from kairos_tui.market import CloseReason, FeedState, Thresholds

_NS_PER_MS = 1_000_000


class Limits(Struct, frozen=True, gc=False):
    """The time limits of the thresholds, in ns."""

    max_age_ns: int
    max_asynchrony_ns: int

    @classmethod
    def of(cls, thresholds: Thresholds) -> "Limits":
        """Milliseconds to ns, once."""
        return cls(thresholds.age_limit_ms * _NS_PER_MS, thresholds.max_asynchrony_ms * _NS_PER_MS)


def find_leg_block(slot: Slot, now_ns: int, limits: Limits) -> Block | None:
    """Why this leg may not be used now; None when it may."""
    if slot.standing is not None or slot.broken is not None:
        return slot.standing or slot.broken
    return find_age_block(slot, now_ns, limits)


def find_age_block(slot: Slot, now_ns: int, limits: Limits) -> Block | None:
    """Why its book may not be used now, of all that has to do with time."""
    age_ns = now_ns - slot.alive_ns
    if age_ns > limits.max_age_ns:
        return Block.STALE
    if age_ns < -FUTURE_TOLERANCE_NS:
        return Block.FUTURE
    return Block.UNSYNCED if slot.received_ns < slot.believed_from_ns else None


def find_route_block(buy: Slot, sell: Slot, now_ns: int, limits: Limits) -> tuple[Slot, Block] | None:
    """Why this pair may not be priced now, with the leg at fault: the older when it is their distance."""
    for slot in (buy, sell):
        block = find_leg_block(slot, now_ns, limits)
        if block is not None:
            return slot, block
    if abs(buy.alive_ns - sell.alive_ns) > limits.max_asynchrony_ns:
        return (buy if buy.alive_ns < sell.alive_ns else sell), Block.ASYNCHRONOUS
    return None


def expires_ns(buy: Slot, sell: Slot, limits: Limits) -> int:
    """The first instant at which a leg of this pair will be too old, if no tick comes."""
    return min(buy.alive_ns, sell.alive_ns) + limits.max_age_ns + 1


_REASONS_BY_STATE = {
    FeedState.RESYNC: CloseReason.RESYNC,
    FeedState.QUARANTINED: CloseReason.QUARANTINED,
    FeedState.STALE: CloseReason.STALE,
    FeedState.LAGGING: CloseReason.STALE,
}
_REASONS_BY_BLOCK = {
    Block.STALE: CloseReason.STALE,
    Block.ASYNCHRONOUS: CloseReason.STALE,
    Block.FUTURE: CloseReason.STALE,
    Block.UNSYNCED: CloseReason.RESYNC,
    Block.IDENTITY: CloseReason.QUARANTINED,
    Block.OUTLIER: CloseReason.QUARANTINED,
    Block.CROSSED: CloseReason.RESYNC,
    Block.LOCKED: CloseReason.RESYNC,
    Block.SENSELESS: CloseReason.RESYNC,
    Block.ONE_SIDED: CloseReason.RESYNC,
}


def close_reason(slot: Slot, block: Block) -> CloseReason:
    """What a block means to the life of a signal: always a censored end."""
    if block is Block.FEED and slot.status is not None:
        return _REASONS_BY_STATE.get(slot.status.state, CloseReason.DOWN)
    return _REASONS_BY_BLOCK.get(block, CloseReason.DOWN)
