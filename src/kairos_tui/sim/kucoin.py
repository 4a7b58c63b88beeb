"""KuCoin spot: a token first, then level-2 changes over a REST snapshot, level 1, tickers; pings are JSON.

Documented at kucoin.com/docs-new: apply-connect-token, level2-market-data, level1-bbo-market-data,
level2-5/50-best-ask-bid-orders, get-all-symbols, get-all-currencies, get-part-orderbook.
"""

from collections.abc import Mapping
from functools import partial

import msgspec
import orjson
from msgspec import Struct

from kairos_tui.sim.decimals import short
from kairos_tui.sim.dialect import Answer, Routes
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.kucoin_book import Change, Level2Stream, Push, sequence
from kairos_tui.sim.kucoin_tables import currencies, symbol, ticker_fees
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import ListedMarket
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import BookChange, BookStream, Encode, Payload, Stream

_PATH = "/"
_SERVER = "wss://ws-api-spot.kucoin.invalid/"
"""The path is the real one. Whoever asked REST here has moved the venue's hosts, so he will move this one
too; a name that can never exist keeps the others from talking to a real exchange by mistake."""

_LEVEL2 = "/market/level2"
_LEVEL2_MS = 10
_DEPTH_AND_MS = {
    "/spotMarket/level1": (1, 10),
    "/market/ticker": (1, 100),
    "/spotMarket/level2Depth5": (5, 100),
    "/spotMarket/level2Depth50": (50, 100),
}
_MOST_SYMBOLS = 100


class _Request(Struct, frozen=True):
    type: str
    id: int | str = ""
    topic: str = ""
    response: bool = False


class Kucoin:
    """The dialect. One unknown symbol fails its whole topic."""

    ping_every_s: float | None = None
    not_found: Answer = (404, {"code": "404000", "msg": "Url Not Found"})

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        listed = hub.listings.values()
        self.routes: Routes = {
            "/api/v1/bullet-public": self._bullet,
            "/api/v1/timestamp": lambda _query: _ok(hub.wall_ms()),
            "/api/v2/symbols": lambda _query: _ok([symbol(one) for one in listed]),
            "/api/v1/market/allTickers": lambda _query: _ok(
                {"time": hub.wall_ms(), "ticker": [ticker_fees(one) for one in listed]}
            ),
            "/api/v3/currencies": lambda _query: _ok(currencies(listed)),
            "/api/v1/contracts/active": lambda _query: _ok([]),
            "/api/v1/market/orderbook/level2_20": partial(self._order_book, 20),
            "/api/v1/market/orderbook/level2_100": partial(self._order_book, 100),
        }

    def takes(self, path: str) -> bool:
        return path == _PATH

    # REST

    def _bullet(self, _query: Mapping[str, str]) -> Answer:
        server = {
            "endpoint": _SERVER,
            "encrypt": True,
            "protocol": "websocket",
            "pingInterval": 18_000,
            "pingTimeout": 10_000,
        }
        return _ok({"token": f"sim-{self.hub.wall_us():x}", "instanceServers": [server]})

    def _order_book(self, depth: int, query: Mapping[str, str]) -> Answer:
        market = self.hub.market(query.get("symbol", ""))
        if market is None:
            return 400, {"code": "400100", "msg": "symbol not exists"}
        whole = market.book(self.hub.now_ns())
        book = whole.top(depth)
        return _ok(
            {
                "time": self.hub.wall_ms(),
                "sequence": str(sequence(whole)),
                "bids": _levels(market.listed, book.bids),
                "asks": _levels(market.listed, book.asks),
            }
        )

    # WebSocket

    def on_open(self, session: Session) -> None:
        session.send({"id": _id(session), "type": "welcome"})

    def on_text(self, session: Session, text: str) -> None:
        try:
            request = msgspec.json.decode(text, type=_Request)
        except msgspec.MsgspecError:
            _refuse(session, "", 400, "invalid json")
            return
        match request.type:
            case "ping":
                session.send({"id": str(request.id), "type": "pong", "timestamp": self.hub.wall_us()})
            case "subscribe" | "unsubscribe":
                self._subscribe_or_leave(session, request)
            case _:
                _refuse(session, request.id, 415, "type is not supported")

    def _subscribe_or_leave(self, session: Session, request: _Request) -> None:
        channel, _, joined = request.topic.partition(":")
        market_ids = joined.split(",")
        markets = [self.hub.market(market_id) for market_id in market_ids]
        if None in markets or not (channel == _LEVEL2 or channel in _DEPTH_AND_MS):
            _refuse(session, request.id, 404, f"topic {request.topic} is not found")
            return
        if len(markets) > _MOST_SYMBOLS:
            _refuse(session, request.id, 400, f"exceed max subscription count limitation of {_MOST_SYMBOLS}")
            return
        if request.response:
            session.send({"id": str(request.id), "type": "ack"})
        for market_id, market in zip(market_ids, markets, strict=True):
            topic = f"{channel}:{market_id}"
            if request.type == "unsubscribe":
                self.hub.unfollow(session, topic)
            elif market is not None:
                self.hub.follow(session, topic, partial(self._stream, channel, topic, market))

    def _stream(self, channel: str, topic: str, market: ListedMarket) -> Stream:
        if channel == _LEVEL2:
            interval_ns = self.hub.interval_ns(_LEVEL2_MS)
            encode = partial(self._level2, topic)
            return Level2Stream(market, self.hub.now_ns(), interval_ns=interval_ns, encode=encode)
        depth, interval_ms = _DEPTH_AND_MS[channel]
        encoders = {"/spotMarket/level1": self._level1, "/market/ticker": self._ticker}
        update: Encode = partial(encoders.get(channel, self._depth), topic)
        return BookStream(
            market,
            self.hub.now_ns(),
            depth=depth,
            interval_ns=self.hub.interval_ns(interval_ms),
            update=update,
        )

    def _level2(self, topic: str, push: Push) -> Payload:
        listed = push.listed
        data = {
            "changes": {"asks": _changes(listed, push.asks), "bids": _changes(listed, push.bids)},
            "sequenceStart": push.first,
            "sequenceEnd": push.last,
            "symbol": listed.market_id,
            "time": self.hub.wall_ms(push.matched_ns),
        }
        return _message(topic, "trade.l2update", data)

    def _level1(self, topic: str, change: BookChange) -> Payload:
        """Without a sequence, as on the real venue: only its time says how it stands to level 2."""
        [ask], [bid] = (_levels(change.listed, side) for side in (change.book.asks, change.book.bids))
        timestamp = self.hub.wall_ms(change.book.at_ns)
        return _message(topic, "level1", {"asks": ask, "bids": bid, "timestamp": timestamp})

    def _ticker(self, topic: str, change: BookChange) -> Payload:
        """No trades are simulated: the last one stands at the bid."""
        [ask], [bid] = (_levels(change.listed, side) for side in (change.book.asks, change.book.bids))
        data = {
            "bestAsk": ask[0],
            "bestAskSize": ask[1],
            "bestBid": bid[0],
            "bestBidSize": bid[1],
            "price": bid[0],
            "sequence": str(sequence(change.book)),
            "size": "0",
            "time": self.hub.wall_ms(change.book.at_ns),
        }
        return _message(topic, "trade.ticker", data)

    def _depth(self, topic: str, change: BookChange) -> Payload:
        data = {
            "asks": _levels(change.listed, change.book.asks),
            "bids": _levels(change.listed, change.book.bids),
            "timestamp": self.hub.wall_ms(change.book.at_ns),
        }
        return _message(topic, "level2", data)


def _ok(data: object) -> Answer:
    return 200, {"code": "200000", "data": data}


def _id(session: Session) -> str:
    return f"{session.number:010x}"


def _refuse(session: Session, request_id: int | str, code: int, reason: str) -> None:
    session.send({"id": str(request_id), "type": "error", "code": code, "data": reason})


def _message(topic: str, subject: str, data: dict[str, object]) -> Payload:
    return orjson.dumps({"topic": topic, "type": "message", "subject": subject, "data": data})


def _levels(listed: Listed, sizes: dict[int, int]) -> list[tuple[str, str]]:
    """KuCoin drops trailing zeros."""
    return [
        (short(price, listed.price_decimals), short(lots, listed.lot_decimals))
        for price, lots in sizes.items()
    ]


def _changes(listed: Listed, changes: list[Change]) -> list[tuple[str, str, str]]:
    return [
        (short(price, listed.price_decimals), short(lots, listed.lot_decimals), str(number))
        for price, lots, number in changes
    ]
