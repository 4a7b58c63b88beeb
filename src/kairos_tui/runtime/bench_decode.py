"""bench_decode: the CPU that one market data frame costs, from the socket to a proven tick (B1, B3, B4).

Before it: bench_decode_stage, where the lanes read the same bursts in turn. After it: BenchReport.
"""

import asyncio
from collections.abc import Mapping
from importlib.metadata import version
from time import monotonic, time_ns

import uvloop

from kairos_tui.runtime.bench_budget import BenchPlan, BenchReport, BenchRow, Budget, Progress, row
from kairos_tui.runtime.bench_decode_market import MARKETS, burst_of_depth, burst_of_tickers, exchange_info
from kairos_tui.runtime.bench_decode_stage import (
    RAW,
    TAPPED,
    TYPED,
    WATCHED,
    Course,
    Shares,
    Stage,
    play,
)
from kairos_tui.runtime.bench_decode_venue import venue
from kairos_tui.runtime.bench_machine import this_machine

B1 = Budget(name="B1", least=20.0)
B3 = Budget(name="B3", most=1.5)
B4 = Budget(name="B4", least=6.0)

TICKERS_EACH, DEPTHS_EACH, SINGLES_EACH = 1_000, 200, 50
"""Frames of each of the ten markets in a burst, at the usual amount of work."""

SINGLES_PER_S = 2_000.0
TICKER_LEVELS, DEPTH_LEVELS = 20, 10
"""Levels of a side in a tick."""

MEASURED = ("aiohttp", "ccxt", "msgspec", "orjson", "uvloop")


def measure(plan: BenchPlan, progress: Progress) -> BenchReport:
    """Tickers in bursts and one by one, then depth. Raises Fatal where a lane's book is not the market's."""
    machine = this_machine({name: version(name) for name in MEASURED})
    began_s = monotonic()
    tickers, singles, depth = stages = (
        Stage(_tickers(plan, TICKERS_EACH), progress),
        Stage(_tickers(plan, SINGLES_EACH, SINGLES_PER_S), progress),
        Stage(_depth(plan), progress),
    )
    answers = [stage.answers | _table() for stage in stages for _ in stage.course.lanes]
    with venue(answers) as exchange, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play(stages, exchange, plan.rounds))
    return BenchReport(
        bench="decode",
        machine=machine,
        rounds=plan.rounds,
        took_s=round(monotonic() - began_s, 1),
        rows=(*_ticker_rows(tickers), *_single_rows(singles), *_depth_rows(depth)),
        unmeasured={"B2": "cryptofeed 3 needs Python 3.13: tests/benchmarks/bench_cryptofeed"},
        notes=(
            f"CPU of this process per frame of a burst of {tickers.course.each * len(MARKETS):,} tickers or "
            f"{depth.course.each * len(MARKETS):,} depth updates of ten markets; after each the books of "
            "every lane equal the market's",
        ),
    )


def _tickers(plan: BenchPlan, each: int, per_s: float | None = None) -> Course:
    return Course(
        frame="bookTicker" if per_s is None else "bookTicker, one by one",
        lanes=(TYPED, WATCHED, RAW),
        waits=(TYPED,),
        depths={TYPED: TICKER_LEVELS, WATCHED: 1, RAW: 1},
        each=plan.amount(each, least=10),
        burst_of=burst_of_tickers,
        per_s=per_s,
    )


def _depth(plan: BenchPlan) -> Course:
    lanes = (TYPED, TAPPED, WATCHED)
    depths = dict.fromkeys(lanes, DEPTH_LEVELS)
    each = plan.amount(DEPTHS_EACH, least=10)
    return Course(
        frame="depth diff", lanes=lanes, waits=lanes, depths=depths, each=each, burst_of=burst_of_depth
    )


def _table() -> dict[str, object]:
    """What any lane asks REST for, beside its snapshots."""
    return {
        "/api/v3/exchangeInfo": exchange_info(),
        "/api/v3/time": {"serverTime": time_ns() // 1_000_000},
    }


def _ticker_rows(stage: Stage) -> list[BenchRow]:
    what, costs = "bookTicker, from socket to tick", stage.costs
    typed, theirs, note = costs[TYPED], costs[WATCHED], _reach(stage.shares)
    return [
        row(what, "us", typed, against=WATCHED, theirs=theirs, budget=B1, note=note),
        row(what, "us", typed, against=RAW, theirs=costs[RAW], is_cost=True, budget=B3),
    ]


def _single_rows(stage: Stage) -> list[BenchRow]:
    what, costs = f"the same, one by one ({SINGLES_PER_S:,.0f}/s)", stage.costs
    typed, theirs = costs[TYPED], costs[WATCHED]
    note = f"{_reach(stage.shares)}; each frame wakes the process, which is most of what it costs"
    return [
        row(what, "us", typed, against=WATCHED, theirs=theirs, note=note),
        row(what, "us", typed, against=RAW, theirs=costs[RAW], is_cost=True),
    ]


def _depth_rows(stage: Stage) -> list[BenchRow]:
    what, costs = "depth diff 15+15 on 1,000 levels", stage.costs
    typed, theirs, note = costs[TYPED], costs[WATCHED], _reach(stage.shares)
    return [
        row(what, "us", typed, against=WATCHED, theirs=theirs, budget=B4, note=note),
        row(f"{what}, tap lane", "us", costs[TAPPED], against=WATCHED, theirs=theirs),
    ]


def _reach(shares: Mapping[str, Shares]) -> str:
    """ccxt's loop is handed the newest, and not told of the others."""
    means = {name: sum(each) / len(each) for name, each in shares.items() if name != RAW}
    return "handed on: " + ", ".join(f"{name} {100 * mean:.3g} %" for name, mean in means.items())
