"""Bybit v5 spot: order book topics that begin with a snapshot, `u` counting messages.

Documented at bybit-exchange.github.io/docs/v5: websocket/public/orderbook, ws/connect, market/instrument,
market/orderbook. Level 1 is sent again after 3 s without a change, with the same `u`.
"""

from collections.abc import Mapping
from functools import partial

import msgspec
import orjson
from msgspec import Struct

from kairos_tui.sim.decimals import fixed, step
from kairos_tui.sim.dialect import Answer, Routes
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import ListedMarket
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import BookChange, BookStream, Payload

_PATH = "/v5/public/spot"
_INTERVAL_MS = {1: 10, 50: 20, 200: 200, 1000: 200}
_MOST_TOPICS = 10
_FIRST_U = 3_000_000
_MOST_REST_LEVELS = 200
_TOP_AGAIN_NS = 3_000_000_000


class _Request(Struct, frozen=True):
    op: str
    req_id: int | str = ""
    args: list[str] | None = None


class Bybit:
    """The dialect. One unknown topic fails its whole subscribe request, as on the real venue."""

    ping_every_s: float | None = None
    not_found: Answer = (404, {"retCode": 404, "retMsg": "not found", "result": {}})

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.routes: Routes = {
            "/v5/market/instruments-info": self._instruments,
            "/v5/market/time": self._time,
            "/v5/market/orderbook": self._order_book,
        }

    def takes(self, path: str) -> bool:
        return path == _PATH

    # REST

    def _ok(self, result: Mapping[str, object]) -> Answer:
        time_ms = self.hub.wall_ms()
        return 200, {"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": time_ms}

    def _instruments(self, query: Mapping[str, str]) -> Answer:
        category = query.get("category", "")
        markets = self.hub.listings.values() if category == "spot" else ()
        instruments = [_instrument(listed) for listed in markets]
        return self._ok({"category": category, "nextPageCursor": "", "list": instruments})

    def _time(self, _query: Mapping[str, str]) -> Answer:
        us = self.hub.wall_us()
        return self._ok({"timeSecond": str(us // 1_000_000), "timeNano": f"{us}000"})

    def _order_book(self, query: Mapping[str, str]) -> Answer:
        market = self.hub.market(query.get("symbol", ""))
        limit = query.get("limit", "1")
        if query.get("category") != "spot" or market is None or not limit.isdecimal():
            return self._problem("params error: symbol invalid")
        now_ns = self.hub.now_ns()
        book = market.book(now_ns).top(min(int(limit), _MOST_REST_LEVELS))
        result = {
            "s": market.listed.market_id,
            "b": _levels(market.listed, book.bids),
            "a": _levels(market.listed, book.asks),
            "ts": self.hub.wall_ms(now_ns),
            "u": self._first_u(now_ns, max(_INTERVAL_MS)),
            "seq": book.number,
            "cts": self.hub.wall_ms(book.at_ns),
        }
        return self._ok(result)

    def _problem(self, message: str) -> Answer:
        return 200, {"retCode": 10001, "retMsg": message, "result": {}, "time": self.hub.wall_ms()}

    # WebSocket

    def on_open(self, session: Session) -> None:
        """Bybit says nothing until spoken to."""

    def on_text(self, session: Session, text: str) -> None:
        try:
            request = msgspec.json.decode(text, type=_Request)
        except msgspec.MsgspecError:
            session.send({"success": False, "ret_msg": "error:invalid json", "conn_id": _id(session)})
            return
        reply: dict[str, object] = {"conn_id": _id(session), "req_id": str(request.req_id), "op": request.op}
        match request.op:
            case "ping":
                session.send({"success": True, "ret_msg": "pong"} | reply)
            case "subscribe":
                self._subscribe(session, request.args or [], reply)
            case "unsubscribe":
                session.send({"success": True, "ret_msg": ""} | reply)
                for topic in request.args or ():
                    self.hub.unfollow(session, topic)
            case _:
                session.send({"success": False, "ret_msg": "error:invalid op"} | reply)

    def _subscribe(self, session: Session, topics: list[str], reply: dict[str, object]) -> None:
        books = {topic: self._book_of(topic) for topic in topics}
        unknown = [topic for topic, book in books.items() if book is None]
        if len(topics) > _MOST_TOPICS:
            session.send({"success": False, "ret_msg": "error:args size >10"} | reply)
        elif unknown:
            message = f"error:handler not found,topic:{unknown[0]}"
            session.send({"success": False, "ret_msg": message} | reply)
        else:
            session.send({"success": True, "ret_msg": "subscribe"} | reply)
            for topic, book in books.items():
                if book is not None:
                    self._follow(session, topic, *book)

    def _book_of(self, topic: str) -> tuple[ListedMarket, int] | None:
        """orderbook.50.BTCUSDT -> its market and depth."""
        channel, _, rest = topic.partition(".")
        depth, _, market_id = rest.partition(".")
        market = self.hub.market(market_id)
        known = channel == "orderbook" and depth.isdecimal() and int(depth) in _INTERVAL_MS
        return (market, int(depth)) if known and market is not None else None

    def _first_u(self, now_ns: int, depth: int) -> int:
        """A topic's count goes on while nobody listens: whoever joins later begins higher."""
        return _FIRST_U + now_ns // self.hub.interval_ns(_INTERVAL_MS[depth])

    def _follow(self, session: Session, topic: str, market: ListedMarket, depth: int) -> None:
        now_ns = self.hub.now_ns()
        snapshot = partial(self._message, topic=topic, kind="snapshot")
        delta = partial(self._message, topic=topic, kind="delta")
        build = partial(
            BookStream,
            market,
            now_ns,
            depth=depth,
            interval_ns=self.hub.interval_ns(_INTERVAL_MS[depth]),
            snapshot=snapshot,
            update=snapshot if depth == 1 else delta,  # level 1 is pushed as snapshots only
            first_count=self._first_u(now_ns, depth),
            repeat_ns=_TOP_AGAIN_NS if depth == 1 else None,
        )
        self.hub.follow(session, topic, build)

    def _message(self, change: BookChange, *, topic: str, kind: str) -> Payload:
        whole = kind == "snapshot"
        at_ms = self.hub.wall_ms(change.at_ns)
        data = {
            "s": change.listed.market_id,
            "b": _levels(change.listed, change.book.bids if whole else change.bids),
            "a": _levels(change.listed, change.book.asks if whole else change.asks),
            "u": change.count,
            "seq": change.book.number,
        }
        matched_ms = self.hub.wall_ms(change.book.at_ns)
        return orjson.dumps({"topic": topic, "ts": at_ms, "type": kind, "data": data, "cts": matched_ms})


def _id(session: Session) -> str:
    return f"sim-{session.number}"


def _levels(listed: Listed, sizes: dict[int, int]) -> list[tuple[str, str]]:
    return [
        (fixed(price, listed.price_decimals), fixed(lots, listed.lot_decimals) if lots else "0")
        for price, lots in sizes.items()
    ]


def _instrument(listed: Listed) -> dict[str, object]:
    lot_filter = {
        "basePrecision": step(listed.lot_decimals),
        "quotePrecision": "0.0000001",
        "minOrderQty": listed.min_size,
        "maxOrderQty": "10000000",
        "minOrderAmt": listed.min_cost,
        "maxOrderAmt": "8000000",
    }
    return {
        "symbol": listed.market_id,
        "baseCoin": listed.base,
        "quoteCoin": listed.quote,
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "utaOnly",
        "stTag": "0",
        "lotSizeFilter": lot_filter,
        "priceFilter": {"tickSize": step(listed.price_decimals)},
    }
