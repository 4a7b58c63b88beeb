"""Bitstamp's messages are whole books: each stands for itself, and an older one is never applied."""

import json
from typing import Any

import pytest
from msgspec import MsgspecError
from tests.feeds.dialects.recordings import answered
from tests.feeds.dialects.single import outcome_of
from tests.feeds.dialects.sound import assert_sound

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.bitstamp import Bitstamp
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen
from kairos_tui.market import Proof, Symbol

MARKET = Market(Symbol("BTC/USD"), "btcusd")
ASKED = {"event": "bts:subscribe", "data": {"channel": "diff_order_book_btcusd"}}
BIDS, ASKS = [["100", "1.5"], ["99", "2"]], [["101", "0.1"], ["102", "3"]]


def bitstamp(depth: int = 20) -> Bitstamp:
    dialect = Bitstamp()
    dialect.open(MARKET, depth)
    return dialect


def frame(stamp: object, bids: Any = BIDS, asks: Any = ASKS, channel: str = "order_book_btcusd") -> str:
    data = {"timestamp": "1", "microtimestamp": str(stamp), "bids": bids, "asks": asks}
    return json.dumps({"data": data, "channel": channel, "event": "data"})


def test_the_channel_of_whole_books_is_asked_for_instead_of_differences():
    whole = {"event": "bts:subscribe", "data": {"channel": "order_book_btcusd"}}
    assert Bitstamp().requests(MARKET, ASKED) == (whole,)
    assert Bitstamp().cancels(MARKET, ASKED) == ({**whole, "event": "bts:unsubscribe"},)


def test_every_message_is_a_book_by_itself():
    dialect = bitstamp(depth=1)
    first = outcome_of(dialect, frame(1_700_000_000_000_123))
    expected = ((100.0, 1.5),), ((101.0, 0.1),), Proof.SNAPSHOT, 1_700_000_000_000, 1_700_000_000_000_123
    assert first == Believed("btcusd", *expected)
    second = outcome_of(dialect, frame(1_700_000_000_000_124, bids=[["98", "1"]]))
    assert second.bids == ((98.0, 1.0),)


def test_orders_at_one_price_are_one_level_of_a_sound_book():
    split = frame(7, bids=[["100", "1"], ["100", "2"], ["99", "1"]], asks=[["101", "1"], ["101", "3"]])
    believed = outcome_of(bitstamp(), split)
    assert_sound(believed, 20)
    assert (believed.bids[0], believed.asks[0]) == ((100.0, 3.0), (101.0, 4.0))


@pytest.mark.parametrize("stamp", [5, 10])
def test_a_message_that_is_not_newer_is_seen_only(stamp):
    dialect = bitstamp()
    dialect.take(frame(10))
    assert dialect.take(frame(stamp, bids=[["98", "1"]])) == (Seen("btcusd"),)
    assert isinstance(outcome_of(dialect, frame(11)), Believed)


def test_older_messages_in_a_row_mean_that_the_newest_stamp_was_wrong():
    """Else one wrong digit far ahead would silence the market and leave its last book standing."""
    dialect = bitstamp()
    dialect.take(frame(9_000))
    assert [dialect.take(frame(stamp)) for stamp in (11, 12, 13)] == [(Seen("btcusd"),)] * 3
    assert dialect.take(frame(14)) == (Doubted("btcusd", "stamps went back from 9000"),)
    assert isinstance(outcome_of(dialect, frame(15)), Believed)


def test_a_crossed_book_is_doubted_and_the_next_whole_one_believed():
    dialect = bitstamp()
    assert dialect.take(frame(1, bids=[["101.5", "1"]])) == (
        Doubted("btcusd", "book crossed: bid 101.5 and ask 101.0"),
    )
    assert isinstance(outcome_of(dialect, frame(2)), Believed)


def test_orders_at_one_price_become_one_level():
    believed = outcome_of(bitstamp(), frame(1, bids=[["100", "1"], ["100.00", "2"], ["99", "1"]]))
    assert believed.bids == ((100.0, 3.0), (99.0, 1.0))


def test_a_forgotten_book_is_not_brought_back_by_an_older_message():
    dialect = bitstamp()
    dialect.take(frame(10))
    dialect.forget("btcusd")
    assert dialect.take(frame(9)) == (Seen("btcusd"),)
    assert isinstance(outcome_of(dialect, frame(11)), Believed)


def test_another_market_is_not_answered_for():
    assert bitstamp().take(frame(1, channel="order_book_ethusd")) == ()


@pytest.mark.parametrize(
    "text",
    [
        '{"event":"bts:subscription_succeeded","channel":"order_book_btcusd","data":{}}',
        '{"event":"bts:unsubscription_succeeded","channel":"order_book_btcusd","data":{}}',
        '{"event":"bts:request_reconnect","channel":"","data":""}',
        '{"event":"bts:heartbeat","channel":"","data":{"status":"success"}}',
        '{"event":"bts:error","channel":"","data":{"code":4009,"message":"Connection is unauthorized."}}',
        '{"event":"data","channel":"diff_order_book_btcusd","data":{}}',
        '{"event":"trade","channel":"live_trades_btcusd","data":{}}',
    ],
)
def test_what_is_not_a_whole_book_is_left_to_ccxt(text):
    assert bitstamp().take(text) is None


@pytest.mark.parametrize(
    "text",
    [
        frame("x"),
        frame(2, bids=[["99", "1"], ["100", "1"]]),
        frame(2, asks=[["102", "1"], ["101", "1"]]),
        frame(2, bids=[["0", "1"]]),
        frame(2, bids=[["100", "-1"]]),
        frame(2, bids=[["100", "0"]]),
        frame(2, bids=[["100", "inf"]]),
        frame(2, bids=[["nan", "1"]]),
        frame(2, bids=[["100"]]),
        frame(2, bids=[[100, 1]]),
        frame(2).replace("asks", "offers"),
        frame(2)[:-1],
    ],
)
def test_a_book_that_cannot_be_is_refused(text):
    with pytest.raises((FrameRefused, MsgspecError)):
        bitstamp().take(text)


def test_recorded_books_are_believed_level_by_level():
    """Recorded over REST, which answers with the channel's own words."""
    dialect, believed = Bitstamp(), 0
    for url, body in answered("BITSTAMP.http.0.0"):
        pair, book = url.rsplit("/", 1)[1], json.loads(body)
        dialect.open(Market(Symbol(pair), pair), 50)
        outcome = outcome_of(
            dialect, frame(book["microtimestamp"], book["bids"], book["asks"], f"order_book_{pair}")
        )
        assert isinstance(outcome, Believed), outcome
        assert outcome.bids == tuple((float(price), float(size)) for price, size in book["bids"][:50])
        assert outcome.asks == tuple((float(price), float(size)) for price, size in book["asks"][:50])
        believed += 1
    assert believed == 10
