"""Kraken, WebSocket v2: book with its CRC32 checksum, ticker, heartbeats; REST of api.kraken.com.

Documented at docs.kraken.com/api: websocket-v2/book, ticker, ping; guides/spot-ws-book-v2 (checksum);
rest-api get-tradable-asset-pairs, get-order-book. Numbers are JSON numbers with every decimal of the market.
"""

from collections.abc import Mapping
from functools import partial

import msgspec
from msgspec import Struct

from kairos_tui.sim.decimals import fixed, iso
from kairos_tui.sim.dialect import Answer, Routes
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.kraken_book import checksum, cut_to
from kairos_tui.sim.kraken_tables import asset_pairs, assets
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import BookChange, BookStream, Heartbeat, Payload

_PATH = "/v2"
_DEPTHS = (10, 25, 100, 500, 1000)
_INTERVAL_MS = 10
_HEARTBEAT_KEY = "heartbeat"


class _Wanted(Struct, frozen=True):
    channel: str = ""
    symbol: list[str] = []
    depth: int = _DEPTHS[0]


class _Request(Struct, frozen=True):
    method: str
    params: _Wanted = _Wanted()
    req_id: int | None = None


class Kraken:
    """The dialect. Each symbol of a subscribe request is answered by itself."""

    ping_every_s: float | None = None
    not_found: Answer = (404, {"error": ["EGeneral:Unknown method"]})

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._ids = {listed.symbol: market_id for market_id, listed in hub.listings.items()}
        self.routes: Routes = {
            "/0/public/Assets": lambda _query: _ok(assets()),
            "/0/public/AssetPairs": lambda _query: _ok(asset_pairs(hub.listings.values())),
            "/0/public/Time": self._time,
            "/0/public/Depth": self._depth,
        }

    def takes(self, path: str) -> bool:
        return path == _PATH

    def _time(self, _query: Mapping[str, str]) -> Answer:
        us = self.hub.wall_us()
        return _ok({"unixtime": us // 1_000_000, "rfc1123": iso(us)})

    def _depth(self, query: Mapping[str, str]) -> Answer:
        market = self.hub.market(query.get("pair", ""))
        count = query.get("count", "100")
        if market is None or not count.isdecimal():
            return 200, {"error": ["EQuery:Unknown asset pair"]}
        book, listed = market.book(self.hub.now_ns()).top(int(count)), market.listed
        at_s = self.hub.wall_ms(book.at_ns) // 1_000
        return _ok(
            {
                listed.market_id: {
                    side: [
                        (fixed(price, listed.price_decimals), fixed(lots, listed.lot_decimals), at_s)
                        for price, lots in sizes.items()
                    ]
                    for side, sizes in (("asks", book.asks), ("bids", book.bids))
                }
            }
        )

    # WebSocket

    def on_open(self, session: Session) -> None:
        status = {
            "version": "2.0.10",
            "system": "online",
            "api_version": "v2",
            "connection_id": session.number,
        }
        session.send({"channel": "status", "type": "update", "data": [status]})

    def on_text(self, session: Session, text: str) -> None:
        now = iso(self.hub.wall_us())
        times = {"time_in": now, "time_out": now}
        try:
            request = msgspec.json.decode(text, type=_Request)
        except msgspec.MsgspecError:
            session.send({"error": "Malformed request", "success": False} | times)
            return
        wanted = request.params
        reply: dict[str, object] = {"method": request.method, "req_id": request.req_id, **times}
        match request.method:
            case "ping":
                session.send(reply | {"method": "pong"})
            case "subscribe" | "unsubscribe":
                act = self._subscribe if request.method == "subscribe" else self._unsubscribe
                for symbol in wanted.symbol:
                    act(session, symbol, wanted, reply)
            case _:
                session.send(reply | {"success": False, "error": f"Unsupported method {request.method}"})

    def _subscribe(self, session: Session, symbol: str, wanted: _Wanted, reply: dict[str, object]) -> None:
        channel, depth = wanted.channel, wanted.depth
        problem = self._problem(symbol, wanted)
        if problem is not None:
            session.send(reply | {"success": False, "symbol": symbol, "error": problem})
            return
        result = {"channel": channel, "symbol": symbol, "snapshot": True}
        if channel == "book":
            result["depth"] = depth
        session.send(reply | {"success": True, "result": result})
        self._follow_heartbeat(session)
        self._follow(session, symbol, depth if channel == "book" else None)

    def _problem(self, symbol: str, wanted: _Wanted) -> str | None:
        if wanted.channel not in ("book", "ticker"):
            return f"Unsupported channel {wanted.channel}"
        if symbol not in self._ids:
            return f"Currency pair not supported {symbol}"
        if wanted.channel == "book" and wanted.depth not in _DEPTHS:
            return f"Unsupported depth {wanted.depth}"
        return None

    def _unsubscribe(self, session: Session, symbol: str, wanted: _Wanted, reply: dict[str, object]) -> None:
        channel, depth = wanted.channel, wanted.depth
        key = f"book-{depth}:{symbol}" if channel == "book" else f"{channel}:{symbol}"
        if self.hub.unfollow(session, key):
            session.send(reply | {"success": True, "result": {"channel": channel, "symbol": symbol}})
        else:
            session.send(reply | {"success": False, "symbol": symbol, "error": "Subscription Not Found"})

    def _follow(self, session: Session, symbol: str, depth: int | None) -> None:
        market = self.hub.market(self._ids[symbol])
        if market is None:
            return
        encode, key = (_ticker, f"ticker:{symbol}") if depth is None else (_book, f"book-{depth}:{symbol}")
        build = partial(
            BookStream,
            market,
            self.hub.now_ns(),
            depth=depth or 1,
            interval_ns=self.hub.interval_ns(_INTERVAL_MS),
            snapshot=partial(encode, self.hub, "snapshot"),
            update=partial(encode, self.hub, "update"),
            difference=partial(cut_to, depth or 1),
        )
        self.hub.follow(session, key, build)

    def _follow_heartbeat(self, session: Session) -> None:
        build = partial(
            Heartbeat,
            self.hub.now_ns(),
            interval_ns=1_000_000_000,
            beat=lambda _n, _at: b'{"channel":"heartbeat"}',
        )
        self.hub.follow(session, _HEARTBEAT_KEY, build)


def _ok(result: Mapping[str, object]) -> Answer:
    return 200, {"error": [], "result": result}


def _book(hub: Hub, kind: str, change: BookChange) -> Payload:
    listed = change.listed
    text = (
        f'{{"channel":"book","type":"{kind}","data":[{{"symbol":"{listed.symbol}",'
        f'"bids":{_levels(listed, change.bids)},"asks":{_levels(listed, change.asks)},'
        f'"checksum":{checksum(change.book.bids, change.book.asks)},'
        f'"timestamp":"{iso(hub.wall_us(change.at_ns))}"}}]}}'
    )
    return text.encode()


def _levels(listed: Listed, sizes: dict[int, int]) -> str:
    """Numbers written by hand: the checksum is of their digits, so none may be dropped."""
    levels = ",".join(
        f'{{"price":{fixed(price, listed.price_decimals)},"qty":{fixed(lots, listed.lot_decimals)}}}'
        for price, lots in sizes.items()
    )
    return f"[{levels}]"


def _ticker(hub: Hub, kind: str, change: BookChange) -> Payload:
    """No trades are simulated: the day's figures stand at the bid."""
    listed, at = change.listed, iso(hub.wall_us(change.at_ns))
    (bid, bid_lots), (ask, ask_lots) = (
        next(iter(change.book.bids.items())),
        next(iter(change.book.asks.items())),
    )
    price, decimals = fixed(bid, listed.price_decimals), listed.lot_decimals
    text = (
        f'{{"channel":"ticker","type":"{kind}","data":[{{"symbol":"{listed.symbol}",'
        f'"bid":{price},"bid_qty":{fixed(bid_lots, decimals)},'
        f'"ask":{fixed(ask, listed.price_decimals)},"ask_qty":{fixed(ask_lots, decimals)},'
        f'"last":{price},"volume":0.0,"vwap":{price},"low":{price},"high":{price},'
        f'"change":0.0,"change_pct":0.0,"timestamp":"{at}"}}]}}'
    )
    return text.encode()
