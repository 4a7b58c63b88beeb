"""Every simulated exchange, through the real ccxt class and its dialect: proven ticks that are the truth."""

import pytest

from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.market import Proof, Symbol, Venue
from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges
from kairos_tui.sim.fault_orders import FaultOrder
from kairos_tui.sim.listings import all_sim_venues
from kairos_tui.sim.truth import Truth

S = 1_000_000_000
PROVEN = {Proof.CHECKSUM, Proof.SEQUENCE, Proof.SNAPSHOT}
IN_DOLLARS = {"kraken", "coinbase"}


def plan_of(sim, venue):
    origin = sim.origins[venue]
    symbol = Symbol("BTC/USD" if venue in IN_DOLLARS else "BTC/USDT")
    return FeedPlan(Venue(venue), (symbol,), venue, origin.rest, origin.ws)


@pytest.fixture
def timed(recorder):
    """`timed(sim)`: a recorder that also keeps the market's time of each tick."""

    def of(sim):
        keep, recorder.seen_ns = recorder.on_tick, []

        def on_tick(tick):
            recorder.seen_ns.append(sim.now_ns())
            keep(tick)

        recorder.on_tick = on_tick
        return recorder

    return of


@pytest.mark.parametrize("venue", all_sim_venues())
async def test_every_top_was_true_a_moment_ago_also_after_messages_were_lost(venue, timed, running, kit):
    async with SimExchanges(SimPlan(venues=(venue,))) as sim:
        recorder, truth, plan = timed(sim), Truth(sim.market), plan_of(sim, venue)
        (symbol,) = plan.symbols
        async with running(plan, recorder, dialect_of) as feed:
            await kit.until(lambda: len(recorder.ticks) >= 4)
            sim.faults[venue].inject(FaultOrder(kind="lost", rate=0.3))
            await kit.until(lambda: recorder.since(0, "resync", symbol))
            sim.faults[venue].inject(FaultOrder(kind="heal"))
            lost = len(recorder.ticks)
            await kit.until(lambda: recorder.is_live(symbol) and len(recorder.ticks) >= lost + 2)
            counts = feed.counts()
    for tick, at_ns in zip(recorder.ticks, recorder.seen_ns, strict=True):
        top = tick.bids[:1], tick.asks[:1]
        assert truth.when(venue, symbol, *top, from_ns=max(0, at_ns - S), to_ns=at_ns) is not None
    assert counts.gaps >= 1
    assert counts.reconnects == 0
    assert {tick.proof for tick in recorder.ticks} <= PROVEN
