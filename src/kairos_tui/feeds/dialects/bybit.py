"""Bybit v5: `orderbook.N` is a snapshot and then deltas counted by `u`; `orderbook.1` is the best bid/ask.

Each topic counts its own `u`, one up per message; `u` 1 is the snapshot of a restarted service. What was
generated earlier on which topic, `seq` tells: the books are merged by it. A level that leaves the N is
deleted by a delta of its own (recorded). Source: bybit-exchange.github.io/docs/v5/websocket/public/orderbook.
"""

from typing import Any, Literal

from msgspec import Struct, field
from msgspec.json import Decoder

from kairos_tui.feeds.dialects.dialect import Market, Message, Outcome, Seen, SnapshotCall
from kairos_tui.feeds.dialects.merged_book import BestBidAsk, MergedBook
from kairos_tui.feeds.dialects.numbers import text_of
from kairos_tui.market import Level

RESTARTED = 1


class Change(Struct, frozen=True, gc=False):
    """Levels of one market, as of `sequence`."""

    market_id: str = field(name="s")
    update_id: int = field(name="u")
    sequence: int = field(name="seq")
    bids: list[Level] = field(name="b")
    asks: list[Level] = field(name="a")


class Push(Struct, frozen=True, gc=False):
    """A message of an order book topic."""

    topic: str
    kind: Literal["snapshot", "delta"] = field(name="type")
    timestamp_ms: int = field(name="ts")
    data: Change

    @property
    def is_snapshot(self) -> bool:
        return self.kind == "snapshot" or self.data.update_id == RESTARTED


class _Depth:
    """`book` counts by `seq`, `update_id` by the topic's own `u`."""

    __slots__ = ("book", "update_id")

    def __init__(self, market_id: str, depth: int) -> None:
        self.book = MergedBook(market_id, depth, keeps_text=False)
        self.update_id = 0

    def take(self, push: Push) -> Outcome:
        return self._replaced(push) if push.is_snapshot else self._updated(push)

    def _replaced(self, push: Push) -> Outcome:
        change = push.data
        if self.book.has(change.sequence, push.timestamp_ms):
            return Seen(change.market_id)
        self.update_id = change.update_id
        return self.book.replace(change.sequence, change.bids, change.asks, push.timestamp_ms)

    def _updated(self, push: Push) -> Outcome:
        change = push.data
        if self.book.update_id is None:
            return Seen(change.market_id)
        if change.update_id <= self.update_id:
            return self.book.old(change.sequence, push.timestamp_ms)
        if change.update_id != self.update_id + 1:
            return self.book.doubt(f"update {change.update_id} follows {self.update_id}")
        self.update_id = change.update_id
        return self.book.apply(change.sequence, change.bids, change.asks, push.timestamp_ms)


_PUSHES = Decoder(Push, strict=False)


class Bybit:
    """Spot and linear."""

    def __init__(self) -> None:
        self._depths: dict[str, _Depth] = {}

    def open(self, market: Market, depth: int) -> None:
        self._depths[market.market_id] = _Depth(market.market_id, depth)

    def forget(self, market_id: str) -> None:
        self._depths[market_id].book.clear()

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return ({**asked, "args": [*asked["args"], f"orderbook.1.{market.market_id}"]},)

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return ({"op": "unsubscribe", "args": [*asked["args"], f"orderbook.1.{market.market_id}"]},)

    def take(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = text_of(frame)
        if '"orderbook.' not in text or '"topic"' not in text:
            return None
        push = _PUSHES.decode(text)
        depth = self._depths.get(push.data.market_id)
        if depth is None:
            return ()
        if not push.topic.startswith("orderbook.1."):
            return (depth.take(push),)
        return (depth.book.lay_over(_best(push)) if push.is_snapshot else Seen(push.data.market_id),)

    def snapshot_call(self, market: Market) -> SnapshotCall | None:
        return None

    def take_snapshot(self, market_id: str, body: Any) -> tuple[Outcome, ...]:  # noqa: ANN401  a venue's JSON
        return ()


def _best(push: Push) -> BestBidAsk:
    change = push.data
    return BestBidAsk(change.sequence, _top(change.bids), _top(change.asks), push.timestamp_ms)


def _top(rows: list[Level]) -> Level | None:
    return rows[0] if rows else None
