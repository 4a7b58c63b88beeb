"""OKX v5 spot: books with seqId/prevSeqId, books5, bbo-tbt, tickers; pings are the text `ping`.

Documented at okx.com/docs-v5: order book channel, tickers channel, get instruments, get order book.
`checksum` is 0 on every message, as the venue announced for 23 June 2026. A book that does not change for
a minute is spoken of all the same: `books` sends no levels and seqId = prevSeqId, the others repeat theirs.
"""

from collections.abc import Mapping
from functools import partial
from typing import Literal

import msgspec
import orjson
from msgspec import Struct

from kairos_tui.sim.decimals import short, step
from kairos_tui.sim.dialect import Answer, Routes
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import BookChange, BookStream, Encode, Payload

_PATH = "/ws/v5/public"
_QUIET_NS = 60_000_000_000
_MOST_REST_LEVELS = 400
_DEPTH_AND_MS = {"books": (400, 100), "books5": (5, 100), "bbo-tbt": (1, 10), "tickers": (1, 100)}


class _Request(Struct, frozen=True):
    op: Literal["subscribe", "unsubscribe"]
    args: list[dict[str, str]]


class Okx:
    """The dialect. Each argument of a subscribe request is answered by itself."""

    ping_every_s: float | None = None
    not_found: Answer = (404, {"code": "404", "msg": "Not Found", "data": []})

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.routes: Routes = {
            "/api/v5/public/instruments": self._instruments,
            "/api/v5/public/time": self._time,
            "/api/v5/market/books": self._order_book,
        }

    def takes(self, path: str) -> bool:
        return path == _PATH

    # REST

    def _instruments(self, query: Mapping[str, str]) -> Answer:
        markets = self.hub.listings.values() if query.get("instType") == "SPOT" else ()
        return 200, {"code": "0", "msg": "", "data": [_instrument(listed) for listed in markets]}

    def _time(self, _query: Mapping[str, str]) -> Answer:
        return 200, {"code": "0", "msg": "", "data": [{"ts": str(self.hub.wall_ms())}]}

    def _order_book(self, query: Mapping[str, str]) -> Answer:
        market_id, size = query.get("instId", ""), query.get("sz", "1")
        market = self.hub.market(market_id)
        if market is None or not size.isdecimal():
            return 200, {"code": "51001", "msg": f"Instrument ID {market_id} doesn't exist.", "data": []}
        now_ns = self.hub.now_ns()
        book = market.book(now_ns).top(min(int(size), _MOST_REST_LEVELS))
        levels = {"asks": _levels(market.listed, book.asks), "bids": _levels(market.listed, book.bids)}
        stamp = {"ts": str(self.hub.wall_ms(now_ns)), "seqId": book.number}
        return 200, {"code": "0", "msg": "", "data": [levels | stamp]}

    # WebSocket

    def on_open(self, session: Session) -> None:
        """OKX says nothing until spoken to."""

    def on_text(self, session: Session, text: str) -> None:
        if text == "ping":
            session.send_text(b"pong")
            return
        try:
            request = msgspec.json.decode(text, type=_Request)
        except msgspec.MsgspecError:
            _refuse(session, "60012", f"Illegal request: {text}")
            return
        act = self._subscribe if request.op == "subscribe" else self._unsubscribe
        for argument in request.args:
            act(session, argument)

    def _subscribe(self, session: Session, argument: dict[str, str]) -> None:
        channel, market_id = argument.get("channel", ""), argument.get("instId", "")
        market = self.hub.market(market_id)
        depth_and_ms = _DEPTH_AND_MS.get(channel)
        if market is None or depth_and_ms is None:
            _refuse(session, "60018", _unknown(channel, market_id))
            return
        session.send({"event": "subscribe", "arg": argument, "connId": _id(session)})
        argument = {"channel": channel, "instId": market_id}
        depth, interval_ms = depth_and_ms
        snapshot, update = self._encoders(channel, argument)
        build = partial(
            BookStream,
            market,
            self.hub.now_ns(),
            depth=depth,
            interval_ns=self.hub.interval_ns(interval_ms),
            snapshot=snapshot,
            update=update,
            repeat_ns=_QUIET_NS,
        )
        self.hub.follow(session, f"{channel}:{market_id}", build)

    def _unsubscribe(self, session: Session, argument: dict[str, str]) -> None:
        channel, market_id = argument.get("channel", ""), argument.get("instId", "")
        if self.hub.unfollow(session, f"{channel}:{market_id}"):
            session.send({"event": "unsubscribe", "arg": argument, "connId": _id(session)})
        else:
            _refuse(session, "60018", _unknown(channel, market_id))

    def _encoders(self, channel: str, argument: dict[str, str]) -> tuple[Encode, Encode]:
        """(first message, later messages)."""
        if channel == "books":
            snapshot = partial(self._books, argument=argument, action="snapshot")
            return snapshot, partial(self._books, argument=argument, action="update")
        whole = partial(self._ticker if channel == "tickers" else self._whole, argument=argument)
        return whole, whole

    def _books(self, change: BookChange, *, argument: dict[str, str], action: str) -> Payload:
        first = action == "snapshot"
        data = {
            "asks": _levels(change.listed, change.asks),
            "bids": _levels(change.listed, change.bids),
            "ts": self._ts(change),
            "checksum": 0,
            "seqId": change.book.number,
            "prevSeqId": -1 if first else change.previous,
        }
        return orjson.dumps({"arg": argument, "action": action, "data": [data]})

    def _whole(self, change: BookChange, *, argument: dict[str, str]) -> Payload:
        """books5 and bbo-tbt repeat their levels every time."""
        data: dict[str, object] = {
            "asks": _levels(change.listed, change.book.asks),
            "bids": _levels(change.listed, change.book.bids),
            "instId": change.listed.market_id,
            "ts": self._ts(change),
            "seqId": change.book.number,
        }
        return orjson.dumps({"arg": argument, "data": [data]})

    def _ticker(self, change: BookChange, *, argument: dict[str, str]) -> Payload:
        """No trades are simulated: the day's figures stand at the bid."""
        ask = _levels(change.listed, change.book.asks)[0]
        bid = _levels(change.listed, change.book.bids)[0]
        of_the_day = dict.fromkeys(("last", "open24h", "high24h", "low24h", "sodUtc0", "sodUtc8"), bid[0])
        quote = {"askPx": ask[0], "askSz": ask[1], "bidPx": bid[0], "bidSz": bid[1]}
        market = {"instType": "SPOT", "instId": change.listed.market_id, "ts": self._ts(change)}
        volumes = {"lastSz": "0", "volCcy24h": "0", "vol24h": "0"}
        return orjson.dumps({"arg": argument, "data": [market | quote | of_the_day | volumes]})

    def _ts(self, change: BookChange) -> str:
        return str(self.hub.wall_ms(change.at_ns))


def _unknown(channel: str, market_id: str) -> str:
    return (
        f"Wrong URL or channel:{channel},instId:{market_id} doesn't exist. "
        "Please use the correct URL, channel and parameters referring to API document."
    )


def _refuse(session: Session, code: str, message: str) -> None:
    session.send({"event": "error", "code": code, "msg": message, "connId": _id(session)})


def _id(session: Session) -> str:
    return f"{session.number:08x}"


def _levels(listed: Listed, sizes: dict[int, int]) -> list[tuple[str, str, str, str]]:
    """[price, size, always "0", orders]; OKX drops trailing zeros."""
    return [
        (short(price, listed.price_decimals), short(lots, listed.lot_decimals), "0", "1" if lots else "0")
        for price, lots in sizes.items()
    ]


def _instrument(listed: Listed) -> dict[str, object]:
    of_derivatives = ("alias", "ctMult", "ctType", "ctVal", "ctValCcy", "expTime", "optType", "settleCcy")
    blank: dict[str, object] = dict.fromkeys((*of_derivatives, "stk", "uly", "instFamily"), "")
    return blank | {
        "baseCcy": listed.base,
        "quoteCcy": listed.quote,
        "category": "1",
        "instId": listed.market_id,
        "instType": "SPOT",
        "lever": "10",
        "listTime": "1611907686000",
        "lotSz": step(listed.lot_decimals),
        "minSz": listed.min_size,
        "maxLmtAmt": "20000000",
        "maxLmtSz": "9999999999",
        "maxMktAmt": "1000000",
        "maxMktSz": "1000000",
        "ruleType": "normal",
        "state": "live",
        "tickSz": step(listed.price_decimals),
    }
