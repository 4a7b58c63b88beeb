"""KuCoin's REST tables: symbols, their fees (in the tickers), currencies. After it: kucoin."""

from collections.abc import Iterable

from kairos_tui.sim.coin_tables import Coin, coins_of
from kairos_tui.sim.decimals import step
from kairos_tui.sim.listings import Listed

_CHAIN_NAMES = {"btc": "BTC", "eth": "ERC20", "sol": "SOL", "trx": "TRC20"}
_FEE_RATE = "0.001"


def symbol(listed: Listed) -> dict[str, object]:
    return {
        "symbol": listed.market_id,
        "name": listed.market_id,
        "baseCurrency": listed.base,
        "quoteCurrency": listed.quote,
        "feeCurrency": listed.quote,
        "market": "USDS",
        "baseMinSize": listed.min_size,
        "quoteMinSize": listed.min_cost,
        "baseMaxSize": "10000000000",
        "quoteMaxSize": "99999999",
        "baseIncrement": step(listed.lot_decimals),
        "quoteIncrement": "0.000001",
        "priceIncrement": step(listed.price_decimals),
        "priceLimitRate": "0.1",
        "minFunds": listed.min_cost,
        "isMarginEnabled": False,
        "enableTrading": True,
        "feeCategory": 1,
        "makerFeeCoefficient": "1.00",
        "takerFeeCoefficient": "1.00",
        "st": False,
    }


def ticker_fees(listed: Listed) -> dict[str, str]:
    """The part of a ticker that says what trading costs: rate times coefficient."""
    return {
        "symbol": listed.market_id,
        "symbolName": listed.market_id,
        "takerFeeRate": _FEE_RATE,
        "makerFeeRate": _FEE_RATE,
        "takerCoefficient": "1",
        "makerCoefficient": "1",
    }


def currencies(listings: Iterable[Listed]) -> list[dict[str, object]]:
    return [_currency(ticker, coin) for ticker, coin in coins_of(listings).items()]


def _currency(ticker: str, coin: Coin) -> dict[str, object]:
    return {
        "currency": ticker,
        "name": ticker,
        "fullName": coin.name,
        "precision": coin.decimals,
        "confirms": None,
        "contractAddress": None,
        "isMarginEnabled": False,
        "isDebitEnabled": False,
        "chains": [_chain(chain, address) for chain, address in coin.contracts.items()],
    }


def _chain(chain: str, address: str) -> dict[str, object]:
    return {
        "chainName": _CHAIN_NAMES[chain],
        "chainId": chain,
        "withdrawalMinSize": "0.001",
        "depositMinSize": None,
        "withdrawFeeRate": "0",
        "withdrawalMinFee": "0.0005",
        "isWithdrawEnabled": True,
        "isDepositEnabled": True,
        "confirms": 12,
        "preConfirms": 12,
        "withdrawPrecision": 8,
        "maxWithdraw": None,
        "maxDeposit": None,
        "needTag": False,
        "contractAddress": address,
    }
