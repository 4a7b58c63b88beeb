"""Streamed: what the dialects of venues share whose stream brings its own snapshots. No REST is asked.

Before it: a connection's frames. After it: each venue's module, which reads them. `HeldBook` is one market's
book; `Streamed` the half of a Dialect that is the same for all; `Numbered` adds a count of all frames.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from msgspec import MsgspecError

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Market, Message, Outcome, Seen, SnapshotCall
from kairos_tui.feeds.dialects.ladder import Ladder, Row
from kairos_tui.market import Proof


class HeldBook:
    """One market's two sides. Waits for a snapshot, then is followed; doubted, it stays so until the next.

    `stamp` is the venue's, of the message before, in the venue's own unit.
    """

    __slots__ = ("asks", "bids", "depth", "is_doubted", "is_followed", "market_id", "stamp")
    is_followed: bool
    is_doubted: bool

    def __init__(self, market: Market, depth: int) -> None:
        self.market_id = market.market_id
        self.depth = depth
        self.bids = Ladder(is_bid=True)
        self.asks = Ladder(is_bid=False)
        self.stamp: int | None = None
        self.wait()

    def wait(self) -> None:
        """Void, until a snapshot comes."""
        self.bids.clear()
        self.asks.clear()
        self.is_followed = self.is_doubted = False

    def doubt(self, reason: str) -> Doubted:
        """Void, and said so."""
        self.wait()
        self.is_doubted = True
        return Doubted(self.market_id, reason)

    def replace(self, bids: Iterable[Row], asks: Iterable[Row]) -> None:
        """A snapshot. Raises FrameRefused."""
        self.wait()
        self.bids.replace(bids)
        self.asks.replace(asks)
        self.is_followed = True

    def change(self, bids: Iterable[Row], asks: Iterable[Row]) -> None:
        """An update of a followed book. Raises FrameRefused."""
        self.bids.put_all(bids)
        self.asks.put_all(asks)

    def is_late(self, stamp: int | None) -> bool:
        """Is this message older than the one before it? Compared with the newest of all, one wrong stamp far
        ahead would make everything late for ever."""
        before = self.stamp
        if stamp is not None:
            self.stamp = stamp
        return stamp is not None and before is not None and stamp < before

    def crossed(self) -> str | None:
        """Why the book cannot be true, or None."""
        bids, asks = self.bids.top(1), self.asks.top(1)
        if not bids or not asks or bids[0][0] < asks[0][0]:
            return None
        how = "locked" if bids[0][0] == asks[0][0] else "crossed"
        return f"book {how}: bid {bids[0][0]} and ask {asks[0][0]}"

    def judged(
        self,
        proof: Proof,
        *,
        reach: int | None = None,
        timestamp_ms: int | None = None,
        nonce: int | None = None,
    ) -> Believed | Doubted:
        """The book after a whole message. `reach`: the levels of a side that the proof speaks for."""
        if (reason := self.crossed()) is not None:
            return self.doubt(reason)
        depth = self.depth if reach is None else min(self.depth, reach)
        bids, asks = self.bids.top(depth), self.asks.top(depth)
        return Believed(self.market_id, bids, asks, proof, timestamp_ms, nonce)


BookT = TypeVar("BookT", bound=HeldBook)


class Streamed(ABC, Generic[BookT]):
    """Books by market id. A frame that cannot be read voids them all: nobody knows what it said."""

    def __init__(self) -> None:
        self._books: dict[str, BookT] = {}

    @abstractmethod
    def _book_of(self, market: Market, depth: int) -> BookT:
        """A new, waiting book."""

    @abstractmethod
    def _read(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        """`take`, of a frame that may turn out unreadable."""

    @abstractmethod
    def requests(self, market: Market, asked: Message) -> tuple[Message, ...]: ...

    def open(self, market: Market, depth: int) -> None:
        self._books[market.market_id] = self._book_of(market, depth)

    def forget(self, market_id: str) -> None:
        if (book := self._books.get(market_id)) is not None:
            book.wait()

    def take(self, frame: str | bytes) -> tuple[Outcome, ...] | None:
        """What a frame says; None if it is ccxt's. Raises FrameRefused, msgspec.MsgspecError."""
        try:
            return self._read(frame)
        except (FrameRefused, MsgspecError):
            for book in self._books.values():
                book.wait()
            raise

    def snapshot_call(self, market: Market) -> SnapshotCall | None:
        """None: the stream brings its own."""
        return None

    def take_snapshot(self, market_id: str, body: Any) -> tuple[Outcome, ...]:  # noqa: ANN401  a venue's JSON
        """Never asked for."""
        return ()

    def _asked_again(self, market_id: str) -> None:
        """A doubted book is subscribed to once more: what goes wrong from here on is new."""
        book = self._books.get(market_id)
        if book is not None and book.is_doubted:
            book.wait()

    def _alive(self) -> tuple[Outcome, ...]:
        """The connection lives, and with it every book that is followed."""
        return tuple([Seen(book.market_id) for book in self._books.values() if book.is_followed])

    def _doubt_all(self, reason: str) -> tuple[Outcome, ...]:
        """Each market once: one that is doubted already stays so in silence."""
        return tuple([book.doubt(reason) for book in self._books.values() if not book.is_doubted])


class Numbered(Streamed[BookT]):
    """The venue counts every frame of a connection, so one that is missing may have been any market's."""

    def __init__(self) -> None:
        super().__init__()
        self._last_number: int | None = None

    def _interrupted(self, number: int) -> tuple[Outcome, ...] | None:
        """None when `number` is the next; else what that means. Counting goes on from it, also backwards:
        were older numbers passed over, one wrong number far ahead would silence the connection."""
        last, self._last_number = self._last_number, number
        if last is None or number == last + 1:
            return None
        if number == last:
            return self._alive()
        return self._doubt_all(f"message {last + 1} is missing, {number} came")
