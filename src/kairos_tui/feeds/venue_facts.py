"""Venue facts: the few things about ccxt.pro classes that ccxt does not tell. Data, not code per exchange."""

BOOK_LIMITS = {"kraken": 25, "binance": 500}
"""Levels to ask for where the class's own number does not fit: kraken's 10 are fewer than we show, binance's
1000 cost its REST budget half a second per snapshot."""

NEEDS_CURRENCIES = frozenset({"kraken", "hyperliquid"})
"""Classes whose market parser reads the currency list. For the others it is a request for nothing."""

NAMES_COINS = frozenset({"kucoin", "gate", "bitget"})
"""Classes whose currency list is public and says what a coin is called and where its contract is."""

CHECK_LIMITS = {"kucoin": 100, "bitfinex": 100}
"""Levels to ask REST for in a cross-check, where the class's own number needs an account or is too few."""
