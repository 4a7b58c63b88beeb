"""A worker's outlet: what a feed hands on leaves in the same turn of the loop, whoever else is away."""

import asyncio
import time
from pathlib import Path

from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.market import PackedTick, Symbol, Tick, Venue
from kairos_tui.runtime.ingest_plan import IngestPlan
from kairos_tui.runtime.run_ingest import Outlet
from kairos_tui.wire import Endpoints, TickReceiver, private_folder

OKX = Venue("okx")
HERE, AWAY = Symbol("BTC/USDT"), Symbol("ETH/USDT")
TURNS = 40


def tick(symbol: Symbol) -> Tick:
    now_ns = time.monotonic_ns()
    return Tick(OKX, symbol, ((100.0, 1.0),), ((101.0, 1.0),), now_ns, now_ns)


async def play(folder: Path, receiver: TickReceiver) -> list[int]:
    """Ticks for an engine that is there, one a turn, and for one that is not; the first one's ages in ns."""
    ticks = tuple(Endpoints.in_dir(folder, number).ticks for number in range(2))
    homes = {HERE: 0, AWAY: 1}
    plan = IngestPlan("k7f3", 0, ticks, FeedPlan(OKX, (HERE, AWAY), "okx"), "", 30, homes)
    outlet = Outlet(plan, asyncio.get_running_loop())
    try:
        deadline_s = time.monotonic() + 10.0
        outlet.on_tick(tick(HERE))
        while not receiver.drain(0):
            assert time.monotonic() < deadline_s, "the engine that is there heard nothing"
            await asyncio.sleep(0.001)
        ages_ns: list[int] = []
        while len(ages_ns) < TURNS:
            assert time.monotonic() < deadline_s
            outlet.on_tick(tick(AWAY))
            outlet.on_tick(tick(HERE))
            await asyncio.sleep(0)  # one turn of the loop, no timer
            ages_ns += [
                arrival.sent_ns - arrival.record.received_ns
                for arrival in receiver.drain(100)
                if isinstance(arrival.record, PackedTick)
            ]
        return ages_ns
    finally:
        outlet.close()


def test_a_tick_leaves_in_its_own_turn_while_another_engine_is_away() -> None:
    with private_folder() as folder:
        receiver = TickReceiver(Endpoints.in_dir(folder).ticks)
        try:
            ages_ns = asyncio.run(play(folder, receiver))
        finally:
            receiver.close()

    # The timer that knocks at the absent one is 5 ms; what waits for it is never less than half of that.
    assert sorted(ages_ns)[len(ages_ns) // 2] < 2_000_000
