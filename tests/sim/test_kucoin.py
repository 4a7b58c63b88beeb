"""Promise: simulated KuCoin numbers every change, its REST book and its changes give the true book at each
number, and it greets, acknowledges, pongs and refuses in its own words."""

from itertools import pairwise
from urllib.parse import urlsplit

from tests.sim.by_hand import Message, Side, apply, asked, book_numbered, connected, true_sides

from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges

PLAN = SimPlan(venues=("kucoin",), rate=25.0)
LEVEL2 = {"id": "7", "type": "subscribe", "topic": "/market/level2:BTC-USDT", "response": True}


def is_push(message: Message) -> bool:
    return bool(message["type"] == "message")


async def test_a_token_and_a_server_are_handed_out_first() -> None:
    async with SimExchanges(PLAN) as sim:
        status, body = await asked(sim.origins["kucoin"], "/api/v1/bullet-public", method="POST")
        assert status == 200
        [server] = body["data"]["instanceServers"]
        assert body["data"]["token"]
        assert server["pingInterval"] == 18_000
        assert urlsplit(server["endpoint"]).path == "/"
        assert urlsplit(server["endpoint"]).hostname.endswith(".invalid")  # nobody may stray to a real one


async def test_sequences_have_no_holes_and_every_change_has_one_of_its_own() -> None:
    async with SimExchanges(PLAN) as sim, connected("kucoin", sim.origins["kucoin"]) as client:
        assert (await client.told())["type"] == "welcome"
        await client.say(LEVEL2)
        assert await client.told() == {"id": "7", "type": "ack"}
        heard = [await client.told() for _ in range(60)]
        assert {(push["topic"], push["subject"]) for push in heard} == {
            ("/market/level2:BTC-USDT", "trade.l2update")
        }
        pushed = [push["data"] for push in heard]
        assert all(after["sequenceStart"] == before["sequenceEnd"] + 1 for before, after in pairwise(pushed))
        for data in pushed:
            changes = data["changes"]["asks"] + data["changes"]["bids"]
            numbers = [int(number) for _price, _size, number in changes]
            assert len(set(numbers)) == len(numbers)
            assert data["sequenceStart"] <= min(numbers)
            assert max(numbers) == data["sequenceEnd"]


async def test_a_rest_book_and_the_changes_after_it_are_the_true_book_at_every_sequence() -> None:
    async with SimExchanges(PLAN) as sim, connected("kucoin", sim.origins["kucoin"]) as client:
        market = sim.market.of("kucoin", "BTC/USDT")
        await client.say(LEVEL2)
        waiting = [(await client.hear_until(is_push))["data"] for _ in range(10)]
        _, body = await asked(sim.origins["kucoin"], "/api/v1/market/orderbook/level2_100", symbol="BTC-USDT")
        known = int(body["data"]["sequence"])
        bids: Side = {}
        asks: Side = {}
        apply(bids, body["data"]["bids"])
        apply(asks, body["data"]["asks"])
        compared = 0
        while compared < 60:
            data = waiting.pop(0) if waiting else (await client.hear_until(is_push))["data"]
            if data["sequenceEnd"] <= known:
                continue
            for side, name in ((bids, "bids"), (asks, "asks")):
                apply(side, [change for change in data["changes"][name] if int(change[2]) > known])
            truth = book_numbered(market, data["sequenceEnd"] // 1_000)
            assert (bids, asks) == true_sides(market.listed, truth, 100)
            compared += 1


async def test_the_ticker_shares_the_sequence_and_level_1_the_time_of_level_2() -> None:
    async with SimExchanges(PLAN) as sim, connected("kucoin", sim.origins["kucoin"]) as client:
        market = sim.market.of("kucoin", "ETH/USDT")
        for channel in ("/market/ticker", "/spotMarket/level1", "/market/level2"):
            await client.say({"id": 1, "type": "subscribe", "topic": f"{channel}:ETH-USDT"})
        tops, ends, tickers = {}, {}, 0
        while tickers < 20:
            push = await client.hear_until(is_push)
            data = push["data"]
            if push["subject"] == "level1":
                tops[data["timestamp"]] = [float(data["bids"][0]), float(data["asks"][0])]
            elif push["subject"] == "trade.l2update":
                ends[data["time"]] = data["sequenceEnd"]
            else:
                [bid], [ask] = true_sides(
                    market.listed, book_numbered(market, int(data["sequence"]) // 1_000), 1
                )
                assert (float(data["bestBid"]), float(data["bestAsk"])) == (bid, ask)
                tickers += 1
        both = tops.keys() & ends.keys()
        assert len(both) > 20
        for at_ms in both:
            bids, asks = true_sides(market.listed, book_numbered(market, ends[at_ms] // 1_000), 1)
            assert tops[at_ms] == [*bids, *asks]


async def test_pings_are_answered_unsubscribing_is_acknowledged_and_strangers_are_refused() -> None:
    async with SimExchanges(PLAN) as sim, connected("kucoin", sim.origins["kucoin"]) as client:
        await client.say({"id": "1", "type": "ping"})
        pong = await client.hear_until(lambda message: message["type"] == "pong")
        assert pong["id"] == "1"
        await client.say({**LEVEL2, "topic": "/market/level2:BTC-USDT,NOPE-USDT"})
        refusal = await client.told()
        assert (refusal["type"], refusal["code"]) == ("error", 404)
        assert refusal["data"] == "topic /market/level2:BTC-USDT,NOPE-USDT is not found"
        await client.say({"id": 2, "type": "sell"})
        assert (await client.told())["data"] == "type is not supported"
        await client.say("{nonsense")
        assert (await client.told())["data"] == "invalid json"
        await client.say({**LEVEL2, "topic": "/market/level2:BTC-USDT,SOL-USDT"})
        await client.hear_until(lambda message: message["type"] == "ack")
        await client.say({**LEVEL2, "id": "8", "type": "unsubscribe", "topic": "/market/level2:BTC-USDT"})
        await client.hear_until(lambda message: message.get("id") == "8")
        after = [(await client.hear_until(is_push))["topic"] for _ in range(5)]
        assert set(after) == {"/market/level2:SOL-USDT"}


async def test_rest_refuses_an_unknown_symbol_in_its_own_form() -> None:
    async with SimExchanges(PLAN) as sim:
        origin = sim.origins["kucoin"]
        status, body = await asked(origin, "/api/v1/market/orderbook/level2_20", symbol="NOPE-USDT")
        assert (status, body["code"]) == (400, "400100")
        _, body = await asked(origin, "/api/v1/market/orderbook/level2_20", symbol="BTC-USDT")
        assert len(body["data"]["bids"]) == len(body["data"]["asks"]) == 20
