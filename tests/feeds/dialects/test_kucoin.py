"""KuCoin: kept updates and a REST snapshot of 100 levels make a book; each level has its own sequence."""

import json
from typing import Any

import pytest
from msgspec import MsgspecError
from tests.feeds.dialects.recordings import answered, received

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen, SnapshotCall, Wanted
from kairos_tui.feeds.dialects.kucoin import SNAPSHOT_LEVELS, Kucoin
from kairos_tui.market import Proof, Symbol

MARKET = Market(Symbol("BTC/USDT"), "BTC-USDT")
SNAPSHOT = {
    "code": "200000",
    "data": {
        "time": 1729816058000,
        "sequence": "16",
        "asks": [["3988.59", "3"], ["3988.60", "47"], ["3988.61", "32"], ["3988.62", "8"]],
        "bids": [["3988.51", "56"], ["3988.50", "15"], ["3988.49", "100"], ["3988.48", "10"]],
    },
}
"""kucoin.com/docs-new, 3470068w0, with the update below; the page has its start and end swapped."""


def update(first: int, last: int, bids: Any = (), asks: Any = (), stamp: int = 1729816058766) -> str:
    ids = {"sequenceStart": first, "sequenceEnd": last}
    data = {"changes": {"asks": asks, "bids": bids}, **ids, "symbol": "BTC-USDT", "time": stamp}
    head = {"topic": "/market/level2:BTC-USDT", "type": "message", "subject": "trade.l2update"}
    return json.dumps(head | {"data": data})


DOCUMENTED = update(
    15,
    19,
    [["3988.50", "44", "18"]],
    [["3988.59", "3", "16"], ["3988.61", "0", "19"], ["3988.62", "8", "15"]],
)


def opened() -> Kucoin:
    kucoin = Kucoin()
    kucoin.open(MARKET, 5)
    return kucoin


def synchronised() -> Kucoin:
    kucoin = opened()
    kucoin.take(DOCUMENTED)
    kucoin.take_snapshot("BTC-USDT", SNAPSHOT)
    return kucoin


def test_the_documented_example_gives_the_documented_book():
    kucoin = opened()
    assert kucoin.take(DOCUMENTED) == (Wanted("BTC-USDT"),)
    assert kucoin.snapshot_call(MARKET) == SnapshotCall(
        "publicGetMarketOrderbookLevel2100", {"symbol": "BTC-USDT"}
    )
    bids = ((3988.51, 56.0), (3988.5, 44.0), (3988.49, 100.0), (3988.48, 10.0))
    asks = ((3988.59, 3.0), (3988.6, 47.0), (3988.62, 8.0))
    believed = Believed("BTC-USDT", bids, asks, Proof.SEQUENCE, 1729816058766, 19)
    assert kucoin.take_snapshot("BTC-USDT", SNAPSHOT) == (believed,)


def test_levels_that_the_snapshot_already_has_are_passed_over():
    kucoin = opened()
    kucoin.take(update(15, 17, [["3988.51", "1", "16"], ["3988.50", "2", "17"]]))
    (believed,) = kucoin.take_snapshot("BTC-USDT", SNAPSHOT)
    assert isinstance(believed, Believed)
    assert believed.bids[:2] == ((3988.51, 56.0), (3988.5, 2.0))


def test_a_price_of_zero_only_moves_the_sequence():
    (believed,) = synchronised().take(update(20, 20, [["0", "0", "20"]])) or ()
    assert isinstance(believed, Believed)
    assert believed.nonce == 20


def test_a_gap_is_doubted_once_and_an_older_snapshot_does_not_end_it():
    kucoin = synchronised()
    assert kucoin.take(update(21, 22)) == (Doubted("BTC-USDT", "update 21 follows 19"),)
    assert kucoin.take_snapshot("BTC-USDT", SNAPSHOT) == (Wanted("BTC-USDT"),)


def test_an_old_update_changes_nothing():
    assert synchronised().take(update(18, 19, [["3988.51", "1", "19"]])) == (Seen("BTC-USDT"),)


def test_a_snapshot_that_comes_late_changes_nothing():
    assert synchronised().take_snapshot("BTC-USDT", SNAPSHOT) == (Seen("BTC-USDT"),)


@pytest.mark.parametrize(
    "frame",
    [
        '{"id":"hQvf8jkno","type":"welcome"}',
        '{"id":"1545910590801","type":"pong"}',
        '{"id":"1545910660739","type":"ack"}',
        '{"id":"1","type":"error","code":404,"data":"topic /market/level2:X is not found"}',
        '{"topic":"/spotMarket/level1:BTC-USDT","type":"message","subject":"level1","data":{"timestamp":1}}',
    ],
)
def test_other_messages_are_ccxt_s(frame):
    assert synchronised().take(frame) is None


@pytest.mark.parametrize(
    "frame",
    [
        update(20, 20, [["soup", "1", "20"]]),
        update(20, 20, [["3988.51", "-1", "20"]]),
        update(20, 20, [["-3988.51", "1", "20"]]),
        update(20, 20, [["3988.51", "Infinity", "20"]]),
        update(20, 20, [["3988.51", "1", "soup"]]),
        update(20, 20, [["3988.51", "1"]]),
        update(20, 20, "soup"),
        update(20, 20)[:-9],
    ],
)
def test_a_spoiled_frame_is_refused(frame):
    with pytest.raises((FrameRefused, MsgspecError)):
        synchronised().take(frame)


def test_ccxt_s_request_goes_out_as_it_is():
    asked = {"id": "1", "type": "subscribe", "topic": "/market/level2:BTC-USDT", "response": True}
    assert Kucoin().requests(MARKET, asked) == (asked,)
    assert Kucoin().cancels(MARKET, asked) == ()


def test_recorded_books_equal_the_ticker_wherever_it_names_their_sequence():
    """Nine markets, their full snapshots of 2021 cut to the 100 levels that need no account."""
    kucoin, agreed, changed = Kucoin(), 0, 0
    bodies = {url.partition("symbol=")[2]: json.loads(body) for url, body in answered("KUCOIN.http.0.0")}
    for market_id in bodies:
        kucoin.open(Market(Symbol("X/Y"), market_id), 10)
    told: dict[tuple[str, int], tuple[float, ...]] = {}
    for frame in received("KUCOIN.ws.1.0"):
        if '"trade.ticker"' in frame:
            message = json.loads(frame)
            place = message["topic"].partition(":")[2], int(message["data"]["sequence"])
            keys = ("bestBid", "bestBidSize", "bestAsk", "bestAskSize")
            told[place] = tuple(float(message["data"][key]) for key in keys)
    for frame in received("KUCOIN.ws.1.0"):
        for outcome in kucoin.take(frame) or ():
            if isinstance(outcome, Wanted):
                (outcome,) = kucoin.take_snapshot(outcome.market_id, cut(bodies[outcome.market_id]))
            if isinstance(outcome, Believed):
                changed += 1
                best = told.get((outcome.market_id, outcome.nonce or 0))
                agreed += best is not None
                assert best in (None, (*outcome.bids[0], *outcome.asks[0]))
            else:
                assert isinstance(outcome, Seen), outcome
    assert changed > 3_000
    assert agreed > 700


def cut(body: Any) -> Any:
    data = body["data"]
    return {"data": data | {side: data[side][:SNAPSHOT_LEVELS] for side in ("bids", "asks")}}
