"""Promise: one seeded market, a pure function of plan and time, calibrated by what was measured on real
ones; lively shows a few signal-worthy dislocations a minute, calm hardly ever one."""

from collections import Counter
from itertools import pairwise, permutations
from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.sim import SimPlan, sim_venues
from kairos_tui.sim.listings import listings_of
from kairos_tui.sim.market import SimMarket

SECOND = 1_000_000_000
TAKER_BPS = {"binance": 10.0, "bybit": 10.0, "okx": 15.0, "kraken": 26.0, "coinbase": 120.0}
MIN_NET_BPS, CLOSE_NET_BPS = 2.0, 0.5

moments = st.integers(min_value=0, max_value=3 * 3600 * SECOND)
listed_anywhere = st.sampled_from(
    [listed for venue in sim_venues() for listed in listings_of(venue).values()]
)


def opened_signals(plan: SimPlan, *, seconds: int, every_ms: int = 100) -> list[tuple[float, float]]:
    """(opened at, lasted) in seconds, as a viewer with default thresholds and fees sees them: every
    `every_ms`, net of both fees at the best prices, with hysteresis."""
    market = SimMarket(plan)
    markets = {venue: market.of(venue, "BTC/USDT") for venue in plan.venues}
    opened: dict[tuple[str, str], int] = {}
    signals = []
    for at_ns in range(0, seconds * SECOND, every_ms * 1_000_000):
        paid, got = {}, {}
        for venue, sold in markets.items():
            bid, ask = sold.best(sold.times.last(at_ns)[1])
            ticks, fee = 10.0**sold.listed.price_decimals, TAKER_BPS[venue] * 1e-4
            paid[venue], got[venue] = ask / ticks * (1 + fee), bid / ticks * (1 - fee)
        for route in permutations(markets, 2):
            net_bps = (got[route[1]] / paid[route[0]] - 1) * 1e4
            if net_bps >= MIN_NET_BPS:
                opened.setdefault(route, at_ns)
            elif net_bps < CLOSE_NET_BPS and route in opened:
                began_ns = opened.pop(route)
                signals.append((began_ns / SECOND, (at_ns - began_ns) / SECOND))
    return sorted(signals)


@given(moment=moments, listed=listed_anywhere, seed=st.integers(0, 50))
@settings(max_examples=60, deadline=None)
def test_a_book_is_the_same_whoever_looked_before(moment, listed, seed) -> None:
    fresh, used = SimMarket(SimPlan(seed=seed)), SimMarket(SimPlan(seed=seed))
    for earlier in (moment + 7 * SECOND, moment // 2, 0):
        used.of(listed.venue, listed.book_symbol).book(earlier)
    book = used.of(listed.venue, listed.book_symbol).book(moment)
    assert book == fresh.of(listed.venue, listed.book_symbol).book(moment)


@given(moment=moments, listed=listed_anywhere)
@settings(max_examples=60, deadline=None)
def test_a_book_is_sorted_uncrossed_and_full(moment, listed) -> None:
    book = SimMarket(SimPlan(seed=3)).of(listed.venue, listed.book_symbol).book(moment)
    bids, asks = list(book.bids), list(book.asks)
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert bids[0] < asks[0]
    assert min(*book.bids.values(), *book.asks.values()) > 0
    assert len(bids) == len(asks) == 100
    assert book.at_ns <= moment


def test_another_seed_is_another_market() -> None:
    books = [SimMarket(SimPlan(seed=seed)).of("okx", "BTC/USDT").book(60 * SECOND) for seed in (1, 2)]
    assert books[0] != books[1]


def test_quotes_come_in_order_and_their_numbers_grow() -> None:
    times = SimMarket(SimPlan(seed=5)).of("kraken", "BTC/USD").times
    quotes = [times.last(0)]
    while quotes[-1][1] < 30 * SECOND:
        quotes.append(times.next(quotes[-1][1]))
    assert all(before[0] < after[0] and before[1] < after[1] for before, after in pairwise(quotes))
    assert all(times.last(at_ns) == (number, at_ns) for number, at_ns in quotes)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lively_shows_its_first_signal_within_15_s_and_3_to_8_a_minute_after(seed) -> None:
    signals = opened_signals(SimPlan(seed=seed, mood="lively"), seconds=600)
    assert signals[0][0] <= 15
    assert 3 <= len(signals) / 10 <= 8
    lasted = sorted(lasted for _, lasted in signals)
    assert 0.5 <= lasted[len(lasted) // 2] <= 5
    assert sum(0.3 <= one <= 6 for one in lasted) >= 0.9 * len(lasted)
    gaps = [after[0] - before[0] for before, after in pairwise(signals)]
    assert max(gaps) < 60


def test_a_pair_of_venues_is_lively_too() -> None:
    signals = opened_signals(SimPlan(seed=4, venues=("kraken", "okx")), seconds=300)
    assert signals[0][0] <= 15
    assert 1.5 <= len(signals) / 5 <= 8


def test_calm_is_nearly_always_silent() -> None:
    signals = opened_signals(SimPlan(seed=2, mood="calm"), seconds=3600, every_ms=200)
    assert len(signals) <= 8
    assert sum(lasted for _, lasted in signals) < 60


def test_venues_differ_by_half_a_basis_point_that_fades_within_seconds() -> None:
    market = SimMarket(SimPlan(seed=1, mood="calm"))
    one, other = market.of("binance", "BTC/USDT"), market.of("bybit", "BTC/USDT")
    scale = 10.0 ** (one.listed.price_decimals - other.listed.price_decimals)
    apart = [
        (one.mid_ticks(at_ns) / other.mid_ticks(at_ns) / scale - 1) * 1e4
        for at_ns in range(0, 600 * SECOND, SECOND // 10)
    ]
    centred = [value - fmean(apart) for value in apart]
    sd = pstdev(apart)
    assert 0.5 <= sd <= 0.9  # two independent offsets of 0.5 bps
    lag_1s = fmean(a * b for a, b in zip(centred, centred[10:], strict=False)) / sd**2
    assert 0.25 <= lag_1s <= 0.65  # half-lives of 0.5 to 1.5 s


def test_the_common_price_moves_like_bitcoin_with_fat_tails() -> None:
    market = SimMarket(SimPlan(seed=1, mood="calm")).of("coinbase", "BTC/USD")
    mids = [market.mid_ticks(second * SECOND) for second in range(0, 7200, 10)]
    returns = [(after / before - 1) * 1e4 for before, after in pairwise(mids)]
    sd = pstdev(returns)
    assert 1.5 <= sd <= 4.5
    assert max(map(abs, returns)) > 3.5 * sd


def test_the_spread_is_one_tick_most_of_the_time_with_a_tail() -> None:
    market = SimMarket(SimPlan(seed=1)).of("binance", "BTC/USDT")
    spreads: Counter[str] = Counter()
    for at_ns in range(0, 600 * SECOND, SECOND // 4):
        bid, ask = market.best(at_ns)
        spreads["one tick" if ask - bid == 1 else "wide" if (ask - bid) / bid > 1e-4 else "some"] += 1
    assert spreads["one tick"] >= 0.8 * spreads.total()
    assert 0 < spreads["wide"] <= 0.03 * spreads.total()


def test_quotes_come_in_bursts_and_rate_multiplies_them() -> None:
    def a_second(plan: SimPlan) -> list[int]:
        times = SimMarket(plan).of("binance", "BTC/USDT").times
        counts, at_ns = [0] * 300, 0
        while (at_ns := times.next(at_ns)[1]) < 300 * SECOND:
            counts[at_ns // SECOND] += 1
        return counts

    counts, tenfold = a_second(SimPlan(seed=2)), a_second(SimPlan(seed=2, rate=10.0))
    assert 4 <= max(counts) / fmean(counts) <= 8
    assert 20 <= fmean(counts) <= 45
    assert min(counts) > 0
    assert fmean(tenfold) == pytest.approx(10 * fmean(counts), rel=0.1)


def test_quote_currencies_agree_with_each_other() -> None:
    """BTC/USD = BTC/USDT x USDT/USD within the venue's own noise: a triangle pays nobody."""
    market = SimMarket(SimPlan(seed=1, mood="calm"))
    mids = {}
    for symbol in ("BTC/USD", "BTC/USDT", "USDT/USD"):
        traded = market.of("kraken", symbol)
        mids[symbol] = traded.mid_ticks(90 * SECOND) / 10**traded.listed.price_decimals
    off_bps = (mids["BTC/USDT"] * mids["USDT/USD"] / mids["BTC/USD"] - 1) * 1e4
    assert abs(off_bps) < 6
    assert mids["USDT/USD"] == pytest.approx(0.9997, abs=5e-4)
