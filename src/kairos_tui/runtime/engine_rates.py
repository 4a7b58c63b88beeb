"""engine_rates: the ledger of the tick path, from what the engine, its hop and the senders count. Pure.

Before it: engine_desk. After it: the board.
"""

from msgspec import Struct

from kairos_tui.engine import Engine, LatencyFigures
from kairos_tui.market import Rates
from kairos_tui.runtime.outbox_totals import OutboxTotals
from kairos_tui.wire import Tally


class Hop(Struct, frozen=True):
    """What the sockets on both sides know: ticks off the wire, and publications nobody could be given."""

    ticks: Tally
    dropped: int = 0


def rates_of(
    engine: Engine, outboxes: OutboxTotals, latency: LatencyFigures, hop: Hop, *, standby: int, now_ns: int
) -> Rates:
    """All of it as of now. `standby`: ticks that came and were not given to the engine."""
    ticks = hop.ticks
    return Rates(
        ticks_per_s=engine.ticks_per_s(now_ns),
        offered=outboxes.offered,
        # The ledger outlives an engine that was killed; what its predecessor was given counts as used.
        used=ticks.received - engine.conflated - engine.rejected - engine.pending - standby,
        conflated=engine.conflated + outboxes.conflated,
        rejected=engine.rejected + ticks.refused + outboxes.senseless,
        lost=ticks.lost + outboxes.dropped,
        signals=engine.signals,
        dropped=hop.dropped,
        latency_p50_us=latency.p50_us,
        latency_p99_us=latency.p99_us,
        engine_p99_us=latency.engine_p99_us,
        received=ticks.received,
        standby=standby,
    )
