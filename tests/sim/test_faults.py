"""Promise: one venue can be made sick in each of the ways of the fault script, from a test or over its own
port; the others never notice; a healed venue is well again."""

import asyncio
import json
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest

from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges
from kairos_tui.sim.fault_orders import FAULT_KINDS, FaultOrder

ORDERS = {"X-Kairos-Sim": "fault"}
SUBSCRIBE = {
    "binance": {"method": "SUBSCRIBE", "params": ["btcusdt@bookTicker"], "id": 1},
    "bybit": {"op": "subscribe", "req_id": "1", "args": ["orderbook.1.BTCUSDT"]},
}


@pytest.fixture
def two_venues(bare_socket):
    """Simulated Binance and Bybit, each with a subscribed client; Binance will be the sick one."""

    @asynccontextmanager
    async def serve():
        async with (
            SimExchanges(SimPlan(venues=("binance", "bybit"), rate=25.0, control=True)) as sim,
            AsyncExitStack() as stack,
        ):
            clients = []
            for venue, request in SUBSCRIBE.items():
                client = await stack.enter_async_context(bare_socket(venue, sim.origins[venue]))
                await client.say(request)
                await client.hear_until(is_well)
                clients.append(client)
            yield sim, *clients

    return serve


def is_well(message: object) -> bool:
    return isinstance(message, dict) and (isinstance(message.get("b"), str) or "topic" in message)


def heard(message: aiohttp.WSMessage) -> object:
    try:
        return json.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else message
    except ValueError:
        return message


async def first_odd(client) -> Any:
    """The first message that is not a well-formed best price."""
    async with asyncio.timeout(10):
        while True:
            message = await client.socket.receive()
            if not is_well(heard(message)):
                return message


@pytest.mark.parametrize("kind", ["broken_json", "garbage", "wrong_shape"])
async def test_one_frame_can_be_spoilt_and_the_next_is_well(two_venues, kind) -> None:
    async with two_venues() as (sim, sick, well):
        sim.faults["binance"].inject(FaultOrder(kind))
        odd = await first_odd(sick)
        if kind == "garbage":
            assert odd.type is aiohttp.WSMsgType.BINARY
        elif kind == "broken_json":
            assert not isinstance(heard(odd), dict)
        else:
            assert json.loads(odd.data)["b"] == {}
        for client in (sick, well):
            assert is_well(await client.hear())


async def test_a_fault_with_a_duration_spoils_every_frame_until_it_ends(two_venues) -> None:
    async with two_venues() as (sim, sick, _):
        sim.faults["binance"].inject(FaultOrder("garbage", duration_s=0.3))
        await first_odd(sick)
        spoilt = 1
        async with asyncio.timeout(10):
            while (await sick.socket.receive()).type is aiohttp.WSMsgType.BINARY:
                spoilt += 1
        assert spoilt > 3
        assert is_well(await sick.hear())


async def test_silence_stops_the_data_but_not_the_pongs_and_healing_ends_it(two_venues) -> None:
    async with two_venues() as (sim, sick, well):
        sim.faults["binance"].inject(FaultOrder("silence"))
        await sick.socket.ping(b"?")
        assert (await first_odd(sick)).type is aiohttp.WSMsgType.PONG
        for _ in range(20):
            assert is_well(await well.hear())
        with pytest.raises(TimeoutError):
            await sick.socket.receive(timeout=0.01)
        sim.faults["binance"].inject(FaultOrder("heal"))
        assert is_well(await sick.hear())


async def test_close_says_goodbye_with_its_code(two_venues) -> None:
    async with two_venues() as (sim, sick, well):
        sim.faults["binance"].inject(FaultOrder("close", code=1012))
        odd = await first_odd(sick)
        assert (odd.type, odd.data) == (aiohttp.WSMsgType.CLOSE, 1012)
        assert is_well(await well.hear())


async def test_rst_resets_without_a_goodbye(two_venues) -> None:
    async with two_venues() as (sim, _, well):
        port = int(sim.origins["binance"].rest.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"GET /ws/0 HTTP/1.1\r\nHost: sim\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            b"\x89\x80\x00\x00\x00\x00"  # a masked, empty ping
        )
        await reader.readuntil(b"\r\n\r\n")
        assert await reader.readexactly(2) == b"\x8a\x00"
        sim.faults["binance"].inject(FaultOrder("rst"))
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
        assert is_well(await well.hear())


async def test_a_close_can_ride_with_a_tick(two_venues) -> None:
    async with two_venues() as (sim, sick, _):
        sim.faults["binance"].inject(FaultOrder("close_race", code=1001))
        odd = await first_odd(sick)
        assert (odd.type, odd.data) == (aiohttp.WSMsgType.CLOSE, 1001)


async def test_a_venue_can_stop_accepting_and_comes_back_on_the_same_port(two_venues) -> None:
    async with two_venues() as (sim, sick, well):
        sim.faults["binance"].inject(FaultOrder("refuse", duration_s=0.2))
        await first_odd(sick)
        port = int(sim.origins["binance"].rest.rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        async with asyncio.timeout(10), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{sim.origins['binance'].rest}/api/v3/time") as response:
                        assert response.status == 200
                        break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.02)
        assert is_well(await well.hear())


async def test_faults_are_ordered_over_the_venues_own_port(two_venues) -> None:
    async with two_venues() as (sim, sick, _), aiohttp.ClientSession(sim.origins["binance"].rest) as session:
        async with session.post("/_sim/fault", json={"kind": "garbage"}, headers=ORDERS) as response:
            assert (response.status, (await response.json())["kind"]) == (200, "garbage")
        assert (await first_odd(sick)).type is aiohttp.WSMsgType.BINARY


@pytest.mark.parametrize(
    "order",
    [{"kind": "plague"}, {"kind": "rst", "duration_s": -1}, {"kind": "refuse"}, {"knd": "rst"}, ["rst"]],
)
async def test_an_order_that_makes_no_sense_is_refused_with_the_reason(order) -> None:
    async with (
        SimExchanges(SimPlan(venues=("okx",), control=True)) as sim,
        aiohttp.ClientSession(sim.origins["okx"].rest) as session,
        session.post("/_sim/fault", json=order, headers=ORDERS) as response,
    ):
        assert response.status == 400
        assert (await response.json())["error"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (ORDERS, 200),
        (ORDERS | {"Host": "localhost:1"}, 200),
        (ORDERS | {"Host": "rebound.example"}, 403),
        (ORDERS | {"Host": "127.0.0.1.rebound.example:80"}, 403),
        (ORDERS | {"Host": ""}, 403),
        ({"X-Kairos-Sim": "yes"}, 403),
        ({"Content-Type": "text/plain", "Origin": "https://a.page"}, 403),
    ],
)
async def test_no_web_page_can_order_a_fault(headers, status) -> None:
    async with (
        SimExchanges(SimPlan(venues=("okx",), control=True)) as sim,
        aiohttp.ClientSession(sim.origins["okx"].rest) as session,
        session.post("/_sim/fault", data=b'{"kind":"heal"}', headers=headers) as response,
    ):
        assert response.status == status


async def test_a_page_s_question_whether_it_may_is_not_answered() -> None:
    asks = {"Origin": "https://a.page", "Access-Control-Request-Headers": "x-kairos-sim"}
    async with (
        SimExchanges(SimPlan(venues=("okx",), control=True)) as sim,
        aiohttp.ClientSession(sim.origins["okx"].rest) as session,
        session.options("/_sim/fault", headers=asks) as response,
    ):
        assert response.status == 404
        assert not [name for name in response.headers if name.lower().startswith("access-control")]


async def test_without_control_there_is_nothing_to_order_faults_from() -> None:
    async with (
        SimExchanges(SimPlan(venues=("okx",))) as sim,
        aiohttp.ClientSession(sim.origins["okx"].rest) as session,
        session.post("/_sim/fault", json={"kind": "heal"}, headers=ORDERS) as response,
    ):
        assert response.status == 404


def test_every_kind_of_the_fault_script_is_there() -> None:
    spoilt = {"broken_json", "garbage", "wrong_shape", "corrupt", "bad_checksum", "ghost_level"}
    delivered = {"lost", "duplicate", "reorder", "silence", "lag", "stale_snapshot"}
    connected = {"close", "rst", "close_race", "refuse", "disconnect", "ban"}
    assert spoilt | delivered | connected | {"clock_skew", "heal"} == set(FAULT_KINDS)


async def test_only_loopback_is_listened_on_and_two_instances_run_side_by_side() -> None:
    plan = SimPlan(venues=("okx",))
    async with SimExchanges(plan) as one, SimExchanges(plan) as other:
        assert one.origins["okx"] != other.origins["okx"]
        assert one.origins["okx"].rest.startswith("http://127.0.0.1:")
