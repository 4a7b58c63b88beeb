"""A venue whose books begin with a REST snapshot (Binance) is read as exactly, and resynced as surely."""

from collections.abc import Callable
from typing import Any

import pytest

from kairos_tui.feeds.feed_plan import FeedPlan

SYMBOL = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "baseAsset": "BTC",
    "quoteAsset": "USDT",
    "isSpotTradingAllowed": True,
    "permissions": ["SPOT"],
    "filters": [
        {"filterType": "PRICE_FILTER", "tickSize": "0.01", "minPrice": "0.01", "maxPrice": "1000000"},
        {"filterType": "LOT_SIZE", "stepSize": "0.00001", "minQty": "0.00001", "maxQty": "9000"},
        {"filterType": "NOTIONAL", "minNotional": "5"},
    ],
}


def depth(last: int, bid: str = "99", ask: str = "101") -> dict[str, object]:
    return {"lastUpdateId": last, "bids": [[bid, "1"], ["98", "2"]], "asks": [[ask, "1"], ["102", "2"]]}


def delta(first: int, last: int, bid_size: int) -> dict[str, object]:
    message = {"e": "depthUpdate", "E": 1_700_000_000_000, "s": "BTCUSDT", "U": first, "u": last}
    return {**message, "b": [["99", str(bid_size)]], "a": []}


@pytest.fixture
def binance(venue, kit):
    venue.rest["/api/v3/exchangeInfo"] = {"symbols": [SYMBOL]}
    venue.rest["/api/v3/depth"] = depth(100)

    def on_message(ours, message):
        if message["method"] == "SUBSCRIBE":
            ours.send(kit.text({"result": None, "id": message["id"]}))

    venue.on_message = on_message
    return venue


def plan(plan_for: Callable[..., FeedPlan], venue: Any) -> FeedPlan:
    return plan_for(venue.here, ccxt_class="binance")


async def test_the_snapshot_is_the_first_tick_and_each_delta_one_more(
    binance, recorder, plan_for, running, kit
):
    async with running(plan(plan_for, binance), recorder):
        await kit.until(recorder.is_live)
        binance.socket.send(*[kit.text(delta(101 + count, 101 + count, 5 + count)) for count in range(50)])
        await kit.until(lambda: len(recorder.ticks) >= 51)
    assert [tick.bids[0][1] for tick in recorder.ticks] == [1.0, *[5.0 + count for count in range(50)]]
    assert [tick.nonce for tick in recorder.ticks] == list(range(100, 151))
    assert all(0 < tick.received_ns < tick.decoded_ns for tick in recorder.ticks)
    assert not any("fapi" in path or "dapi" in path for path in binance.rest_heard)


async def test_deltas_that_came_before_the_snapshot_are_in_the_first_tick(
    binance, recorder, plan_for, running, kit
):
    def on_message(ours, message):
        ours.send(
            kit.text({"result": None, "id": message["id"]}),
            kit.text(delta(99, 100, 50)),
            kit.text(delta(101, 101, 51)),
        )

    binance.on_message = on_message
    async with running(plan(plan_for, binance), recorder):
        await kit.until(lambda: recorder.ticks and recorder.ticks[-1].nonce == 101)
    assert recorder.ticks[-1].bids[0] == (99.0, 51.0)


async def test_a_hole_in_the_sequence_withdraws_the_leg_and_brings_a_new_snapshot(
    binance, recorder, plan_for, running, kit
):
    async with running(plan(plan_for, binance), recorder):
        await kit.until(recorder.is_live)
        binance.rest["/api/v3/depth"] = depth(300, bid="99.5")
        binance.socket.send(kit.text(delta(150, 151, 66)))
        await kit.until(lambda: recorder.since(0, "resync") and recorder.is_live())
    assert recorder.ticks[-1].bids[0] == (99.5, 1.0)
    assert 66.0 not in [tick.bids[0][1] for tick in recorder.ticks]
    assert binance.dials == 1


async def test_a_snapshot_that_fails_is_asked_for_again(binance, recorder, plan_for, running, kit):
    binance.rest["/api/v3/depth"] = b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with running(plan(plan_for, binance), recorder):
        await kit.until(lambda: "down" in recorder.states())
        assert not recorder.ticks
        binance.rest["/api/v3/depth"] = depth(100)
        await kit.until(recorder.is_live)


async def test_a_snapshot_of_an_ended_connection_is_not_used(binance, recorder, plan_for, running, kit):
    async with running(plan(plan_for, binance), recorder):
        await kit.until(recorder.is_live)
        binance.rest["/api/v3/depth"] = depth(200, bid="99.25")
        seen = await kit.inject(recorder, lambda: binance.socket.close(1001))
    assert "1001" in seen.reason
    assert [tick.generation for tick in recorder.ticks] == [1, 2]
    assert recorder.ticks[-1].bids[0] == (99.25, 1.0)
