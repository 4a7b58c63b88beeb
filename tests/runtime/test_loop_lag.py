"""Promise: a loop that is blocked says so with its next beats; one that turns freely says that too."""

import asyncio
import time

from kairos_tui.engine import Stages
from kairos_tui.runtime.engine_costs import EngineCosts
from kairos_tui.runtime.loop_lag import LoopLag

MS = 1_000_000


async def told_of(block_s: float) -> int:
    told: list[int] = []
    LoopLag(asyncio.get_running_loop(), told.append)
    await asyncio.sleep(0.12)
    time.sleep(block_s)  # noqa: ASYNC251  the very thing that makes a loop late
    async with asyncio.timeout(20):
        while not told:  # noqa: ASYNC110  a beat comes when it comes
            await asyncio.sleep(0.02)
    return told[0]


async def test_a_blocked_loop_is_late_by_as_long_as_it_was_blocked() -> None:
    assert await told_of(0.6) > 450_000


async def test_it_goes_on_telling() -> None:
    told: list[int] = []
    LoopLag(asyncio.get_running_loop(), told.append)
    async with asyncio.timeout(20):
        while len(told) < 2:  # noqa: ASYNC110  a beat comes when it comes
            await asyncio.sleep(0.02)
    assert min(told) >= 0


def test_the_engines_lag_is_how_long_its_turns_take_and_not_how_long_it_waited() -> None:
    costs = EngineCosts(Stages())
    for turn in range(200):
        begins_ns = (1_000 + 50 * turn) * MS
        costs.on_wake(begins_ns)
        costs.on_rest(begins_ns + (9 * MS if turn % 50 == 0 else MS))

    assert costs.lag_us is not None
    assert 9_000 <= costs.lag_us <= 9_300


def test_stages_are_read_four_times_a_second_and_not_each_turn() -> None:
    costs = EngineCosts(Stages())
    kept = []
    for turn in range(100):
        costs.on_rest(turn * 10 * MS)
        kept.append(costs.views)

    assert len(costs.views) == 9
    assert len({id(views) for views in kept}) == 4
