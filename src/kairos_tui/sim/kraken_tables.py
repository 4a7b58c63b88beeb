"""Kraken's REST tables: assets and tradable pairs with their fee tiers. After it: kraken."""

from collections.abc import Iterable

from kairos_tui.sim.decimals import step
from kairos_tui.sim.listings import Listed

_ASSET_IDS = {"BTC": "XXBT", "ETH": "XETH", "USD": "ZUSD", "EUR": "ZEUR"}
_ALTNAMES = {"BTC": "XBT"}
_DECIMALS = {"BTC": 10, "ETH": 10, "SOL": 10, "PEPE": 5, "USD": 4, "EUR": 4, "USDT": 8, "USDC": 8}
_TIERS_USD = (0, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000)
_TAKER_PERCENT = (0.26, 0.24, 0.22, 0.2, 0.18, 0.16, 0.14, 0.12, 0.1)
_MAKER_PERCENT = (0.16, 0.14, 0.12, 0.1, 0.08, 0.06, 0.04, 0.02, 0.0)
_STABLE_PERCENT = (0.2, 0.16, 0.12, 0.08, 0.04, 0.02, 0.01, 0.008, 0.001)


def assets() -> dict[str, object]:
    return {
        _ASSET_IDS.get(asset, asset): {
            "aclass": "currency",
            "altname": _ALTNAMES.get(asset, asset),
            "decimals": decimals,
            "display_decimals": 5 if decimals > 4 else 2,
            "status": "enabled",
        }
        for asset, decimals in _DECIMALS.items()
    }


def asset_pairs(listings: Iterable[Listed]) -> dict[str, object]:
    return {listed.market_id: _pair(listed) for listed in listings}


def _pair(listed: Listed) -> dict[str, object]:
    base, quote = (_ALTNAMES.get(asset, asset) for asset in (listed.base, listed.quote))
    stable = listed.base in ("USDT", "USDC", "EUR")
    return {
        "altname": f"{base}{quote}",
        "wsname": f"{base}/{quote}",
        "aclass_base": "currency",
        "base": _ASSET_IDS.get(listed.base, listed.base),
        "aclass_quote": "currency",
        "quote": _ASSET_IDS.get(listed.quote, listed.quote),
        "lot": "unit",
        "cost_decimals": 5,
        "pair_decimals": listed.price_decimals,
        "lot_decimals": listed.lot_decimals,
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": _tiers(_STABLE_PERCENT if stable else _TAKER_PERCENT),
        "fees_maker": _tiers(_STABLE_PERCENT if stable else _MAKER_PERCENT),
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": listed.min_size,
        "costmin": listed.min_cost,
        "tick_size": step(listed.price_decimals),
        "status": "online",
    }


def _tiers(percents: tuple[float, ...]) -> list[tuple[int, float]]:
    return list(zip(_TIERS_USD, percents, strict=True))
