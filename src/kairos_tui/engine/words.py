"""Words: blocks and what is not compared, as short sentences for people. Used by the boards only."""

from collections.abc import Collection, Sequence

from kairos_tui.engine.block import Block
from kairos_tui.engine.slot import Slot
from kairos_tui.market import FeedState, Symbol, Venue

_PLAIN = {
    Block.NO_LISTING: "{venue}: market not known yet",
    Block.NOT_LISTED: "{venue} does not list {symbol}",
    Block.HALTED: "{venue} halted {symbol}",
    Block.NO_BOOK: "{venue}: no book yet",
    Block.ONE_SIDED: "{venue} book one-sided",
    Block.CROSSED: "{venue} book crossed",
    Block.FUTURE: "{venue} stamped ahead of now",
    Block.UNSYNCED: "{venue} waits for a fresh book",
}


def say_block(slot: Slot, block: Block, buy: Slot, sell: Slot, now_ns: int) -> str:
    """Why the pair is blocked: `kraken stale 2.1 s`, `legs 640 ms apart`, `okx connecting`."""
    match block:
        case Block.STALE:
            return f"{slot.venue} stale {(now_ns - slot.alive_ns) / 1e9:.1f} s"
        case Block.ASYNCHRONOUS:
            return f"legs {abs(buy.alive_ns - sell.alive_ns) // 1_000_000} ms apart"
        case Block.FEED:
            state = slot.status.state if slot.status is not None else FeedState.CONNECTING
            return f"{slot.venue} {state.value}"
        case _:
            return _PLAIN[block].format(venue=slot.venue, symbol=slot.symbol)


def write_notes(slots: Sequence[Slot], watched: Collection[Symbol]) -> tuple[str, ...]:
    """What the viewer could miss: same asset in another quote, here or on a venue that lists only that."""
    symbol = slots[0].symbol
    elsewhere: dict[Symbol, list[Venue]] = {
        other: [] for other in watched if _only_quote_differs(other, symbol)
    }
    for slot in slots:
        for nearest in slot.status.nearest if slot.status is not None and not slot.status.listed else ():
            if _only_quote_differs(nearest, symbol):
                elsewhere.setdefault(nearest, []).append(slot.venue)
    notes = [
        f"{other}{_on(venues)} is not compared with {symbol} yet: conversion is not part of this version"
        for other, venues in elsewhere.items()
    ]
    listing = [slot for slot in slots if slot.status is None or slot.status.listed]
    if len(listing) < 2:
        sellers = f"only {listing[0].venue} lists" if listing else "no venue lists"
        notes.append(f"{sellers} {symbol}: nothing to compare")
    return tuple(notes)


def _on(venues: Sequence[Venue]) -> str:
    return f" ({', '.join(venues)})" if venues else ""


def _only_quote_differs(other: Symbol, symbol: Symbol) -> bool:
    """False for a name that is no BASE/QUOTE: the boards outlive whatever a venue calls its markets."""
    base, _, quote = other.partition("/")
    return other != symbol and bool(quote) and base == symbol.partition("/")[0]
