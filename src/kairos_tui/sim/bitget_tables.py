"""Bitget's REST tables: symbols with their fee rates, coins with their chains. After it: bitget."""

from collections.abc import Iterable

from kairos_tui.sim.coin_tables import Coin, coins_of
from kairos_tui.sim.listings import Listed

_CHAIN_NAMES = {"btc": "BTC", "eth": "ERC20", "sol": "SOL", "trx": "TRC20"}
_FEE_RATE = "0.002"


def symbol(listed: Listed) -> dict[str, str]:
    return {
        "symbol": listed.market_id,
        "baseCoin": listed.base,
        "quoteCoin": listed.quote,
        "minTradeAmount": listed.min_size,
        "maxTradeAmount": "900000000000000000000",
        "takerFeeRate": _FEE_RATE,
        "makerFeeRate": _FEE_RATE,
        "pricePrecision": str(listed.price_decimals),
        "quantityPrecision": str(listed.lot_decimals),
        "quotePrecision": "8",
        "status": "online",
        "minTradeUSDT": listed.min_cost,
        "buyLimitPriceRatio": "0.05",
        "sellLimitPriceRatio": "0.05",
        "areaSymbol": "no",
        "orderQuantity": "200",
        "openTime": "1532454360000",
        "offTime": "",
    }


def coins(listings: Iterable[Listed]) -> list[dict[str, object]]:
    """Without names: of what a coin is, this venue only publishes its contracts."""
    found = coins_of(listings).items()
    return [_coin(str(number), ticker, coin) for number, (ticker, coin) in enumerate(found, start=1)]


def _coin(coin_id: str, ticker: str, coin: Coin) -> dict[str, object]:
    chains = [_chain(chain, address) for chain, address in coin.contracts.items()]
    return {"coinId": coin_id, "coin": ticker, "transfer": "true", "chains": chains, "areaCoin": "no"}


def _chain(chain: str, address: str) -> dict[str, str | None]:
    return {
        "chain": _CHAIN_NAMES[chain],
        "needTag": "false",
        "withdrawable": "true",
        "rechargeable": "true",
        "withdrawFee": "0.0005",
        "extraWithdrawFee": "0",
        "depositConfirm": "12",
        "withdrawConfirm": "64",
        "minDepositAmount": "0.0001",
        "minWithdrawAmount": "0.001",
        "browserUrl": "",
        "contractAddress": address or None,
        "withdrawStep": "0",
        "withdrawMinScale": "8",
        "congestion": "normal",
    }
