"""Bitfinex's books follow the venue's count of messages, and its checksums confirm them."""

import json
from collections.abc import Mapping, Sequence
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import MsgspecError
from tests.feeds.dialects.harmed_streams import (
    MIDDLE,
    Frame,
    Harm,
    Heard,
    Story,
    follow,
    is_true,
    spoil,
    stories,
)
from tests.feeds.dialects.recordings import received
from tests.feeds.dialects.single import outcome_of

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.bitfinex import Bitfinex
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen
from kairos_tui.market import Proof, Symbol

Rows = Sequence[Sequence[str]]
MARKET = Market(Symbol("BTC/USD"), "tBTCUSD")
OTHER = Market(Symbol("ETH/USD"), "tETHUSD")
ASKED = {"event": "subscribe", "channel": "book", "symbol": "tBTCUSD", "prec": "P0", "freq": "F0", "len": 25}
SNAPSHOT = "[17,[[100.5,1,2],[100,3,0.25],[101,2,-1.5]],1]"


def subscribed(channel: int = 17, symbol: str = "tBTCUSD") -> str:
    shape = {"prec": "P0", "freq": "F0", "len": "25", "pair": symbol[1:]}
    head = {"event": "subscribed", "channel": "book", "chanId": channel, "symbol": symbol}
    return json.dumps(head | shape)


def bitfinex(depth: int = 20) -> Bitfinex:
    dialect = Bitfinex()
    dialect.open(MARKET, depth)
    assert dialect.take(subscribed()) is None
    return dialect


def followed() -> Bitfinex:
    dialect = bitfinex()
    dialect.take(SNAPSHOT)
    return dialect


def sum_of(bids: Rows, asks: Rows) -> int:
    """Rows of [price text, amount text]; written from the documentation, apart from the code under test."""
    levels = [side[place] for place in range(25) for side in (bids, asks) if place < len(side)]
    string = ":".join(":".join(level) for level in levels)
    return int.from_bytes(crc32(string.encode()).to_bytes(4, "big"), "big", signed=True)


def number(value: float) -> str:
    """As JavaScript writes it: 100, 99.9, 0.25."""
    return f"{value:.10g}"


def texts(side: Mapping[int, int], sign: int) -> list[list[str]]:
    return [[number(tick / 10), number(sign * size / 1000)] for tick, size in side.items()]


def frames_of(story: Story) -> list[Frame]:
    """One message per level, a checksum after each lump."""
    whole = story.states[0].top(99)
    rows = [*texts(whole.bids, 1), *texts(whole.asks, -1)]
    bodies = [("[" + ",".join(f"[{price},1,{amount}]" for price, amount in rows) + "]", 0)]
    for index, lump in enumerate(story.changes, 1):
        held = story.states[index - 1]
        for tick, size in sorted(lump, key=lambda change: change.size > 0):
            sign = 1 if tick < MIDDLE else -1
            if size or tick in held.bids or tick in held.asks:
                entry = f"[{number(tick / 10)},2,{number(sign * size / 1000)}]" if size else ""
                bodies.append((entry or f"[{number(tick / 10)},0,{sign}]", index))
        top = story.states[index].top(25)
        bodies.append((f'"cs",{sum_of(texts(top.bids, 1), texts(top.asks, -1))}', index))
    return [Frame(f"[17,{body},{place}]", state) for place, (body, state) in enumerate(bodies, 300)]


def test_the_flags_are_sent_once_ahead_of_the_first_subscription():
    dialect = Bitfinex()
    assert dialect.requests(MARKET, ASKED) == ({"event": "conf", "flags": 196608}, ASKED)
    assert dialect.requests(OTHER, ASKED) == (ASKED,)


def test_a_snapshot_a_change_and_a_checksum_are_believed_by_ever_other_proof():
    dialect = bitfinex()
    first = outcome_of(dialect, SNAPSHOT)
    bids, asks = ((100.5, 2.0), (100.0, 0.25)), ((101.0, 1.5),)
    assert first == Believed("tBTCUSD", bids, asks, Proof.SNAPSHOT, None, 1)
    second = outcome_of(dialect, "[17,[101,3,-0.5],2]")
    assert second == Believed("tBTCUSD", bids, ((101.0, 0.5),), Proof.SEQUENCE, None, 2)
    checksum = sum_of([["100.5", "2"], ["100", "0.25"]], [["101", "-0.5"]])
    third = outcome_of(dialect, f'[17,"cs",{checksum},3]')
    assert third == Believed("tBTCUSD", bids, ((101.0, 0.5),), Proof.CHECKSUM, None, 3)


def test_a_count_of_nobody_removes_the_level():
    believed = outcome_of(followed(), "[17,[100.5,0,1],2]")
    assert believed.bids == ((100.0, 0.25),)


def test_numbers_are_summed_as_they_stand_on_the_wire():
    """github.com/bitfinexcom/bfx-api-node-models issue 70: the venue sums 2.1e-7, not 0.00000021."""
    dialect = bitfinex()
    dialect.take("[17,[[2.1e-7,1,308.5],[2.2e-7,1,-1e-8]],1]")
    believed = outcome_of(dialect, f'[17,"cs",{sum_of([["2.1e-7", "308.5"]], [["2.2e-7", "-1e-8"]])},2]')
    assert believed.proof is Proof.CHECKSUM


def test_a_wrong_checksum_withdraws_the_book_until_the_next_snapshot():
    dialect = followed()
    doubted = outcome_of(dialect, '[17,"cs",5,2]')
    assert doubted.reason.endswith("is not the venue's 5")
    assert dialect.take("[17,[100,1,1],3]") == (Seen("tBTCUSD"),)
    assert dialect.take('[17,"cs",5,4]') == (Seen("tBTCUSD"),)
    assert isinstance(outcome_of(dialect, "[17,[[100.5,1,2]],5]"), Believed)


def test_a_missing_number_doubts_every_market_once():
    dialect = followed()
    dialect.open(OTHER, 20)
    dialect.take(subscribed(18, "tETHUSD"))
    dialect.take("[18,[[5,1,2]],2]")
    reason = "message 3 is missing, 4 came"
    assert dialect.take("[18,[6,1,-2],4]") == (Doubted("tBTCUSD", reason), Doubted("tETHUSD", reason))
    assert dialect.take("[18,[6,1,-2],9]") == ()


def test_a_repeat_is_seen_only():
    dialect = followed()
    dialect.take("[17,[100.5,0,1],2]")
    assert dialect.take("[17,[100.5,0,1],2]") == (Seen("tBTCUSD"),)


def test_without_numbers_a_change_is_unproven_and_the_checksum_still_proves():
    dialect = bitfinex()
    dialect.take("[17,[[100.5,1,2],[101,2,-1.5]]]")
    assert outcome_of(dialect, "[17,[101,2,-1]]").proof is Proof.UNPROVEN
    checksum = sum_of([["100.5", "2"]], [["101", "-1"]])
    assert outcome_of(dialect, f'[17,"cs",{checksum}]').proof is Proof.CHECKSUM


def test_a_heartbeat_is_a_sign_of_life_and_is_counted():
    dialect = followed()
    assert dialect.take('[17,"hb",2]') == (Seen("tBTCUSD"),)
    assert isinstance(outcome_of(dialect, "[17,[100.5,0,1],3]"), Believed)


def test_a_book_crossed_between_two_changes_is_not_believed_meanwhile():
    dialect = followed()
    assert dialect.take("[17,[101.5,1,1],2]") == ()
    believed = outcome_of(dialect, "[17,[101,0,-1],3]")
    assert believed.bids[0] == (101.5, 1.0)


@pytest.mark.parametrize("confirmation", ['"hb"', f'"cs",{sum_of([["101.5", "1"], ["100.5", "2"]], [])}'])
def test_a_book_still_crossed_when_the_venue_confirms_it_is_doubted(confirmation):
    dialect = followed()
    dialect.take("[17,[101.5,1,1],2]")
    assert isinstance(outcome_of(dialect, f"[17,{confirmation},3]"), Doubted)


@pytest.mark.parametrize("code", [20060, 20061])
def test_maintenance_withdraws_the_books(code):
    dialect = followed()
    told = json.dumps({"event": "info", "code": code, "msg": "maintenance"})
    assert dialect.take(told) == (Doubted("tBTCUSD", "the venue is in maintenance"),)


@pytest.mark.parametrize(
    "text",
    [
        '{"event":"info","version":2,"serverId":"x","platform":{"status":1}}',
        '{"event":"conf","status":"OK","flags":196608}',
        '{"event":"error","msg":"subscribe: dup","code":10301}',
        '{"event":"subscribed","channel":"trades","chanId":19,"symbol":"tBTCUSD","pair":"BTCUSD"}',
        '{"event":"unsubscribed","status":"OK","chanId":19}',
        '[19,"te",[1,2,3],2]',
        '{"mystery":1}',
    ],
)
def test_what_is_not_of_a_book_is_left_to_ccxt(text):
    assert followed().take(text) is None


def test_resubscribing_moves_the_book_to_its_new_channel():
    dialect = followed()
    assert dialect.cancels(MARKET, ASKED) == ({"event": "unsubscribe", "chanId": 17},)
    assert dialect.take(subscribed(18)) is None
    assert dialect.take("[17,[100.5,0,1],2]") == ()
    assert dialect.take('{"event":"unsubscribed","status":"OK","chanId":17}') == ()
    believed = outcome_of(dialect, "[18,[[99,1,2]],3]")
    assert believed.bids == ((99.0, 2.0),)
    assert dialect.cancels(MARKET, ASKED) == ({"event": "unsubscribe", "chanId": 18},)


def test_an_unsubscription_of_ours_is_kept_from_ccxt_which_would_fail_on_it():
    dialect = followed()
    assert dialect.take('{"event":"unsubscribed","status":"OK","chanId":17}') == ()
    assert dialect.cancels(MARKET, ASKED) == ()
    assert dialect.take("[17,[100.5,0,1],2]") is None


@pytest.mark.parametrize(
    "text",
    [
        "[17,[100.5,1],2]",
        '[17,["100.5",1,2],2]',
        "[17,[100.5,-1,2],2]",
        "[17,[100.5,1,0],2]",
        "[17,[-100.5,1,2],2]",
        "[17,[100.5,1,null],2]",
        '[17,"cs","x",2]',
        '[17,"tu",2]',
        "[17,[100.5,1,2],2",
        '["17",[100.5,1,2],2]',
    ],
)
def test_a_book_message_that_cannot_be_is_refused_and_voids_the_book(text):
    dialect = followed()
    with pytest.raises((FrameRefused, MsgspecError)):
        dialect.take(text)
    assert Believed not in map(type, dialect.take("[17,[100.5,0,1],2]") or ())


@pytest.mark.parametrize("harm", Harm)
@settings(max_examples=25, deadline=None)
@given(story=stories(), data=st.data())
def test_no_believed_book_misses_a_message_and_no_checksum_confirms_a_wrong_one(harm, story, data):
    """A lost or displaced message shows at once by its number; a wrong digit by the next checksum."""
    frames = frames_of(story)
    last_of = {frame.state: place for place, frame in enumerate(frames)}
    heard, doubts = follow(bitfinex(depth=40), spoil(data, frames, harm))
    proven = [one for one in heard if is_whole(one, last_of)]
    if harm is Harm.CORRUPTED:
        proven = [one for one in proven if one.believed.proof is Proof.CHECKSUM]
    assert all(is_true(one, story) for one in proven)
    assert len(doubts) <= (harm is not Harm.NONE)
    if harm is Harm.NONE:
        assert heard[-1].state == len(story.states) - 1


def is_whole(heard: Heard, last_of: Mapping[int, int]) -> bool:
    """Was it said at the end of a lump? Between its changes there is no true book to compare with."""
    return (heard.believed.nonce or 0) - 300 in {last_of[heard.state], last_of[heard.state] - 1}


def test_a_recording_of_seven_markets_follows_its_numbers_without_a_doubt():
    """Recorded with flag 65536 alone, so it holds no checksums."""
    dialect, believed = Bitfinex(), []
    for text in received("BITFINEX.ws.11.0"):
        if '"subscribed"' in text:
            symbol = json.loads(text)["symbol"]
            dialect.open(Market(Symbol(symbol), symbol), 20)
        for outcome in dialect.take(text) or ():
            assert not isinstance(outcome, Doubted), outcome
            believed += [outcome.proof] if isinstance(outcome, Believed) else []
    assert believed.count(Proof.SNAPSHOT) == 7
    assert believed.count(Proof.SEQUENCE) == 1593
