"""The decode bench measures what it says: all lanes read one true market, and three budgets are held."""

import json
import re

import pytest

from kairos_tui.feeds.dialects.binance import Binance
from kairos_tui.feeds.dialects.dialect import Believed, Market
from kairos_tui.runtime.bench_budget import BenchPlan
from kairos_tui.runtime.bench_decode import measure
from kairos_tui.runtime.bench_decode_market import MARKETS, burst_of_depth, burst_of_tickers, made_markets


@pytest.mark.parametrize("burst_of", [burst_of_tickers, burst_of_depth])
def test_the_made_up_market_is_believed_from_its_snapshot_to_its_last_frame(burst_of):
    dialect = Binance()
    markets = made_markets(seed=3)
    for market in markets:
        dialect.open(Market(MARKETS[market.market_id], market.market_id), 500)
        dialect.take_snapshot(market.market_id, market.snapshot())
    last: dict[str, Believed] = {}
    for _ in range(3):
        burst = burst_of(markets, 30)
        for market_id, frame in burst.stamped(1_700_000_000_000):
            for outcome in dialect.take(frame) or ():
                assert isinstance(outcome, Believed), outcome
                last[market_id] = outcome
        for market_id, symbol in MARKETS.items():
            bids, asks = burst.books[symbol]
            assert last[market_id].nonce == burst.last_ids[symbol]
            assert (last[market_id].bids, last[market_id].asks) == (bids[:500], asks[:500])


def test_its_frames_are_as_long_as_the_venues():
    burst = burst_of_depth(made_markets(seed=3), 5)
    updates = [json.loads(frame) for _, frame in burst.stamped(1)]
    assert {(len(update["b"]), len(update["a"]), update["E"]) for update in updates} == {(15, 15, 1)}
    tickers = [frame for _, frame in burst_of_tickers(made_markets(seed=3), 50).frames[:500]]
    assert 95 <= sum(len(frame) for frame in tickers) / 500 <= 125


@pytest.mark.timeout(90)  # ccxt fetches ten snapshots at Binance's pace
def test_it_measures_every_lane_and_holds_the_three_budgets():
    said: list[str] = []
    report = measure(BenchPlan(rounds=2, work=0.01), said.append)
    assert report.bench == "decode"
    assert [row.budget and row.budget.split()[0] for row in report.rows] == [
        "B1",
        "B3",
        None,
        None,
        "B4",
        None,
    ]
    assert all(row.ours.median > 0 and row.ratio is not None for row in report.rows)
    assert "B2" in report.unmeasured
    assert re.search(r"typed lane (9\d|100)", report.rows[0].note)
    assert said[-1] == "depth diff, round 2 of 2"
