"""Bitget spot, v2: books with their CRC32 checksum and seq, books1/5/15, ticker; pings are the text `ping`.

Documented at bitget.com/api-doc/spot: websocket/public Depth-Channel and Tickers-Channel, market
Get-Symbols, Get-Coin-List, Get-Orderbook; common/public Get-Server-Time.
"""

from collections.abc import Mapping
from functools import partial
from typing import Literal

import msgspec
import orjson
from msgspec import Struct

from kairos_tui.sim.bitget_book import checksum, levels
from kairos_tui.sim.bitget_tables import coins, symbol
from kairos_tui.sim.dialect import Answer, Routes
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.market import DEPTH
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import BookChange, BookStream, Encode, Payload

_PATH = "/v2/ws/public"
_DEPTH_AND_MS = {
    "books": (DEPTH, 200),
    "books1": (1, 20),
    "books5": (5, 200),
    "books15": (15, 200),
    "ticker": (1, 200),
}
_ILLEGAL_REQUEST, _UNKNOWN = 30_002, 30_001


class _Request(Struct, frozen=True):
    op: Literal["subscribe", "unsubscribe"]
    args: list[dict[str, str]]


class Bitget:
    """The dialect. Each argument of a subscribe request is answered by itself."""

    ping_every_s: float | None = None
    not_found: Answer = (404, {"code": "40404", "msg": "Request URL NOT FOUND", "data": None})

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        listed = hub.listings.values()
        self.routes: Routes = {
            "/api/v2/public/time": lambda _query: self._ok({"serverTime": str(hub.wall_ms())}),
            "/api/v2/spot/public/symbols": lambda _query: self._ok([symbol(one) for one in listed]),
            "/api/v2/spot/public/coins": lambda _query: self._ok(coins(listed)),
            "/api/v2/margin/currencies": lambda _query: self._ok([]),
            "/api/v2/mix/market/contracts": lambda _query: self._ok([]),
            "/api/v2/spot/market/orderbook": self._order_book,
        }

    def takes(self, path: str) -> bool:
        return path == _PATH

    # REST

    def _ok(self, data: object) -> Answer:
        return 200, {"code": "00000", "msg": "success", "requestTime": self.hub.wall_ms(), "data": data}

    def _order_book(self, query: Mapping[str, str]) -> Answer:
        market_id, limit = query.get("symbol", ""), query.get("limit", "150")
        market = self.hub.market(market_id)
        if market is None or not limit.isdecimal():
            message = f"Parameter {market_id} does not exist"
            return 400, {"code": "40034", "msg": message, "requestTime": self.hub.wall_ms(), "data": None}
        book = market.book(self.hub.now_ns()).top(int(limit))
        asks, bids = levels(market.listed, book.asks), levels(market.listed, book.bids)
        return self._ok({"asks": asks, "bids": bids, "ts": str(self.hub.wall_ms(book.at_ns))})

    # WebSocket

    def on_open(self, session: Session) -> None:
        """Bitget says nothing until spoken to."""

    def on_text(self, session: Session, text: str) -> None:
        if text == "ping":
            session.send_text(b"pong")
            return
        try:
            request = msgspec.json.decode(text, type=_Request)
        except msgspec.MsgspecError:
            session.send({"event": "error", "code": _ILLEGAL_REQUEST, "msg": "Illegal request"})
            return
        act = self._subscribe if request.op == "subscribe" else self._unsubscribe
        for argument in request.args:
            act(session, argument)

    def _subscribe(self, session: Session, argument: dict[str, str]) -> None:
        channel, market_id = argument.get("channel", ""), argument.get("instId", "")
        market = self.hub.market(market_id)
        depth_and_ms = _DEPTH_AND_MS.get(channel)
        if market is None or depth_and_ms is None or argument.get("instType") != "SPOT":
            named = ",".join(f"{key}:{argument.get(key, '')}" for key in ("instType", "channel", "instId"))
            refusal = {"code": _UNKNOWN, "msg": f"{named} doesn't exist"}
            session.send({"event": "error", "arg": argument, **refusal})
            return
        session.send({"event": "subscribe", "arg": argument})
        depth, interval_ms = depth_and_ms
        snapshot, update = self._encoders(channel, market_id)
        build = partial(
            BookStream,
            market,
            self.hub.now_ns(),
            depth=depth,
            interval_ns=self.hub.interval_ns(interval_ms),
            snapshot=snapshot,
            update=update,
        )
        self.hub.follow(session, f"{channel}:{market_id}", build)

    def _unsubscribe(self, session: Session, argument: dict[str, str]) -> None:
        self.hub.unfollow(session, f"{argument.get('channel')}:{argument.get('instId')}")
        session.send({"event": "unsubscribe", "arg": argument})

    def _encoders(self, channel: str, market_id: str) -> tuple[Encode, Encode]:
        """(first message, later messages)."""
        argument = {"instType": "SPOT", "channel": channel, "instId": market_id}
        if channel == "books":
            return partial(self._whole, argument), partial(self._changes, argument)
        whole = partial(self._ticker if channel == "ticker" else self._whole, argument)
        return whole, whole

    def _whole(self, argument: dict[str, str], change: BookChange) -> Payload:
        """Snapshots say 0 for their checksum."""
        return self._push(argument, "snapshot", change, change.book.asks, change.book.bids, summed=0)

    def _changes(self, argument: dict[str, str], change: BookChange) -> Payload:
        summed = checksum(change.listed, change.book)
        return self._push(argument, "update", change, change.asks, change.bids, summed=summed)

    def _push(
        self,
        argument: dict[str, str],
        action: str,
        change: BookChange,
        asks: dict[int, int],
        bids: dict[int, int],
        *,
        summed: int,
    ) -> Payload:
        data = {
            "asks": levels(change.listed, asks),
            "bids": levels(change.listed, bids),
            "checksum": summed,
            "seq": change.book.number,
            "ts": str(self.hub.wall_ms(change.book.at_ns)),
        }
        return self._message(argument, action, change, data)

    def _ticker(self, argument: dict[str, str], change: BookChange) -> Payload:
        """No trades are simulated: the day's figures stand at the bid."""
        [ask], [bid] = (levels(change.listed, side) for side in (change.book.asks, change.book.bids))
        of_the_day = dict.fromkeys(("lastPr", "open24h", "high24h", "low24h", "openUtc"), bid[0])
        quote = {"bidPr": bid[0], "askPr": ask[0], "bidSz": bid[1], "askSz": ask[1]}
        volumes = dict.fromkeys(("baseVolume", "quoteVolume", "change24h", "changeUtc24h"), "0")
        at = {"ts": str(self.hub.wall_ms(change.book.at_ns))}
        data = {"instId": argument["instId"], **of_the_day, **quote, **volumes, **at}
        return self._message(argument, "snapshot", change, data)

    def _message(
        self, argument: dict[str, str], action: str, change: BookChange, data: Mapping[str, object]
    ) -> Payload:
        ts = self.hub.wall_ms(change.at_ns)
        return orjson.dumps({"action": action, "arg": argument, "data": [data], "ts": ts})
