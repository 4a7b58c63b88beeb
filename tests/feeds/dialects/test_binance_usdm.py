"""Binance USD-M futures: each update names the one before it."""

from collections import Counter

import pytest
from tests.feeds.dialects.replay import Replay, hft_frames, hot_frames, snapshots, told

from kairos_tui.feeds.dialects.binance_usdm import BinanceUsdm, FuturesUpdate
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Seen, Wanted
from kairos_tui.market import Proof, Symbol

MARKET = Market(Symbol("BTC/USDT"), "BTCUSDT")
SNAPSHOT = {
    "lastUpdateId": 155,
    "E": 123456787,
    "T": 123456786,
    "bids": [["0.0024", "10"], ["0.0022", "5"]],
    "asks": [["0.0026", "100"]],
}


def update(first: int, last: int, before: int, bids: str = "[]", stamp: int = 123456789) -> str:
    head = f'"e":"depthUpdate","E":{stamp},"T":123456788,"s":"BTCUSDT","ps":"BTCUSDT","st":1'
    return f'{{{head},"U":{first},"u":{last},"pu":{before},"b":{bids},"a":[]}}'


def synchronised() -> BinanceUsdm:
    futures = BinanceUsdm()
    futures.open(MARKET, 5)
    futures.take(update(151, 154, 149))
    futures.take(update(155, 160, 154, '[["0.0023","1"]]'))
    assert isinstance(futures.take_snapshot("BTCUSDT", SNAPSHOT)[0], Believed)
    return futures


def test_the_first_update_reaches_over_the_snapshot_and_the_next_names_it():
    (believed,) = synchronised().take(update(170, 175, 160, '[["0.0024","0"]]')) or ()
    bids = ((0.0023, 1.0), (0.0022, 5.0))
    assert believed == Believed("BTCUSDT", bids, ((0.0026, 100.0),), Proof.SEQUENCE, 123456789, 175)


def test_an_update_that_names_another_is_doubted():
    futures = synchronised()
    assert futures.take(update(170, 175, 166)) == (Doubted("BTCUSDT", "update after 166 follows 160"),)
    assert futures.take(update(176, 180, 175)) == (Wanted("BTCUSDT"),)


def test_a_first_update_that_begins_behind_the_snapshot_wants_another():
    futures = BinanceUsdm()
    futures.open(MARKET, 5)
    futures.take(update(158, 160, 157))
    assert futures.take_snapshot("BTCUSDT", SNAPSHOT) == (Wanted("BTCUSDT"),)


def test_a_first_update_that_names_the_snapshot_continues_it():
    futures = BinanceUsdm()
    futures.open(MARKET, 5)
    futures.take(update(158, 160, 155))
    assert isinstance(futures.take_snapshot("BTCUSDT", SNAPSHOT)[0], Believed)


def test_a_repeated_update_changes_nothing():
    assert synchronised().take(update(155, 160, 154)) == (Seen("BTCUSDT"),)


def test_the_best_bid_ask_brings_its_stamp():
    frame = (
        '{"e":"bookTicker","u":161,"E":1568014460893,"T":1568014460891,"s":"BTCUSDT",'
        '"b":"0.00230000","B":"31.21","a":"0.00260000","A":"40.66","st":1,"ps":"BTCUSDT"}'
    )
    (believed,) = synchronised().take(frame) or ()
    bids, asks = ((0.0023, 31.21), (0.0022, 5.0)), ((0.0026, 40.66),)
    assert believed == Believed("BTCUSDT", bids, asks, Proof.SEQUENCE, 1568014460893, 161, is_best=True)


@pytest.mark.timeout(60)
def test_a_recorded_book_is_ours_and_agrees_with_the_best_bid_ask():
    """344 s of ETHUSDT, depth in real time; with the spot capture over 1,000 ids are in both streams."""
    replayed = Replay(BinanceUsdm(), "ETHUSDT", near=0.006, deep=600).of(hft_frames("usdm_ethusdt_20240808"))
    assert replayed.doubts == []
    assert replayed.agreed > 500
    assert replayed.laid > 50_000


@pytest.mark.parametrize(
    ("name", "updates", "agreed"),
    [("BINANCE_FUTURES", 764, 50), ("BINANCE_DELIVERY", 2_047, 213)],
)
def test_recorded_markets_are_believed_from_their_snapshots_on_and_agree_with_the_best_bid_ask(
    name, updates, agreed
):
    """Four USD-M markets; of COIN-M, which numbers its updates in the same way, ten."""
    replays = [
        Replay(BinanceUsdm(), market_id).of(told(name, market_id, snapshot))
        for market_id, snapshot in snapshots(name)
    ]
    assert [replayed.doubts for replayed in replays] == [[]] * len(replays)
    assert all(isinstance(replayed.outcomes[-1], Believed) for replayed in replays)
    assert sum(replayed.updates for replayed in replays) == updates
    assert sum(replayed.agreed for replayed in replays) == agreed


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("BINANCE_FUTURES", {"SUSHIUSDT": 255, "AKROUSDT": 189, "CTKUSDT": 185, "KEEPUSDT": 135}),
        (
            "BINANCE_DELIVERY",
            {"ETHUSD_210924": 258, "LINKUSD_PERP": 238, "ETCUSD_PERP": 238, "BTCUSD_211231": 227}
            | {"EOSUSD_PERP": 222, "BCHUSD_PERP": 215, "XRPUSD_PERP": 211, "TRXUSD_PERP": 170}
            | {"LINKUSD_211231": 152, "BCHUSD_210924": 116},
        ),
    ],
)
def test_every_recorded_update_names_the_one_before(name, counts):
    """Also those from before the snapshots."""
    held: dict[str, int] = {}
    seen: Counter[str] = Counter()
    for frame in hot_frames(name):
        if '"depthUpdate"' in frame:
            update: FuturesUpdate = BinanceUsdm._updates.decode(frame)
            assert update.market_id not in held or update.follows(held[update.market_id], is_first=False)
            held[update.market_id] = update.update_id
            seen[update.market_id] += 1
    assert seen == counts
