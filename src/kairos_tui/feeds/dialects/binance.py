"""Binance: spot depth updates `U`..`u` and the best bid/ask `u`, both counted by one order book id.

A REST snapshot begins the book. Source: binance-spot-api-docs, web-socket-streams.md, "How to manage a local
order book correctly". Binance.US speaks the same. In recordings the best bid/ask equals the depth wherever
both carry one id. The best bid/ask has no stamp.
"""

from typing import Any, ClassVar

from msgspec import MsgspecError, Struct, convert, field
from msgspec.json import Decoder

from kairos_tui.feeds.dialects.dialect import Market, Message, Outcome, SnapshotCall
from kairos_tui.feeds.dialects.merged_book import BestBidAsk
from kairos_tui.feeds.dialects.numbers import text_of
from kairos_tui.feeds.dialects.rest_book import RestBook
from kairos_tui.market import Level

SNAPSHOT_LEVELS = 500
"""A thousand would cost twice the request weight."""


class SpotUpdate(Struct, frozen=True, gc=False):
    """`depthUpdate`."""

    market_id: str = field(name="s")
    first_id: int = field(name="U")
    update_id: int = field(name="u")
    timestamp_ms: int = field(name="E")
    bids: list[Level] = field(name="b")
    asks: list[Level] = field(name="a")

    def is_old(self, held: int, *, is_first: bool) -> bool:
        return self.update_id <= held

    def follows(self, held: int, *, is_first: bool) -> bool:
        return self.first_id <= held + 1 if is_first else self.first_id == held + 1

    def gap_after(self, held: int) -> str:
        return f"update {self.first_id} follows {held}"

    def rows_after(self, held: int) -> tuple[list[Level], list[Level]]:
        return self.bids, self.asks


class BookTicker(Struct, frozen=True, gc=False):
    """`bookTicker`; on spot without a kind and a stamp."""

    market_id: str = field(name="s")
    update_id: int = field(name="u")
    bid: float = field(name="b")
    bid_size: float = field(name="B")
    ask: float = field(name="a")
    ask_size: float = field(name="A")
    timestamp_ms: int | None = field(name="E", default=None)

    def best(self) -> BestBidAsk:
        """A side is empty where its price and its size are zero."""
        bid, bid_size, ask, ask_size = self.bid, self.bid_size, self.ask, self.ask_size
        return BestBidAsk(
            self.update_id,
            None if bid == bid_size == 0.0 else (bid, bid_size),
            None if ask == ask_size == 0.0 else (ask, ask_size),
            self.timestamp_ms,
        )


class Snapshot(Struct, frozen=True, gc=False):
    """`GET /api/v3/depth`."""

    update_id: int = field(name="lastUpdateId")
    bids: list[Level]
    asks: list[Level]


_TICKERS = Decoder(BookTicker, strict=False)

TICKER_BEGINS, UPDATE_BEGINS = '{"u":', '{"e":"depthUpdate"'
"""How the venue writes them: to compare five letters costs a fifth of searching the frame for its kind."""


class Binance:
    """Spot."""

    _updates: ClassVar[Decoder[Any]] = Decoder(SpotUpdate, strict=False)
    _snapshot_method: ClassVar[str] = "publicGetDepth"

    def __init__(self) -> None:
        self._books: dict[str, RestBook] = {}

    def open(self, market: Market, depth: int) -> None:
        self._books[market.market_id] = RestBook(market.market_id, depth, keeps_text=False)

    def forget(self, market_id: str) -> None:
        self._books[market_id].forget()

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return ({**asked, "params": [*asked["params"], f"{market.market_id.lower()}@bookTicker"]},)

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return ()

    def take(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = frame if isinstance(frame, str) else text_of(frame)
        if text[:5] == TICKER_BEGINS:
            try:
                ticker = _TICKERS.decode(text)
            except MsgspecError:
                pass  # it only begins like one: what it is, its words say
            else:
                book = self._books.get(ticker.market_id)
                return () if book is None else (book.lay_over(ticker.best()),)
        if text[:18] == UPDATE_BEGINS or '"depthUpdate"' in text:
            update = self._updates.decode(text)
            book = self._books.get(update.market_id)
            return () if book is None else book.take(update)
        if '"B"' in text and '"A"' in text and ('"bookTicker"' in text or '"e"' not in text):
            ticker = _TICKERS.decode(text)
            book = self._books.get(ticker.market_id)
            return () if book is None else (book.lay_over(ticker.best()),)
        return None

    def snapshot_call(self, market: Market) -> SnapshotCall | None:
        return SnapshotCall(self._snapshot_method, {"symbol": market.market_id, "limit": SNAPSHOT_LEVELS})

    def take_snapshot(self, market_id: str, body: Any) -> tuple[Outcome, ...]:  # noqa: ANN401  a venue's JSON
        snapshot = convert(body, Snapshot, strict=False)
        book = self._books[market_id]
        return (book.restore(snapshot.update_id, snapshot.bids, snapshot.asks, SNAPSHOT_LEVELS),)
