"""Binance spot: depth diffs with U/u over a REST snapshot, bookTicker, raw streams at /ws.

Documented in binance-spot-api-docs: web-socket-streams.md, rest-api.md.
"""

from collections.abc import Mapping
from functools import partial

import msgspec
import orjson
from msgspec import Struct

from kairos_tui.sim.decimals import fixed
from kairos_tui.sim.dialect import Answer, Routes
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import DEPTH
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import BookChange, BookStream, Payload

_DECIMALS = 8
_BAD_SYMBOL = (400, {"code": -1121, "msg": "Invalid symbol."})
_NO_MARKETS = {"timezone": "UTC", "rateLimits": [], "exchangeFilters": [], "symbols": []}
_INTERVALS_MS = {"@depth": 1_000, "@depth@100ms": 100, "@depth@1000ms": 1_000, "@bookTicker": 10}


class _Request(Struct, frozen=True):
    method: str
    params: list[str] = []
    id: int | str | None = None


class Binance:
    """The dialect. Streams that name no market are acknowledged and stay silent, as the real ones do."""

    ping_every_s: float | None = 20.0
    not_found: Answer = (404, {"code": -1, "msg": "Not found."})

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._by_stream = {market_id.lower(): market_id for market_id in hub.listings}
        self.routes: Routes = {
            "/api/v3/exchangeInfo": self._exchange_info,
            "/fapi/v1/exchangeInfo": self._derivatives,
            "/dapi/v1/exchangeInfo": self._derivatives,
            "/api/v3/time": self._time,
            "/api/v3/depth": self._depth,
        }

    def takes(self, path: str) -> bool:
        return path == "/ws" or path.startswith("/ws/")

    # REST

    def _exchange_info(self, _query: Mapping[str, str]) -> Answer:
        symbols = [describe(listed) for listed in self.hub.listings.values()]
        return 200, _NO_MARKETS | {"serverTime": self.hub.wall_ms(), "symbols": symbols}

    def _derivatives(self, _query: Mapping[str, str]) -> Answer:
        return 200, _NO_MARKETS | {"serverTime": self.hub.wall_ms()}

    def _time(self, _query: Mapping[str, str]) -> Answer:
        return 200, {"serverTime": self.hub.wall_ms()}

    def _depth(self, query: Mapping[str, str]) -> Answer:
        market = self.hub.market(query.get("symbol", ""))
        limit = query.get("limit", "100")
        if market is None or not limit.isdecimal():
            return _BAD_SYMBOL
        book = market.book(self.hub.now_ns()).top(int(limit))
        listed = market.listed
        bids, asks = _levels(listed, book.bids), _levels(listed, book.asks)
        return 200, {"lastUpdateId": book.number, "bids": bids, "asks": asks}

    # WebSocket

    def on_open(self, session: Session) -> None:
        """Connecting to /ws/<stream> subscribes to it."""
        named = session.path.removeprefix("/ws/")
        if "@" in named:
            self._follow(session, named)

    def on_text(self, session: Session, text: str) -> None:
        try:
            request = msgspec.json.decode(text, type=_Request)
        except msgspec.MsgspecError:
            session.send({"error": {"code": 3, "msg": "Invalid JSON: expected value"}, "id": None})
            return
        act = {"SUBSCRIBE": self._follow, "UNSUBSCRIBE": self.hub.unfollow}.get(request.method)
        if act is None:
            error = {"code": 2, "msg": f"Invalid request: unknown variant {request.method}"}
            session.send({"error": error, "id": request.id})
            return
        session.send({"result": None, "id": request.id})
        for name in request.params:
            act(session, name)

    def _follow(self, session: Session, name: str) -> None:
        symbol, at, channel = name.partition("@")
        market = self.hub.market(self._by_stream.get(symbol, ""))
        interval_ms = _INTERVALS_MS.get(at + channel)
        if market is None or interval_ms is None:
            return
        is_top = channel == "bookTicker"
        build = partial(
            BookStream,
            market,
            self.hub.now_ns(),
            depth=1 if is_top else DEPTH,
            interval_ns=self.hub.interval_ns(interval_ms),
            update=_book_ticker if is_top else self._depth_update,
            every_quote=not is_top,
        )
        self.hub.follow(session, name, build)

    def _depth_update(self, change: BookChange) -> Payload:
        return orjson.dumps(
            {
                "e": "depthUpdate",
                "E": self.hub.wall_ms(change.at_ns),
                "s": change.listed.market_id,
                "U": change.previous + 1,
                "u": change.book.number,
                "b": _levels(change.listed, change.bids),
                "a": _levels(change.listed, change.asks),
            }
        )


def _book_ticker(change: BookChange) -> Payload:
    bid = _levels(change.listed, change.book.bids)[0]
    ask = _levels(change.listed, change.book.asks)[0]
    symbol = change.listed.market_id
    return orjson.dumps(
        {"u": change.book.number, "s": symbol, "b": bid[0], "B": bid[1], "a": ask[0], "A": ask[1]}
    )


def _levels(listed: Listed, sizes: dict[int, int]) -> list[tuple[str, str]]:
    """Binance pads every number to eight decimals."""
    price_pad = "0" * (_DECIMALS - listed.price_decimals)
    size_pad = "0" * (_DECIMALS - listed.lot_decimals)
    if listed.lot_decimals == 0:
        size_pad = "." + size_pad
    return [
        (fixed(price, listed.price_decimals) + price_pad, fixed(lots, listed.lot_decimals) + size_pad)
        for price, lots in sizes.items()
    ]


def describe(listed: Listed) -> dict[str, object]:
    """A market as `exchangeInfo` lists it."""
    tick, lot = fixed(1, listed.price_decimals), fixed(1, listed.lot_decimals)
    filters = [
        {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "1000000.00", "tickSize": tick},
        {"filterType": "LOT_SIZE", "minQty": listed.min_size, "maxQty": "9000.00", "stepSize": lot},
        {"filterType": "MARKET_LOT_SIZE", "minQty": "0.00", "maxQty": "120.00", "stepSize": "0.00"},
        {"filterType": "NOTIONAL", "minNotional": listed.min_cost, "maxNotional": "9000000.00"},
    ]
    return {
        "symbol": listed.market_id,
        "status": "TRADING",
        "baseAsset": listed.base,
        "baseAssetPrecision": _DECIMALS,
        "quoteAsset": listed.quote,
        "quotePrecision": _DECIMALS,
        "quoteAssetPrecision": _DECIMALS,
        "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET"],
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": True,
        "filters": filters,
        "permissions": [],
        "permissionSets": [["SPOT", "MARGIN"]],
    }
