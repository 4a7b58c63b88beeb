"""Gate's REST tables: currency pairs with their fee, currencies. After it: gate."""

from collections.abc import Iterable

from kairos_tui.sim.coin_tables import Coin, coins_of
from kairos_tui.sim.listings import Listed

_CHAIN_NAMES = {"btc": "BTC", "eth": "ETH", "sol": "SOL", "trx": "TRX"}
_FEE_PERCENT = "0.2"


def currency_pairs(listings: Iterable[Listed]) -> list[dict[str, object]]:
    listed = tuple(listings)
    coins = coins_of(listed)
    return [_pair(one, coins[one.base].name, coins[one.quote].name) for one in listed]


def _pair(listed: Listed, base_name: str, quote_name: str) -> dict[str, object]:
    return {
        "id": listed.market_id,
        "base": listed.base,
        "base_name": base_name,
        "quote": listed.quote,
        "quote_name": quote_name,
        "fee": _FEE_PERCENT,
        "min_base_amount": listed.min_size,
        "min_quote_amount": listed.min_cost,
        "max_quote_amount": "5000000",
        "amount_precision": listed.lot_decimals,
        "precision": listed.price_decimals,
        "trade_status": "tradable",
        "sell_start": 0,
        "buy_start": 0,
        "type": "normal",
        "trade_url": f"https://www.gate.com/trade/{listed.market_id}",
    }


def currencies(listings: Iterable[Listed]) -> list[dict[str, object]]:
    return [_currency(ticker, coin) for ticker, coin in coins_of(listings).items()]


def _currency(ticker: str, coin: Coin) -> dict[str, object]:
    working = dict.fromkeys(("withdraw_disabled", "withdraw_delayed", "deposit_disabled"), False)
    chains = [
        {"name": _CHAIN_NAMES[chain], "addr": address, **working} for chain, address in coin.contracts.items()
    ]
    return {
        "currency": ticker,
        "name": coin.name,
        "delisted": False,
        "trade_disabled": False,
        "fixed_rate": "",
        "chain": chains[0]["name"],
        "chains": chains,
        **working,
    }
