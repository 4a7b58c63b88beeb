"""stock: `USDT=10000,BTC=0.5` -> amounts: what a venue holds when paper begins. For check and settings."""

import math
import re

from kairos_tui.market import Asset

_ASSET = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,23}")
_MOST = 1e15
_MOST_ASSETS = 256


def read_stock(text: str) -> tuple[tuple[Asset, float], ...]:
    """Raises ValueError with what is wrong, in words that end an error line."""
    stock: dict[Asset, float] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, equals, number = (word.strip() for word in part.partition("="))
        if not equals or not _ASSET.fullmatch(name):
            raise ValueError(f"{part[:40]!r} is not ASSET=AMOUNT, as in USDT=10000,BTC=0.5")
        if name in stock:
            raise ValueError(f"{name} is given twice")
        stock[Asset(name)] = _amount(name, number)
    if len(stock) > _MOST_ASSETS:
        raise ValueError(f"more than {_MOST_ASSETS} assets")
    return tuple(stock.items())


def stock_problem(value: object) -> str | None:
    """What keeps a text from being a stock, or None."""
    try:
        read_stock(str(value))
    except ValueError as error:
        return str(error)
    return None


def _amount(name: str, text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0.0 <= amount <= _MOST:
        raise ValueError(f"{name}={text[:40]} must be an amount from 0 to {_MOST:g}")
    return amount + 0.0
