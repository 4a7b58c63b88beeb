"""Bitfinex: WebSocket v2 `book` P0, in sequence by the venue's count and confirmed by its checksum.

Before it: raw frames and ccxt's subscription. After it: Stream. Flag 65536 numbers every array of the
connection, flag 131072 adds `[chanId, "cs", checksum]` after changes (the venue's own example sets both:
gist.github.com/prdn/b8c067c758aab7fa3bf715101086b47c; docs.bitfinex.com, ws-general, ws-websocket-checksum).

What is believed when: a snapshot at once (proof snapshot), each change in sequence at once (proof sequence;
unproven should the venue send no numbers), the standing book again when its checksum comes (proof checksum,
25 levels). One change is one level, so a book may stand crossed between two of them: it is not believed then,
and doubted if it still is when the venue confirms it. A lost message shows at once by its number, a wrong
digit only when the checksum comes.
"""

from typing import Annotated, Any

from msgspec import Meta, Raw, Struct
from msgspec.json import Decoder, decode

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.checksums import INTERLEAVED_LEVELS, interleaved_checksum
from kairos_tui.feeds.dialects.dialect import Market, Message, Outcome, Seen
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.numbers import rows_of, text_of
from kairos_tui.feeds.dialects.streamed import HeldBook, Numbered
from kairos_tui.market import Proof

FLAGS = 65536 + 131072
"""Number every message; send checksums."""

MAINTENANCE = frozenset({20060, 20061})
"""It begins; it has ended. The venue advises to subscribe anew."""


class PriceLevel(Struct, frozen=True, gc=False, array_like=True):
    """Numbers as they stand on the wire, 2e-8 too: the checksum is made of that text. Asks are negative."""

    price: Raw
    count: Annotated[int, Meta(ge=0)]
    amount: Raw


class Frame(Struct, frozen=True, array_like=True):
    """`[chanId, body, number]`; the venue may append more. Channels that are no books may put data third."""

    channel: int
    body: Raw
    number: Any = None


class CheckFrame(Struct, frozen=True, gc=False, array_like=True):
    """`[chanId, "cs", checksum, number]`."""

    channel: int
    name: str
    checksum: int
    number: int | None = None


class Event(Struct, frozen=True):
    """Everything that is not an array."""

    event: str = ""
    channel: str = ""
    symbol: str = ""
    chanId: int | None = None  # noqa: N815  the venue's name
    code: int | str | None = None


EVENT = Decoder(Event)
FRAME = Decoder(Frame)
CHECK = Decoder(CheckFrame)
LEVEL = Decoder(PriceLevel)
LEVELS = Decoder(tuple[PriceLevel, ...])


class Bitfinex(Numbered[HeldBook]):
    """Channel ids are learnt from the `subscribed` event, which is ccxt's all the same.

    A market's current channel is its newest; what still comes on an older one is not for its book.
    """

    def __init__(self) -> None:
        super().__init__()
        self._markets: dict[int, str] = {}
        self._channels: dict[str, int] = {}
        self._is_configured = False

    def _book_of(self, market: Market, depth: int) -> HeldBook:
        return HeldBook(market, depth)

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        """The flags hold for the connection and are sent once, ahead of the first subscription."""
        self._asked_again(market.market_id)
        if self._is_configured:
            return (asked,)
        self._is_configured = True
        return {"event": "conf", "flags": FLAGS}, asked

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        channel = self._channels.get(market.market_id)
        return () if channel is None else ({"event": "unsubscribe", "chanId": channel},)

    def _read(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = text_of(frame)
        if text[:1] != "[":
            return self._hear(text) if '"event"' in text else None
        message = FRAME.decode(text)
        body = bytes(message.body)
        check = CHECK.decode(text) if body == b'"cs"' else None
        number = number_in(message, text) if check is None else check.number
        interrupted = None if number is None else self._interrupted(number)
        if interrupted is not None:
            return interrupted
        market_id = self._markets.get(message.channel)
        return None if market_id is None else self._tell(market_id, message, check)

    def _tell(self, market_id: str, message: Frame, check: CheckFrame | None) -> tuple[Outcome, ...]:
        book = self._books.get(market_id)
        if book is None or self._channels.get(market_id) != message.channel:
            return ()
        if check is not None:
            return (self._confirm(book, check),)
        body = bytes(message.body)
        if body[:1] == b"[" and body[1:2] in b"[]":
            book.replace(*read_rows(LEVELS.decode(body)))
            return (book.judged(Proof.SNAPSHOT, nonce=message.number),)
        return self._change(book, body, message.number) if book.is_followed else (Seen(market_id),)

    def _change(self, book: HeldBook, body: bytes, number: int | None) -> tuple[Outcome, ...]:
        """A change, or a heartbeat; () while a change leaves the book crossed."""
        if body == b'"hb"':
            reason = book.crossed()
            return (Seen(book.market_id) if reason is None else book.doubt(reason),)
        book.change(*read_rows((LEVEL.decode(body),)))
        if book.crossed() is not None:
            return ()
        return (book.judged(Proof.UNPROVEN if number is None else Proof.SEQUENCE, nonce=number),)

    def _confirm(self, book: HeldBook, check: CheckFrame) -> Outcome:
        if not book.is_followed:
            return Seen(book.market_id)
        sides = book.bids.rows(INTERLEAVED_LEVELS), book.asks.rows(INTERLEAVED_LEVELS)
        if (ours := interleaved_checksum(*sides)) != check.checksum:
            return book.doubt(f"checksum {ours} is not the venue's {check.checksum}")
        return book.judged(Proof.CHECKSUM, reach=INTERLEAVED_LEVELS, nonce=check.number)

    def _hear(self, text: str) -> tuple[Outcome, ...] | None:
        """An event: only what concerns the channels of books."""
        event = EVENT.decode(text)
        if event.event == "info" and event.code in MAINTENANCE:
            return self._doubt_all("the venue is in maintenance")
        if event.event == "subscribed" and event.channel == "book" and event.chanId is not None:
            self._markets[event.chanId] = event.symbol
            self._channels[event.symbol] = event.chanId
            self.forget(event.symbol)
        # ccxt looks for a request of its own behind an `unsubscribed` and fails on ours
        is_ours = event.event == "unsubscribed" and self._leave(event.chanId)
        return () if is_ours else None

    def _leave(self, channel: int | None) -> bool:
        """Was it a book's channel?"""
        market_id = None if channel is None else self._markets.pop(channel, None)
        if market_id is None:
            return False
        if self._channels.get(market_id) == channel:
            del self._channels[market_id]
            self.forget(market_id)
        return True


def number_in(message: Frame, text: str) -> int | None:
    """The message's place in the venue's count: the third element of a book's message, else the last."""
    number = message.number
    if number is not None and type(number) is not int:
        number = decode(text)[-1]
    return number if type(number) is int else None


def read_rows(levels: tuple[PriceLevel, ...]) -> tuple[list[Row], list[Row]]:
    """Bids and asks; a level that nobody stands at any more (count 0) has size 0."""
    bids: list[Row] = []
    asks: list[Row] = []
    rows = rows_of([(bytes(level.price).decode(), bytes(level.amount).decode()) for level in levels])
    for level, (price, amount, price_text, amount_text) in zip(levels, rows, strict=True):
        if amount == 0.0:
            raise FrameRefused(f"an amount of {amount_text} at {price_text}")
        row = Row(price, abs(amount) if level.count else 0.0, price_text, amount_text)
        (bids if amount > 0.0 else asks).append(row)
    return bids, asks
