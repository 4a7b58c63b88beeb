"""Binance spot: kept updates and a REST snapshot make a book, and each update continues the one before."""

import json

import pytest
from msgspec import MsgspecError
from tests.feeds.dialects.replay import Replay, hft_frames, snapshots, told

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.binance import SNAPSHOT_LEVELS, Binance, SpotUpdate
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen, SnapshotCall, Wanted
from kairos_tui.market import Proof, Symbol

MARKET = Market(Symbol("BNB/BTC"), "BNBBTC")
SNAPSHOT = {"lastUpdateId": 160, "bids": [["0.0024", "10"], ["0.0022", "5"]], "asks": [["0.0026", "100"]]}


def update(first: int, last: int, bids: str = "[]", asks: str = "[]", stamp: int = 1_672_515_782_136) -> str:
    head = f'"e":"depthUpdate","E":{stamp},"s":"BNBBTC","U":{first},"u":{last}'
    return f'{{{head},"b":{bids},"a":{asks}}}'


def ticker(update_id: int, bid: str, bid_size: str, ask: str, ask_size: str) -> str:
    return f'{{"u":{update_id},"s":"BNBBTC","b":"{bid}","B":"{bid_size}","a":"{ask}","A":"{ask_size}"}}'


def opened() -> Binance:
    binance = Binance()
    binance.open(MARKET, 5)
    return binance


def synchronised() -> Binance:
    binance = opened()
    binance.take(update(157, 160))
    binance.take_snapshot("BNBBTC", SNAPSHOT)
    return binance


def test_the_first_update_wants_a_snapshot_and_says_so_once():
    binance = opened()
    assert binance.take(update(157, 160)) == (Wanted("BNBBTC"),)
    assert binance.take(update(161, 165)) == (Seen("BNBBTC"),)
    assert binance.snapshot_call(MARKET) == SnapshotCall(
        "publicGetDepth", {"symbol": "BNBBTC", "limit": SNAPSHOT_LEVELS}
    )


def test_the_snapshot_is_joined_with_what_came_since():
    binance = opened()
    binance.take(update(157, 160, '[["0.0024","99"]]'))
    binance.take(update(161, 165, '[["0.0024","0"],["0.0023","7"]]', '[["0.0025","1"]]'))
    (believed,) = binance.take_snapshot("BNBBTC", SNAPSHOT)
    bids, asks = ((0.0023, 7.0), (0.0022, 5.0)), ((0.0025, 1.0), (0.0026, 100.0))
    assert believed == Believed("BNBBTC", bids, asks, Proof.SEQUENCE, 1_672_515_782_136, 165)


def test_a_snapshot_older_than_what_was_kept_is_wanted_again():
    binance = opened()
    binance.take(update(162, 165))
    assert binance.take_snapshot("BNBBTC", SNAPSHOT) == (Wanted("BNBBTC"),)
    assert isinstance(binance.take_snapshot("BNBBTC", {**SNAPSHOT, "lastUpdateId": 161})[0], Believed)


def test_a_hole_in_what_was_kept_is_doubted():
    binance = opened()
    binance.take(update(157, 160))
    binance.take(update(162, 165))
    assert binance.take_snapshot("BNBBTC", SNAPSHOT) == (Doubted("BNBBTC", "update 162 follows 160"),)


def test_a_still_market_is_believed_by_its_snapshot_alone():
    binance = opened()
    assert isinstance(binance.take_snapshot("BNBBTC", SNAPSHOT)[0], Believed)
    assert isinstance((binance.take(update(161, 162)) or ())[0], Believed)


def test_a_gap_is_doubted_once_and_the_update_that_showed_it_begins_the_next_book():
    binance = synchronised()
    assert binance.take(update(162, 163)) == (Doubted("BNBBTC", "update 162 follows 160"),)
    assert binance.take(update(164, 164)) == (Wanted("BNBBTC"),)
    assert binance.take_snapshot("BNBBTC", SNAPSHOT) == (Wanted("BNBBTC"),)
    (believed,) = binance.take_snapshot("BNBBTC", {**SNAPSHOT, "lastUpdateId": 163})
    assert isinstance(believed, Believed)
    assert believed.nonce == 164


def test_an_old_or_repeated_update_changes_nothing():
    binance = synchronised()
    binance.take(update(161, 165, stamp=2))
    assert binance.take(update(161, 165, '[["0.0024","1"]]', stamp=2)) == (Seen("BNBBTC"),)
    assert binance.take(update(158, 159, '[["0.0024","1"]]', stamp=1)) == (Seen("BNBBTC"),)
    (believed,) = binance.take(update(166, 166)) or ()
    assert isinstance(believed, Believed)
    assert believed.bids[0] == (0.0024, 10.0)


def test_the_best_bid_ask_has_no_stamp():
    binance = synchronised()
    (believed,) = binance.take(ticker(161, "0.0024", "9", "0.0026", "100")) or ()
    bids = ((0.0024, 9.0), (0.0022, 5.0))
    assert believed == Believed("BNBBTC", bids, ((0.0026, 100.0),), Proof.SEQUENCE, None, 161, is_best=True)


@pytest.mark.parametrize(
    "frame",
    [
        '{"result":null,"id":1}',
        '{"error":{"code":2,"msg":"Invalid request: unknown variant"},"id":1}',
        '{"e":"serverShutdown","E":1770123456789}',
        '{"e":"trade","E":1,"s":"BNBBTC","t":1,"p":"0.001","q":"100","T":1,"m":true,"M":true}',
        '{"e":"24hrTicker","E":1,"s":"BNBBTC","b":"1","B":"1","a":"2","A":"1"}',
        b'{"result":null,"id":1}',
    ],
)
def test_other_messages_are_ccxt_s(frame):
    assert synchronised().take(frame) is None


def test_a_frame_is_known_by_its_words_wherever_they_stand():
    """The venue's usual order of fields is only the quickest way to tell."""
    turned = json.dumps(dict(reversed(json.loads(update(161, 161, '[["0.0022","7"]]')).items())))
    counted = json.dumps({"u": 162, **json.loads(update(162, 162, '[["0.0022","8"]]'))})
    best = json.dumps(dict(reversed(json.loads(ticker(163, "0.0024", "9", "0.0026", "100")).items())))
    heard = synchronised()
    believed = [(heard.take(frame) or ())[0] for frame in (turned, counted, best)]
    assert [outcome.nonce for outcome in believed if isinstance(outcome, Believed)] == [161, 162, 163]
    assert heard.take('{"u":1,"status":"ok"}') is None


def test_a_market_that_is_not_open_is_not_answered_for():
    assert Binance().take(update(1, 2)) == ()
    assert Binance().take(ticker(1, "1", "1", "2", "1")) == ()


def test_a_frame_of_bytes_is_read_as_text():
    assert isinstance((synchronised().take(update(161, 161).encode()) or ())[0], Believed)


@pytest.mark.parametrize(
    "frame",
    [
        update(161, 162, '[["0.0024","soup"]]'),
        update(161, 162, '[["0.0024","1_0"]]'),
        update(161, 162, '[["0.0024"]]'),
        update(161, 162, '[[null,"1"]]'),
        update(161, 162, '"soup"'),
        update(161, 162)[:-9],
        update(161, 162, '[["0.0024","NaN"]]'),
        update(161, 162, '[["0.0024","-1"]]'),
        update(161, 162, '[["Infinity","1"]]'),
        ticker(161, "0.0024", "", "0.0026", "100"),
        ticker(161, "0.0024", "-9", "0.0026", "100"),
    ],
)
def test_a_spoiled_frame_is_refused(frame):
    with pytest.raises((FrameRefused, MsgspecError)):
        synchronised().take(frame)


def test_the_best_bid_ask_is_asked_for_in_ccxt_s_own_message():
    asked = {"method": "SUBSCRIBE", "params": ["bnbbtc@depth@100ms"], "id": 4}
    (request,) = Binance().requests(MARKET, asked)
    assert request == {"method": "SUBSCRIBE", "params": ["bnbbtc@depth@100ms", "bnbbtc@bookTicker"], "id": 4}
    assert Binance().cancels(MARKET, asked) == ()


def test_a_snapshot_cut_at_its_limit_is_doubted_when_too_little_of_it_is_left():
    binance = opened()
    bids = [[f"{price}.0", "1"] for price in range(1_000, 1_000 - SNAPSHOT_LEVELS, -1)]
    binance.take_snapshot("BNBBTC", {"lastUpdateId": 1, "bids": bids, "asks": [["1001.0", "1"]]})
    gone = json.dumps([[price, "0"] for price, _ in bids[4:]])
    assert binance.take(update(2, 3, gone)) == (Doubted("BNBBTC", "book ran out of its snapshot"),)


def test_a_recorded_book_is_ours_after_every_update_and_agrees_with_the_best_bid_ask():
    """344 s of ETHUSDT; 500 times and more both streams name one update."""
    replayed = Replay(Binance(), "ETHUSDT", near=0.006, deep=1_500).of(hft_frames("spot_ethusdt_20240808"))
    assert replayed.doubts == []
    assert replayed.agreed > 500
    assert replayed.laid > 20_000


def test_every_recorded_update_continues_the_one_before():
    """BTCUSDT on its busiest day of that month; the capture has no snapshot."""
    decoder, held, count = Binance._updates, 0, 0
    for frame in hft_frames("spot_btcusdt_20240809"):
        if '"depthUpdate"' in frame:
            update: SpotUpdate = decoder.decode(frame)
            assert not held or update.follows(held, is_first=False)
            held, count = update.update_id, count + 1
    assert count == 3_044


@pytest.mark.parametrize("name", ["BINANCE", "BINANCE_US"])
def test_recorded_quiet_markets_are_believed_from_their_snapshots_on(name):
    for market_id, snapshot in snapshots(name):
        replayed = Replay(Binance(), market_id).of(told(name, market_id, snapshot))
        assert replayed.doubts == []
        assert isinstance(replayed.outcomes[-1], Believed)
