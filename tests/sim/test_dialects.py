"""Promise: each venue answers in its own words: acknowledgements, pings, unknown symbols, unsubscribing,
sequence numbers and, for Kraken, the checksum of the very digits it sent."""

import asyncio
from itertools import pairwise
from zlib import crc32

import aiohttp
import pytest

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges
from kairos_tui.sim.sessions import Session

FAST = 25.0


async def test_binance_acknowledges_by_id_and_chains_its_update_ids(bare_socket) -> None:
    async with (
        SimExchanges(SimPlan(venues=("binance",), rate=FAST)) as sim,
        bare_socket("binance", sim.origins["binance"]) as client,
    ):
        await client.say({"method": "SUBSCRIBE", "params": ["btcusdt@depth@100ms"], "id": 7})
        assert await client.hear() == {"result": None, "id": 7}
        heard = [await client.hear() for _ in range(20)]
        assert all(diff["e"] == "depthUpdate" and diff["s"] == "BTCUSDT" for diff in heard)
        assert all(after["U"] == before["u"] + 1 for before, after in pairwise(heard))
        await client.say({"method": "UNSUBSCRIBE", "params": ["btcusdt@depth@100ms"], "id": 8})
        await client.hear_until(lambda message: message.get("id") == 8)
        await client.say({"method": "SUBSCRIBE", "params": ["nosuchcoin@bookTicker"], "id": 9})
        assert await client.hear() == {"result": None, "id": 9}  # silence after it: as on the real venue
        await client.say("{nonsense")
        assert (await client.hear())["error"]["code"] == 3
        await client.socket.ping(b"still there?")
        assert (await client.socket.receive(timeout=5)).type is aiohttp.WSMsgType.PONG


async def test_binance_rest_refuses_an_unknown_symbol_in_its_own_form(ccxt_client) -> None:
    async with (
        SimExchanges(SimPlan(venues=("binance",))) as sim,
        aiohttp.ClientSession(sim.origins["binance"].rest) as session,
        session.get("/api/v3/depth", params={"symbol": "NOPEUSDT"}) as response,
    ):
        assert response.status == 400
        assert await response.json() == {"code": -1121, "msg": "Invalid symbol."}


async def test_bybit_counts_u_by_one_from_its_snapshot_and_answers_pings(bare_socket) -> None:
    async with (
        SimExchanges(SimPlan(venues=("bybit",), rate=FAST)) as sim,
        bare_socket("bybit", sim.origins["bybit"]) as client,
    ):
        await client.say({"op": "subscribe", "req_id": "1", "args": ["orderbook.50.BTCUSDT"]})
        ack = await client.hear()
        assert (ack["success"], ack["op"], ack["req_id"]) == (True, "subscribe", "1")
        books = [await client.hear() for _ in range(20)]
        assert [book["type"] for book in books] == ["snapshot"] + ["delta"] * 19
        assert len(books[0]["data"]["b"]) == len(books[0]["data"]["a"]) == 50
        assert all(after["data"]["u"] == before["data"]["u"] + 1 for before, after in pairwise(books))
        assert all(after["data"]["seq"] > before["data"]["seq"] for before, after in pairwise(books))
        await client.say({"op": "ping", "req_id": "2"})
        pong = await client.hear_until(lambda message: message.get("req_id") == "2")
        assert (pong["success"], pong["ret_msg"], pong["op"]) == (True, "pong", "ping")
        await client.say({"op": "unsubscribe", "req_id": "3", "args": ["orderbook.50.BTCUSDT"]})
        await client.hear_until(lambda message: message.get("op") == "unsubscribe" and message["success"])


async def test_bybit_fails_a_whole_request_for_one_unknown_topic(bare_socket) -> None:
    async with (
        SimExchanges(SimPlan(venues=("bybit",))) as sim,
        bare_socket("bybit", sim.origins["bybit"]) as client,
    ):
        topics = ["orderbook.50.BTCUSDT", "orderbook.50.NOPEUSDT"]
        await client.say({"op": "subscribe", "req_id": "1", "args": topics})
        refusal = await client.hear()
        assert refusal["success"] is False
        assert refusal["ret_msg"] == "error:handler not found,topic:orderbook.50.NOPEUSDT"


async def test_okx_links_seq_ids_and_answers_text_pings(bare_socket) -> None:
    async with (
        SimExchanges(SimPlan(venues=("okx",), rate=FAST)) as sim,
        bare_socket("okx", sim.origins["okx"]) as client,
    ):
        argument = {"channel": "books", "instId": "BTC-USDT"}
        await client.say({"op": "subscribe", "args": [argument]})
        ack = await client.hear()
        assert (ack["event"], ack["arg"]) == ("subscribe", argument)
        books = [await client.hear() for _ in range(20)]
        assert [book["action"] for book in books] == ["snapshot"] + ["update"] * 19
        pushed = [book["data"][0] for book in books]
        assert pushed[0]["prevSeqId"] == -1
        assert all(after["prevSeqId"] == before["seqId"] for before, after in pairwise(pushed))
        await client.say("ping")
        while await client.hear() != "pong":
            pass
        await client.say({"op": "unsubscribe", "args": [argument]})
        await client.hear_until(lambda message: message.get("event") == "unsubscribe")
        await client.say({"op": "subscribe", "args": [{"channel": "books", "instId": "NOPE-USDT"}]})
        refusal = await client.hear_until(lambda message: message.get("event") == "error")
        assert refusal["code"] == "60018"


@pytest.mark.parametrize("depth", [10, 25])
async def test_krakens_checksum_is_of_the_digits_it_sent_after_truncating_to_the_depth(
    bare_socket, depth
) -> None:
    def digits(level: dict[str, str]) -> str:
        return "".join(level[key].replace(".", "").lstrip("0") for key in ("price", "qty"))

    def apply(side: dict[str, dict[str, str]], levels: list[dict[str, str]], *, is_bid: bool) -> list[str]:
        side.update((level["price"], level) for level in levels)
        for price in [price for price, level in side.items() if float(level["qty"]) == 0]:
            del side[price]
        for price in sorted(side, key=float, reverse=is_bid)[depth:]:
            del side[price]
        return [digits(side[price]) for price in sorted(side, key=float, reverse=is_bid)[:10]]

    async with (
        SimExchanges(SimPlan(venues=("kraken",), rate=FAST)) as sim,
        bare_socket("kraken", sim.origins["kraken"]) as client,
    ):
        assert (await client.hear())["channel"] == "status"
        parameters = {"channel": "book", "symbol": ["BTC/USDT"], "depth": depth}
        await client.say({"method": "subscribe", "params": parameters, "req_id": 1})
        ack = await client.hear()
        assert (ack["success"], ack["req_id"], ack["result"]["depth"]) == (True, 1, depth)
        asks: dict[str, dict[str, str]] = {}
        bids: dict[str, dict[str, str]] = {}
        for number in range(150):
            message = await client.hear_until(lambda heard: heard.get("channel") == "book")
            assert message["type"] == ("update" if number else "snapshot")
            [book] = message["data"]
            best = apply(asks, book["asks"], is_bid=False) + apply(bids, book["bids"], is_bid=True)
            assert crc32("".join(best).encode()) == book["checksum"]


async def test_kraken_answers_pings_and_refuses_symbols_one_by_one(bare_socket) -> None:
    async with (
        SimExchanges(SimPlan(venues=("kraken",))) as sim,
        bare_socket("kraken", sim.origins["kraken"]) as client,
    ):
        await client.say({"method": "ping", "req_id": 4})
        pong = await client.hear_until(lambda message: message.get("method") == "pong")
        assert pong["req_id"] == 4
        parameters = {"channel": "book", "symbol": ["NOPE/USD", "BTC/USD"]}
        await client.say({"method": "subscribe", "params": parameters, "req_id": 5})
        refusal = await client.hear_until(lambda message: message.get("req_id") == 5)
        assert (refusal["success"], refusal["error"]) == (False, "Currency pair not supported NOPE/USD")
        accepted = await client.hear_until(lambda message: message.get("req_id") == 5)
        assert accepted["success"] is True
        await client.hear_until(lambda message: message.get("channel") == "heartbeat")
        await client.say(
            {"method": "unsubscribe", "params": parameters | {"symbol": ["BTC/USD"]}, "req_id": 6}
        )
        assert (await client.hear_until(lambda message: message.get("req_id") == 6))["success"] is True


async def test_coinbase_numbers_every_message_of_a_connection_and_beats(bare_socket) -> None:
    async with (
        SimExchanges(SimPlan(venues=("coinbase",), rate=FAST)) as sim,
        bare_socket("coinbase", sim.origins["coinbase"]) as client,
    ):
        await client.say({"type": "subscribe", "channel": "heartbeats"})
        await client.say({"type": "subscribe", "product_ids": ["BTC-USD", "ETH-USD"], "channel": "level2"})
        heard = [await client.hear() for _ in range(60)]
        assert [message["sequence_num"] for message in heard] == list(range(60))
        confirmed = [message for message in heard if message["channel"] == "subscriptions"][-1]
        assert confirmed["events"][0]["subscriptions"]["level2"] == ["BTC-USD", "ETH-USD"]
        beat = await client.hear_until(lambda message: message["channel"] == "heartbeats")
        assert beat["events"][0]["heartbeat_counter"] == "1"
        await client.say({"type": "unsubscribe", "product_ids": ["BTC-USD"], "channel": "level2"})
        left = await client.hear_until(lambda message: message["channel"] == "subscriptions")
        assert left["events"][0]["subscriptions"]["level2"] == ["ETH-USD"]


async def test_coinbase_refuses_an_unknown_product(bare_socket) -> None:
    async with (
        SimExchanges(SimPlan(venues=("coinbase",))) as sim,
        bare_socket("coinbase", sim.origins["coinbase"]) as client,
    ):
        await client.say({"type": "subscribe", "product_ids": ["NOPE-USD"], "channel": "level2"})
        refusal = await client.hear()
        assert (refusal["type"], refusal["reason"]) == ("error", "NOPE-USD is not a valid product")


async def test_a_venue_that_cannot_be_simulated_is_refused_by_name() -> None:
    with pytest.raises(SettingsInvalid, match="no simulated 'mtgox': there are binance"):
        SimExchanges(SimPlan(venues=("okx", "mtgox")))


async def test_garbage_from_a_client_never_ends_its_connection(bare_socket) -> None:
    async with SimExchanges(SimPlan()) as sim:
        for venue, origin in sim.origins.items():
            async with bare_socket(venue, origin) as client:
                for nonsense in (
                    "",
                    "[]",
                    "null",
                    "{",
                    '{"op":1}',
                    '{"method":[],"params":3}',
                    "[[1,2],3]",
                    "0",
                ):
                    await client.say(nonsense)
                await client.socket.ping(b"alive")
                answer = await client.socket.receive(timeout=5)
                while answer.type is aiohttp.WSMsgType.TEXT:
                    answer = await client.socket.receive(timeout=5)
                assert answer.type is aiohttp.WSMsgType.PONG


def test_a_client_that_never_reads_is_cut_off() -> None:
    class StuffedTransport(asyncio.Transport):
        """Takes bytes that nobody fetches."""

        def __init__(self) -> None:
            super().__init__()
            self.unread, self.aborted = 0, False

        def is_closing(self) -> bool:
            return self.aborted

        def get_write_buffer_size(self) -> int:
            return self.unread

        def write(self, data: bytes | bytearray | memoryview) -> None:
            self.unread += len(data)

        def abort(self) -> None:
            self.aborted = True

    transport = StuffedTransport()
    session = Session(transport, path="/")
    for _ in range(100):
        session.write(bytes(100_000))
    assert transport.aborted
    assert 4_000_000 < transport.unread < 4_500_000
