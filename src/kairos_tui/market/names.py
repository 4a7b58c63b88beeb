"""Names: what venues, symbols and assets are called. A bare str does not type-check as one."""

from typing import NewType

Venue = NewType("Venue", str)
"""A venue's id as the user writes it: a ccxt.pro id, or a `[venue.NAME]` table's name."""

Symbol = NewType("Symbol", str)
"""A market in ccxt's unified form: `BTC/USDT`."""

Asset = NewType("Asset", str)
"""A coin or currency: `BTC`, `USDT`."""


def split_symbol(symbol: Symbol) -> tuple[Asset, Asset]:
    """`BTC/USDT` or `BTC/USDT:USDT` -> (base, quote). Raises ValueError without a slash."""
    base, slash, rest = symbol.partition("/")
    if not slash or not base or not rest:
        raise ValueError(f"{symbol!r} is not BASE/QUOTE")
    return Asset(base), Asset(rest.partition(":")[0])
