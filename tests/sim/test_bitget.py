"""Promise: simulated Bitget's checksums are of the very texts it sent, its seq is the truth's, and it
acknowledges, pongs and refuses in its own words."""

from itertools import pairwise
from struct import pack, unpack
from zlib import crc32

from tests.sim.by_hand import Message, Side, apply, asked, book_numbered, connected, true_sides

from kairos_tui.sim import SimPlan
from kairos_tui.sim.bitget_book import checksum
from kairos_tui.sim.exchanges import SimExchanges
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import Book

PLAN = SimPlan(venues=("bitget",), rate=25.0)


def argument(channel: str, market_id: str = "BTCUSDT") -> dict[str, str]:
    return {"instType": "SPOT", "channel": channel, "instId": market_id}


def is_push(message: Message) -> bool:
    return "action" in message


def signed_crc(texts: list[str]) -> int:
    [signed] = unpack("!i", pack("!I", crc32(":".join(texts).encode())))
    return int(signed)


def keep(side: dict[str, str], levels: list[list[str]]) -> None:
    side.update((price, size) for price, size in levels)
    for price, size in levels:
        if float(size) == 0:
            del side[price]


def interleaved(bids: dict[str, str], asks: dict[str, str], depth: int = 25) -> list[str]:
    best_bids = sorted(bids.items(), key=lambda level: -float(level[0]))
    best_asks = sorted(asks.items(), key=lambda level: float(level[0]))
    texts: list[str] = []
    for i in range(depth):
        for side in (best_bids, best_asks):
            texts += side[i] if i < len(side) else ()
    return texts


async def test_the_checksum_is_of_the_texts_as_sent_and_the_book_is_true_at_every_seq() -> None:
    async with SimExchanges(PLAN) as sim, connected("bitget", sim.origins["bitget"]) as client:
        market = sim.market.of("bitget", "BTC/USDT")
        await client.say({"op": "subscribe", "args": [argument("books")]})
        assert await client.told() == {"event": "subscribe", "arg": argument("books")}
        bids: dict[str, str] = {}
        asks: dict[str, str] = {}
        seqs = []
        for number in range(120):
            message = await client.told()
            assert (message["action"], message["arg"]) == (
                "update" if number else "snapshot",
                argument("books"),
            )
            [data] = message["data"]
            keep(bids, data["bids"])
            keep(asks, data["asks"])
            assert data["checksum"] == (signed_crc(interleaved(bids, asks)) if number else 0)
            truth = true_sides(market.listed, book_numbered(market, data["seq"]), 100)
            told: tuple[Side, Side] = ({}, {})
            apply(told[0], bids.items())
            apply(told[1], asks.items())
            assert told == truth
            seqs.append(data["seq"])
        assert all(before < after for before, after in pairwise(seqs))


def test_a_checksum_is_over_the_documented_string() -> None:
    """bitget.com/api-doc/spot/websocket/public/Depth-Channel, both examples of the string to check, whose
    numbers drop zeros; the venue's own texts do not."""
    listed = Listed("bitget", "BTC/USDT", "BTCUSDT", 1, 0, "0", "1")
    full = Book(1, 0, {432311: 4, 432310: 6}, {432328: 9, 432329: 8})
    assert checksum(listed, full) == signed_crc(["43231.1:4:43232.8:9:43231.0:6:43232.9:8"])
    lopsided = Book(1, 0, {33661: 7}, {33668: 9, 33680: 8, 33720: 8})
    assert checksum(listed, lopsided) == signed_crc(["3366.1:7:3366.8:9:3368.0:8:3372.0:8"])


async def test_best_prices_and_few_levels_come_as_snapshots_each_time() -> None:
    async with SimExchanges(PLAN) as sim, connected("bitget", sim.origins["bitget"]) as client:
        market = sim.market.of("bitget", "ETH/USDT")
        wanted = [argument(channel, "ETHUSDT") for channel in ("books1", "books5", "ticker")]
        await client.say({"op": "subscribe", "args": wanted})
        seen = set()
        for _ in range(60):
            message = await client.hear_until(is_push)
            assert message["action"] == "snapshot"
            channel, [data] = message["arg"]["channel"], message["data"]
            seen.add(channel)
            if channel == "ticker":
                assert float(data["bidPr"]) < float(data["askPr"])
                continue
            truth = true_sides(market.listed, book_numbered(market, data["seq"]), int(channel[5:]))
            told = tuple(
                {float(price): float(size) for price, size in data[side]} for side in ("bids", "asks")
            )
            assert told == truth
            assert data["checksum"] == 0
        assert seen == {"books1", "books5", "ticker"}


async def test_pings_unsubscribing_and_refusals_are_in_the_venues_words() -> None:
    async with SimExchanges(PLAN) as sim, connected("bitget", sim.origins["bitget"]) as client:
        await client.say("ping")
        assert await client.hear() == "pong"
        await client.say({"op": "subscribe", "args": [argument("books", "NOPEUSDT"), argument("books5")]})
        refusal = await client.told()
        assert (refusal["event"], refusal["code"]) == ("error", 30_001)
        assert refusal["msg"] == "instType:SPOT,channel:books,instId:NOPEUSDT doesn't exist"
        assert (await client.told())["event"] == "subscribe"  # each argument is answered by itself
        await client.say({"op": "unsubscribe", "args": [argument("books5")]})
        await client.hear_until(lambda message: message.get("event") == "unsubscribe")
        await client.say("{nonsense")
        assert (await client.told())["code"] == 30_002  # nothing was published in between


async def test_rest_shows_the_book_and_refuses_an_unknown_symbol_in_its_own_form() -> None:
    async with SimExchanges(PLAN) as sim:
        origin, path = sim.origins["bitget"], "/api/v2/spot/market/orderbook"
        status, body = await asked(origin, path, symbol="NOPEUSDT")
        assert (status, body["code"]) == (400, "40034")
        _, body = await asked(origin, path, symbol="BTCUSDT", limit="15")
        assert len(body["data"]["bids"]) == len(body["data"]["asks"]) == 15
