"""Venue facts: the few things about ccxt.pro classes that ccxt does not tell. Data, not code per exchange."""

BOOK_LIMITS = {"kraken": 25, "binance": 500}
"""Levels to ask for where the class's own number does not fit: kraken's 10 are fewer than we show, binance's
1000 cost its REST budget half a second per snapshot."""

FEE_SIDES = {
    "bitget": "get",
    "bitstamp": "quote",
    "coinbase": "quote",
    "kucoin": "quote",
    "myokx": "get",
    "okx": "get",
    "okxus": "get",
}
"""What a spot fee is taken in, in ccxt's words, where ccxt's class does not say.

OKX, Bitget: what is received (`feeCcy` of docs-v5 "Get transaction details", `feeCoin` of "Get Fills").
KuCoin: the quote (`feeCurrency` of every symbol). Coinbase, Bitstamp: their fills have it in the quote.
Kraken is left out: there each order chooses (`oflags` fcib, fciq).
"""

OLD_FEES = frozenset({"bybit"})
"""Classes whose own fee is not the one that they give their markets: bybit's says 7.5 bps, its markets 10."""

NEEDS_CURRENCIES = frozenset({"kraken", "hyperliquid"})
"""Classes whose market parser reads the currency list. For the others it is a request for nothing."""

NAMES_COINS = frozenset({"kucoin", "gate", "bitget"})
"""Classes whose currency list is public and says what a coin is called and where its contract is."""

CHECK_LIMITS = {"kucoin": 100, "bitfinex": 100}
"""Levels to ask REST for in a cross-check, where the class's own number needs an account or is too few."""
