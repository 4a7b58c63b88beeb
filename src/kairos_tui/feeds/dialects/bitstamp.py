"""Bitstamp: `order_book_<pair>`, the best 100 levels whole in every message.

Before it: raw frames and ccxt's subscription. After it: Stream. The channel of differences, which ccxt takes,
has no numbers to see a loss by; a whole book stands for itself, so a lost message costs freshness and nothing
else. Proof snapshot. ccxt hears the acknowledgement and makes nothing of the unknown channel.

`bts:request_reconnect` is left to ccxt, which ignores it: the books stay true until the venue hangs up.
"""

from math import inf

from msgspec import Raw, Struct, convert
from msgspec.json import Decoder

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Market, Message, Outcome, Seen
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.numbers import rows_of, text_of
from kairos_tui.feeds.dialects.streamed import HeldBook, Streamed
from kairos_tui.market import Proof

CHANNEL = "order_book_"

LATE_MOST = 3
"""Older messages in a row; of more it is the newest stamp that must have been wrong."""

Levels = tuple[tuple[str, str], ...]


class Envelope(Struct, frozen=True):
    """What the messages of all channels have in common."""

    event: str
    channel: str
    data: Raw


class Whole(Struct, frozen=True):
    """A book. The stamp is in microseconds."""

    microtimestamp: str
    bids: Levels
    asks: Levels


ENVELOPE = Decoder(Envelope)
WHOLE = Decoder(Whole)


class BitstampBook(HeldBook):
    """`stamp` is the newest of all; `late` counts the older messages since."""

    __slots__ = ("late",)
    late: int

    def wait(self) -> None:
        super().wait()
        self.late = 0


class Bitstamp(Streamed[BitstampBook]):
    """ccxt's market ids are the channel's pairs: btcusd."""

    def _book_of(self, market: Market, depth: int) -> BitstampBook:
        return BitstampBook(market, depth)

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        self._asked_again(market.market_id)
        return ({**asked, "data": {"channel": CHANNEL + market.market_id}},)

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return ({"event": "bts:unsubscribe", "data": {"channel": CHANNEL + market.market_id}},)

    def _read(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = text_of(frame)
        if f'"{CHANNEL}' not in text:
            return None
        envelope = ENVELOPE.decode(text)
        if envelope.event != "data":
            return None
        book = self._books.get(envelope.channel.removeprefix(CHANNEL))
        return () if book is None else (self._apply(book, WHOLE.decode(envelope.data)),)

    def _apply(self, book: BitstampBook, whole: Whole) -> Outcome:
        stamp = convert(whole.microtimestamp, int, strict=False)
        if book.stamp is not None and stamp <= book.stamp:
            return self._older(book, stamp)
        book.replace(side_of(whole.bids, -1.0)[: book.depth], side_of(whole.asks, 1.0)[: book.depth])
        book.stamp = stamp
        return book.judged(Proof.SNAPSHOT, timestamp_ms=stamp // 1000, nonce=stamp)

    def _older(self, book: BitstampBook, stamp: int) -> Outcome:
        """A repeat, or a message that was overtaken: never applied."""
        book.late += stamp != book.stamp
        if book.late <= LATE_MOST:
            return Seen(book.market_id)
        newest, book.stamp = book.stamp, None
        return Seen(book.market_id) if book.is_doubted else book.doubt(f"stamps went back from {newest}")


def side_of(levels: Levels, sign: float) -> list[Row]:
    """`sign` is -1 for bids, whose prices fall. Orders at one price become one level."""
    side: list[Row] = []
    worst = -inf
    for row in rows_of(levels):
        if not (0.0 < row.price < inf and 0.0 < row.size < inf):
            raise FrameRefused(f"a level of {row.price!r} x {row.size!r}")
        ranked = sign * row.price
        if ranked < worst:
            raise FrameRefused("levels out of order")
        if ranked == worst:
            side[-1] = Row(row.price, side[-1].size + row.size)
        else:
            side.append(row)
        worst = ranked
    return side
