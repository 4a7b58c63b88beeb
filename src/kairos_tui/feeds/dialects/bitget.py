"""Bitget: `books` of WebSocket v2 and v3 (UTA), proven by the venue's CRC32 or by its chain of numbers.

Before it: raw frames and ccxt's subscription. After it: Stream. v2 sends a checksum over 25 levels of a side,
so no more are believed; v3 sends 0 for it and `pseq`, the `seq` of the message before. Where neither comes an
update is unproven. The channels of fixed depth (books1, books5, ...) are snapshots every time. Rules: bitget
docs, spot Depth-Channel and UTA Order-Book-Channel.
"""

from typing import Literal

from msgspec import Struct, convert
from msgspec.json import Decoder

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.checksums import INTERLEAVED_LEVELS, interleaved_checksum
from kairos_tui.feeds.dialects.dialect import Market, Message, Outcome, Seen
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.numbers import rows_of, text_of
from kairos_tui.feeds.dialects.streamed import HeldBook, Streamed
from kairos_tui.market import Proof

WHOLE = "books"
"""The channel of all levels, the only one with updates and with a checksum that can be checked."""


class Argument(Struct, frozen=True, gc=False):
    """Which channel: v2 says channel and instId, v3 topic and symbol; instType is upper or lower case."""

    instType: str = ""  # noqa: N815  the venue's name
    channel: str = ""
    topic: str = ""
    instId: str = ""  # noqa: N815
    symbol: str = ""


Levels = tuple[tuple[str, str], ...]


class Entry(Struct, frozen=True):
    """v3 shortens the names of the sides and sends numbers as text."""

    asks: Levels = ()
    bids: Levels = ()
    a: Levels = ()
    b: Levels = ()
    checksum: int = 0
    seq: int | str | None = None
    pseq: int | str | None = None
    ts: int | str | None = None


class BookMessage(Struct, frozen=True):
    """Data is one entry, in a list or (v3, tokenised stocks) bare."""

    arg: Argument = Argument()
    event: str = ""
    action: Literal["snapshot", "update", ""] = ""
    data: tuple[Entry, ...] | Entry = ()


DECODER = Decoder(BookMessage)


class BitgetBook(HeldBook):
    """`seq` is that of the newest message; the chain starts anew with every snapshot."""

    __slots__ = ("is_spot", "seq")
    is_spot: bool
    seq: int | None

    def wait(self) -> None:
        super().wait()
        self.seq = None


class Bitget(Streamed[BitgetBook]):
    """A spot and a swap market may bear one id; the type of instrument tells them apart."""

    def _book_of(self, market: Market, depth: int) -> BitgetBook:
        book = BitgetBook(market, depth)
        book.is_spot = ":" not in market.symbol
        return book

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        self._asked_again(market.market_id)
        return (asked,)

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return ({"op": "unsubscribe", "args": asked["args"]},)

    def _read(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = text_of(frame)
        if '"books' not in text:
            return None
        message = DECODER.decode(text)
        book = self._book_named(message.arg)
        if message.event:
            # ccxt would end the watch of a book that is unsubscribed; here that is half of a resync
            return () if message.event == "unsubscribe" and book is not None else None
        return () if book is None else self._tell(book, message)

    def _tell(self, book: BitgetBook, message: BookMessage) -> tuple[Outcome, ...]:
        entries = (message.data,) if isinstance(message.data, Entry) else message.data
        if not message.action or not entries:
            raise FrameRefused("a book message without an action or data")
        if message.action == "update":
            return tuple([self._change(book, entry) for entry in entries])
        is_whole = (message.arg.channel or message.arg.topic) == WHOLE
        return tuple([self._restart(book, entry, is_whole=is_whole) for entry in entries])

    def _book_named(self, arg: Argument) -> BitgetBook | None:
        book = self._books.get(arg.instId or arg.symbol)
        return book if book is not None and book.is_spot == (arg.instType.upper() == "SPOT") else None

    def _restart(self, book: BitgetBook, entry: Entry, *, is_whole: bool) -> Outcome:
        if book.is_late(number_of(entry.ts)):
            return book.doubt(f"a snapshot of {entry.ts} ms came late")
        book.replace(*rows_in(entry))
        book.seq = number_of(entry.seq)
        return self._checked(book, entry, Proof.SNAPSHOT, is_summed=is_whole and entry.checksum != 0)

    def _change(self, book: BitgetBook, entry: Entry) -> Outcome:
        is_late, seq = book.is_late(number_of(entry.ts)), number_of(entry.seq)
        if not book.is_followed or (seq is not None and seq == book.seq):
            return Seen(book.market_id)
        if is_late:
            return book.doubt(f"an update of {entry.ts} ms came late")
        held, previous = book.seq, number_of(entry.pseq)
        if held is not None and seq is not None and (seq < held or previous not in {held, None}):
            return book.doubt(f"update {seq} after {previous} does not follow {held}")
        is_chained = None not in {held, seq, previous}
        book.seq = seq
        book.change(*rows_in(entry))
        proof = Proof.SEQUENCE if is_chained else Proof.UNPROVEN
        return self._checked(book, entry, proof, is_summed=entry.checksum != 0)

    def _checked(self, book: BitgetBook, entry: Entry, proof: Proof, *, is_summed: bool) -> Outcome:
        """`proof` is what holds without a checksum; with one, what lies behind its levels is unproven."""
        if not is_summed:
            return book.judged(proof, timestamp_ms=book.stamp, nonce=book.seq)
        sides = book.bids.rows(INTERLEAVED_LEVELS), book.asks.rows(INTERLEAVED_LEVELS)
        if (ours := interleaved_checksum(*sides)) != entry.checksum:
            return book.doubt(f"checksum {ours} is not the venue's {entry.checksum}")
        reach = INTERLEAVED_LEVELS
        return book.judged(Proof.CHECKSUM, reach=reach, timestamp_ms=book.stamp, nonce=book.seq)


def rows_in(entry: Entry) -> tuple[list[Row], list[Row]]:
    """Bids and asks under either pair of names."""
    return rows_of(entry.bids or entry.b), rows_of(entry.asks or entry.a)


def number_of(value: int | str | None) -> int | None:
    """A count or stamp, as a number or as text. Raises msgspec.ValidationError."""
    return None if value is None else convert(value, int, strict=False)
