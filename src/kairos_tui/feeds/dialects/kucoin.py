"""KuCoin: spot level-2 updates `sequenceStart`..`sequenceEnd`; a REST snapshot begins the book.

Each level carries its own sequence: those a snapshot already has are passed over. A price of 0 only moves
the sequence. Source: kucoin.com/docs-new, 3470068w0 "Orderbook - Increment". Depth comes in real time; the
best bid/ask channel `/spotMarket/level1` has no sequence to order it by, so the two are not merged.
"""

from typing import Any, NamedTuple

from msgspec import Struct, convert, field
from msgspec.json import Decoder

from kairos_tui.feeds.dialects.dialect import Market, Message, Outcome, SnapshotCall
from kairos_tui.feeds.dialects.numbers import text_of
from kairos_tui.feeds.dialects.rest_book import RestBook
from kairos_tui.market import Level

SNAPSHOT_LEVELS = 100
"""The deepest snapshot that needs no account."""


class Change(NamedTuple):
    """A level as of its own sequence."""

    price: float
    size: float
    sequence: int


class Changes(Struct, frozen=True, gc=False):
    """Both sides of an update."""

    bids: list[Change] = []
    asks: list[Change] = []


class Level2Update(Struct, frozen=True, gc=False):
    """`trade.l2update`."""

    market_id: str = field(name="symbol")
    first_id: int = field(name="sequenceStart")
    update_id: int = field(name="sequenceEnd")
    changes: Changes
    timestamp_ms: int | None = field(name="time", default=None)

    def is_old(self, held: int, *, is_first: bool) -> bool:
        return self.update_id <= held

    def follows(self, held: int, *, is_first: bool) -> bool:
        return self.first_id <= held + 1

    def gap_after(self, held: int) -> str:
        return f"update {self.first_id} follows {held}"

    def rows_after(self, held: int) -> tuple[list[Level], list[Level]]:
        return _newer(self.changes.bids, held), _newer(self.changes.asks, held)


class Push(Struct, frozen=True, gc=False):
    """A message of the level-2 topic."""

    data: Level2Update


class Snapshot(Struct, frozen=True, gc=False):
    """The data of `GET /api/v1/market/orderbook/level2_100`."""

    sequence: int
    bids: list[Level]
    asks: list[Level]


class Answer(Struct, frozen=True, gc=False):
    """What a REST request is answered with."""

    data: Snapshot


_PUSHES = Decoder(Push, strict=False)


class Kucoin:
    """Spot."""

    def __init__(self) -> None:
        self._books: dict[str, RestBook] = {}

    def open(self, market: Market, depth: int) -> None:
        self._books[market.market_id] = RestBook(market.market_id, depth, keeps_text=False)

    def forget(self, market_id: str) -> None:
        self._books[market_id].forget()

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return (asked,)

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return ()

    def take(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = text_of(frame)
        if '"trade.l2update"' not in text:
            return None
        update = _PUSHES.decode(text).data
        book = self._books.get(update.market_id)
        return () if book is None else book.take(update)

    def snapshot_call(self, market: Market) -> SnapshotCall | None:
        return SnapshotCall("publicGetMarketOrderbookLevel2100", {"symbol": market.market_id})

    def take_snapshot(self, market_id: str, body: Any) -> tuple[Outcome, ...]:  # noqa: ANN401  a venue's JSON
        snapshot = convert(body, Answer, strict=False).data
        book = self._books[market_id]
        return (book.restore(snapshot.sequence, snapshot.bids, snapshot.asks, SNAPSHOT_LEVELS),)


def _newer(changes: list[Change], held: int) -> list[Level]:
    return [(change.price, change.size) for change in changes if change.sequence > held and change.price]
