"""ccxt's own parser without a socket: a real ccxt.pro class that is handed frames, and what it publishes."""

import json
from functools import cache
from typing import Any, NamedTuple

import ccxt.pro
from ccxt.async_support.base.ws.client import Client

SYMBOL = "BTC/USDT"
SIDES = ("bids", "asks")
SWAPS = {"binanceusdm"}


class Heard(NamedTuple):
    """A book as it was published, copied at once: the best levels of each side."""

    bids: tuple[tuple[float, float], ...]
    asks: tuple[tuple[float, float], ...]
    timestamp_ms: int | None
    nonce: int | None


class _Tap(Client):  # type: ignore[misc]  # ccxt is untyped
    """A client that never dials: what is resolved is kept."""

    books: list[Any]

    def resolve(self, result: Any, message_hash: str) -> Any:
        if isinstance(result, dict) and "bids" in result:
            self.books.append(result)
        return result

    def reject(self, result: Any, message_hash: str | None = None) -> Any:
        raise result


@cache
def exchange_of(ccxt_class: str, market_id: str) -> Any:
    """Made once: it takes a third of a second. It has one market, and a session that nobody must use."""
    exchange: Any = getattr(ccxt.pro, ccxt_class)({"session": object()})
    market = {"id": market_id, "symbol": SYMBOL, "base": "BTC", "quote": "USDT", "active": True}
    if ccxt_class in SWAPS:
        market |= {"symbol": f"{SYMBOL}:USDT", "settle": "USDT", "type": "swap"}
        market |= dict.fromkeys(("swap", "contract", "linear"), True)
    else:
        market |= {"type": "spot", "spot": True}
    exchange.set_markets([exchange.safe_market_structure(market)])
    return exchange


class CcxtEars:
    """One market of one class, from nothing. To be made and used in a running loop."""

    def __init__(self, ccxt_class: str, market_id: str, *, depth: int, subscribed: dict[str, Any]) -> None:
        self._depth = depth
        self.exchange: Any = exchange_of(ccxt_class, market_id)
        self.symbol: str = next(iter(self.exchange.markets))
        self.exchange.orderbooks.clear()
        self.exchange.clients.clear()
        self._client = self.exchange.client(
            f"wss://{'fstream' if ccxt_class in SWAPS else 'spot'}.example/stream"
        )
        self._client.__class__ = _Tap
        self._client.books = []
        self._client.subscriptions.update(subscribed)

    def begin(self, bids: Any, asks: Any, nonce: int) -> None:
        """The REST snapshot, as ccxt lays it down."""
        book = self.exchange.order_book({})
        self.exchange.orderbooks[self.symbol] = book
        parsed = self.exchange.parse_order_book({"bids": bids, "asks": asks}, self.symbol)
        book.reset({**parsed, "nonce": nonce})

    def hear(self, frame: str) -> Heard | None:
        """What is published of it, None for nothing."""
        self._client.books.clear()
        self.exchange.handle_message(self._client, json.loads(frame))
        if not self._client.books:
            return None
        book = self._client.books[-1]
        bids, asks = (tuple((row[0], row[1]) for row in book[side][: self._depth]) for side in SIDES)
        return Heard(bids, asks, book["timestamp"], book["nonce"])
