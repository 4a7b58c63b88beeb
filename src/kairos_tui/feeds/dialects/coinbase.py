"""Coinbase Advanced: `level2`, in sequence by the number that every message of a connection carries.

Before it: raw frames and ccxt's subscription. After it: Stream. `sequence_num` counts all channels together,
so every frame is looked at, also those that are ccxt's; a gap may have been any market's message. Heartbeats
are subscribed to as well: one a second shows within a second that a message was lost, and keeps quiet
subscriptions open, which the venue ends after 60-90 s (docs.cdp.coinbase.com, websocket-channels).

A message that is ccxt's but reveals a gap is answered for here, so ccxt misses one acknowledgement; it waits
for none.
"""

from typing import Literal

from msgspec import Raw, Struct
from msgspec.json import Decoder

from kairos_tui.feeds.dialects.dialect import Market, Message, Outcome
from kairos_tui.feeds.dialects.instants import Instant, microseconds_of, milliseconds_in
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.numbers import rows_of, text_of
from kairos_tui.feeds.dialects.streamed import HeldBook, Numbered
from kairos_tui.market import Proof

OWN_BOOKS = frozenset({"USDT-USDC", "EURC-USDC"})
"""Products in USDC that are not the USD product under another name (same page as above)."""


class PriceLevel(Struct, frozen=True, gc=False):
    """A level as it stands now; new_quantity 0 removes it."""

    side: Literal["bid", "offer"]
    price_level: str
    new_quantity: str


class Event(Struct, frozen=True):
    """A snapshot or an update of one product."""

    type: Literal["snapshot", "update"]
    product_id: str
    updates: tuple[PriceLevel, ...]


class Envelope(Struct, frozen=True):
    """What the messages of all channels have in common."""

    channel: str
    sequence_num: int
    events: Raw
    timestamp: Instant | None = None


ENVELOPE = Decoder(Envelope)
EVENTS = Decoder(tuple[Event, ...])


class CoinbaseBook(HeldBook):
    """`product` is the name under which the venue speaks of it, None until a snapshot."""

    __slots__ = ("product",)
    product: str | None

    def wait(self) -> None:
        super().wait()
        self.product = None

    def listens_to(self, event: Event) -> bool:
        """A snapshot of its own name, or of its alias as long as its own name has not been heard."""
        if event.type == "update":
            return event.product_id == self.product
        if event.product_id == self.market_id:
            return True
        return self.product != self.market_id and alias_of(event.product_id) == self.market_id


class Coinbase(Numbered[CoinbaseBook]):
    """A subscription to BTC-USDC is answered with BTC-USD: one book under two names."""

    def __init__(self) -> None:
        super().__init__()
        self._has_heartbeats = False

    def _book_of(self, market: Market, depth: int) -> CoinbaseBook:
        return CoinbaseBook(market, depth)

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        """Heartbeats are the connection's and asked for once."""
        self._asked_again(market.market_id)
        if self._has_heartbeats:
            return (asked,)
        self._has_heartbeats = True
        return asked, {"type": "subscribe", "channel": "heartbeats"}

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return ({**asked, "type": "unsubscribe"},)

    def _read(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = text_of(frame)
        if '"sequence_num"' not in text:
            return None
        envelope = ENVELOPE.decode(text)
        interrupted = self._interrupted(envelope.sequence_num)
        if interrupted is not None:
            return interrupted
        if envelope.channel == "l2_data":
            return self._tell(envelope)
        return self._alive() if envelope.channel == "heartbeats" else None

    def _tell(self, envelope: Envelope) -> tuple[Outcome, ...]:
        return tuple(
            [
                self._apply(book, event, envelope)
                for event in EVENTS.decode(envelope.events)
                for book in self._books.values()
                if book.listens_to(event)
            ]
        )

    def _apply(self, book: CoinbaseBook, event: Event, envelope: Envelope) -> Outcome:
        stamp_ms = milliseconds_in(microseconds_of(envelope.timestamp))
        if event.type == "snapshot":
            book.replace(*read_rows(event.updates))
            book.product = event.product_id
            return book.judged(Proof.SNAPSHOT, timestamp_ms=stamp_ms, nonce=envelope.sequence_num)
        book.change(*read_rows(event.updates))
        return book.judged(Proof.SEQUENCE, timestamp_ms=stamp_ms, nonce=envelope.sequence_num)


def read_rows(levels: tuple[PriceLevel, ...]) -> tuple[list[Row], list[Row]]:
    """Bids and asks; size 0 where nobody stands any more."""
    bids: list[Row] = []
    asks: list[Row] = []
    rows = rows_of([(level.price_level, level.new_quantity) for level in levels])
    for level, row in zip(levels, rows, strict=True):
        (bids if level.side == "bid" else asks).append(row)
    return bids, asks


def alias_of(product_id: str) -> str | None:
    """The other name of a product in USD or USDC."""
    if product_id in OWN_BOOKS:
        return None
    if product_id.endswith("-USDC"):
        return product_id[:-1]
    other = f"{product_id}C"
    return other if product_id.endswith("-USD") and other not in OWN_BOOKS else None
