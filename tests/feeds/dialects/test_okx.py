"""OKX: every update names the one before it; where a checksum is sent, it must hold."""

import json
from typing import Any

import pytest
from msgspec import MsgspecError
from tests.feeds.dialects.recordings import received

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen
from kairos_tui.feeds.dialects.okx import Okx
from kairos_tui.market import Proof, Symbol

MARKET = Market(Symbol("BTC/USDT"), "BTC-USDT")
BIDS = [["3366.1", "7", "0", "3"], ["3366", "6", "3", "4"]]
ASKS = [["3366.8", "9", "10", "3"], ["3368", "8", "3", "4"]]
CHECKSUM = -1881014294
"""Of exactly these levels: the first example of okx.com/docs-v5, "Checksum"."""


def push(channel: str, **data: Any) -> str:
    action = data.pop("action", None)
    arg = {"channel": channel, "instId": "BTC-USDT"}
    body = {"bids": [], "asks": [], "ts": "1597026383085", "checksum": 0, **data}
    return json.dumps({"arg": arg} | ({"action": action} if action else {}) | {"data": [body]})


def snapshot(update_id: int = 10, **more: Any) -> str:
    data = {"action": "snapshot", "bids": BIDS, "asks": ASKS, "prevSeqId": -1, "seqId": update_id}
    return push("books", **data | more)


def update(previous: int, update_id: int, **more: Any) -> str:
    return push("books", **{"action": "update", "prevSeqId": previous, "seqId": update_id} | more)


def opened(depth: int = 5) -> Okx:
    okx = Okx()
    okx.open(MARKET, depth)
    return okx


def synchronised() -> Okx:
    okx = opened()
    okx.take(snapshot())
    return okx


def test_a_snapshot_is_believed_at_once():
    bids, asks = ((3366.1, 7.0), (3366.0, 6.0)), ((3366.8, 9.0), (3368.0, 8.0))
    believed = Believed("BTC-USDT", bids, asks, Proof.SEQUENCE, 1597026383085, 10)
    assert opened().take(snapshot()) == (believed,)


def test_the_documented_order_of_updates_is_followed():
    """okx.com/docs-v5, "Sequence ID": a normal update, none, a normal one, a reset, a normal one."""
    okx = synchronised()
    ids = [(10, 15), (15, 15), (15, 21), (21, 3), (3, 5)]
    rows = [[["3366.1", str(size), "0", "1"]] for size in range(5)]
    outcomes = [
        (okx.take(update(previous, last, bids=[] if previous == last else row)) or ())[0]
        for (previous, last), row in zip(ids, rows, strict=True)
    ]
    assert outcomes.pop(1) == Seen("BTC-USDT")
    assert [getattr(outcome, "nonce", None) for outcome in outcomes] == [15, 21, 3, 5]


def test_an_update_that_names_another_is_doubted_once_and_a_new_snapshot_ends_it():
    okx = synchronised()
    assert okx.take(update(12, 15)) == (Doubted("BTC-USDT", "update after 12 follows 10"),)
    assert okx.take(update(15, 16)) == (Seen("BTC-USDT"),)
    assert isinstance((okx.take(snapshot(20)) or ())[0], Believed)


def test_a_reset_that_was_lost_is_doubted_not_passed_over():
    okx = synchronised()
    (doubted,) = okx.take(update(3, 5, ts="1597026383999")) or ()
    assert doubted == Doubted("BTC-USDT", "update 5 is behind 10, yet newer")


def test_an_update_told_twice_changes_nothing():
    okx = synchronised()
    okx.take(update(10, 15, bids=[["3366.1", "0", "0", "0"]]))
    assert okx.take(update(10, 15, bids=[["3366.1", "0", "0", "0"]])) == (Seen("BTC-USDT"),)
    assert okx.take(snapshot()) == (Seen("BTC-USDT"),)


def test_the_best_bid_ask_goes_over_the_depth():
    okx = synchronised()
    best = {"bids": [["3366.5", "1", "0", "1"]], "asks": [["3368", "8", "0", "1"]], "seqId": 11}
    (believed,) = okx.take(push("bbo-tbt", **best)) or ()
    assert isinstance(believed, Believed)
    assert believed.bids == ((3366.5, 1.0), (3366.1, 7.0), (3366.0, 6.0))
    assert believed.asks == ((3368.0, 8.0),)
    assert okx.take(update(10, 11)) == (Doubted("BTC-USDT", "best bid/ask differs from depth at update 11"),)


def test_a_checksum_that_is_sent_must_hold():
    assert isinstance((opened().take(snapshot(checksum=CHECKSUM)) or ())[0], Believed)
    wrong = opened().take(snapshot(checksum=CHECKSUM + 1))
    assert wrong == (Doubted("BTC-USDT", "checksum differs at update 10"),)
    okx = synchronised()
    assert okx.take(update(10, 11, bids=[["3366", "6.5", "0", "1"]], checksum=CHECKSUM)) == (
        Doubted("BTC-USDT", "checksum differs at update 11"),
    )


@pytest.mark.parametrize(
    "frame",
    [
        '{"event":"subscribe","arg":{"channel":"books","instId":"BTC-USDT"},"connId":"a4d3ae55"}',
        '{"event":"error","code":"60012","msg":"Invalid: \\"books\\" \\"data\\"","connId":"a4d3ae55"}',
        '{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"px":"1"}]}',
        "pong",
    ],
)
def test_other_messages_are_ccxt_s(frame):
    assert synchronised().take(frame) is None


@pytest.mark.parametrize(
    "frame",
    [
        update(10, 11, bids=[["soup", "1"]]),
        update(10, 11, bids=[["3366 ", "1"]]),
        update(10, 11, bids=[["1"]]),
        update(10, 11, bids=[["3366", "-1"]]),
        update(10, 11, asks=[["NaN", "1"]]),
        update(10, 11, bids="soup"),
        update(10, 11, seqId="soup"),
        update(10, 11, action="upgrade"),
        snapshot()[:-30],
    ],
)
def test_a_spoiled_frame_is_refused(frame):
    with pytest.raises((FrameRefused, MsgspecError)):
        synchronised().take(frame)


def test_a_resync_cancels_both_channels_and_asks_for_both():
    asked = {"op": "subscribe", "args": [{"channel": "books", "instId": "BTC-USDT"}]}
    both = [{"channel": "books", "instId": "BTC-USDT"}, {"channel": "bbo-tbt", "instId": "BTC-USDT"}]
    assert Okx().requests(MARKET, asked) == ({"op": "subscribe", "args": both},)
    assert Okx().cancels(MARKET, asked) == ({"op": "unsubscribe", "args": both},)
    assert Okx().snapshot_call(MARKET) is None


def test_recorded_checksums_hold_and_a_spoiled_level_breaks_them():
    """OKCoin 2023, OKX's own format before it had sequence ids: those are added here."""
    snapshots = [json.loads(frame) for frame in received("OKCOIN.ws.1.0") if '"action":"snapshot"' in frame]
    assert len(snapshots) == 4
    for message in snapshots:
        message["data"][0] |= {"prevSeqId": -1, "seqId": 1}
        okx = Okx()
        okx.open(Market(Symbol("X/Y"), message["arg"]["instId"]), 10)
        assert isinstance((okx.take(json.dumps(message)) or ())[0], Believed)
        okx.forget(message["arg"]["instId"])
        message["data"][0]["bids"][1][1] += "1"
        assert isinstance((okx.take(json.dumps(message)) or ())[0], Doubted)
