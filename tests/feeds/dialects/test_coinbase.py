"""Coinbase counts the messages of a connection: one that is missing withdraws every book, once."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import MsgspecError
from tests.feeds.dialects.harmed_streams import (
    MIDDLE,
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
from kairos_tui.feeds.dialects.coinbase import Coinbase
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen
from kairos_tui.market import Proof, Symbol

Rows = Sequence[Sequence[str]]
BTC = Market(Symbol("BTC/USD"), "BTC-USD")
BTC_USDC = Market(Symbol("BTC/USDC"), "BTC-USDC")
ETH = Market(Symbol("ETH/USD"), "ETH-USD")
ASKED = {"type": "subscribe", "product_ids": ["BTC-USD"], "channel": "level2"}
BIDS, ASKS = [("100.00", "1.5"), ("99.50", "2")], [("101.00", "0.1")]


def coinbase(*markets: Market, depth: int = 20) -> Coinbase:
    dialect = Coinbase()
    for market in markets or (BTC,):
        dialect.open(market, depth)
    return dialect


def message(channel: str, sequence: int, events: Any) -> str:
    head = {"channel": channel, "client_id": "", "timestamp": "2026-03-01T12:00:00.123456789Z"}
    return json.dumps(head | {"sequence_num": sequence, "events": events})


def frame(
    sequence: int, kind: str = "update", bids: Rows = (), asks: Rows = (), product: str = "BTC-USD"
) -> str:
    return message("l2_data", sequence, [event(kind, bids, asks, product)])


def event(kind: str, bids: Rows, asks: Rows, product: str) -> dict[str, Any]:
    rows = [("bid", *row) for row in bids] + [("offer", *row) for row in asks]
    updates = [
        {"side": side, "event_time": "1970-01-01T00:00:00Z", "price_level": price, "new_quantity": size}
        for side, price, size in rows
    ]
    return {"type": kind, "product_id": product, "updates": updates}


def heartbeat(sequence: int) -> str:
    now = "2026-03-01 12:00:00.1 +0000 UTC m=+91717.5"
    return message("heartbeats", sequence, [{"current_time": now, "heartbeat_counter": "3049"}])


def snapshot(sequence: int, product: str = "BTC-USD") -> str:
    return frame(sequence, "snapshot", BIDS, ASKS, product)


def spoken_of(dialect: Coinbase, text: str) -> list[str]:
    return [outcome.market_id for outcome in dialect.take(text) or ()]


def test_heartbeats_are_subscribed_to_once_with_the_first_market():
    dialect = coinbase(BTC, ETH)
    assert dialect.requests(BTC, ASKED) == (ASKED, {"type": "subscribe", "channel": "heartbeats"})
    assert dialect.requests(ETH, ASKED) == (ASKED,)
    assert dialect.cancels(BTC, ASKED) == ({**ASKED, "type": "unsubscribe"},)


def test_a_snapshot_then_updates_in_sequence():
    dialect = coinbase()
    first = outcome_of(dialect, snapshot(0))
    sides = ((100.0, 1.5), (99.5, 2.0)), ((101.0, 0.1),)
    assert first == Believed("BTC-USD", *sides, Proof.SNAPSHOT, 1772366400123, 0)
    second = outcome_of(dialect, frame(1, bids=[("100.00", "0")], asks=[("100.75", "3")]))
    new_sides = ((99.5, 2.0),), ((100.75, 3.0), (101.0, 0.1))
    assert second == Believed("BTC-USD", *new_sides, Proof.SEQUENCE, 1772366400123, 1)


def test_updates_before_the_snapshot_say_nothing():
    assert coinbase().take(frame(4, bids=BIDS)) == ()


def test_a_gap_on_any_channel_doubts_every_market_once():
    dialect = coinbase(BTC, ETH)
    dialect.take(snapshot(0))
    dialect.take(snapshot(1, "ETH-USD"))
    reason = "message 2 is missing, 3 came"
    told = message("subscriptions", 3, [{"subscriptions": {"level2": ["BTC-USD"]}}])
    assert dialect.take(told) == (Doubted("BTC-USD", reason), Doubted("ETH-USD", reason))
    assert dialect.take(frame(9)) == ()
    assert isinstance(outcome_of(dialect, snapshot(10)), Believed)


def test_a_gap_while_a_new_snapshot_is_awaited_is_told_again():
    """It may have been that snapshot."""
    dialect = coinbase()
    dialect.take(snapshot(0))
    assert isinstance(outcome_of(dialect, frame(2)), Doubted)
    dialect.requests(BTC, ASKED)
    assert isinstance(outcome_of(dialect, heartbeat(4)), Doubted)


def test_numbers_of_messages_that_are_ccxts_are_counted():
    dialect = coinbase()
    dialect.take(snapshot(0))
    assert dialect.take(message("subscriptions", 1, [{"subscriptions": {}}])) is None
    assert dialect.take(message("ticker", 2, [{"tickers": []}])) is None
    assert isinstance(outcome_of(dialect, frame(3)), Believed)


def test_a_heartbeat_is_a_sign_of_life_of_every_followed_book():
    dialect = coinbase(BTC, ETH)
    dialect.take(snapshot(0))
    assert dialect.take(heartbeat(1)) == (Seen("BTC-USD"),)


def test_a_repeat_is_seen_only():
    dialect = coinbase()
    dialect.take(snapshot(0))
    dialect.take(frame(1, bids=[("100.00", "0")]))
    assert dialect.take(frame(1, bids=[("100.00", "7")])) == (Seen("BTC-USD"),)
    assert outcome_of(dialect, frame(2)).bids == ((99.5, 2.0),)


def test_one_message_may_speak_of_several_products():
    dialect = coinbase(BTC, ETH)
    events = [event("snapshot", BIDS, ASKS, "ETH-USD"), event("snapshot", BIDS, ASKS, "BTC-USD")]
    assert spoken_of(dialect, message("l2_data", 0, events)) == ["ETH-USD", "BTC-USD"]


def test_a_book_asked_for_in_usdc_is_answered_for_in_usd():
    dialect = coinbase(BTC_USDC)
    assert outcome_of(dialect, snapshot(0)).market_id == "BTC-USDC"
    assert outcome_of(dialect, frame(1, bids=[("100.00", "0")])).bids == ((99.5, 2.0),)


def test_a_book_asked_for_in_usd_may_be_answered_for_in_usdc():
    assert outcome_of(coinbase(BTC), snapshot(0, "BTC-USDC")).market_id == "BTC-USD"


def test_one_book_serves_both_names_when_both_are_open():
    assert spoken_of(coinbase(BTC, BTC_USDC), snapshot(0)) == ["BTC-USD", "BTC-USDC"]


def test_a_book_that_speaks_under_its_own_name_listens_to_no_other():
    dialect = coinbase(BTC, BTC_USDC)
    dialect.take(snapshot(0))
    dialect.take(snapshot(1, "BTC-USDC"))
    assert spoken_of(dialect, frame(2)) == ["BTC-USD"]
    assert spoken_of(dialect, snapshot(3)) == ["BTC-USD"]


@pytest.mark.parametrize(("product", "market"), [("USDT-USD", "USDT-USDC"), ("EURC-USDC", "EURC-USD")])
def test_the_stablecoins_own_books_are_not_taken_for_each_other(product, market):
    assert coinbase(Market(Symbol("X/Y"), market)).take(snapshot(0, product)) == ()


def test_a_crossed_book_is_doubted():
    dialect = coinbase()
    dialect.take(snapshot(0))
    assert dialect.take(frame(1, bids=[("101.00", "1")])) == (
        Doubted("BTC-USD", "book locked: bid 101.0 and ask 101.0"),
    )


def test_what_carries_no_number_is_left_to_ccxt():
    assert coinbase().take('{"type":"error","message":"authentication failure"}') is None


@pytest.mark.parametrize(
    "text",
    [
        snapshot(1)[:-1],
        snapshot(1).replace("snapshot", "partial"),
        snapshot(1).replace('"offer"', '"ask"'),
        snapshot(1).replace('"100.00"', "100.00"),
        snapshot(1).replace("100.00", "1e3x"),
        snapshot(1).replace("100.00", "-100.00"),
        snapshot(1).replace('"1.5"', '"nan"'),
        snapshot(1).replace('"sequence_num": 1', '"sequence_num": "1"'),
        snapshot(1).replace("updates", "changes"),
    ],
)
def test_a_message_that_cannot_be_is_refused_and_voids_the_books(text):
    dialect = coinbase()
    dialect.take(snapshot(0))
    with pytest.raises((FrameRefused, MsgspecError)):
        dialect.take(text)
    assert Believed not in map(type, dialect.take(frame(2)) or ())


def frames_of(story: Story) -> list[Frame]:
    whole = story.states[0].top(99)
    bids, asks = ([(price_text(tick), size_text(size)) for tick, size in side.items()] for side in whole)
    frames = [Frame(frame(20, "snapshot", bids, asks), 0)]
    for index, lump in enumerate(story.changes, 1):
        rows = [(change.tick < MIDDLE, price_text(change.tick), size_text(change.size)) for change in lump]
        bids, asks = [row[1:] for row in rows if row[0]], [row[1:] for row in rows if not row[0]]
        frames.append(Frame(frame(20 + 2 * index - 1, "update", bids, asks), index))
        frames.append(Frame(heartbeat(20 + 2 * index), index))
    return frames


@pytest.mark.parametrize("harm", [Harm.NONE, Harm.LOST, Harm.TWICE, Harm.SWAPPED])
@settings(max_examples=25, deadline=None)
@given(story=stories(), data=st.data())
def test_no_believed_book_misses_a_message(harm, story, data):
    heard, doubts = follow(coinbase(depth=40), spoil(data, frames_of(story), harm))
    assert all(is_true(one, story) for one in heard)
    assert len(doubts) <= (harm is not Harm.NONE)
    if harm is Harm.NONE:
        assert heard[-1].state == len(story.states) - 1


def test_a_recording_of_ten_markets_follows_without_a_doubt():
    """Recorded from the older feed of the same books; told here in the words of Advanced."""
    dialect, believed = Coinbase(), 0
    for sequence, (kind, bids, asks, product) in enumerate(told_in_the_old_feed()):
        if kind == "snapshot":
            dialect.open(Market(Symbol(product), product), 20)
        outcome = outcome_of(dialect, frame(sequence, kind, bids, asks, product))
        assert isinstance(outcome, Believed), outcome
        believed += 1
    assert believed == 9729


def told_in_the_old_feed() -> Iterator[tuple[str, Rows, Rows, str]]:
    for old in map(json.loads, received("COINBASE.ws.28.0")):
        if old["type"] == "snapshot":
            yield "snapshot", old["bids"], old["asks"], old["product_id"]
        elif old["type"] == "l2update":
            sides = [[row[1:] for row in old["changes"] if row[0] == side] for side in ("buy", "sell")]
            yield "update", sides[0], sides[1], old["product_id"]
