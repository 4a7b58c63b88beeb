"""Kraken: WebSocket v2 `book`, proven by the venue's CRC32 on every message.

Before it: raw frames and ccxt's subscription. After it: Stream. There are no sequence numbers. The checksum
speaks for ten levels of a side whatever depth is subscribed, so ten are believed and those behind them are
only kept: they are proven when they come up. Rules: docs.kraken.com, guides/spot-ws-book-v2.
"""

from typing import Literal

from msgspec import Raw, Struct
from msgspec.json import Decoder

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.checksums import KRAKEN_LEVELS, digits_of, kraken_checksum
from kairos_tui.feeds.dialects.dialect import Market, Message, Outcome, Seen
from kairos_tui.feeds.dialects.instants import Instant, microseconds_of, milliseconds_in
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.numbers import rows_of, text_of
from kairos_tui.feeds.dialects.streamed import HeldBook, Streamed
from kairos_tui.market import Proof

DEFAULT_DEPTH = 10
"""What the venue serves when no depth is asked for."""


class PriceLevel(Struct, frozen=True, gc=False):
    """Numbers as they stand on the wire: the checksum counts their trailing zeros."""

    price: Raw
    qty: Raw


class Entry(Struct, frozen=True):
    """One market's part of a message."""

    symbol: str
    checksum: int
    bids: tuple[PriceLevel, ...] = ()
    asks: tuple[PriceLevel, ...] = ()
    timestamp: Instant | None = None


class BookMessage(Struct, frozen=True):
    """Acknowledgements name the channel deeper down; `channel` stays empty then."""

    channel: str = ""
    type: Literal["snapshot", "update", ""] = ""
    data: tuple[Entry, ...] = ()


DECODER = Decoder(BookMessage)


class Kraken(Streamed[HeldBook]):
    """The wire names a market by its symbol: BTC/USD, where ccxt's market id is XXBTZUSD."""

    def __init__(self) -> None:
        super().__init__()
        self._ids: dict[str, str] = {}
        self._depths: dict[str, int] = {}

    def _book_of(self, market: Market, depth: int) -> HeldBook:
        self._ids[market.symbol] = market.market_id
        return HeldBook(market, depth)

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        self._depths[market.market_id] = asked["params"].get("depth", DEFAULT_DEPTH)
        self._asked_again(market.market_id)
        return (asked,)

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        """Without the request's id: whatever the venue answers is not the subscription's affair."""
        return ({"method": "unsubscribe", "params": asked["params"]},)

    def _read(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = text_of(frame)
        if '"book"' not in text:
            return None
        message = DECODER.decode(text)
        if message.channel != "book":
            return None
        if not message.type or not message.data:
            raise FrameRefused("a book message without a type or data")
        outcomes: list[Outcome] = []
        for entry in message.data:
            book = self._books.get(self._ids.get(entry.symbol, ""))
            if book is not None:
                outcomes.append(self._apply(book, entry, is_snapshot=message.type == "snapshot"))
        return tuple(outcomes)

    def _apply(self, book: HeldBook, entry: Entry, *, is_snapshot: bool) -> Outcome:
        """A message that comes late could undo newer ones and carry the right checksum of its own time."""
        is_late = book.is_late(microseconds_of(entry.timestamp))
        if not is_snapshot and not book.is_followed:
            return Seen(book.market_id)
        if is_late:
            return book.doubt(f"a message of {entry.timestamp} came late")
        bids, asks = read_rows(entry.bids), read_rows(entry.asks)
        if is_snapshot:
            book.replace(bids, asks)
        else:
            book.change(bids, asks)
        return self._checked(book, entry)

    def _checked(self, book: HeldBook, entry: Entry) -> Outcome:
        """The venue sends no removal for what falls out of the depth: cut first, then count."""
        depth = self._depths.get(book.market_id, max(book.depth, DEFAULT_DEPTH))
        book.bids.cut(depth)
        book.asks.cut(depth)
        ours = kraken_checksum(book.bids.rows(KRAKEN_LEVELS), book.asks.rows(KRAKEN_LEVELS))
        if ours != entry.checksum:
            return book.doubt(f"checksum {ours} is not the venue's {entry.checksum}")
        stamp_ms = milliseconds_in(microseconds_of(entry.timestamp))
        return book.judged(Proof.CHECKSUM, reach=KRAKEN_LEVELS, timestamp_ms=stamp_ms)


def read_rows(levels: tuple[PriceLevel, ...]) -> list[Row]:
    """Rows whose texts are the digits the checksum is made of."""
    rows = rows_of([(bytes(level.price).decode(), bytes(level.qty).decode()) for level in levels])
    return [
        Row(price, size, digits_of(price_text), digits_of(size_text))
        for price, size, price_text, size_text in rows
    ]
