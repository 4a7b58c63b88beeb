"""bench_engine_memory: how long the collector stops the engine in a minute of 5,000 ticks a second (B10).

Before it: bench_engine, which runs it as one of its parts. The engine's own policy, in this process.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Literal

from kairos_tui.engine import Engine
from kairos_tui.market import PackedTick, Symbol, Thresholds, Venue
from kairos_tui.runtime.bench_budget import BenchPlan, BenchRow, Budget, Progress, row
from kairos_tui.runtime.bench_engine_market import TICKS_PER_S, MadeMarket, listing_of
from kairos_tui.runtime.collector import freeze_start_up

_MINUTE_TICKS = 60 * TICKS_PER_S
_LAP = 5_000
_VENUES, _MARKETS = 10, 2_000


class _Pauses:
    """What the collector did since the last `take`."""

    def __init__(self) -> None:
        self.longest_ms, self.full = 0.0, 0
        self._began_ns = 0

    def on_phase(self, phase: Literal["start", "stop"], facts: dict[str, int]) -> None:
        """As gc.callbacks call it."""
        if phase == "start":
            self._began_ns = time.perf_counter_ns()
            return
        self.longest_ms = max(self.longest_ms, (time.perf_counter_ns() - self._began_ns) / 1e6)
        self.full += facts["generation"] == 2

    def take(self) -> tuple[float, int]:
        """The longest pause in ms and the number of full collections."""
        taken = self.longest_ms, self.full
        self.longest_ms, self.full = 0.0, 0
        return taken


def measure_pauses(plan: BenchPlan, progress: Progress) -> list[BenchRow]:
    """A minute's ticks, each decoded from its frame, as in the engine's process. The rounds are its parts."""
    names = product(range(_VENUES), range(_MARKETS))
    held = [listing_of(Venue(f"v{venue}"), Symbol(f"M{number}/USDT")) for venue, number in names]
    market = MadeMarket(_VENUES, 100, _LAP, shocks=2.0)
    laps, pauses, longest_ms, full = plan.amount(_MINUTE_TICKS // _LAP), _Pauses(), [], 0
    with engine_s_collector(), _watched(pauses):
        engine = market.engine(Thresholds())
        for number in range(plan.rounds):
            progress(f"the collector's pauses, part {number + 1} of {plan.rounds}")
            for lap in range(number * laps // plan.rounds, (number + 1) * laps // plan.rounds):
                for frame in market.frames(lap):
                    _turn(engine, frame)
            taken = pauses.take()
            longest_ms.append(taken[0])
            full += taken[1]
    note = f"{laps * _LAP:,} ticks, {len(held):,} markets loaded"
    return [
        row("longest GC pause", "ms", [max(longest_ms)], budget=Budget(name="B10", limit=5.0), note=note),
        row("full collections", "", [float(full)], budget=Budget(name="B10", limit=0.0)),
    ]


def _turn(engine: Engine, frame: list[PackedTick]) -> None:
    """A turn of the engine's loop: all that came, then one decision."""
    now_ns = 0
    for tick in frame:
        now_ns = tick.received_ns
        engine.on_tick(tick, sent_ns=now_ns, arrived_ns=now_ns, is_quoted=False)
    engine.decide(now_ns)
    engine.grading.take(now_ns)


@contextmanager
def engine_s_collector() -> Iterator[None]:
    """The policy of the engine's process, which every figure of it needs: as Python does by itself, a young
    collection walks over the slots every twenty ticks, and empties the processor's cache."""
    before = gc.get_threshold()
    freeze_start_up()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def _watched(pauses: _Pauses) -> Iterator[None]:
    gc.callbacks.append(pauses.on_phase)
    try:
        yield
    finally:
        gc.callbacks.remove(pauses.on_phase)
