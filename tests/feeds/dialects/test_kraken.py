"""Kraken's checksum proves every book that is believed; what it cannot see is not believed."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import MsgspecError
from tests.feeds.dialects.harmed_streams import (
    Frame,
    Harm,
    State,
    Story,
    follow,
    is_true,
    price_text,
    size_text,
    spoil,
    stories,
)
from tests.feeds.dialects.recordings import read_json, received
from tests.feeds.dialects.single import outcome_of

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Message, Seen
from kairos_tui.feeds.dialects.kraken import Kraken
from kairos_tui.market import Proof, Symbol

Rows = Sequence[Sequence[str]]
MARKET = Market(Symbol("BTC/USD"), "XXBTZUSD")
ASKED: Message = {
    "method": "subscribe",
    "params": {"channel": "book", "symbol": ["BTC/USD"], "depth": 10},
    "req_id": 7,
}


def kraken(depth: int = 10) -> Kraken:
    dialect = Kraken()
    dialect.open(MARKET, depth)
    dialect.requests(MARKET, {**ASKED, "params": {**ASKED["params"], "depth": depth}})
    return dialect


def frame(
    kind: str,
    bids: Rows,
    asks: Rows,
    checksum: int | None = None,
    stamp: int | None = None,
    symbol: str = "BTC/USD",
) -> str:
    """`bids`, `asks`: [price text, size text]; without a checksum, that of these levels."""
    written = (
        ",".join(f'{{"price":{price},"qty":{size}}}' for price, size, *_ in rows) for rows in (bids, asks)
    )
    shown = '"symbol":"{}","bids":[{}],"asks":[{}]'.format(symbol, *written)
    summed = f'"checksum":{sum_of(bids, asks) if checksum is None else checksum}'
    when = f',"timestamp":"2026-03-01T12:00:00.{stamp:06d}Z"' if stamp is not None else ""
    return f'{{"channel":"book","type":"{kind}","data":[{{{shown},{summed}{when}}}]}}'


def sum_of(bids: Rows, asks: Rows) -> int:
    """Written from the documentation, apart from the code under test."""
    texts = [text for row in (*asks[:10], *bids[:10]) for text in row[:2]]
    return crc32("".join(text.replace(".", "").lstrip("0") for text in texts).encode())


def texts(side: Mapping[int, int]) -> Rows:
    return [(price_text(tick), size_text(size)) for tick, size in side.items()]


def frames_of(story: Story, depth: int) -> list[Frame]:
    """As the venue tells it: no removal of what only falls out of the depth, news of what rises into it."""
    frames = []
    shown = State({}, {})
    for index, state in enumerate(story.states):
        top = state.top(depth)
        sides = [
            [
                *((price_text(tick), "0.00000000") for tick in before if tick not in whole),
                *(
                    (price_text(tick), size_text(size))
                    for tick, size in now.items()
                    if before.get(tick) != size
                ),
            ]
            for before, now, whole in zip(shown, top, state, strict=True)
        ]
        checksum = sum_of(texts(top.bids), texts(top.asks))
        text = frame("update" if index else "snapshot", sides[0], sides[1], checksum, index)
        frames.append(Frame(text, index))
        shown = top
    return frames


BIDS, ASKS = [("100.0", "1.50000000"), ("99.0", "2.00000000")], [("101.0", "0.10000000")]
SNAPSHOT = frame("snapshot", BIDS, ASKS, stamp=1)


def test_a_snapshot_is_believed_by_its_checksum():
    believed = outcome_of(kraken(), SNAPSHOT)
    assert believed == Believed(
        "XXBTZUSD", ((100.0, 1.5), (99.0, 2.0)), ((101.0, 0.1),), Proof.CHECKSUM, 1772366400000, None
    )


def test_trailing_zeros_of_json_numbers_count():
    """The same numbers with other digits have another checksum."""
    shorn = SNAPSHOT.replace("1.50000000", "1.5")
    doubted = outcome_of(kraken(), shorn)
    assert isinstance(doubted, Doubted)
    assert doubted.reason.startswith("checksum ")


def test_bytes_say_the_same_as_text():
    assert kraken().take(SNAPSHOT.encode()) == kraken().take(SNAPSHOT)


def test_an_update_changes_the_book():
    dialect = kraken()
    dialect.take(SNAPSHOT)
    after = [("100.0", "1.50000000")], [("101.0", "0.10000000")]
    believed = outcome_of(dialect, frame("update", [("99.0", "0.00000000")], [], sum_of(*after), 2))
    assert believed.bids == ((100.0, 1.5),)


def test_a_wrong_checksum_withdraws_the_book_until_the_next_snapshot():
    dialect = kraken()
    dialect.take(SNAPSHOT)
    doubted = outcome_of(dialect, frame("update", [("99.0", "3.00000000")], [], 5, 2))
    assert doubted.market_id == "XXBTZUSD"
    assert doubted.reason.endswith("is not the venue's 5")
    assert dialect.take(frame("update", [], [], 5, 3)) == (Seen("XXBTZUSD"),)
    believed = outcome_of(dialect, frame("snapshot", BIDS, ASKS, stamp=4))
    assert isinstance(believed, Believed)


def test_updates_before_the_snapshot_are_seen_only():
    assert kraken().take(frame("update", BIDS, [], 5, 2)) == (Seen("XXBTZUSD"),)


def test_a_message_that_comes_late_withdraws_the_book():
    dialect = kraken()
    dialect.take(frame("snapshot", BIDS, ASKS, stamp=5))
    doubted = outcome_of(dialect, frame("snapshot", BIDS, ASKS, stamp=4))
    assert doubted.reason == "a message of 2026-03-01 12:00:00.000004+00:00 came late"


def test_a_crossed_book_is_doubted_though_its_checksum_holds():
    doubted = outcome_of(kraken(), frame("snapshot", BIDS, [("99.5", "1.00000000")]))
    assert doubted == Doubted("XXBTZUSD", "book crossed: bid 100.0 and ask 99.5")


def test_only_levels_that_the_checksum_covers_are_believed():
    bids = [(f"{100 - place}.0", "1.00000000") for place in range(25)]
    believed = outcome_of(kraken(25), frame("snapshot", bids, ASKS))
    assert len(believed.bids) == 10


def test_a_market_that_is_not_open_is_not_answered_for():
    assert kraken().take(frame("snapshot", BIDS, ASKS, symbol="ETH/USD")) == ()


@pytest.mark.parametrize(
    "text",
    [
        '{"channel":"heartbeat"}',
        '{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online"}]}',
        '{"method":"subscribe","result":{"channel":"book","depth":25,"symbol":"BTC/USD"},"success":true}',
        '{"error":"Subscription depth not supported","method":"subscribe","success":false,"req_id":7}',
        '{"method":"pong","req_id":1}',
        "not JSON at all",
    ],
)
def test_what_is_not_of_the_book_channel_is_left_to_ccxt(text):
    assert kraken().take(text) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"channel":"book","type":"update"}',
        '{"channel":"book","data":[]}',
        SNAPSHOT[:-1],
        SNAPSHOT.replace("100.0", '"100.0"'),
        SNAPSHOT.replace("100.0", "-100.0"),
        SNAPSHOT.replace("100.0", "null"),
        SNAPSHOT.replace("1.50000000", "-1.50000000"),
        SNAPSHOT.replace("1.50000000", "1e999"),
        SNAPSHOT.replace('"snapshot"', '"partial"'),
        SNAPSHOT.replace("checksum", "sum"),
        SNAPSHOT.replace("Z", ""),
    ],
)
def test_a_book_message_that_cannot_be_is_refused_and_voids_the_book(text):
    dialect = kraken()
    dialect.take(SNAPSHOT)
    with pytest.raises((FrameRefused, MsgspecError)):
        dialect.take(text)
    assert dialect.take(frame("update", [], [], stamp=9)) == (Seen("XXBTZUSD"),)


def test_the_subscription_is_ccxts_and_is_taken_back_without_its_request_id():
    assert Kraken().requests(MARKET, ASKED) == (ASKED,)
    assert Kraken().cancels(MARKET, ASKED) == ({"method": "unsubscribe", "params": ASKED["params"]},)


def test_no_rest_snapshot_is_needed():
    assert kraken().snapshot_call(MARKET) is None
    assert kraken().take_snapshot("XXBTZUSD", {}) == ()


def test_forgetting_waits_for_a_snapshot_again():
    dialect = kraken()
    dialect.take(SNAPSHOT)
    dialect.forget("XXBTZUSD")
    assert dialect.take(frame("update", [], [], stamp=2)) == (Seen("XXBTZUSD"),)


@pytest.mark.parametrize("harm", Harm)
@pytest.mark.parametrize("depth", [10, 25])
@settings(max_examples=25, deadline=None)
@given(story=stories(), data=st.data())
def test_no_believed_book_is_ever_wrong(depth, harm, story, data):
    heard, doubts = follow(kraken(depth), spoil(data, frames_of(story, depth), harm))
    assert all(is_true(one, story) for one in heard)
    assert all(one.believed.proof is Proof.CHECKSUM for one in heard)
    assert len(doubts) <= (harm is not Harm.NONE)
    if harm is Harm.NONE:
        assert heard[-1].state == len(story.states) - 1


def test_every_checksum_of_a_recorded_ten_level_book_verifies():
    """Version 1 of the wire, told in version 2; its snapshot carries no checksum, so it gets ours."""
    dialect, believed = kraken(10), 0
    recorded = read_json("kraken_sdk/orderbook-v1.json.gz")
    for message in (*recorded["init"], *recorded["updates"]):
        if isinstance(message, list):
            outcome = outcome_of(dialect, retold(message, "BTC/USD"))
            assert isinstance(outcome, Believed), outcome
            believed += 1
    assert believed == 980


def test_every_checksum_of_ten_recorded_thousand_level_books_verifies():
    dialect, believed = Kraken(), Counter[str]()
    for message in map(json.loads, received("KRAKEN.ws.50.0")):
        if not isinstance(message, list):
            continue
        symbol = message[-1]
        if symbol not in believed:
            dialect.open(Market(Symbol(symbol), symbol), 25)
            dialect.requests(Market(Symbol(symbol), symbol), {"params": {"depth": 1000}})
        outcome = outcome_of(dialect, retold(message, symbol))
        assert isinstance(outcome, Believed), outcome
        believed[symbol] += 1
    assert len(believed) == 10
    assert believed.total() == 4279


def retold(message: list[Any], symbol: str) -> str:
    """[channel, {sides and checksum}, perhaps another, name, pair] of version 1."""
    parts = {name: value for part in message[1:-2] for name, value in part.items()}
    if "as" in parts:
        return frame("snapshot", parts["bs"], parts["as"], symbol=symbol)
    return frame("update", parts.get("b", []), parts.get("a", []), parts["c"], symbol=symbol)


def test_loads_as_json():
    """The helper above writes what it means to."""
    assert json.loads(SNAPSHOT)["data"][0]["bids"][0] == {"price": 100.0, "qty": 1.5}
