"""Promise: the faults reach real clients: what ccxt.pro and plain sockets meet is what was ordered, by script
or over the venue's own port; and every venue answers what ccxt asks when it checks a book."""

import asyncio
import time
from contextlib import asynccontextmanager

import aiohttp
import ccxt
import pytest

from kairos_tui.sim import SimPlan
from kairos_tui.sim.dialects import DIALECTS
from kairos_tui.sim.exchanges import SimExchanges
from kairos_tui.sim.fault_orders import FaultOrder, ScriptedFault
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.market import SimMarket
from kairos_tui.sim.server import VenueServer
from kairos_tui.sim.truth import Truth

SECOND = 1_000_000_000
ORDERS = {"X-Kairos-Sim": "fault"}
FIVE = ("binance", "bybit", "okx", "kraken", "coinbase")


@asynccontextmanager
async def scripted(venue: str, *orders: tuple[float, FaultOrder]):
    """One venue on its port, with a script of (seconds after its start, order)."""
    started_ns = time.monotonic_ns()
    plan = SimPlan(venues=(venue,), rate=25.0)
    epoch_ns = time.time_ns()
    hub = Hub(
        venue,
        SimMarket(plan),
        lambda: time.monotonic_ns() - started_ns,
        epoch_ns=epoch_ns,
        rate=plan.rate,
        seed=plan.seed,
    )
    script = [ScriptedFault(round(at_s * SECOND), venue, order) for at_s, order in orders]
    async with VenueServer(DIALECTS[venue](hub), script=script) as server, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(server.run())
        yield server
        running.cancel()


@pytest.mark.parametrize("venue", FIVE)
async def test_ccxt_can_fetch_the_true_book_and_the_time_of_every_venue(
    venue, ccxt_client, stoppable_clock
) -> None:
    async with (
        SimExchanges(SimPlan(venues=(venue,)), stoppable_clock) as sim,
        ccxt_client(venue, sim.origins[venue]) as exchange,
    ):
        await exchange.load_markets()
        shown_ns = stoppable_clock.stop(venue)
        truth = Truth(sim.market)
        for depth in (5, None):
            book = await exchange.fetch_order_book("BTC/USDT", depth)
            levels = [[level[:2] for level in book[side]] for side in ("bids", "asks")]
            assert len(levels[0]) == len(levels[1]) == 5 if depth else len(levels[0]) >= 50
            assert truth.matches(venue, "BTC/USDT", *levels, at_ns=shown_ns)
        sim.faults[venue].inject(FaultOrder("clock_skew", ms=-3_600_000))
        assert 3_590_000 < exchange.milliseconds() - await exchange.fetch_time() < 3_660_000


async def test_a_lost_delta_is_what_ccxt_notices_on_okx(ccxt_client) -> None:
    async with (
        SimExchanges(SimPlan(venues=("okx",), rate=25.0)) as sim,
        ccxt_client("okx", sim.origins["okx"]) as exchange,
    ):
        for _ in range(5):
            await exchange.watch_order_book("BTC/USDT")
        sim.faults["okx"].inject(FaultOrder("lost", market="BTC/USDT"))

        async def watch() -> None:
            async with asyncio.timeout(5):
                while True:
                    await exchange.watch_order_book("BTC/USDT")

        with pytest.raises(ccxt.InvalidNonce):
            await watch()


async def test_ccxt_leaves_and_joins_a_book_of_coinbase(ccxt_client) -> None:
    async with (
        SimExchanges(SimPlan(venues=("coinbase",), rate=25.0)) as sim,
        ccxt_client("coinbase", sim.origins["coinbase"]) as exchange,
    ):
        await exchange.watch_order_book("BTC/USDT")
        await exchange.un_watch_order_book("BTC/USDT")
        book = await exchange.watch_order_book("BTC/USDT")
        assert book["bids"][0][0] < book["asks"][0][0]


async def test_a_banned_client_is_told_so_with_retry_after_on_rest_and_handshake(ccxt_client) -> None:
    order = FaultOrder("ban", duration_s=30.0, code=418)
    async with scripted("binance", (0.0, order)) as server, aiohttp.ClientSession() as session:
        async with session.get(f"{server.origin.rest}/api/v3/time") as response:
            assert response.status == 418
            assert 28 <= int(response.headers["Retry-After"]) <= 30
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{server.origin.ws}/ws/0")
        assert refused.value.status == 418
        async with ccxt_client("binance", server.origin) as exchange:
            with pytest.raises(ccxt.DDoSProtection):
                await exchange.load_markets()


async def test_a_script_closes_the_connection_at_its_time_with_its_code(bare_socket) -> None:
    order = FaultOrder("disconnect", code=1012)
    async with scripted("okx", (0.2, order)) as server, bare_socket("okx", server.origin) as client:
        await client.say({"op": "subscribe", "args": [{"channel": "books", "instId": "BTC-USDT"}]})
        async with asyncio.timeout(5):
            message = await client.socket.receive()
            while message.type is aiohttp.WSMsgType.TEXT:
                message = await client.socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1012)


async def test_the_new_orders_are_taken_over_the_venues_own_port_or_refused_with_the_reason() -> None:
    plan = SimPlan(venues=("okx",), control=True)
    taken = {"kind": "lost", "rate": 0.01, "market": "BTC/USDT", "duration_s": 36_000}
    refused = {
        "bad_checksum: okx sends no checksum; bitget and kraken do": {"kind": "bad_checksum"},
        "lag needs ms": {"kind": "lag"},
        "okx lists no 'BTC/USTT' (did you mean BTC/USDT?)": {"kind": "lost", "market": "BTC/USTT"},
        "rate must be above 0 and at most 1, not 2": {"kind": "lost", "rate": 2},
    }
    async with SimExchanges(plan) as sim, aiohttp.ClientSession(sim.origins["okx"].rest) as session:
        async with session.post("/_sim/fault", json=taken, headers=ORDERS) as response:
            assert response.status == 200
        for reason, order in refused.items():
            async with session.post("/_sim/fault", json=order, headers=ORDERS) as response:
                assert (response.status, await response.json()) == (400, {"error": reason})
