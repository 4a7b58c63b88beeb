"""Gate: `spot.obu` is a full book and then updates `U`..`u`; `spot.book_ticker` is the best bid/ask at `u`.

Both count by the market's one order book id. A full book may come again at any time. Source:
gate.com/docs/developers/apiv4/ws, "Order Book V2 API" and "Best bid and ask price".
"""

from typing import Any

from msgspec import Struct, field
from msgspec.json import Decoder

from kairos_tui.feeds.dialects.dialect import Market, Message, Outcome, Seen, SnapshotCall
from kairos_tui.feeds.dialects.merged_book import BestBidAsk, MergedBook
from kairos_tui.feeds.dialects.numbers import level_of, text_of
from kairos_tui.market import Level


class Change(Struct, frozen=True, gc=False):
    """The result of `spot.obu`; `name` is ob.{market id}.{levels}. A full book has no first id."""

    name: str = field(name="s")
    update_id: int = field(name="u")
    timestamp_ms: int = field(name="t")
    first_id: int | None = field(name="U", default=None)
    is_full: bool = field(name="full", default=False)
    bids: list[Level] = field(name="b", default_factory=list)
    asks: list[Level] = field(name="a", default_factory=list)


class BookTicker(Struct, frozen=True, gc=False):
    """The result of `spot.book_ticker`. An empty side has no text."""

    market_id: str = field(name="s")
    update_id: int = field(name="u")
    timestamp_ms: int = field(name="t")
    bid: str = field(name="b")
    bid_size: str = field(name="B")
    ask: str = field(name="a")
    ask_size: str = field(name="A")

    def best(self) -> BestBidAsk:
        bid, ask = level_of(self.bid, self.bid_size), level_of(self.ask, self.ask_size)
        return BestBidAsk(self.update_id, bid, ask, self.timestamp_ms)


class ChangePush(Struct, frozen=True, gc=False):
    """A message of `spot.obu`."""

    result: Change


class TickerPush(Struct, frozen=True, gc=False):
    """A message of `spot.book_ticker`."""

    result: BookTicker


_CHANGES = Decoder(ChangePush, strict=False)
_TICKERS = Decoder(TickerPush, strict=False)


class Gate:
    """Spot."""

    def __init__(self) -> None:
        self._books: dict[str, MergedBook] = {}

    def open(self, market: Market, depth: int) -> None:
        self._books[market.market_id] = MergedBook(market.market_id, depth, keeps_text=False)

    def forget(self, market_id: str) -> None:
        self._books[market_id].clear()

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return (asked, _without_id(asked) | _best_bid_ask(market))

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        cancel = _without_id(asked) | {"event": "unsubscribe"}
        return (cancel, cancel | _best_bid_ask(market))

    def take(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = text_of(frame)
        if '"update"' not in text:
            return None
        if '"spot.book_ticker"' in text:
            ticker = _TICKERS.decode(text).result
            book = self._books.get(ticker.market_id)
            return () if book is None else (book.lay_over(ticker.best()),)
        return self._take_change(text) if '"spot.obu"' in text else None

    def snapshot_call(self, market: Market) -> SnapshotCall | None:
        return None

    def take_snapshot(self, market_id: str, body: Any) -> tuple[Outcome, ...]:  # noqa: ANN401  a venue's JSON
        return ()

    def _take_change(self, text: str) -> tuple[Outcome, ...]:
        change = _CHANGES.decode(text).result
        book = self._books.get(change.name.removeprefix("ob.").rpartition(".")[0])
        if book is None:
            return ()
        return (_replaced(book, change) if change.is_full else _updated(book, change),)


def _replaced(book: MergedBook, change: Change) -> Outcome:
    if book.has(change.update_id, change.timestamp_ms):
        return Seen(book.market_id)
    return book.replace(change.update_id, change.bids, change.asks, change.timestamp_ms)


def _updated(book: MergedBook, change: Change) -> Outcome:
    held = book.update_id
    if held is None:
        return Seen(book.market_id)
    if change.update_id <= held:
        return book.old(change.update_id, change.timestamp_ms)
    if change.first_id != held + 1:
        return book.doubt(f"update {change.first_id} follows {held}")
    return book.apply(change.update_id, change.bids, change.asks, change.timestamp_ms)


def _without_id(asked: Message) -> Message:
    """ccxt looks for the answer to its own request only."""
    return {key: value for key, value in asked.items() if key != "id"}


def _best_bid_ask(market: Market) -> Message:
    return {"channel": "spot.book_ticker", "payload": [market.market_id]}
