"""Top change: a tick that was taken -> a Quote, if a venue's best bid or ask is another than before.

Before it: engine. After it: the signal wire, when someone reads quotes.
"""

from kairos_tui.market import PackedTick, Quote


def changed_top(held: PackedTick | None, tick: PackedTick) -> Quote | None:
    """`held` is what the slot had before; None without both sides, and where price and size are the same."""
    bid, ask = tick.bid, tick.ask
    if bid is None or ask is None or (held is not None and (held.bid, held.ask) == (bid, ask)):
        return None
    return Quote(
        tick.venue,
        tick.symbol,
        *bid,
        *ask,
        tick.received_ns,
        tick.timestamp_ms,
        tick.nonce,
        tick.proof,
    )
