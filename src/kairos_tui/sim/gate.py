"""Gate spot, API v4: order book V2 (`spot.obu`), book_ticker, spot.ping; REST with book ids.

Documented at gate.com/docs/developers/apiv4: ws/en order-book-v2-api, best-bid-or-ask-price,
application-ping-pong, client-request; list currency pairs, list currencies, retrieve order book.
"""

from collections.abc import Mapping
from functools import partial

import msgspec
import orjson
from msgspec import Struct

from kairos_tui.sim.decimals import short
from kairos_tui.sim.dialect import Answer, Routes
from kairos_tui.sim.gate_tables import currencies, currency_pairs
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import DEPTH, ListedMarket
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import BookChange, BookStream, Payload, Stream

_PATH = "/ws/v4/"
_BOOKS, _TOPS = "spot.obu", "spot.book_ticker"
_DEPTH_AND_MS = {"50": (50, 20), "400": (DEPTH, 100)}
_TOP_MS = 10
_WHOLE_EVERY = 400
"""Messages from one whole book to the next: the venue may send it again at any time."""

_NOTHING: Answer = (200, [])
_EMPTY = (
    "/api/v4/margin/currency_pairs",
    "/api/v4/futures/usdt/contracts",
    "/api/v4/futures/btc/contracts",
    "/api/v4/delivery/usdt/contracts",
    "/api/v4/delivery/btc/contracts",
    "/api/v4/options/underlyings",
)
_INVALID_BODY, _INVALID_ARGUMENT = 1, 2


class _Request(Struct, frozen=True):
    channel: str
    event: str | None = ""
    id: int | str | None = None
    payload: list[str] | None = None


class Gate:
    """The dialect. One unknown name fails its whole request."""

    ping_every_s: float | None = 20.0
    not_found: Answer = (404, {"label": "NOT_FOUND", "message": "not found"})

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        listed = hub.listings.values()
        self.routes: Routes = {
            "/api/v4/spot/currency_pairs": lambda _query: (200, currency_pairs(listed)),
            "/api/v4/spot/currencies": lambda _query: (200, currencies(listed)),
            "/api/v4/spot/time": lambda _query: (200, {"server_time": hub.wall_ms()}),
            "/api/v4/spot/order_book": self._order_book,
            **dict.fromkeys(_EMPTY, lambda _query: _NOTHING),
        }

    def takes(self, path: str) -> bool:
        return path == _PATH

    # REST

    def _order_book(self, query: Mapping[str, str]) -> Answer:
        market_id, limit = query.get("currency_pair", ""), query.get("limit", "10")
        market = self.hub.market(market_id)
        if market is None or not limit.isdecimal():
            message = f"Invalid currency {market_id}"
            return 400, {"label": "INVALID_CURRENCY_PAIR", "message": message}
        book = market.book(self.hub.now_ns()).top(int(limit))
        number = {"id": book.number} if query.get("with_id") == "true" else {}
        return 200, number | {
            "current": self.hub.wall_ms(),
            "update": self.hub.wall_ms(book.at_ns),
            "asks": _levels(market.listed, book.asks),
            "bids": _levels(market.listed, book.bids),
        }

    # WebSocket

    def on_open(self, session: Session) -> None:
        """Gate says nothing until spoken to."""

    def on_text(self, session: Session, text: str) -> None:
        try:
            request = msgspec.json.decode(text, type=_Request)
        except msgspec.MsgspecError:
            self._refuse(session, _Request(""), _INVALID_BODY, "Invalid request body format")
            return
        if request.channel == "spot.ping":
            session.send(
                {**self._times(), "channel": "spot.pong", "event": "", "error": None, "result": None}
            )
        elif request.channel not in (_BOOKS, _TOPS) or request.event not in ("subscribe", "unsubscribe"):
            unknown = f"unknown channel {request.channel} or event {request.event}"
            self._refuse(session, request, _INVALID_ARGUMENT, unknown)
        else:
            act = self._subscribe if request.event == "subscribe" else self._unsubscribe
            act(session, request)

    def _subscribe(self, session: Session, request: _Request) -> None:
        names = request.payload or []
        markets = {name: self._market_of(request.channel, name) for name in names}
        problem = self._problem(session, request.channel, markets)
        if problem is not None:
            self._refuse(session, request, _INVALID_ARGUMENT, problem)
            return
        session.send(self._reply(request) | {"result": {"status": "success"}})
        for name, market in markets.items():
            if market is not None:
                build = partial(self._books if request.channel == _BOOKS else self._tops, name, market)
                self.hub.follow(session, f"{request.channel}:{name}", build)

    def _unsubscribe(self, session: Session, request: _Request) -> None:
        for name in request.payload or ():
            self.hub.unfollow(session, f"{request.channel}:{name}")
        session.send(self._reply(request) | {"result": {"status": "success"}})

    def _market_of(self, channel: str, name: str) -> ListedMarket | None:
        """ob.BTC_USDT.50 or BTC_USDT -> its market."""
        if channel == _TOPS:
            return self.hub.market(name)
        ob, _, rest = name.partition(".")
        market_id, _, level = rest.partition(".")
        return self.hub.market(market_id) if ob == "ob" and level in _DEPTH_AND_MS else None

    def _problem(self, session: Session, channel: str, markets: Mapping[str, object]) -> str | None:
        """A book may be followed once only on a connection."""
        if not markets:
            return "Invalid argument provided"
        for name, market in markets.items():
            if market is None:
                return f"unknown currency pair: {name}"
            if channel == _BOOKS and f"{channel}:{name}" in session.keys:
                return f"Alert sub {name}"
        return None

    def _books(self, name: str, market: ListedMarket) -> Stream:
        depth, interval_ms = _DEPTH_AND_MS[name.rpartition(".")[2]]
        return BookStream(
            market,
            self.hub.now_ns(),
            depth=depth,
            interval_ns=self.hub.interval_ns(interval_ms),
            snapshot=partial(self._whole, name),
            update=partial(self._changes, name),
        )

    def _tops(self, _name: str, market: ListedMarket) -> Stream:
        interval_ns = self.hub.interval_ns(_TOP_MS)
        return BookStream(market, self.hub.now_ns(), depth=1, interval_ns=interval_ns, update=self._top)

    def _whole(self, name: str, change: BookChange) -> Payload:
        return self._book(name, {"full": True}, change, change.book.bids, change.book.asks)

    def _changes(self, name: str, change: BookChange) -> Payload:
        if change.count % _WHOLE_EVERY == 0:
            return self._whole(name, change)
        return self._book(name, {"U": change.previous + 1}, change, change.bids, change.asks)

    def _book(
        self,
        name: str,
        begin: dict[str, int],
        change: BookChange,
        bids: dict[int, int],
        asks: dict[int, int],
    ) -> Payload:
        result = begin | {
            "t": self.hub.wall_ms(change.book.at_ns),
            "s": name,
            "u": change.book.number,
            "b": _levels(change.listed, bids),
            "a": _levels(change.listed, asks),
        }
        return self._update(_BOOKS, result, change)

    def _top(self, change: BookChange) -> Payload:
        [bid], [ask] = (_levels(change.listed, side) for side in (change.book.bids, change.book.asks))
        result: dict[str, object] = {
            "t": self.hub.wall_ms(change.book.at_ns),
            "u": change.book.number,
            "s": change.listed.market_id,
            "b": bid[0],
            "B": bid[1],
            "a": ask[0],
            "A": ask[1],
        }
        return self._update(_TOPS, result, change)

    def _update(self, channel: str, result: Mapping[str, object], change: BookChange) -> Payload:
        head = {**self._times(change.at_ns), "channel": channel, "event": "update"}
        return orjson.dumps({**head, "result": result})

    def _times(self, at_ns: int | None = None) -> dict[str, object]:
        ms = self.hub.wall_ms(at_ns)
        return {"time": ms // 1_000, "time_ms": ms}

    def _reply(self, request: _Request) -> dict[str, object]:
        named = {} if request.id is None else {"id": request.id}
        return {
            **self._times(),
            **named,
            "channel": request.channel,
            "event": request.event,
            "payload": request.payload,
        }

    def _refuse(self, session: Session, request: _Request, code: int, message: str) -> None:
        error = {"code": code, "message": message}
        session.send(self._reply(request) | {"error": error, "result": {"status": "fail"}})


def _levels(listed: Listed, sizes: dict[int, int]) -> list[tuple[str, str]]:
    """Gate drops trailing zeros."""
    return [
        (short(price, listed.price_decimals), short(lots, listed.lot_decimals))
        for price, lots in sizes.items()
    ]
