"""The engine per tick: apply and decide, against recomputing every pair, both in the same run.

A speed counts only beside an equality: both sides must say the same signals on the same stream.
Run alone:  pytest -m bench tests/benchmarks/bench_engine.py -s
"""

import statistics
import time
from collections.abc import Callable
from random import Random

import pytest

from kairos_tui.engine import Engine
from kairos_tui.engine.sizing import find_best_size
from kairos_tui.market import (
    Asset,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Level,
    Listing,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
)

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ROUNDS = 5
TICKS = 4_000
DEPTH = 20
STEP_NS = 1_000_000
START_NS = 10**12


class Stream:
    """A market of so many venues and symbols whose mids differ by at most `spread_bps`."""

    def __init__(self, venues: int, symbols: int, spread_bps: float) -> None:
        self.venues = tuple(Venue(f"v{number}") for number in range(venues))
        self.symbols = tuple(Symbol(f"C{number}/USDT") for number in range(symbols))
        random = Random(venues * 1_000 + symbols)
        keys = [(venue, symbol) for venue in self.venues for symbol in self.symbols]
        self.ticks = [
            build_tick(*random.choice(keys), random.uniform(-spread_bps, spread_bps), START_NS + at * STEP_NS)
            for at in range(TICKS)
        ]

    def engine(self) -> Engine:
        engine = Engine(
            run="bench", epoch=0, symbols=self.symbols, venues=self.venues, thresholds=Thresholds()
        )
        for venue in self.venues:
            for symbol in self.symbols:
                base = Asset(symbol.partition("/")[0])
                market = Instrument(venue, symbol, symbol, base, Asset("USDT"), lot=0.00001, min_cost=5.0)
                engine.on_listing(Listing(market, Fees(0.001, "market", 0)), START_NS)
        self.all_live(engine)
        return engine

    def all_live(self, engine: Engine) -> None:
        for venue in self.venues:
            engine.on_status(FeedStatus(venue, None, FeedState.LIVE, START_NS), START_NS)

    def play(self, *, thorough: bool = False) -> tuple[float, list[Signal]]:
        """us per tick (apply + decide), and what was said. Thorough: every slot is touched each time."""
        engine, said, spent_ns = self.engine(), [], 0
        for tick in self.ticks:
            started_ns = time.perf_counter_ns()
            engine.on_tick(tick, sent_ns=tick.received_ns, arrived_ns=tick.received_ns)
            if thorough:
                self.all_live(engine)
            said += engine.decide(tick.received_ns + 1_000)
            spent_ns += time.perf_counter_ns() - started_ns
        return spent_ns / len(self.ticks) / 1_000, said


def build_tick(venue: Venue, symbol: Symbol, offset_bps: float, received_ns: int) -> Tick:
    mid = 60_000.0 * (1 + offset_bps / 10_000)
    return Tick(venue, symbol, ladder(mid - 0.5, -1.0), ladder(mid + 0.5, 1.0), received_ns, received_ns)


def ladder(first: float, step: float) -> tuple[Level, ...]:
    return tuple((round(first + step * level, 2), 0.05) for level in range(DEPTH))


def told(signal: Signal) -> tuple[object, ...]:
    priced = signal.opportunity
    return (
        signal.at_ns,
        signal.event,
        priced.route.key,
        signal.reason or "",
        signal.opened_ns,
        priced.net_bps,
        priced.size,
    )


@pytest.mark.parametrize(
    ("venues", "symbols", "spread_bps", "what"),
    [
        (5, 1, 3.0, "nothing near the threshold"),
        (5, 1, 13.0, "some edges open and close"),
        (2, 1, 3.0, "two venues"),
        (30, 1, 3.0, "thirty venues"),
        (10, 100, 3.0, "ten venues, a hundred symbols"),
    ],
)
def test_a_tick_costs_microseconds_and_the_verdicts_equal_brute_force(
    venues: int, symbols: int, spread_bps: float, what: str
) -> None:
    stream = Stream(venues, symbols, spread_bps)
    costs_us = sorted(stream.play()[0] for _ in range(ROUNDS))
    thorough_us, expected = stream.play(thorough=True)
    _, said = stream.play()

    median_us = statistics.median(costs_us)
    print(
        f"\n  {venues} venues x {symbols}, {DEPTH} levels, {what}: {median_us:.1f} us per tick"
        f" ({costs_us[0]:.1f}-{costs_us[-1]:.1f}); every route every tick {thorough_us:.1f};"
        f" {len(said)} events, equal"
    )
    assert sorted(map(told, said)) == sorted(map(told, expected))
    assert bool(said) == (spread_bps > 10)
    assert median_us < thorough_us
    if (venues, symbols, spread_bps) == (5, 1, 3.0):
        assert median_us <= 30


def test_boards_and_the_walk_are_priced_too() -> None:
    stream = Stream(5, 1, 13.0)
    engine = stream.engine()
    for tick in stream.ticks[-20:]:
        engine.on_tick(tick, sent_ns=tick.received_ns, arrived_ns=tick.received_ns)
    now_ns = stream.ticks[-1].received_ns
    engine.decide(now_ns)
    asks, bids = ladder(60_000.0, 1.0), ladder(60_140.0, -1.0)

    def walk() -> float:
        return find_best_size(asks, bids, buy_fee=0.001, sell_fee=0.001, max_notional=1e9)

    print(f"\n  symbol_boards, 5 venues: {cost_us(lambda: engine.symbol_boards(now_ns)):.0f} us")
    print(f"  latency percentiles: {cost_us(lambda: engine.latency(now_ns)):.0f} us")
    print(f"  walk of two 20-level books, {walk() / 0.05:.0f} levels crossed: {cost_us(walk):.1f} us")
    assert walk() > 0.0


def cost_us(work: Callable[[], object], times: int = 300) -> float:
    started_ns = time.perf_counter_ns()
    for _ in range(times):
        work()
    return (time.perf_counter_ns() - started_ns) / times / 1_000
