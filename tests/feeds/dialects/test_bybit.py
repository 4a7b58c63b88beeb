"""Bybit: a topic counts its own messages; `seq` orders the topics against each other."""

import json
import zipfile
from typing import Any

import pytest
from msgspec import MsgspecError
from tests.feeds.dialects.recordings import recording

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.bybit import Bybit
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen
from kairos_tui.market import Proof, Symbol

MARKET = Market(Symbol("BTC/USDT"), "BTCUSDT")
BIDS = [["16493.50", "0.006"], ["16493.00", "0.100"]]
ASKS = [["16611.00", "0.029"], ["16612.00", "0.213"]]


def push(topic: str, kind: str, update_id: int, sequence: int, bids: Any, asks: Any, stamp: int = 5) -> str:
    data = {"s": "BTCUSDT", "b": bids, "a": asks, "u": update_id, "seq": sequence}
    return json.dumps(
        {"topic": f"orderbook.{topic}.BTCUSDT", "type": kind, "ts": stamp, "data": data, "cts": 1}
    )


def delta(update_id: int, sequence: int, bids: Any = (), stamp: int = 6) -> str:
    return push("50", "delta", update_id, sequence, bids, [], stamp)


def synchronised() -> Bybit:
    bybit = Bybit()
    bybit.open(MARKET, 5)
    believed = Believed(
        "BTCUSDT",
        ((16493.5, 0.006), (16493.0, 0.1)),
        ((16611.0, 0.029), (16612.0, 0.213)),
        Proof.SEQUENCE,
        5,
        7961638724,
    )
    assert bybit.take(push("50", "snapshot", 18521288, 7961638724, BIDS, ASKS)) == (believed,)
    return bybit


def test_the_next_delta_is_one_up():
    bybit = synchronised()
    (believed,) = bybit.take(delta(18521289, 7961638900, [["16493.50", "0"]])) or ()
    assert isinstance(believed, Believed)
    assert believed.bids == ((16493.0, 0.1),)
    assert believed.nonce == 7961638900


def test_a_gap_is_doubted_once_and_a_snapshot_ends_it():
    bybit = synchronised()
    assert bybit.take(delta(18521290, 7961638900)) == (
        Doubted("BTCUSDT", "update 18521290 follows 18521288"),
    )
    assert bybit.take(delta(18521291, 7961638901)) == (Seen("BTCUSDT"),)
    (believed,) = bybit.take(push("50", "snapshot", 18521300, 7961639000, BIDS, ASKS, 7)) or ()
    assert isinstance(believed, Believed)


def test_a_restarted_service_begins_at_one_with_a_whole_book():
    bybit = synchronised()
    (believed,) = bybit.take(push("50", "delta", 1, 40, BIDS[:1], ASKS[:1], 9)) or ()
    assert isinstance(believed, Believed)
    assert (believed.bids, believed.nonce) == (((16493.5, 0.006),), 40)
    assert isinstance((bybit.take(delta(2, 41, stamp=10)) or ())[0], Believed)


def test_an_old_delta_or_snapshot_changes_nothing():
    bybit = synchronised()
    bybit.take(delta(18521289, 7961638900, [["16493.50", "0"]]))
    assert bybit.take(delta(18521289, 7961638900, [["16493.50", "1"]])) == (Seen("BTCUSDT"),)
    assert bybit.take(push("50", "snapshot", 18521288, 7961638724, BIDS, ASKS)) == (Seen("BTCUSDT"),)


def test_a_best_bid_ask_generated_later_goes_over_the_depth():
    bybit = synchronised()
    best = push("1", "snapshot", 400, 7961638800, [["16494.00", "1"]], [["16612.00", "0.213"]], 8)
    (believed,) = bybit.take(best) or ()
    assert isinstance(believed, Believed)
    assert believed.bids[0] == (16494.0, 1.0)
    assert believed.asks == ((16612.0, 0.213),)
    assert (believed.nonce, believed.timestamp_ms) == (7961638800, 8)
    assert bybit.take(best) == (Seen("BTCUSDT"),)
    old = push("1", "snapshot", 399, 7961638700, [["16400.00", "1"]], ASKS[:1])
    assert bybit.take(old) == (Seen("BTCUSDT"),)


@pytest.mark.parametrize(
    "frame",
    [
        '{"success":true,"ret_msg":"","conn_id":"cejreaspqfm9se7usbrg-2xh","req_id":"1","op":"subscribe"}',
        '{"success":false,"ret_msg":"Invalid topic: orderbook.3.BTCUSDT","conn_id":"c","op":"subscribe"}',
        '{"success":true,"data":{"failTopics":[],"successTopics":["orderbook.50.X"]},"type":"COMMAND_RESP"}',
        '{"success":true,"ret_msg":"pong","conn_id":"c","op":"ping"}',
        '{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1,"data":[]}',
    ],
)
def test_other_messages_are_ccxt_s(frame):
    assert synchronised().take(frame) is None


@pytest.mark.parametrize(
    "frame",
    [
        delta(18521289, 7961638900, [["16493.50", "soup"]]),
        delta(18521289, 7961638900, [["16493.50", "-1"]]),
        delta(18521289, 7961638900, [["nan", "1"]]),
        delta(18521289, 7961638900, "soup"),
        delta(18521289, 7961638900)[:-12],
        push("50", "deltoid", 18521289, 7961638900, [], []),
        push("1", "snapshot", 400, 7961638900, [["16494.00", "-1"]], []),
    ],
)
def test_a_spoiled_frame_is_refused(frame):
    with pytest.raises((FrameRefused, MsgspecError)):
        synchronised().take(frame)


def test_ccxt_s_request_also_asks_for_the_best_bid_ask():
    asked = {"op": "subscribe", "req_id": "3", "args": ["orderbook.50.BTCUSDT"]}
    topics = ["orderbook.50.BTCUSDT", "orderbook.1.BTCUSDT"]
    assert Bybit().requests(MARKET, asked) == ({"op": "subscribe", "req_id": "3", "args": topics},)
    assert Bybit().cancels(MARKET, asked) == ({"op": "unsubscribe", "args": topics},)
    assert Bybit().snapshot_call(MARKET) is None


def test_a_recorded_book_is_ours_after_every_delta():
    """A snapshot of 500 levels of XRPUSDT and 49 deltas; a level that leaves the 500 is always deleted."""
    with zipfile.ZipFile(recording("bybit/xrpusdt-ob500.data.zip")) as archive:
        frames = archive.read(archive.namelist()[0]).decode().splitlines()
    bybit = Bybit()
    bybit.open(Market(Symbol("XRP/USDT"), "XRPUSDT"), 500)
    sides: dict[str, dict[float, float]] = {"b": {}, "a": {}}
    for frame in frames:
        message = json.loads(frame)
        for side, rows in sides.items():
            rows |= {float(price): float(size) for price, size in message["data"][side]}
            sides[side] = {price: size for price, size in rows.items() if size}
        (believed,) = bybit.take(frame) or ()
        assert isinstance(believed, Believed), believed
        assert believed.bids == tuple(sorted(sides["b"].items(), reverse=True))
        assert believed.asks == tuple(sorted(sides["a"].items()))
        assert len(believed.bids) == len(believed.asks) == 500
        assert believed.nonce == message["data"]["seq"]
    assert len(frames) == 50
