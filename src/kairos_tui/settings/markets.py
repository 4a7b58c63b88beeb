"""markets: which currencies are quotes, and when two symbols can be one market. Used by check and cli."""

import re

_MONEY = """
USD EUR GBP JPY CHF AUD CAD NZD KRW TRY BRL ARS COP CLP PEN MXN SGD HKD TWD CNY MYR PHP VND THB IDR INR
PLN UAH CZK HUF RON NOK SEK DKK ZAR NGN KES AED SAR ILS KZT RUB
"""
_STABLE = "USDT USDC DAI FDUSD TUSD USDP PYUSD USDE USDS RLUSD USD1 USDG EURC EURT EURI EURQ"
QUOTES = tuple(f"{_STABLE} {_MONEY} BTC ETH BNB".split())
"""What assets are quoted in on the exchanges ccxt knows: stablecoins, money, and three coins used as such."""

_ALIASES = {"XBT": "BTC", "XDG": "DOGE", "BCHABC": "BCH"}
_MULTIPLE = re.compile(r"(?:1(?:0{2,7}|M(?=[A-Z]{3}))|k(?=[A-Z]))")


def map_problem(wanted: str, own: str) -> str | None:
    """Why the market `own` of one venue cannot stand for `wanted`, or None.

    PEPE may be traded as 1000PEPE; nothing makes one coin another, or a dollar a USDT.
    """
    base, _, quote = wanted.partition("/")
    own_base, _, own_quote = own.partition("/")
    if _coin(own_base) not in (_coin(base), base):
        return f"{own} is another base than {wanted}: another coin, whatever its price"
    if own_quote != quote:
        return (
            f"{own} is quoted in {own_quote}, {wanted} in {quote}: different money is converted, never mapped"
        )
    return None


def _coin(base: str) -> str:
    """1000PEPE, 1MPEPE and kPEPE are PEPE; 1INCH is 1INCH."""
    counted = _MULTIPLE.match(base)
    bare = base[counted.end() :] if counted else base
    return _ALIASES.get(bare, bare)
