"""Bitget's books are believed by checksum, by their chain of numbers, or as unproven; and say which."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import MsgspecError
from tests.feeds.dialects.harmed_streams import (
    MIDDLE,
    Change,
    Frame,
    Harm,
    Story,
    follow,
    is_true,
    price_text,
    size_text,
    spoil,
    stories,
)
from tests.feeds.dialects.recordings import received
from tests.feeds.dialects.single import outcome_of

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.bitget import Bitget
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen
from kairos_tui.market import Proof, Symbol

Rows = Sequence[Sequence[str]]
SPOT = Market(Symbol("BTC/USDT"), "BTCUSDT")
SWAP = Market(Symbol("BTC/USDT:USDT"), "BTCUSDT")
V2 = {"instType": "SPOT", "channel": "books", "instId": "BTCUSDT"}
V3 = {"instType": "spot", "topic": "books", "symbol": "BTCUSDT"}
BIDS, ASKS = [["100.0", "1.50"], ["99.0", "2"]], [["101.0", "0.1"]]


def bitget(market: Market = SPOT, depth: int = 20) -> Bitget:
    dialect = Bitget()
    dialect.open(market, depth)
    return dialect


def frame(action: str, bids: Any, asks: Any, arg: Mapping[str, str] = V2, **more: Any) -> str:
    names = ("bids", "asks") if "channel" in arg else ("b", "a")
    data = dict(zip(names, (bids, asks), strict=True)) | more
    return json.dumps({"action": action, "arg": arg, "data": [data], "ts": 1})


def sum_of(bids: Rows, asks: Rows) -> int:
    """Written from the documentation, apart from the code under test."""
    turns = zip_longest(bids[:25], asks[:25])
    string = ":".join(":".join(level) for turn in turns for level in turn if level is not None)
    return int.from_bytes(crc32(string.encode()).to_bytes(4, "big"), "big", signed=True)


def texts(side: Mapping[int, int]) -> Rows:
    return [[price_text(tick), size_text(size)] for tick, size in side.items()]


def changed(lump: Iterable[Change], *, is_bid: bool) -> Rows:
    return [
        [price_text(tick), size_text(size) if size else "0"]
        for tick, size in lump
        if (tick < MIDDLE) == is_bid
    ]


def frames_of(story: Story, *, is_summed: bool) -> list[Frame]:
    """v2 with checksums, or v3 with a chain of numbers."""
    frames = []
    for index, state in enumerate(story.states):
        if index:
            lump = story.changes[index - 1]
            bids, asks = changed(lump, is_bid=True), changed(lump, is_bid=False)
        else:
            bids, asks = texts(state.top(99).bids), texts(state.top(99).asks)
        top = state.top(25)
        proof: dict[str, Any] = {"seq": str(100 + 3 * index), "pseq": 97 + 3 * index if index else 0}
        proof["checksum"] = 0
        if is_summed:
            proof = {"checksum": sum_of(texts(top.bids), texts(top.asks))}
        arg, action = V2 if is_summed else V3, "update" if index else "snapshot"
        frames.append(Frame(frame(action, bids, asks, arg, ts=str(1000 + index), **proof), index))
    return frames


@pytest.mark.parametrize("arg", [V2, V3])
def test_a_snapshot_without_a_checksum_is_a_snapshot(arg):
    believed = outcome_of(bitget(), frame("snapshot", BIDS, ASKS, arg, checksum=0, ts="1700", seq=5))
    expected = ((100.0, 1.5), (99.0, 2.0)), ((101.0, 0.1),), Proof.SNAPSHOT, 1700, 5
    assert believed == Believed("BTCUSDT", *expected)


def test_a_checksum_that_holds_is_the_proof():
    dialect = bitget()
    first = outcome_of(dialect, frame("snapshot", BIDS, ASKS, checksum=sum_of(BIDS, ASKS)))
    second = outcome_of(dialect, frame("update", [["99.0", "0"]], [], checksum=sum_of(BIDS[:1], ASKS)))
    assert (first.proof, second.proof) == (Proof.CHECKSUM, Proof.CHECKSUM)
    assert second.bids == ((100.0, 1.5),)


@pytest.mark.parametrize("action", ["snapshot", "update"])
def test_a_checksum_that_does_not_hold_withdraws_the_book(action):
    dialect = bitget()
    dialect.take(frame("snapshot", BIDS, ASKS))
    doubted = outcome_of(dialect, frame(action, BIDS, ASKS, checksum=1))
    assert isinstance(doubted, Doubted)
    assert doubted.reason.endswith("is not the venue's 1")
    assert dialect.take(frame("update", [], [], checksum=1)) == (Seen("BTCUSDT"),)


def test_an_update_with_neither_checksum_nor_chain_is_unproven():
    dialect = bitget()
    dialect.take(frame("snapshot", BIDS, ASKS))
    believed = outcome_of(dialect, frame("update", [], [["101.0", "3"]]))
    assert believed.proof is Proof.UNPROVEN


def test_a_chained_update_is_in_sequence_and_a_repeat_is_seen_only():
    dialect = bitget()
    dialect.take(frame("snapshot", BIDS, ASKS, V3, seq="10", pseq=0))
    update = frame("update", [], [["101.0", "3"]], V3, seq="12", pseq="10", checksum=0)
    believed = outcome_of(dialect, update)
    assert (believed.proof, believed.nonce) == (Proof.SEQUENCE, 12)
    assert dialect.take(update) == (Seen("BTCUSDT"),)


@pytest.mark.parametrize(
    "wrong",
    [{"seq": 14, "pseq": 12}, {"seq": 9, "pseq": 10}, {"seq": 9}, {"ts": "999"}, {"seq": 11, "pseq": 9}],
)
def test_an_update_out_of_order_withdraws_the_book(wrong):
    dialect = bitget()
    dialect.take(frame("snapshot", BIDS, ASKS, seq=10, ts="1000"))
    doubted = outcome_of(dialect, frame("update", [], [], **wrong))
    assert isinstance(doubted, Doubted)


def test_a_snapshot_that_comes_late_withdraws_the_book():
    dialect = bitget()
    dialect.take(frame("snapshot", BIDS, ASKS, ts="1000"))
    doubted = outcome_of(dialect, frame("snapshot", BIDS, ASKS, ts="999"))
    assert doubted == Doubted("BTCUSDT", "a snapshot of 999 ms came late")


def test_a_crossed_book_is_doubted():
    doubted = outcome_of(bitget(), frame("snapshot", BIDS, [["100.0", "1"]]))
    assert doubted == Doubted("BTCUSDT", "book locked: bid 100.0 and ask 100.0")


def test_a_channel_of_fixed_depth_is_a_snapshot_every_time_and_its_checksum_is_of_more_than_it_shows():
    dialect = bitget()
    for _ in range(2):
        believed = outcome_of(
            dialect, frame("snapshot", BIDS, ASKS, {**V2, "channel": "books5"}, checksum=77)
        )
        assert believed.proof is Proof.SNAPSHOT


def test_data_may_come_without_its_list():
    """v3, tokenised stocks."""
    message = json.loads(frame("snapshot", BIDS, ASKS, V3))
    believed = outcome_of(bitget(), json.dumps({**message, "data": message["data"][0]}))
    assert believed.bids[0] == (100.0, 1.5)


def test_only_levels_that_the_checksum_covers_are_believed():
    bids = [[f"{100 - place}", "1"] for place in range(30)]
    summed = outcome_of(bitget(depth=28), frame("snapshot", bids, ASKS, checksum=sum_of(bids, ASKS)))
    whole = outcome_of(bitget(depth=28), frame("snapshot", bids, ASKS))
    assert (len(summed.bids), len(whole.bids)) == (25, 28)


def test_a_swap_is_not_taken_for_the_spot_market_of_the_same_id():
    swap_frame = frame("snapshot", BIDS, ASKS, {**V2, "instType": "USDT-FUTURES"})
    assert bitget(SPOT).take(swap_frame) == ()
    assert isinstance(outcome_of(bitget(SWAP), swap_frame), Believed)


@pytest.mark.parametrize(
    "text",
    [
        "pong",
        '{"event":"subscribe","arg":{"instType":"SPOT","channel":"books","instId":"BTCUSDT"}}',
        '{"event":"error","arg":{"instType":"SPOT","channel":"books","instId":"X"},"code":30001,"msg":"no"}',
        '{"action":"snapshot","arg":{"instType":"SPOT","channel":"trade","instId":"BTCUSDT"},"data":[["1"]]}',
    ],
)
def test_what_is_not_of_a_book_is_left_to_ccxt(text):
    assert bitget().take(text) is None


def test_an_unsubscription_of_ours_is_kept_from_ccxt_which_would_end_the_watch():
    told = json.dumps({"event": "unsubscribe", "arg": V2})
    assert bitget().take(told) == ()
    assert Bitget().take(told) is None


@pytest.mark.parametrize(
    "text",
    [
        frame("partial", BIDS, ASKS),
        frame("snapshot", [["1_0", "1"]], ASKS),
        frame("snapshot", [["nan", "1"]], ASKS),
        frame("snapshot", [["-1", "1"]], ASKS),
        frame("snapshot", [["1", "-1"]], ASKS),
        frame("snapshot", [[1.0, 1.0]], ASKS),
        frame("snapshot", [["1"]], ASKS),
        frame("update", BIDS, ASKS, seq="x"),
        frame("update", BIDS, ASKS, ts=1.5),
        json.dumps({"action": "update", "arg": V2}),
        frame("snapshot", BIDS, ASKS)[:-1],
    ],
)
def test_a_book_message_that_cannot_be_is_refused_and_voids_the_book(text):
    dialect = bitget()
    dialect.take(frame("snapshot", BIDS, ASKS))
    with pytest.raises((FrameRefused, MsgspecError)):
        dialect.take(text)
    assert dialect.take(frame("update", [], [])) == (Seen("BTCUSDT"),)


def test_the_subscription_is_ccxts_and_is_taken_back():
    asked = {"op": "subscribe", "args": [V2]}
    assert Bitget().requests(SPOT, asked) == (asked,)
    assert Bitget().cancels(SPOT, asked) == ({"op": "unsubscribe", "args": [V2]},)


@pytest.mark.parametrize("harm", Harm)
@settings(max_examples=25, deadline=None)
@given(story=stories(), data=st.data())
def test_no_book_believed_by_checksum_is_wrong(harm, story, data):
    heard, doubts = follow(bitget(depth=40), spoil(data, frames_of(story, is_summed=True), harm))
    assert all(is_true(one, story) for one in heard if one.believed.proof is Proof.CHECKSUM)
    assert len(doubts) <= (harm is not Harm.NONE)
    if harm is Harm.NONE:
        assert heard[-1].state == len(story.states) - 1


@pytest.mark.parametrize("harm", [Harm.NONE, Harm.LOST, Harm.TWICE, Harm.SWAPPED])
@settings(max_examples=25, deadline=None)
@given(story=stories(), data=st.data())
def test_no_book_believed_by_its_chain_misses_a_message(harm, story, data):
    heard, doubts = follow(bitget(depth=40), spoil(data, frames_of(story, is_summed=False), harm))
    assert all(is_true(one, story) for one in heard)
    assert len(doubts) <= (harm is not Harm.NONE)


@pytest.mark.parametrize(
    ("name", "inst_types", "symbol", "messages"),
    [
        ("BITGET.ws.1.0", ("sp", "SPOT"), "X/USDT", 443),
        ("BITGET.ws.2.0", ("mc", "USDT-FUTURES"), "X/USDT:USDT", 194),
    ],
)
def test_every_recorded_checksum_verifies(name, inst_types, symbol, messages):
    """Version 1 of the wire; only the names of the instrument types differ."""
    dialect, believed = Bitget(), 0
    for text in received(name):
        told = text.replace(f'"instType":"{inst_types[0]}"', f'"instType":"{inst_types[1]}"')
        if '"event"' in told:
            dialect.open(Market(Symbol(symbol), json.loads(told)["arg"]["instId"]), 20)
        for outcome in dialect.take(told) or ():
            assert isinstance(outcome, Believed), outcome
            assert outcome.proof is Proof.CHECKSUM
            believed += 1
    assert believed == messages
