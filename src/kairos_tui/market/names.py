"""Names: what venues, symbols and assets are called. A bare str does not type-check as one."""

from collections.abc import Iterable
from itertools import permutations
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


def conversion_symbols(symbols: Iterable[Symbol]) -> tuple[Symbol, ...]:
    """The markets in which the quotes of one base are exchanged for each other, either way round.

    `BTC/USDT` and `BTC/EUR` need `USDT/EUR` or `EUR/USDT`; what is watched already is not named again.
    """
    watched = tuple(symbol for symbol in symbols if ":" not in symbol)
    quotes: dict[Asset, dict[Asset, None]] = {}
    for base, quote in map(split_symbol, watched):
        quotes.setdefault(base, {})[quote] = None
    pairs = {
        Symbol(f"{one}/{other}"): None for held in quotes.values() for one, other in permutations(held, 2)
    }
    return tuple(pair for pair in pairs if pair not in watched)
