"""Known: what an engine was told and still holds, in the words it was told in: enough to tell another one.

Before it: quote_board. After it: checkpoints of recordings. Read bit by bit, each stream as it is when asked.
"""

from collections.abc import Iterator

from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.engine.slot import BREAKS, Slot
from kairos_tui.market import FeedStatus, Listing, PackedTick, Pulse

Told = Listing | FeedStatus | PackedTick | Pulse


def known_of(slot: Slot) -> tuple[Told, ...]:
    """In the order they must be told in: a book before the state that withdraws it.

    A book that was withdrawn by a state which is over is not passed on: nothing told would say so of it.
    """
    told: list[Told] = []
    if slot.listing is not None:
        told.append(slot.listing)
    if slot.tick is not None and slot.broken is None and _is_judged_alike(slot):
        told.append(slot.tick)
        if slot.alive_ns > slot.received_ns:
            told.append(Pulse(slot.venue, (slot.symbol,), slot.alive_ns))
    if slot.own_status is not None:
        told.append(slot.own_status)
    return tuple(told)


def known_on(board: QuoteBoard) -> Iterator[tuple[Told, ...]]:
    """A stream at a time; after all of a venue's what is known of the venue itself."""
    for slots in board.by_venue.values():
        for slot in slots:
            yield known_of(slot)
        status = slots[0].venue_status if slots else None
        if status is not None:
            yield (status,)


def _is_judged_alike(slot: Slot) -> bool:
    is_believed = slot.received_ns >= slot.believed_from_ns
    return is_believed or (slot.status is not None and slot.status.state in BREAKS)
