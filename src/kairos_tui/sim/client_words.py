"""Client words: what a client says to each venue to follow a market, and where it asks for its book.

Before it: listings. After it: virtual, which speaks to the dialects as a client does. The channels and
depths are those that ccxt.pro's watch_order_book and watch_bids_asks ask for.
"""

from typing import Literal

from msgspec import Struct

from kairos_tui.sim.listings import Listed

Channel = Literal["book", "top"]
"""The book by its changes; the best bid and ask, where they are published faster."""


class ClientWords(Struct, frozen=True):
    """One venue's. In the texts, %(id)s is the market id, %(lower)s the same in small letters,
    %(symbol)s the unified symbol, %(do)s one of `do`: subscribe and unsubscribe."""

    ws_path: str
    book: str
    top: str
    rest_path: str
    rest_query: dict[str, str]
    do: tuple[str, str] = ("subscribe", "unsubscribe")

    def subscribe(self, listed: Listed, channel: Channel) -> str:
        return self._say(listed, channel, self.do[0])

    def unsubscribe(self, listed: Listed, channel: Channel) -> str:
        return self._say(listed, channel, self.do[1])

    def query(self, listed: Listed) -> dict[str, str]:
        """What a REST request for the book asks."""
        return {name: value % _of(listed) for name, value in self.rest_query.items()}

    def _say(self, listed: Listed, channel: Channel, do: str) -> str:
        return (self.book if channel == "book" else self.top) % {"do": do, **_of(listed)}


def _of(listed: Listed) -> dict[str, str]:
    return {"id": listed.market_id, "lower": listed.market_id.lower(), "symbol": listed.symbol}


def _kucoin(topic: str) -> str:
    return f'{{"id":"1","type":"%(do)s","topic":"{topic}:%(id)s","privateChannel":false,"response":true}}'


def _gate(channel: str, name: str) -> str:
    return f'{{"time":0,"id":1,"channel":"{channel}","event":"%(do)s","payload":["{name}"]}}'


CLIENT_WORDS: dict[str, ClientWords] = {
    "binance": ClientWords(
        ws_path="/ws/0",
        book='{"method":"%(do)s","params":["%(lower)s@depth@100ms"],"id":1}',
        top='{"method":"%(do)s","params":["%(lower)s@bookTicker"],"id":2}',
        rest_path="/api/v3/depth",
        rest_query={"symbol": "%(id)s", "limit": "1000"},
        do=("SUBSCRIBE", "UNSUBSCRIBE"),
    ),
    "bybit": ClientWords(
        ws_path="/v5/public/spot",
        book='{"op":"%(do)s","req_id":"1","args":["orderbook.50.%(id)s"]}',
        top='{"op":"%(do)s","req_id":"2","args":["orderbook.1.%(id)s"]}',
        rest_path="/v5/market/orderbook",
        rest_query={"category": "spot", "symbol": "%(id)s", "limit": "50"},
    ),
    "okx": ClientWords(
        ws_path="/ws/v5/public",
        book='{"op":"%(do)s","args":[{"channel":"books","instId":"%(id)s"}]}',
        top='{"op":"%(do)s","args":[{"channel":"bbo-tbt","instId":"%(id)s"}]}',
        rest_path="/api/v5/market/books",
        rest_query={"instId": "%(id)s", "sz": "400"},
    ),
    "kraken": ClientWords(
        ws_path="/v2",
        book='{"method":"%(do)s","params":{"channel":"book","symbol":["%(symbol)s"],"depth":10},"req_id":1}',
        top='{"method":"%(do)s","params":{"channel":"ticker","symbol":["%(symbol)s"],'
        '"event_trigger":"bbo"},"req_id":2}',
        rest_path="/0/public/Depth",
        rest_query={"pair": "%(id)s", "count": "100"},
    ),
    "coinbase": ClientWords(
        ws_path="/",
        book='{"type":"%(do)s","product_ids":["%(id)s"],"channel":"level2"}',
        top='{"type":"%(do)s","product_ids":["%(id)s"],"channel":"ticker"}',
        rest_path="/api/v3/brokerage/market/product_book",
        rest_query={"product_id": "%(id)s", "limit": "100"},
    ),
    "kucoin": ClientWords(
        ws_path="/",
        book=_kucoin("/market/level2"),
        top=_kucoin("/spotMarket/level1"),
        rest_path="/api/v1/market/orderbook/level2_100",
        rest_query={"symbol": "%(id)s"},
    ),
    "gate": ClientWords(
        ws_path="/ws/v4/",
        book=_gate("spot.obu", "ob.%(id)s.50"),
        top=_gate("spot.book_ticker", "%(id)s"),
        rest_path="/api/v4/spot/order_book",
        rest_query={"currency_pair": "%(id)s", "limit": "100", "with_id": "true"},
    ),
    "bitget": ClientWords(
        ws_path="/v2/ws/public",
        book='{"op":"%(do)s","args":[{"instType":"SPOT","channel":"books","instId":"%(id)s"}]}',
        top='{"op":"%(do)s","args":[{"instType":"SPOT","channel":"books1","instId":"%(id)s"}]}',
        rest_path="/api/v2/spot/market/orderbook",
        rest_query={"symbol": "%(id)s", "limit": "150"},
    ),
}
