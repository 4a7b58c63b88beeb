"""Promise: simulated Gate links its book ids without a hole, may send the whole book again, shares the ids
with book_ticker and REST, and acknowledges, pongs and refuses in its own words."""

import aiohttp
import pytest
from tests.sim.by_hand import Message, Side, apply, asked, book_numbered, connected, true_sides

from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges

PLAN = SimPlan(venues=("gate",), rate=25.0)


def request(event: str, channel: str, *names: str, number: int = 7) -> dict[str, object]:
    return {"time": 1, "id": number, "channel": channel, "event": event, "payload": list(names)}


def is_update(message: Message) -> bool:
    return bool(message["event"] == "update")


@pytest.mark.parametrize(("level", "depth", "whole_again"), [("50", 50, True), ("400", 100, False)])
async def test_the_book_is_true_at_every_id_and_the_ids_have_no_hole(level, depth, whole_again) -> None:
    name = f"ob.BTC_USDT.{level}"
    async with SimExchanges(PLAN) as sim, connected("gate", sim.origins["gate"]) as client:
        market = sim.market.of("gate", "BTC/USDT")
        await client.say(request("subscribe", "spot.obu", name))
        ack = await client.told()
        assert (ack["id"], ack["event"], ack["payload"]) == (7, "subscribe", [name])
        assert ack["result"] == {"status": "success"}
        bids: Side = {}
        asks: Side = {}
        known, wholes = 0, 0
        for number in range(450 if whole_again else 60):
            result = (await client.told())["result"]
            assert result["s"] == name
            if result.get("full"):
                assert "U" not in result
                bids.clear()
                asks.clear()
                wholes += 1
            else:
                assert number > 0
                assert result["U"] == known + 1
            known = result["u"]
            apply(bids, result["b"])
            apply(asks, result["a"])
            if number % 7 == 0:
                truth = book_numbered(market, known)
                assert (bids, asks) == true_sides(market.listed, truth, depth)
        assert wholes == (2 if whole_again else 1)


async def test_book_ticker_and_rest_speak_of_the_same_ids() -> None:
    async with SimExchanges(PLAN) as sim, connected("gate", sim.origins["gate"]) as client:
        market = sim.market.of("gate", "ETH/USDT")
        await client.say(request("subscribe", "spot.book_ticker", "ETH_USDT", "BTC_USDT"))
        for _ in range(40):
            result = (await client.hear_until(is_update))["result"]
            if result["s"] != "ETH_USDT":
                continue
            truth = true_sides(market.listed, book_numbered(market, result["u"]), 1)
            told = [{float(result[price]): float(result[price.upper()])} for price in ("b", "a")]
            assert tuple(told) == truth
        query = {"currency_pair": "ETH_USDT", "limit": "20"}
        _, body = await asked(sim.origins["gate"], "/api/v4/spot/order_book", with_id="true", **query)
        told = [{float(price): float(size) for price, size in body[side]} for side in ("bids", "asks")]
        assert tuple(told) == true_sides(market.listed, book_numbered(market, body["id"]), 20)
        _, body = await asked(sim.origins["gate"], "/api/v4/spot/order_book", **query)
        assert "id" not in body


async def test_pings_unsubscribing_and_refusals_are_in_the_venues_words() -> None:
    async with SimExchanges(PLAN) as sim, connected("gate", sim.origins["gate"]) as client:
        await client.say({"time": 1, "channel": "spot.ping"})
        assert (await client.told())["channel"] == "spot.pong"
        await client.say(request("subscribe", "spot.book_ticker", "BTC_USDT", "NOPE_USDT"))
        refusal = await client.told()
        assert refusal["error"] == {"code": 2, "message": "unknown currency pair: NOPE_USDT"}
        assert refusal["result"] == {"status": "fail"}
        await client.say("{nonsense")
        assert (await client.told())["error"]["code"] == 1
        await client.say(request("subscribe", "spot.obu", "ob.BTC_USDT.50"))
        await client.say(request("subscribe", "spot.obu", "ob.BTC_USDT.50", number=8))
        again = await client.hear_until(lambda message: message.get("id") == 8)
        assert again["error"] == {"code": 2, "message": "Alert sub ob.BTC_USDT.50"}
        await client.say(request("unsubscribe", "spot.obu", "ob.BTC_USDT.50", number=9))
        gone = await client.hear_until(lambda message: message.get("id") == 9)
        assert gone["result"] == {"status": "success"}
        await client.say(request("subscribe", "spot.obu", "ob.BTC_USDT.50", number=10))
        assert (await client.told())["id"] == 10  # nothing was published in between
        await client.socket.ping(b"still there?")
        answer = await client.socket.receive(timeout=5)
        while answer.type is aiohttp.WSMsgType.TEXT:
            answer = await client.socket.receive(timeout=5)
        assert answer.type is aiohttp.WSMsgType.PONG


async def test_rest_refuses_an_unknown_pair_in_its_own_form() -> None:
    async with SimExchanges(PLAN) as sim:
        status, body = await asked(sim.origins["gate"], "/api/v4/spot/order_book", currency_pair="NOPE_USDT")
        assert (status, body["label"]) == (400, "INVALID_CURRENCY_PAIR")
