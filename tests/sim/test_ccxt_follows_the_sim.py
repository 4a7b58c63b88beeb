"""Promise: the real ccxt.pro classes, pointed at the simulated exchanges, see exactly the true book."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import ccxt.pro
import pytest
from tests.sim.conftest import redirected

from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges
from kairos_tui.sim.listings import all_sim_venues, listings_of
from kairos_tui.sim.plan import Origin

FAST = 25.0
TAKER_BPS = {
    "binance": 10,
    "bybit": 10,
    "okx": 15,
    "kraken": 26,
    "coinbase": 120,
    "kucoin": 10,
    "gate": 20,
    "bitget": 20,
}
NUMBERS_PER_QUOTE = {"binance": 1, "okx": 1, "gate": 1, "kucoin": 1_000}


@pytest.fixture
def ccxt_client(ccxt_client):
    """KuCoin names its WebSocket server in an answer, so that URL is moved where it is used."""

    @asynccontextmanager
    async def open_client(venue: str, origin: Origin) -> AsyncIterator[ccxt.pro.Exchange]:
        async with ccxt_client(venue, origin) as exchange:
            use = exchange.client
            exchange.client = lambda url: use(redirected(url, origin))
            yield exchange

    return open_client


def scaled(side: dict[int, int], listed, depth: int) -> list[list[float]]:
    prices, lots = 10**listed.price_decimals, 10**listed.lot_decimals
    return [[price / prices, size / lots] for price, size in list(side.items())[:depth]]


def top(side, depth: int) -> list[list[float]]:
    return [[float(level[0]), float(level[1])] for level in side[:depth]]


@pytest.mark.parametrize("venue", all_sim_venues())
async def test_load_markets_finds_what_the_venue_lists_with_its_steps_and_fee(venue, ccxt_client) -> None:
    async with (
        SimExchanges(SimPlan(venues=(venue,))) as sim,
        ccxt_client(venue, sim.origins[venue]) as exchange,
    ):
        await exchange.load_markets()
        assert set(exchange.symbols) == {listed.symbol for listed in listings_of(venue).values()}
        market = exchange.market("BTC/USDT")
        listed = listings_of(venue)[market["id"]]
        assert market["taker"] * 1e4 == pytest.approx(TAKER_BPS[venue])
        assert market["precision"]["price"] == pytest.approx(10**-listed.price_decimals)
        assert market["precision"]["amount"] == pytest.approx(10**-listed.lot_decimals)
        assert market["limits"]["amount"]["min"] == pytest.approx(float(listed.min_size))
        assert market["active"] is True
        assert abs(await exchange.fetch_time() - exchange.milliseconds()) < 60_000


@pytest.mark.parametrize("venue", all_sim_venues())
async def test_the_order_book_equals_the_truth_through_hundreds_of_updates(
    venue, ccxt_client, stoppable_clock
) -> None:
    plan = SimPlan(venues=(venue,), rate=FAST)
    async with (
        SimExchanges(plan, stoppable_clock) as sim,
        ccxt_client(venue, sim.origins[venue]) as exchange,
    ):
        stoppable_clock.go_on()
        market = sim.market.of(venue, "BTC/USDT")
        for _ in range(3):
            book = await exchange.watch_order_book("BTC/USDT")
            for _ in range(70):
                book = await exchange.watch_order_book("BTC/USDT")
            truth = market.book(stoppable_clock.stop(venue))
            wanted = (scaled(truth.bids, market.listed, 10), scaled(truth.asks, market.listed, 10))
            async with asyncio.timeout(5):
                while (top(book["bids"], 10), top(book["asks"], 10)) != wanted:
                    book = await exchange.watch_order_book("BTC/USDT")
            if venue in NUMBERS_PER_QUOTE:
                assert book["nonce"] == truth.number * NUMBERS_PER_QUOTE[venue]
            stoppable_clock.go_on()


@pytest.mark.parametrize("venue", [venue for venue in all_sim_venues() if venue != "coinbase"])
async def test_best_bid_and_ask_follow_the_truth(venue, ccxt_client, stoppable_clock) -> None:
    plan = SimPlan(venues=(venue,), rate=FAST)
    async with (
        SimExchanges(plan, stoppable_clock) as sim,
        ccxt_client(venue, sim.origins[venue]) as exchange,
    ):
        stoppable_clock.go_on()
        market = sim.market.of(venue, "ETH/USDT")
        for _ in range(20):
            await exchange.watch_bids_asks(["ETH/USDT"])
        truth = market.book(stoppable_clock.stop(venue))
        [bid], [ask] = scaled(truth.bids, market.listed, 1), scaled(truth.asks, market.listed, 1)
        async with asyncio.timeout(5):
            while True:
                seen = next(iter((await exchange.watch_bids_asks(["ETH/USDT"])).values()))
                if [[seen["bid"], seen["bidVolume"]], [seen["ask"], seen["askVolume"]]] == [bid, ask]:
                    break


async def test_coinbase_tickers_carry_the_best_prices_and_usdc_shares_the_dollar_book(ccxt_client) -> None:
    plan = SimPlan(venues=("coinbase",), rate=FAST)
    async with SimExchanges(plan) as sim, ccxt_client("coinbase", sim.origins["coinbase"]) as exchange:
        ticker = await exchange.watch_ticker("BTC/USDT")
        assert 0 < ticker["bid"] < ticker["ask"]
        book = await exchange.watch_order_book("BTC/USDC")
        assert book["symbol"] == "BTC/USD"
        assert book["bids"][0][0] < book["asks"][0][0]


async def test_two_symbols_on_one_connection_do_not_mix(ccxt_client) -> None:
    venues = ("binance", "okx", "bybit", "kraken", "kucoin", "bitget")
    async with SimExchanges(SimPlan(venues=venues, rate=FAST)) as sim:
        for venue in venues:
            async with ccxt_client(venue, sim.origins[venue]) as exchange:
                for _ in range(10):
                    await exchange.watch_order_book_for_symbols(["BTC/USDT", "SOL/USDT"])
                async with asyncio.timeout(5):
                    while len(exchange.orderbooks) < 2 or not all(
                        book["bids"] for book in exchange.orderbooks.values()
                    ):
                        await exchange.watch_order_book_for_symbols(["BTC/USDT", "SOL/USDT"])
                btc, sol = (exchange.orderbooks[symbol]["bids"][0][0] for symbol in ("BTC/USDT", "SOL/USDT"))
                assert btc > 100 * sol


@pytest.mark.parametrize("venue", ["binance", "okx", "bybit", "kucoin", "gate", "bitget"])
async def test_unwatching_stops_the_stream_and_watching_again_starts_afresh(venue, ccxt_client) -> None:
    async with (
        SimExchanges(SimPlan(venues=(venue,), rate=FAST)) as sim,
        ccxt_client(venue, sim.origins[venue]) as exchange,
    ):
        await exchange.watch_order_book("BTC/USDT")
        await exchange.un_watch_order_book("BTC/USDT")
        assert "BTC/USDT" not in exchange.orderbooks
        book = await exchange.watch_order_book("BTC/USDT")
        assert book["bids"][0][0] < book["asks"][0][0]
