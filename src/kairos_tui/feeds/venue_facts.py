"""Venue facts: the few things about ccxt.pro classes that ccxt does not tell. Data, not code per exchange."""

from kairos_tui.market import Proof

BOOK_LIMITS = {"kraken": 25, "binance": 500}
"""Levels to ask for where the class's own number does not fit: kraken's 10 are fewer than we show, binance's
1000 cost its REST budget half a second per snapshot."""

SEQUENCED = frozenset({"binance", "binanceus", "binanceusdm", "binancecoinm", "okx", "okxus", "myokx"})
"""Classes that refuse a book with a hole in its sequence (measured: one message removed raises)."""

NEEDS_CURRENCIES = frozenset({"kraken", "hyperliquid"})
"""Classes whose market parser reads the currency list. For the others it is a request for nothing."""


def proof_of(ccxt_class: str, nonce: int | None) -> Proof:
    """Sequence only where the class checks it and the venue sent numbers; else unproven."""
    return Proof.SEQUENCE if nonce is not None and ccxt_class in SEQUENCED else Proof.UNPROVEN
