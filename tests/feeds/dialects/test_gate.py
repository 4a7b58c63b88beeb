"""Gate: a full book, then updates that begin where the one before ended."""

import json
from typing import Any

import pytest
from msgspec import MsgspecError
from tests.feeds.dialects.recordings import answered, received

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen
from kairos_tui.feeds.dialects.gate import Gate
from kairos_tui.market import Proof, Symbol

MARKET = Market(Symbol("XRP/USDT"), "XRP_USDT")
NAME = "ob.XRP_USDT.50"


def push(channel: str, **result: Any) -> str:
    body = {"t": 1777275365213, **result}
    return json.dumps({"channel": channel, "result": body, "time_ms": 1777275365214, "event": "update"})


def full(update_id: int = 100, **more: Any) -> str:
    bids, asks = [["1.414", "1397.899"], ["1.413", "10"]], [["1.415", "17344.926"]]
    return push("spot.obu", **{"full": True, "s": NAME, "u": update_id, "b": bids, "a": asks} | more)


def update(first: int, last: int, **more: Any) -> str:
    return push("spot.obu", **{"s": NAME, "U": first, "u": last, "t": 1777275365300} | more)


def ticker(update_id: int, bid: str, bid_size: str) -> str:
    best = {"b": bid, "B": bid_size, "a": "1.415", "A": "17344.926"}
    return push("spot.book_ticker", s="XRP_USDT", u=update_id, **best)


def synchronised() -> Gate:
    gate = Gate()
    gate.open(MARKET, 5)
    bids, asks = ((1.414, 1397.899), (1.413, 10.0)), ((1.415, 17344.926),)
    believed = Believed("XRP_USDT", bids, asks, Proof.SEQUENCE, 1777275365213, 100)
    assert gate.take(full()) == (believed,)
    return gate


def test_an_update_begins_where_the_book_ends_and_may_tell_of_one_side():
    (believed,) = synchronised().take(update(101, 104, b=[["1.414", "0"]])) or ()
    assert isinstance(believed, Believed)
    assert (believed.bids, believed.nonce) == (((1.413, 10.0),), 104)


def test_a_gap_is_doubted_once_and_a_full_book_ends_it():
    gate = synchronised()
    assert gate.take(update(102, 104)) == (Doubted("XRP_USDT", "update 102 follows 100"),)
    assert gate.take(update(105, 106)) == (Seen("XRP_USDT"),)
    assert isinstance((gate.take(full(110)) or ())[0], Believed)


def test_a_full_book_may_come_again():
    gate = synchronised()
    (believed,) = gate.take(full(200, b=[["1.4", "1"]], t=1777275365400)) or ()
    assert isinstance(believed, Believed)
    assert believed.bids == ((1.4, 1.0),)
    assert isinstance((gate.take(full(7, t=1777275365500)) or ())[0], Believed)


def test_an_old_update_or_full_book_changes_nothing():
    gate = synchronised()
    gate.take(update(101, 104))
    assert gate.take(update(101, 104, b=[["1.414", "0"]])) == (Seen("XRP_USDT"),)
    assert gate.take(full()) == (Seen("XRP_USDT"),)


def test_the_best_bid_ask_goes_over_the_depth_and_may_have_one_side():
    gate = synchronised()
    (believed,) = gate.take(ticker(103, "1.4145", "5")) or ()
    assert isinstance(believed, Believed)
    assert believed.bids == ((1.4145, 5.0), (1.414, 1397.899), (1.413, 10.0))
    (believed,) = gate.take(ticker(104, "", "")) or ()
    assert isinstance(believed, Believed)
    assert believed.bids == ()


@pytest.mark.parametrize(
    "frame",
    [
        '{"time":1,"id":1,"channel":"spot.obu","event":"subscribe","result":{"status":"success"}}',
        '{"time":1,"id":1,"channel":"spot.obu","event":"subscribe","error":{"code":2,"message":"unknown"}}',
        '{"time":1,"channel":"spot.pong","event":"","error":null,"result":null}',
        '{"time":1,"channel":"spot.trades","event":"update","result":{"id":1}}',
    ],
)
def test_other_messages_are_ccxt_s(frame):
    assert synchronised().take(frame) is None


@pytest.mark.parametrize(
    "frame",
    [
        update(101, 102, b=[["soup", "1"]]),
        update(101, 102, b=[["1.414", "1 "]]),
        update(101, 102, b=[["1.414", "-1"]]),
        update(101, 102, a=[["inf", "1"]]),
        update(101, 102, a="soup"),
        update(101, 102)[:-40] + '"event":"update"}',
        ticker(101, "1.414", "soup"),
        ticker(101, "1.414", ""),
    ],
)
def test_a_spoiled_frame_is_refused(frame):
    with pytest.raises((FrameRefused, MsgspecError)):
        synchronised().take(frame)


def test_the_best_bid_ask_has_a_request_of_its_own():
    asked = {"id": 7, "time": 1, "channel": "spot.obu", "event": "subscribe", "payload": [NAME]}
    best = {"time": 1, "channel": "spot.book_ticker", "event": "subscribe", "payload": ["XRP_USDT"]}
    assert Gate().requests(MARKET, asked) == (asked, best)
    cancel, cancel_best = Gate().cancels(MARKET, asked)
    assert cancel == {"time": 1, "channel": "spot.obu", "event": "unsubscribe", "payload": [NAME]}
    assert cancel_best == {**best, "event": "unsubscribe"}
    assert Gate().snapshot_call(MARKET) is None


def test_recorded_updates_all_continue_and_give_our_book():
    """Ten markets of 2021: `spot.order_book_update` and REST, told here as `spot.obu` tells the same."""
    gate, sides, held, changed = Gate(), {}, {}, 0
    for url, body in answered("GATEIO.http.0.0"):
        market_id = url.partition("currency_pair=")[2].partition("&")[0]
        book = json.loads(body)
        rows = {"b": book["bids"], "a": book["asks"]}
        gate.open(Market(Symbol("X/Y"), market_id), 10)
        gate.take(push("spot.obu", full=True, s=f"ob.{market_id}.400", u=book["id"], t=0, **rows))
        sides[market_id], held[market_id] = numbers(rows), book["id"]
    for frame in received("GATEIO.ws.1.0"):
        change = json.loads(frame).get("result", {})
        market_id = change.get("s")
        if '"spot.order_book_update"' not in frame or change.get("u", 0) <= held.get(market_id, 10**18):
            continue
        told = {key: change[key] for key in ("t", "U", "u", "b", "a")}
        (believed,) = gate.take(push("spot.obu", s=f"ob.{market_id}.400", **told)) or ()
        for side, changed_rows in numbers(change).items():
            sides[market_id][side] |= changed_rows
        assert isinstance(believed, Believed), believed
        assert believed.bids == tuple(sorted(present(sides[market_id]["b"]), reverse=True)[:10])
        assert believed.asks == tuple(sorted(present(sides[market_id]["a"]))[:10])
        changed += 1
    assert changed > 100


def numbers(rows: Any) -> dict[str, dict[float, float]]:
    return {side: {float(price): float(size) for price, size in rows[side]} for side in ("b", "a")}


def present(rows: dict[float, float]) -> list[tuple[float, float]]:
    return [(price, size) for price, size in rows.items() if size]
