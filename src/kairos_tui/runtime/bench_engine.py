"""bench_engine: a tick in the engine, beside the obvious way, and as the work grows (B9, B10, B13).

Before it: `kairos bench engine`. Behind it: bench_engine_market, which ticks; bench_engine_others, which it
is held against; bench_engine_memory. A speed counts beside an equality only: what the engine says is first
held against brute force, and where they differ there is no figure.
"""

import time
from collections.abc import Callable, Iterable
from itertools import chain

from kairos_tui.engine import Engine
from kairos_tui.engine.sizing import find_best_size
from kairos_tui.market import Level, PackedTick, Signal, Symbol, Thresholds, Venue
from kairos_tui.runtime.bench_budget import BenchPlan, BenchReport, BenchRow, Budget, Progress, row
from kairos_tui.runtime.bench_engine_market import DEPTH, START_NS, MadeMarket
from kairos_tui.runtime.bench_engine_memory import engine_s_collector, measure_pauses
from kairos_tui.runtime.bench_engine_others import AllPairs, BruteForce, verdicts
from kairos_tui.runtime.bench_machine import this_machine

_TICKS, _CHECKED = 8_000, 600
_SHOCKS, _MANY_SHOCKS = 2.0, 20.0
"""Of 10,000 ticks: one a second, which opens nine routes or so, and ten times as many."""

_DECIDED_AFTER_NS = 100_000
_READ_EVERY = 78
"""Frames: a quarter of a second."""

_INCLUDED = (
    "checks of all levels, ledger, firewall, gates, walk, lifecycle, latencies; a decision after each tick,"
    " in frames after 16; decoding and freeing a tick is the hop's"
)


class VerdictsDiffer(Exception):
    """The engine said something else than brute force: no figure of it counts."""


def measure(plan: BenchPlan, progress: Progress) -> BenchReport:
    """Raises VerdictsDiffer."""
    started_s, machine = time.monotonic(), this_machine({})
    progress("verdicts against brute force")
    checked = check_verdicts(plan.amount(_CHECKED, least=50))
    rows: list[BenchRow] = []
    with engine_s_collector():
        for part in (_compare, _scale, _walk, _show):
            rows += part(plan, progress)
    rows += measure_pauses(plan, progress)
    return BenchReport(
        bench="engine",
        machine=machine,
        rounds=plan.rounds,
        took_s=round(time.monotonic() - started_s, 1),
        rows=tuple(rows),
        notes=(
            f"equal to brute force: {checked} opens and closes of 10 venues x 100 symbols",
            f"a tick: {_INCLUDED}",
        ),
    )


def check_verdicts(ticks: int) -> int:
    """How many opens and closes were said, each at its step and at its size. Raises VerdictsDiffer."""
    market, thresholds, said = MadeMarket(10, 100, ticks, shocks=10 * _MANY_SHOCKS), Thresholds(), 0
    engine, brute = market.engine(thresholds), BruteForce(market, thresholds)
    for tick in market.opening():
        _decided(engine, tick)
        brute.hear(tick)
    for tick in chain.from_iterable(market.frames()):
        brute.hear(tick)
        ours = verdicts(_decided(engine, tick))
        theirs = brute.decide(tick.received_ns + _DECIDED_AFTER_NS)
        if ours != theirs:
            raise VerdictsDiffer(
                f"at {tick.received_ns} ns: {ours - theirs} too much, {theirs - ours} missing"
            )
        said += len(ours)
    return said


def _decided(engine: Engine, tick: PackedTick) -> list[Signal]:
    at_ns = tick.received_ns
    engine.on_tick(tick, sent_ns=at_ns, arrived_ns=at_ns, is_quoted=False)
    signals = engine.decide(at_ns + _DECIDED_AFTER_NS)
    engine.grading.take(at_ns + _DECIDED_AFTER_NS)
    return signals


class _OneByOne:
    """The engine, its ticks coming apart: a decision after each."""

    def __init__(self, market: MadeMarket) -> None:
        self._engine = market.engine(Thresholds())

    def take(self, frame: Iterable[PackedTick]) -> None:
        """A decision a tick."""
        on_tick, decide, grade = self._engine.on_tick, self._engine.decide, self._engine.grading.take
        for tick in frame:
            at_ns = tick.received_ns
            on_tick(tick, sent_ns=at_ns, arrived_ns=at_ns, is_quoted=False)
            decide(at_ns + _DECIDED_AFTER_NS)
            grade(at_ns + _DECIDED_AFTER_NS)

    def read(self, now_ns: int) -> None:
        """What the engine's role does four times a second."""
        self._engine.latency(now_ns)


class _ByTheFrame(_OneByOne):
    """The engine in a burst: its loop applies all that came, then decides."""

    def take(self, frame: Iterable[PackedTick]) -> None:
        """A decision a frame."""
        on_tick, at_ns = self._engine.on_tick, START_NS
        for tick in frame:
            at_ns = tick.received_ns
            on_tick(tick, sent_ns=at_ns, arrived_ns=at_ns, is_quoted=False)
        self._engine.decide(at_ns + _DECIDED_AFTER_NS)
        self._engine.grading.take(at_ns + _DECIDED_AFTER_NS)


class _AllPairs:
    """The other side."""

    def __init__(self, market: MadeMarket) -> None:
        self._pairs = AllPairs()

    def take(self, frame: Iterable[PackedTick]) -> None:
        """All pairs of each tick's symbol."""
        on_tick = self._pairs.on_tick
        for tick in frame:
            on_tick(tick)

    def read(self, now_ns: int) -> None:
        """It counts nothing."""


class _Lane:
    """One side of a comparison with its own market; `us` of a tick, round by round."""

    def __init__(self, market: MadeMarket, side: type[_OneByOne | _AllPairs]) -> None:
        self._market, self._side = market, side(market)
        self._laps, self._held = 0, dict[tuple[Venue, Symbol], PackedTick]()
        self.us: list[float] = []
        self._side.take(market.opening())
        self._play()

    def play(self) -> None:
        """Another lap, and it counts; the first, which finds every book empty, did not."""
        self.us.append(self._play())

    def _play(self) -> float:
        spent_ns, take, held = 0, self._side.take, self._held
        for number, frame in enumerate(self._market.frames(self._laps)):
            # What these replace is freed after their time, and its memory is the next frame's, as in a run.
            replaced = [held.get((tick.venue, tick.symbol)) for tick in frame]
            held.update({(tick.venue, tick.symbol): tick for tick in frame})
            started_ns = time.perf_counter_ns()
            take(frame)
            spent_ns += time.perf_counter_ns() - started_ns
            replaced.clear()
            if number % _READ_EVERY == 0:
                self._side.read(frame[-1].received_ns)
        self._laps += 1
        return spent_ns / self._market.count / 1_000


def _compare(plan: BenchPlan, progress: Progress) -> list[BenchRow]:
    """B9, also in bursts, with more edges, and at the top of the book, which is all the others look at."""
    ticks, rows = plan.amount(_TICKS, least=200), []
    budget = Budget(name="B9", least=10.0, limit=3.0)
    for what, ours, shocks, depth, kept in (
        (f"a tick of {DEPTH} levels, 10 venues x 100 symbols", _OneByOne, _SHOCKS, DEPTH, budget),
        ("the same in frames of 16", _ByTheFrame, _SHOCKS, DEPTH, None),
        ("with ten times as many edges", _OneByOne, _MANY_SHOCKS, DEPTH, None),
        ("of the top of the book only", _OneByOne, _SHOCKS, 1, budget),
        ("the top in frames of 16", _ByTheFrame, _SHOCKS, 1, None),
    ):
        progress(what)
        market = MadeMarket(10, 100, ticks, shocks=shocks, depth=depth)
        lanes = _Lane(market, ours), _Lane(market, _AllPairs)
        for _ in range(plan.rounds):
            for lane in lanes:
                lane.play()
        rows.append(row(what, "us", lanes[0].us, against="all pairs", theirs=lanes[1].us, budget=kept))
    return rows


def _scale(plan: BenchPlan, progress: Progress) -> list[BenchRow]:
    """B13."""
    ticks, budget = plan.amount(_TICKS, least=200), Budget(name="B13", most=1.5)
    sizes = ((2, 1), (30, 1), (2, 1_000), (30, 1_000))
    progress("more venues, more symbols")
    lanes = [_Lane(MadeMarket(venues, symbols, ticks), _OneByOne) for venues, symbols in sizes]
    for _ in range(plan.rounds):
        for lane in lanes:
            lane.play()
    return [
        row(
            f"a tick, {venues} venues x {symbols:,} symbol{'s' if symbols > 1 else ''}",
            "us",
            lane.us,
            against="2 venues x 1 symbol",
            theirs=lanes[0].us,
            is_cost=True,
            budget=budget,
        )
        for (venues, symbols), lane in zip(sizes[1:], lanes[1:], strict=True)
    ]


def _walk(plan: BenchPlan, progress: Progress) -> list[BenchRow]:
    """The depth walk of B9: twenty levels of which ten are crossed."""
    progress("the depth walk")
    asks, bids = (_levels(60_000.0, 1.0), _levels(60_140.0, -1.0))
    walk = lambda: find_best_size(  # noqa: E731
        asks, bids, buy_fee=0.001, sell_fee=0.001, max_notional=1e9
    )
    return [row("depth walk", "us", _costs_us(walk, plan), budget=Budget(name="B9", limit=6.0))]


def _show(plan: BenchPlan, progress: Progress) -> list[BenchRow]:
    """What boards cost, which the engine paints between ticks."""
    progress("boards")
    market = MadeMarket(5, 50, 2_000, shocks=_MANY_SHOCKS)
    engine, now_ns = market.engine(Thresholds()), START_NS
    for tick in chain(market.opening(), *market.frames()):
        _decided(engine, tick)
        now_ns = tick.received_ns
    boards_us = _costs_us(lambda: engine.symbol_boards(now_ns, 0), plan, times=20)
    return [
        row("a board, 5 venues, each symbol", "us", [cost_us / 50 for cost_us in boards_us]),
        row("latency percentiles", "us", _costs_us(lambda: engine.latency(now_ns), plan, times=20)),
    ]


def _costs_us(work: Callable[[], object], plan: BenchPlan, times: int = 2_000) -> list[float]:
    costs_us, times = [], plan.amount(times, least=5)
    for _ in range(plan.rounds):
        started_ns = time.perf_counter_ns()
        for _ in range(times):
            work()
        costs_us.append((time.perf_counter_ns() - started_ns) / times / 1_000)
    return costs_us


def _levels(first: float, step: float) -> tuple[Level, ...]:
    return tuple((first + step * level, 0.05) for level in range(DEPTH))
