"""Table: which dialect decodes which ccxt class. A worker loads the module of its own venue only."""

from importlib import import_module
from typing import cast

from kairos_tui.feeds.dialects.dialect import Dialect

_PLACES = {
    "binance": ("binance", "Binance"),
    "binanceus": ("binance", "Binance"),
    "binanceusdm": ("binance_usdm", "BinanceUsdm"),
    "bitfinex": ("bitfinex", "Bitfinex"),
    "bitget": ("bitget", "Bitget"),
    "bitstamp": ("bitstamp", "Bitstamp"),
    "bybit": ("bybit", "Bybit"),
    "coinbase": ("coinbase", "Coinbase"),
    "gate": ("gate", "Gate"),
    "kraken": ("kraken", "Kraken"),
    "kucoin": ("kucoin", "Kucoin"),
    "myokx": ("okx", "Okx"),
    "okx": ("okx", "Okx"),
    "okxus": ("okx", "Okx"),
}
"""ccxt class -> its dialect's module here, and the name in it."""

VERIFIED = frozenset(_PLACES)
"""The ccxt classes whose frames are decoded here, with proof."""

SPOT_ONLY = frozenset({"binance", "gate", "kucoin"})
"""Of these, the ones whose contracts come in other words, on other connections: they are ccxt's to decode."""


def dialect_of(ccxt_class: str) -> Dialect | None:
    """A new dialect for one connection; None for a class that ccxt decodes."""
    place = _PLACES.get(ccxt_class)
    if place is None:
        return None
    module, name = place
    return cast(Dialect, getattr(import_module(f"kairos_tui.feeds.dialects.{module}"), name)())
