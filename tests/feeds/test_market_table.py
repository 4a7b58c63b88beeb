"""Only what is watched keeps the venue's raw record: those of the others are most of ccxt's memory."""

import aiohttp
import ccxt
import pytest

from kairos_tui.feeds.connections import Connections
from kairos_tui.feeds.market_table import load_market_table
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.tapped_exchange import build_exchange
from kairos_tui.market import Symbol, Venue

LISTED = ("BTC/USDT", "ETH/USDT", "BTC/USDC", "USDC/USDT", "SOL/USDT")


@pytest.fixture
async def table(venue, recorder, plan_for, kit):
    """As a feed that watches BTC, and a conversion, loads it."""
    venue.rest["/api/v5/public/instruments"] = kit.okx_markets(*LISTED)
    plan = plan_for(venue.here, conversions=(Symbol("USDC/USDT"),))
    keeper = Connections(Venue("okx"), Outbox(recorder), timeout_s=2.0)
    async with aiohttp.ClientSession() as session:
        exchange = build_exchange(plan, keeper, session, True)
        await load_market_table(exchange, within_s=5.0)
        yield exchange
        await exchange.close()


async def test_the_raw_record_is_kept_of_what_is_watched_alone(table):
    assert set(table.markets) == set(LISTED)
    kept = {symbol for symbol, market in table.markets.items() if market["info"]}
    assert kept == {"BTC/USDT", "USDC/USDT"}


async def test_it_is_kept_nowhere_else(table):
    """ccxt has a second table, by the venue's ids, of records of its own."""
    second = [market for markets in table.markets_by_id.values() for market in markets]
    assert {market["symbol"] for market in second if market["info"]} == {"BTC/USDT", "USDC/USDT"}
    assert len(second) == len(LISTED)


async def test_it_has_no_key_to_sign_an_order_with(table):
    assert not any((table.apiKey, table.secret, table.password, table.privateKey, table.walletAddress))
    with pytest.raises(ccxt.AuthenticationError):
        table.check_required_credentials()
