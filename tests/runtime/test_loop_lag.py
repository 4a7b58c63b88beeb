"""Promise: a loop that is blocked says so with its next beats; one that turns freely says that too."""

import asyncio
import time
from itertools import pairwise

import pytest

from kairos_tui.engine import STAGES_COUNTED, Stages
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


def test_stages_are_read_one_at_a_time_each_four_times_a_second() -> None:
    stages, read = Stages(), list[tuple[int, str]]()
    costs = EngineCosts(stages)
    for turn in range(1_000):
        stages.on_decision(turn, turn, turn * MS)
        before = costs.views
        costs.on_rest(turn * MS)
        read += [(turn, new.stage) for old, new in zip(before, costs.views, strict=True) if old is not new]

    assert [view.stage for view in costs.views] == list(STAGES_COUNTED)
    assert min(later - earlier for (earlier, _), (later, _) in pairwise(read)) >= 20
    assert {stage: [name for _, name in read].count(stage) for stage in STAGES_COUNTED} == pytest.approx(
        dict.fromkeys(STAGES_COUNTED, 4), abs=1
    )
    assert next(view for view in costs.views if view.stage == "gates").count > 700
