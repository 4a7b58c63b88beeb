"""What `kairos bench engine` has no time for: verdicts over many ticks, and ticks of a book that converts.

Run alone:  pytest -m bench tests/benchmarks/bench_engine.py -s
"""

import statistics
import time

import pytest

from kairos_tui.engine import Engine
from kairos_tui.market import FeedState, FeedStatus, PackedTick, Symbol, Thresholds, Tick, Venue
from kairos_tui.runtime.bench_engine import check_verdicts
from kairos_tui.runtime.bench_engine_market import START_NS, listing_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ROUNDS, TICKS = 5, 1_000
VENUES = tuple(Venue(f"v{number}") for number in range(5))
DOLLARS = Symbol("USDT/USD")


def test_thousands_of_ticks_have_the_verdicts_of_brute_force() -> None:
    said = check_verdicts(5_000)

    print(f"\n  {said} opens and closes of 10 venues x 100 symbols, equal")
    assert said > 500


@pytest.mark.parametrize("coins", [1, 10, 50])
def test_what_a_tick_of_a_converting_book_costs(coins: int) -> None:
    """Every coin is bought in one dollar and sold in the other: all of them are compared again."""
    engine, now_ns = converting(coins), START_NS
    costs_us = []
    for _ in range(ROUNDS):
        ticks = [book(VENUES[number % 5], DOLLARS, 1.0 + number % 7 / 1e5) for number in range(TICKS)]
        started_ns = time.perf_counter_ns()
        for tick in ticks:
            engine.on_tick(tick, sent_ns=now_ns, arrived_ns=now_ns, is_quoted=False)
            assert engine.decide(now_ns) == []
        costs_us.append((time.perf_counter_ns() - started_ns) / TICKS / 1_000)

    spread = f"{statistics.median(costs_us):.1f} us ({min(costs_us):.1f}-{max(costs_us):.1f})"
    print(f"\n  a tick of {DOLLARS}, {coins} coins in both dollars, 5 venues: {spread}")
    assert min(costs_us) < 10 * (20 + 5 * coins)


def converting(coins: int) -> Engine:
    symbols = tuple(Symbol(f"C{number}/{quote}") for number in range(coins) for quote in ("USDT", "USD"))
    engine = Engine(
        run="bench",
        epoch=0,
        symbols=symbols,
        venues=VENUES,
        thresholds=Thresholds(),
        conversions=(DOLLARS,),
    )
    for venue in VENUES:
        engine.on_status(FeedStatus(venue, None, FeedState.LIVE, START_NS), START_NS)
        for symbol in (*symbols, DOLLARS):
            engine.on_listing(listing_of(venue, symbol), START_NS)
            mid = 1.0 if symbol == DOLLARS else 60_000.0
            engine.on_tick(book(venue, symbol, mid), sent_ns=START_NS, arrived_ns=START_NS)
    assert engine.decide(START_NS) == []
    return engine


def book(venue: Venue, symbol: Symbol, mid: float) -> PackedTick:
    bids = tuple((mid * (1 - step / 1e5), 1_000.0) for step in range(1, 21))
    asks = tuple((mid * (1 + step / 1e5), 1_000.0) for step in range(1, 21))
    return PackedTick.of(Tick(venue, symbol, bids, asks, START_NS, START_NS))
