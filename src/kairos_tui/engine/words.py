"""Words: blocks and what is not compared, as short sentences for people. Used by the boards only."""

from collections.abc import Collection, Sequence

from kairos_tui.engine.block import Block
from kairos_tui.engine.slot import Slot
from kairos_tui.market import FeedState, FeedStatus, Symbol, Venue

_PLAIN = {
    Block.NO_LISTING: "{venue}: market not known yet",
    Block.NOT_LISTED: "{venue} does not list {symbol}",
    Block.HALTED: "{venue} halted {symbol}",
    Block.NO_BOOK: "{venue}: no book yet",
    Block.ONE_SIDED: "{venue} book one-sided",
    Block.CROSSED: "{venue} book crossed",
    Block.LOCKED: "{venue} book locked",
    Block.SENSELESS: "{venue} book makes no sense",
    Block.FUTURE: "{venue} stamped ahead of now",
    Block.UNSYNCED: "{venue} waits for a fresh book",
}


def say_block(slot: Slot, block: Block, buy: Slot, sell: Slot, now_ns: int) -> str:
    """Why the pair is blocked: `kraken stale 2.1 s`, `legs 640 ms apart`, `okx lagging: 1.2 s late`."""
    match block:
        case Block.STALE:
            return f"{slot.venue} stale {(now_ns - slot.alive_ns) / 1e9:.1f} s"
        case Block.ASYNCHRONOUS:
            return f"legs {abs(buy.alive_ns - sell.alive_ns) // 1_000_000} ms apart"
        case Block.FEED | Block.IDENTITY | Block.OUTLIER:
            return _say_state(slot.venue, slot.shown_status)
        case _:
            return _PLAIN[block].format(venue=slot.venue, symbol=slot.symbol)


def write_notes(slots: Sequence[Slot], watched: Collection[Symbol]) -> tuple[str, ...]:
    """What the viewer could miss: a venue that lists the asset only in a quote that is not watched.

    Quotes that are watched need no note: they are compared through the books that convert them.
    """
    symbol = slots[0].symbol
    elsewhere: dict[Symbol, list[Venue]] = {}
    for slot in slots:
        for nearest in slot.status.nearest if slot.status is not None and not slot.status.listed else ():
            if nearest not in watched and _only_quote_differs(nearest, symbol):
                elsewhere.setdefault(nearest, []).append(slot.venue)
    notes = [
        f"{' and '.join(venues)} {'list' if len(venues) > 1 else 'lists'} {other}:"
        f" add --quotes {_quote(other)} or watch {_base(other)} to compare it"
        for other, venues in elsewhere.items()
    ]
    listing = [slot for slot in slots if slot.status is None or slot.status.listed]
    if len(listing) < 2:
        sellers = f"only {listing[0].venue} lists" if listing else "no venue lists"
        notes.append(f"{sellers} {symbol}: nothing to compare")
    return tuple(notes)


def _say_state(venue: Venue, status: FeedStatus | None) -> str:
    if status is None:
        return f"{venue} {FeedState.CONNECTING}"
    reason = f": {status.reason}" if status.reason else ""
    return f"{venue} {status.state}{reason}"


def _base(symbol: Symbol) -> str:
    return symbol.partition("/")[0]


def _quote(symbol: Symbol) -> str:
    return symbol.partition("/")[2]


def _only_quote_differs(other: Symbol, symbol: Symbol) -> bool:
    """False for a name that is no BASE/QUOTE: the boards outlive whatever a venue calls its markets."""
    return other != symbol and bool(_quote(other)) and _base(other) == _base(symbol)
