"""Venues that no simulated exchange speaks, end to end: the real ccxt classes on a scripted server.

The server writes what the venues' documentation shows, and counts and sums by itself.
"""

import json
from time import time_ns
from zlib import crc32

import pytest
from msgspec.structs import replace

from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.market import Proof, Venue

USD = "BTC/USD"
BTC, ETH = "BTC/USDT:USDT", "ETH/USDT:USDT"


@pytest.fixture
def feed_of(venue, recorder, plan_for, running):
    """`async with feed_of(ccxt_class, *symbols) as feed`, with the dialect that the class has."""

    def run(ccxt_class, *symbols):
        plan = replace(plan_for(venue.here, *symbols, ccxt_class=ccxt_class), venue=Venue(ccxt_class))
        return running(plan, recorder, dialect_of)

    return run


def proofs(recorder, symbol):
    return [tick.proof for tick in recorder.ticks if tick.symbol == symbol]


def assert_mended_in_place(venue, recorder, feed, reason, symbol=USD, dials=1):
    """The leg left once, with its reason, and came back on the connection it had."""
    states = recorder.states(symbol)
    assert (states.count("resync"), states[-1]) == (1, "live")
    assert not {"down", "stale", "quarantined"} & set(states)
    assert reason in recorder.since(0, "resync", symbol).reason
    assert (venue.dials, recorder.ticks[-1].generation) == (dials, 1)
    counts = feed.counts()
    assert (counts.gaps, counts.bad_frames, counts.reconnects) == (1, 0, 0)


# Bitfinex: docs.bitfinex.com, ws-general, ws-public-books, ws-websocket-checksum


BITFINEX_PAIR = ["BTCUSD", [None, None, None, "0.00006", "2000.0", None, None, None, None, None, None, None]]
BITFINEX_BOOK = [["100.5", 1, "2"], ["100", 3, "0.25"], ["101", 2, "-1.5"], ["102", 1, "-4"]]


class BitfinexSide:
    """The venue's side of one connection: its channels, and the count of what it sent."""

    def __init__(self, kit):
        self.kit, self.channel, self.number = kit, 16, 0

    def array(self, body, *, skipped=0):
        self.number += 1 + skipped
        return self.kit.text(f"[{self.channel},{body},{self.number}]")

    def checksum(self, bids, asks):
        rows = [side[place] for place in range(25) for side in (bids, asks) if place < len(side)]
        raw = crc32(":".join(":".join(row) for row in rows).encode()).to_bytes(4, "big")
        return self.array(f'"cs",{int.from_bytes(raw, "big", signed=True)}')

    def answer(self, ours, message):
        text, event = self.kit.text, message["event"]
        if event == "conf":
            ours.send(text({"event": "conf", "status": "OK", "flags": message["flags"]}))
        elif event == "unsubscribe":
            ours.send(text({"event": "unsubscribed", "status": "OK", "chanId": message["chanId"]}))
        else:
            self.channel += 1
            shape = {"prec": message["prec"], "freq": message["freq"], "len": "25", "pair": "BTCUSD"}
            head = {"event": "subscribed", "channel": "book", "chanId": self.channel}
            rows = ",".join(f"[{price},{count},{amount}]" for price, count, amount in BITFINEX_BOOK)
            ours.send(text(head | {"symbol": message["symbol"]} | shape), self.array(f"[{rows}]"))


@pytest.fixture
def bitfinex(venue, kit):
    side = BitfinexSide(kit)
    info = {"event": "info", "version": 2, "serverId": "s", "platform": {"status": 1}}
    venue.rest["/v2/conf/"] = [[BITFINEX_PAIR], [], [], ["BTCUSD"]]
    venue.on_open = lambda ours: ours.send(kit.text(info))
    venue.on_message = side.answer
    return side


async def test_bitfinex_is_asked_to_count_and_to_sum_before_the_first_subscription(
    venue, recorder, kit, feed_of, bitfinex
):
    async with feed_of("bitfinex", USD) as feed:
        await kit.until(lambda: recorder.is_live(USD))
        venue.socket.send(bitfinex.array("[101,1,-0.5]"))
        venue.socket.send(
            bitfinex.checksum([["100.5", "2"], ["100", "0.25"]], [["101", "-0.5"], ["102", "-4"]])
        )
        venue.socket.send(kit.text({"event": "pong", "ts": 1511545528111, "cid": 1}), bitfinex.array('"hb"'))
        venue.socket.send(bitfinex.array("[102,0,-1]"))
        await kit.until(lambda: len(recorder.ticks) == 3)
        counts = feed.counts()
    subscribe = {"event": "subscribe", "channel": "book", "symbol": "tBTCUSD", "prec": "P0", "freq": "F0"}
    assert venue.socket.heard == [{"event": "conf", "flags": 65536 + 131072}, subscribe]
    first, last = recorder.ticks[0], recorder.ticks[-1]
    assert (first.bids, first.asks) == (((100.5, 2.0), (100.0, 0.25)), ((101.0, 1.5), (102.0, 4.0)))
    assert (last.asks, last.nonce) == (((101.0, 0.5),), 5)
    assert proofs(recorder, USD) == [Proof.SNAPSHOT, Proof.SEQUENCE, Proof.SEQUENCE]  # a sum changes no book
    assert (counts.frames, counts.bad_frames, counts.gaps) == (9, 0, 0)


@pytest.mark.parametrize("harm", ["gap", "checksum"])
async def test_bitfinex_in_doubt_is_unsubscribed_by_its_channel_and_asked_anew(
    venue, recorder, kit, feed_of, bitfinex, harm
):
    harms = {
        "gap": (lambda: bitfinex.array("[101,1,-0.5]", skipped=1), "message 2 is missing, 3 came"),
        "checksum": (lambda: bitfinex.checksum([["100.5", "3"]], []), "is not the venue's"),
    }
    send, reason = harms[harm]
    async with feed_of("bitfinex", USD) as feed:
        await kit.until(lambda: recorder.is_live(USD))
        venue.socket.send(send())
        await kit.until(lambda: recorder.since(0, "resync", USD) and recorder.is_live(USD))
        venue.socket.send(bitfinex.array("[100.7,1,3]"))
        await kit.until(lambda: len(recorder.ticks) == 3)
        assert_mended_in_place(venue, recorder, feed, reason)
    asked = [message["event"] for message in venue.socket.heard]
    assert asked == ["conf", "subscribe", "unsubscribe", "subscribe"]
    assert venue.socket.heard[2] == {"event": "unsubscribe", "chanId": 17}
    assert recorder.ticks[-1].bids[0] == (100.7, 3.0)
    assert proofs(recorder, USD) == [Proof.SNAPSHOT, Proof.SNAPSHOT, Proof.SEQUENCE]


# Bitstamp: the venue's page on its WebSocket v2


BITSTAMP_PAIR = {
    "name": "BTC/USD",
    "market_symbol": "btcusd",
    "base_currency": "BTC",
    "base_decimals": 8,
    "counter_currency": "USD",
    "counter_decimals": 0,
    "minimum_order_value": "10",
    "trading": "Enabled",
    "instant_order_counter_decimals": 2,
    "instant_and_market_orders": "Enabled",
    "description": "Bitcoin / U.S. dollar",
    "market_type": "SPOT",
}


@pytest.fixture
def bitstamp(venue, kit):
    """Sends a book with the next stamp; each subscription gets one."""
    stamp = [time_ns() // 1_000]

    def book(bid="100", size="2.00000000"):
        stamp[0] += 1_000
        stamps = {"timestamp": str(stamp[0] // 1_000_000), "microtimestamp": str(stamp[0])}
        sides = {"bids": [[bid, size], ["99", "5.00000000"]], "asks": [["101", "1.50000000"]]}
        return kit.text({"data": stamps | sides, "channel": "order_book_btcusd", "event": "data"})

    def answer(ours, message):
        kind, channel = message["event"].removeprefix("bts:"), message["data"]["channel"]
        if channel == "order_book_btcusd":
            head = {"event": f"bts:{kind.replace('subscribe', 'subscription')}_succeeded"}
            ours.send(kit.text(head | {"channel": channel, "data": {}}))
            ours.send(*[book()] if kind == "subscribe" else [])

    venue.rest["/api/v2/markets/"] = [BITSTAMP_PAIR]
    venue.on_message = answer
    return book


def bitstamp_word(kit, event, data=""):
    return kit.text({"event": f"bts:{event}", "channel": "", "data": data})


async def test_bitstamp_is_asked_for_whole_books(venue, recorder, kit, feed_of, bitstamp):
    async with feed_of("bitstamp", USD) as feed:
        await kit.until(lambda: recorder.is_live(USD))
        venue.socket.send(
            bitstamp_word(kit, "heartbeat", {"status": "success"}), bitstamp_word(kit, "request_reconnect")
        )
        venue.socket.send(bitstamp(size="3.00000000"))
        await kit.until(lambda: len(recorder.ticks) == 2)
        assert (feed.counts().frames, feed.counts().bad_frames, venue.dials) == (5, 0, 1)
    assert venue.socket.heard == [{"event": "bts:subscribe", "data": {"channel": "order_book_btcusd"}}]
    first, last = recorder.ticks
    assert (first.bids, first.asks) == (((100.0, 2.0), (99.0, 5.0)), ((101.0, 1.5),))
    assert last.bids[0] == (100.0, 3.0)
    assert proofs(recorder, USD) == [Proof.SNAPSHOT] * 2


async def test_bitstamp_with_a_crossed_book_is_unsubscribed_and_asked_anew(
    venue, recorder, kit, feed_of, bitstamp
):
    async with feed_of("bitstamp", USD) as feed:
        await kit.until(lambda: recorder.is_live(USD))
        venue.socket.send(bitstamp(bid="102"))
        await kit.until(lambda: recorder.since(0, "resync", USD) and recorder.is_live(USD))
        venue.socket.send(bitstamp(size="3.00000000"))
        await kit.until(lambda: len(recorder.ticks) == 3)
        assert_mended_in_place(venue, recorder, feed, "book crossed: bid 102.0 and ask 101.0")
    asked = [message["event"] for message in venue.socket.heard]
    assert asked == ["bts:subscribe", "bts:unsubscribe", "bts:subscribe"]
    assert [tick.bids[0] for tick in recorder.ticks] == [(100.0, 2.0), (100.0, 2.0), (100.0, 3.0)]


# Binance USD-M futures: developers.binance.com, "How to manage a local order book correctly"


def usdm_market(base):
    return {
        "symbol": f"{base}USDT",
        "pair": f"{base}USDT",
        "contractType": "PERPETUAL",
        "deliveryDate": 4133404800000,
        "onboardDate": 1569398400000,
        "status": "TRADING",
        "baseAsset": base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": 2,
        "quantityPrecision": 3,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "1", "maxPrice": "1000000", "tickSize": "0.10"},
            {"filterType": "LOT_SIZE", "stepSize": "0.001", "maxQty": "1000", "minQty": "0.001"},
            {"filterType": "MIN_NOTIONAL", "notional": "50"},
        ],
        "orderTypes": ["LIMIT", "MARKET"],
        "timeInForce": ["GTC", "IOC"],
    }


def usdm_update(kit, ids, bids=(), *, symbol="BTCUSDT"):
    """`ids` are the first, the last, and the last of the update before."""
    now_ms = time_ns() // 1_000_000
    head = {"e": "depthUpdate", "E": now_ms, "T": now_ms, "s": symbol, "ps": symbol, "st": 1}
    return kit.text(head | dict(zip(("U", "u", "pu"), ids, strict=True)) | {"b": bids, "a": []})


def usdm_best(kit, update_id, bid_size, *, symbol="BTCUSDT"):
    now_ms = time_ns() // 1_000_000
    head = {"e": "bookTicker", "u": update_id, "E": now_ms, "T": now_ms, "s": symbol, "ps": symbol, "st": 1}
    return kit.text(head | {"b": "100.00", "B": bid_size, "a": "101.00", "A": "1.500"})


def usdm_snapshot(update_id):
    now_ms = time_ns() // 1_000_000
    sides = {"bids": [["100.00", "2.000"], ["99.90", "5.000"]], "asks": [["101.00", "1.500"]]}
    return {"lastUpdateId": update_id, "E": now_ms, "T": now_ms, **sides}


@pytest.fixture
def usdm(venue, kit):
    """Each subscription is acknowledged, and its updates begin before the snapshot of id 155 ends."""

    def answer(ours, message):
        symbol = message["params"][0].partition("@")[0].upper()
        ours.send(kit.text({"result": None, "id": message["id"]}))
        ours.send(usdm_update(kit, (150, 160, 149), [["99.90", "6.000"]], symbol=symbol))

    venue.rest["/fapi/v1/exchangeInfo"] = {
        "timezone": "UTC",
        "rateLimits": [],
        "exchangeFilters": [],
        "assets": [],
        "symbols": [usdm_market("BTC"), usdm_market("ETH")],
    }
    venue.rest["/fapi/v1/depth"] = usdm_snapshot(155)
    venue.on_message = answer
    return venue


def snapshots_of(venue, market_id):
    asked = [path for path in venue.rest_heard if path.startswith("/fapi/v1/depth?")]
    return [path for path in asked if f"symbol={market_id}" in path]


async def test_usdm_futures_are_linear_and_sized_in_their_base(usdm, recorder, kit, feed_of):
    async with feed_of("binanceusdm", BTC, ETH):
        await kit.until(lambda: len(recorder.listings) == 2)
    made = recorder.listings[0].instrument
    assert (made.symbol, made.market_id, made.kind) == (BTC, "BTCUSDT", "linear")
    assert (made.base, made.quote, made.contract_size) == ("BTC", "USDT", 1.0)
    assert (made.lot, made.price_step, made.min_size, made.min_cost) == (0.001, 0.1, 0.001, 50.0)
    assert not any("exchangeInfo" in path for path in usdm.rest_heard if not path.startswith("/fapi/"))


async def test_usdm_futures_merge_depth_with_the_best_bid_ask(usdm, recorder, kit, feed_of):
    async with feed_of("binanceusdm", BTC, ETH) as feed:
        await kit.until(lambda: recorder.is_live(BTC) and recorder.is_live(ETH))
        ours = next(each for each in usdm.sockets if "btcusdt" in json.dumps(each.heard))
        ours.send(usdm_best(kit, 165, "7.000"))
        ours.send(usdm_update(kit, (166, 170, 160), [["100.00", "8.000"]]))
        await kit.until(lambda: len(proofs(recorder, BTC)) == 3)
        assert (feed.counts().bad_frames, feed.counts().gaps) == (0, 0)
    assert ours.path.startswith("/public/ws/")
    (asked,) = ours.heard
    assert (asked["method"], asked["params"]) == ("SUBSCRIBE", ["btcusdt@depth@100ms", "btcusdt@bookTicker"])
    first, second, third = [tick for tick in recorder.ticks if tick.symbol == BTC]
    assert (first.bids, first.asks) == (((100.0, 2.0), (99.9, 6.0)), ((101.0, 1.5),))
    assert (first.nonce, second.nonce, third.nonce) == (160, 165, 170)
    assert (second.bids[0], third.bids[0]) == ((100.0, 7.0), (100.0, 8.0))
    assert set(proofs(recorder, BTC)) == set(proofs(recorder, ETH)) == {Proof.SEQUENCE}
    assert len(snapshots_of(usdm, "BTCUSDT")) == len(snapshots_of(usdm, "ETHUSDT")) == 1


async def test_a_usdm_gap_brings_a_new_snapshot_on_the_same_connection(usdm, recorder, kit, feed_of):
    async with feed_of("binanceusdm", BTC) as feed:
        await kit.until(lambda: recorder.is_live(BTC))
        usdm.rest["/fapi/v1/depth"] = usdm_snapshot(185)
        usdm.socket.send(usdm_update(kit, (180, 190, 175), [["100.00", "4.000"]]))
        await kit.until(lambda: recorder.since(0, "resync", BTC) and recorder.is_live(BTC))
        usdm.socket.send(usdm_update(kit, (195, 200, 190), [["100.00", "9.000"]]))
        await kit.until(lambda: len(recorder.ticks) == 3)
        assert_mended_in_place(usdm, recorder, feed, "update after 175 follows 160", BTC)
    assert len(usdm.socket.heard) == 1
    assert len(snapshots_of(usdm, "BTCUSDT")) == 2
    assert [tick.bids[0] for tick in recorder.ticks] == [(100.0, 2.0), (100.0, 4.0), (100.0, 9.0)]
    assert [tick.nonce for tick in recorder.ticks] == [160, 190, 200]


async def test_contracts_of_the_spot_class_are_decoded_by_ccxt_from_their_own_snapshot(
    usdm, recorder, kit, feed_of
):
    """The spot dialect would begin their books with the spot market of the same id."""
    usdm.rest["/api/v3/exchangeInfo"] = {"timezone": "UTC", "symbols": []}
    async with feed_of("binance", BTC):
        await kit.until(lambda: recorder.is_live(BTC))
        usdm.socket.send(usdm_update(kit, (166, 170, 160), [["100.00", "8.000"]]))
        await kit.until(lambda: recorder.ticks[-1].bids[0] == (100.0, 8.0))
    assert usdm.socket.heard[0]["params"] == ["btcusdt@depth@100ms"]
    assert set(proofs(recorder, BTC)) == {Proof.UNPROVEN}
    assert not any(path.startswith("/api/v3/depth") for path in usdm.rest_heard)
