"""OKX v5: `books` is a snapshot and then updates that name the one before them; `bbo-tbt` the best bid/ask.

`seqId` is counted per market, so both channels compare. It may start anew lower: then an update whose
`prevSeqId` is ours leads there. `checksum` has been 0 since June 2026 and is then absent; where it is sent,
the best 25 levels of both sides must match it. Source: okx.com/docs-v5, "WS / Order book channel".
"""

from typing import Annotated, Any

from msgspec import Meta, Struct, field
from msgspec.json import Decoder

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.checksums import INTERLEAVED_LEVELS, interleaved_checksum
from kairos_tui.feeds.dialects.dialect import Believed, Market, Message, Outcome, Seen, SnapshotCall
from kairos_tui.feeds.dialects.merged_book import BestBidAsk, MergedBook
from kairos_tui.feeds.dialects.numbers import level_of, rows_of, text_of
from kairos_tui.market import Level

TextLevel = Annotated[list[str], Meta(min_length=2)]
"""Price, size, and what else there is."""


class Channel(Struct, frozen=True, gc=False):
    """Where a message belongs."""

    channel: str
    market_id: str = field(name="instId")


class Change(Struct, frozen=True, gc=False):
    """A snapshot, an update or a best bid/ask."""

    bids: list[TextLevel]
    asks: list[TextLevel]
    update_id: int = field(name="seqId")
    timestamp_ms: int = field(name="ts")
    previous_id: int = field(name="prevSeqId", default=-1)
    checksum: int = 0


class Push(Struct, frozen=True, gc=False):
    """A message of either channel."""

    arg: Channel
    data: list[Change]
    action: str = ""


_PUSHES = Decoder(Push, strict=False)


class Okx:
    """Spot and derivatives."""

    def __init__(self) -> None:
        self._books: dict[str, MergedBook] = {}

    def open(self, market: Market, depth: int) -> None:
        self._books[market.market_id] = MergedBook(market.market_id, depth)

    def forget(self, market_id: str) -> None:
        self._books[market_id].clear()

    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]:
        channels = [{"channel": name, "instId": market.market_id} for name in ("books", "bbo-tbt")]
        return ({**asked, "args": channels},)

    def cancels(self, market: Market, asked: Message) -> tuple[Message, ...]:
        return tuple({**request, "op": "unsubscribe"} for request in self.requests(market, asked))

    def take(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        text = text_of(frame)
        if '"data"' not in text or '"event"' in text:
            return None
        if '"bbo-tbt"' not in text and '"books"' not in text:
            return None
        push = _PUSHES.decode(text)
        book = self._books.get(push.arg.market_id)
        if book is None:
            return ()
        take = _TAKES.get((push.arg.channel, push.action))
        if take is None:
            raise FrameRefused(f"{push.arg.channel} with action {push.action!r}")
        return tuple([take(book, change) for change in push.data])

    def snapshot_call(self, market: Market) -> SnapshotCall | None:
        return None

    def take_snapshot(self, market_id: str, body: Any) -> tuple[Outcome, ...]:  # noqa: ANN401  a venue's JSON
        return ()


def _laid_over(book: MergedBook, change: Change) -> Outcome:
    best = BestBidAsk(change.update_id, _top(change.bids), _top(change.asks), change.timestamp_ms)
    return book.lay_over(best)


def _replaced(book: MergedBook, change: Change) -> Outcome:
    if book.has(change.update_id, change.timestamp_ms):
        return Seen(book.market_id)
    bids, asks = rows_of(change.bids), rows_of(change.asks)
    return _checked(book, book.replace(change.update_id, bids, asks, change.timestamp_ms), change)


def _updated(book: MergedBook, change: Change) -> Outcome:
    held = book.update_id
    is_empty = not change.bids and not change.asks
    if held is None or (is_empty and change.update_id == held):
        return Seen(book.market_id)
    if change.previous_id == held:
        bids, asks = rows_of(change.bids), rows_of(change.asks)
        return _checked(book, book.apply(change.update_id, bids, asks, change.timestamp_ms), change)
    if change.update_id <= held:
        return book.old(change.update_id, change.timestamp_ms)
    return book.doubt(f"update after {change.previous_id} follows {held}")


_TAKES = {("books", "snapshot"): _replaced, ("books", "update"): _updated, ("bbo-tbt", ""): _laid_over}


def _checked(book: MergedBook, outcome: Outcome, change: Change) -> Outcome:
    if not change.checksum or not isinstance(outcome, Believed):
        return outcome
    if interleaved_checksum(*book.rows(INTERLEAVED_LEVELS)) == change.checksum:
        return outcome
    return book.doubt(f"checksum differs at update {change.update_id}")


def _top(levels: list[TextLevel]) -> Level | None:
    return level_of(levels[0][0], levels[0][1]) if levels else None
