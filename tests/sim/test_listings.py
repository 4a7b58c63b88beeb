"""Promise: a coin is priced alike wherever it is the same, in every quote currency and at any size of price;
a ticker that means another coin is told apart by its contract; plans that name no venue stay as they are."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.sim import SimPlan, sim_venues
from kairos_tui.sim.dislocations import TYPICAL_TAKER_BPS
from kairos_tui.sim.exchanges import SimExchanges
from kairos_tui.sim.listings import all_sim_venues, listings_of
from kairos_tui.sim.market import DELAY_MS, SimMarket

SECOND = 1_000_000_000
EVERYWHERE = SimPlan(venues=all_sim_venues(), mood="calm")
EVERYTHING = [listed for venue in all_sim_venues() for listed in listings_of(venue).values()]


def price(market: SimMarket, venue: str, symbol: str, at_ns: int = 90 * SECOND) -> float:
    traded = market.of(venue, symbol)
    return traded.mid_ticks(at_ns) / 10.0**traded.listed.price_decimals


def test_a_plan_that_names_no_venue_still_has_the_usual_five() -> None:
    assert SimPlan().venues == sim_venues() == ("binance", "coinbase", "kraken", "okx", "bybit")
    assert all_sim_venues() == (*sim_venues(), "kucoin", "gate", "bitget")


def test_every_venue_has_a_delay_a_usual_fee_and_ids_of_its_own() -> None:
    assert set(all_sim_venues()) == set(DELAY_MS) == set(TYPICAL_TAKER_BPS)
    for venue in all_sim_venues():
        symbols = [listed.symbol for listed in listings_of(venue).values()]
        assert len(set(symbols)) == len(symbols)


@given(moment=st.integers(0, 3 * 3600 * SECOND), listed=st.sampled_from(EVERYTHING))
@settings(max_examples=80, deadline=None)
def test_a_book_is_sorted_uncrossed_and_full_however_small_the_price(moment, listed) -> None:
    book = SimMarket(EVERYWHERE).of(listed.venue, listed.book_symbol).book(moment)
    bids, asks = list(book.bids), list(book.asks)
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks)
    assert 0 < bids[-1] < bids[0] < asks[0]
    assert min(*book.bids.values(), *book.asks.values()) > 0
    assert len(bids) == len(asks) == 100
    assert (asks[0] - bids[0]) / bids[0] < 2e-3


@pytest.mark.parametrize("venue", ["kraken", "coinbase"])
@pytest.mark.parametrize("base", ["BTC", "ETH", "SOL", "USDT"])
def test_the_euro_agrees_with_the_dollar(venue, base) -> None:
    market = SimMarket(EVERYWHERE)
    eur_usd = price(market, "kraken", "EUR/USD")
    assert eur_usd == pytest.approx(1.08, rel=0.01)
    off = price(market, venue, f"{base}/EUR") * eur_usd / price(market, venue, f"{base}/USD") - 1
    assert abs(off) < 8e-4


def test_the_euro_moves_a_little_and_by_itself() -> None:
    market = SimMarket(EVERYWHERE)
    rates = [price(market, "kraken", "EUR/USD", minute * 60 * SECOND) for minute in range(240)]
    moves = [abs(after / before - 1) * 1e4 for before, after in pairwise(rates)]
    assert 0.4 < sum(moves) / len(moves) < 2.5


@pytest.mark.parametrize("symbol", ["BTC/USDT", "BTC/USDC", "USDC/USDT", "PEPE/USDT"])
def test_one_coin_costs_the_same_on_all_venues(symbol) -> None:
    market = SimMarket(EVERYWHERE)
    prices = [price(market, listed.venue, symbol) for listed in EVERYTHING if listed.symbol == symbol]
    assert len(prices) >= 4
    assert max(prices) / min(prices) - 1 < 1.5e-3


def test_neiro_on_kucoin_is_another_coin_by_price() -> None:
    market = SimMarket(EVERYWHERE)
    same = [price(market, venue, "NEIRO/USDT") for venue in ("binance", "okx", "bybit", "gate")]
    assert max(same) / min(same) - 1 < 1.5e-3
    assert price(market, "kucoin", "NEIRO/USDT") / same[0] > 100


def test_sats_by_the_thousand_cost_a_thousand_times_as_much() -> None:
    market = SimMarket(EVERYWHERE)
    for at_ns in (0, 600 * SECOND):
        thousand = price(market, "binance", "1000SATS/USDT", at_ns)
        assert thousand / price(market, "okx", "SATS/USDT", at_ns) == pytest.approx(1_000, rel=1e-3)


async def test_neiro_on_kucoin_is_another_coin_by_name_and_contract(ccxt_client) -> None:
    async with SimExchanges(SimPlan(venues=("kucoin", "gate"))) as sim:
        found = {}
        for venue, origin in sim.origins.items():
            async with ccxt_client(venue, origin) as exchange:
                await exchange.load_markets()
                found[venue] = exchange.currencies["NEIRO"]
    assert found["kucoin"]["name"] == "Neiro Ethereum"
    assert found["gate"]["name"] == "First Neiro on Ethereum"
    [there], [here] = (currency["networks"].values() for currency in found.values())
    assert there["info"]["contractAddress"] != here["info"]["addr"]


async def test_contracts_of_the_same_coin_are_the_same_on_all_venues_that_publish_them(ccxt_client) -> None:
    fields = {"kucoin": "contractAddress", "gate": "addr", "bitget": "contractAddress"}
    async with SimExchanges(SimPlan(venues=tuple(fields))) as sim:
        addresses = []
        for venue, origin in sim.origins.items():
            async with ccxt_client(venue, origin) as exchange:
                await exchange.load_markets()
                networks = exchange.currencies["USDC"]["networks"]
                addresses.append({code: network["info"][fields[venue]] for code, network in networks.items()})
    assert addresses[0] == addresses[1] == addresses[2]
    assert len(addresses[0]) == 2
