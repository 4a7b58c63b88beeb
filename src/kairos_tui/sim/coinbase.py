"""Coinbase Advanced Trade: level2, ticker, ticker_batch, heartbeats; one sequence number a connection.

Documented at docs.cdp.coinbase.com: advanced-trade ws-channels, rest-api get public products, product book.
Coins against USDC trade in the book against USD: who asks for BTC-USDC is sent BTC-USD.
"""

from collections.abc import Mapping
from functools import partial
from typing import Literal

import msgspec
import orjson
from msgspec import Struct

from kairos_tui.sim.coinbase_tables import CRYPTO, FIAT, RATES, product, product_book
from kairos_tui.sim.decimals import fixed, iso
from kairos_tui.sim.dialect import Answer, Routes
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.market import DEPTH, ListedMarket
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import BookChange, BookStream, Encode, Heartbeat, Numbered, Payload, Stream

_DEPTH_AND_MS = {"level2": (DEPTH, 50), "ticker": (1, 20), "ticker_batch": (1, 5_000)}
_HEARTBEATS = "heartbeats"


class _Request(Struct, frozen=True):
    type: Literal["subscribe", "unsubscribe"]
    channel: str
    product_ids: list[str] = []


class Coinbase:
    """The dialect. One unknown product fails its whole subscribe request."""

    ping_every_s: float | None = None
    not_found: Answer = (404, {"error": "NOT_FOUND", "message": "not found"})

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.routes: Routes = {
            "/v2/currencies": lambda _query: (200, {"data": FIAT}),
            "/v2/currencies/crypto": lambda _query: (200, {"data": CRYPTO}),
            "/v2/exchange-rates": lambda _query: (200, {"data": {"currency": "USD", "rates": RATES}}),
            "/v2/time": self._time,
            "/api/v3/brokerage/time": self._brokerage_time,
            "/api/v3/brokerage/market/products": self._products,
            "/api/v3/brokerage/market/product_book": self._product_book,
        }

    def takes(self, path: str) -> bool:
        return path == "/"

    # REST

    def _time(self, _query: Mapping[str, str]) -> Answer:
        us = self.hub.wall_us()
        return 200, {"data": {"iso": iso(us), "epoch": us // 1_000_000}}

    def _brokerage_time(self, _query: Mapping[str, str]) -> Answer:
        us = self.hub.wall_us()
        return 200, {"iso": iso(us), "epochSeconds": str(us // 1_000_000), "epochMillis": str(us // 1_000)}

    def _products(self, query: Mapping[str, str]) -> Answer:
        markets = self.hub.listings.values() if query.get("product_type", "SPOT") == "SPOT" else ()
        products = [product(listed) for listed in markets]
        return 200, {"products": products, "num_products": len(products)}

    def _product_book(self, query: Mapping[str, str]) -> Answer:
        market = self.hub.market(query.get("product_id", ""))
        limit = query.get("limit", str(DEPTH))
        if market is None or not limit.isdecimal():
            return 404, {"error": "NOT_FOUND", "error_details": "valid product_id is required"}
        now_ns = self.hub.now_ns()
        return 200, product_book(
            market.listed, market.book(now_ns), int(limit), iso(self.hub.wall_us(now_ns))
        )

    # WebSocket

    def on_open(self, session: Session) -> None:
        """Coinbase says nothing until spoken to."""

    def on_text(self, session: Session, text: str) -> None:
        try:
            request = msgspec.json.decode(text, type=_Request)
        except msgspec.MsgspecError:
            session.send({"type": "error", "message": "Failed to parse message"})
            return
        act = self._subscribe if request.type == "subscribe" else self._unsubscribe
        act(session, request.channel, request.product_ids)

    def _subscribe(self, session: Session, channel: str, products: list[str]) -> None:
        markets = {wanted: self.hub.market(wanted) for wanted in products}
        unknown = [wanted for wanted, market in markets.items() if market is None]
        if channel not in (*_DEPTH_AND_MS, _HEARTBEATS):
            _refuse(session, f"{channel} is not a valid channel")
            return
        if unknown or (not products and channel != _HEARTBEATS):
            _refuse(session, f"{unknown[0] if unknown else ''} is not a valid product")
            return
        books = {market.listed.market_id: market for market in markets.values() if market is not None}
        self._confirm(session, session.keys | {_key(channel, market_id) for market_id in books})
        if channel == _HEARTBEATS:
            self.hub.follow(session, _HEARTBEATS, self._heartbeat)
        for market_id, market in books.items():
            if channel in _DEPTH_AND_MS:
                self.hub.follow(session, _key(channel, market_id), partial(self._stream, channel, market))

    def _unsubscribe(self, session: Session, channel: str, products: list[str]) -> None:
        books = (self.hub.market(wanted) for wanted in products)
        keys = [_key(channel, book.listed.market_id) for book in books if book is not None]
        for key in keys or [_HEARTBEATS]:
            self.hub.unfollow(session, key)
        self._confirm(session, session.keys)

    def _confirm(self, session: Session, keys: set[str]) -> None:
        """All that the connection is subscribed to, by channel."""
        subscriptions: dict[str, list[str]] = {}
        for key in sorted(keys):
            channel, _, market_id = key.partition(":")
            subscriptions.setdefault(channel, []).append(market_id or _HEARTBEATS)
        message = self._message("subscriptions", [{"subscriptions": subscriptions}])
        session.send_text(message.at(next(session.numbers)))

    def _stream(self, channel: str, market: ListedMarket) -> Stream:
        depth, interval_ms = _DEPTH_AND_MS[channel]
        encode = self._level2 if channel == "level2" else partial(self._ticker, channel)
        snapshot: Encode = partial(encode, "snapshot")
        return BookStream(
            market,
            self.hub.now_ns(),
            depth=depth,
            interval_ns=self.hub.interval_ns(interval_ms),
            snapshot=snapshot,
            update=partial(encode, "update"),
        )

    def _heartbeat(self) -> Stream:
        return Heartbeat(self.hub.now_ns(), interval_ns=1_000_000_000, beat=self._beat)

    def _beat(self, count: int, at_ns: int) -> Payload:
        now = iso(self.hub.wall_us(at_ns))
        return self._message(_HEARTBEATS, [{"current_time": now, "heartbeat_counter": str(count)}], at_ns)

    def _level2(self, kind: str, change: BookChange) -> Payload:
        listed, at = change.listed, iso(self.hub.wall_us(change.book.at_ns))
        updates = [*_updates(listed, "bid", change.bids, at), *_updates(listed, "offer", change.asks, at)]
        event = {"type": kind, "product_id": listed.market_id, "updates": updates}
        return self._message("l2_data", [event], change.at_ns)

    def _ticker(self, channel: str, kind: str, change: BookChange) -> Payload:
        """No trades are simulated: the day's figures stand at the bid."""
        listed = change.listed
        (bid, bid_lots), (ask, ask_lots) = (
            next(iter(side.items())) for side in (change.book.bids, change.book.asks)
        )
        price = fixed(bid, listed.price_decimals)
        of_the_day = dict.fromkeys(("price", "low_24_h", "high_24_h", "low_52_w", "high_52_w"), price)
        ticker = of_the_day | {
            "type": "ticker",
            "product_id": listed.market_id,
            "volume_24_h": "0",
            "price_percent_chg_24_h": "0",
            "best_bid": price,
            "best_bid_quantity": fixed(bid_lots, listed.lot_decimals),
            "best_ask": fixed(ask, listed.price_decimals),
            "best_ask_quantity": fixed(ask_lots, listed.lot_decimals),
        }
        return self._message(channel, [{"type": kind, "tickers": [ticker]}], change.at_ns)

    def _message(self, channel: str, events: list[object], at_ns: int | None = None) -> Numbered:
        at = iso(self.hub.wall_us(at_ns))
        head = f'{{"channel":"{channel}","client_id":"","timestamp":"{at}","sequence_num":'
        return Numbered(head.encode(), b',"events":%b}' % orjson.dumps(events))


def _key(channel: str, market_id: str) -> str:
    return f"{channel}:{market_id}"


def _refuse(session: Session, reason: str) -> None:
    session.send({"type": "error", "message": "Failed to subscribe", "reason": reason})


def _updates(listed: Listed, side: str, sizes: dict[int, int], at: str) -> list[dict[str, str]]:
    return [
        {
            "side": side,
            "event_time": at,
            "price_level": fixed(price, listed.price_decimals),
            "new_quantity": fixed(lots, listed.lot_decimals) if lots else "0",
        }
        for price, lots in sizes.items()
    ]
