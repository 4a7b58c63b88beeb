"""RestBook: a market whose stream has updates only. They are kept until its REST snapshot is there.

Before it: a dialect's decoded updates and snapshots, which know their venue's rule of order. After it: the
merged book. A snapshot counts only if the kept updates go on where it ends. One that shows a part of the book
is used up as prices move: the next is made ready beside the book that stands, which it must equal.
"""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from kairos_tui.feeds.dialects.dialect import Doubted, Outcome, Seen, Wanted
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.merged_book import BestBidAsk, MergedBook
from kairos_tui.market import Level

KEPT_MOST = 2_000
"""Updates kept for one market; of more the oldest go, and an older snapshot is then asked for again."""


class Update(Protocol):
    """A change of a book, with its venue's rule of what comes after what.

    `held` is the id the book stands at; `is_first` when a snapshot brought it there.
    """

    @property
    def update_id(self) -> int: ...
    @property
    def timestamp_ms(self) -> int | None: ...

    def is_old(self, held: int, *, is_first: bool) -> bool: ...
    def follows(self, held: int, *, is_first: bool) -> bool: ...
    def gap_after(self, held: int) -> str: ...
    def rows_after(self, held: int) -> tuple[Sequence[Row | Level], Sequence[Row | Level]]: ...


class RestBook:
    """`book` is void until `restore`."""

    __slots__ = ("_depth", "_enough", "_is_first", "_is_wanted", "_keeps_text", "_kept", "_next", "book")

    def __init__(self, market_id: str, depth: int, *, keeps_text: bool = True) -> None:
        self.book = MergedBook(market_id, depth, keeps_text=keeps_text)
        self._depth = self._enough = depth
        self._keeps_text = keeps_text
        self._kept: deque[Update] = deque(maxlen=KEPT_MOST)
        self._next: RestBook | None = None
        self._is_wanted = False
        self._is_first = True

    def forget(self) -> None:
        self.book.clear()
        self._drop_kept()
        self._is_wanted = False

    def take(self, update: Update) -> tuple[Outcome, ...]:
        """The next update of the stream. Raises FrameRefused."""
        held = self.book.update_id
        if held is None:
            return (self._keep(update),)
        outcome = self._apply(update, held)
        return (outcome,) if isinstance(outcome, Doubted) else (outcome, *self._look_ahead(update))

    def lay_over(self, best: BestBidAsk) -> Outcome:
        """The best bid/ask by itself. Raises FrameRefused."""
        outcome = self.book.lay_over(best)
        if self.book.update_id is None and not self._is_wanted:
            self._drop_kept()  # one of them may be what is wrong
        return outcome

    def restore(
        self,
        update_id: int,
        bids: Sequence[Row | Level],
        asks: Sequence[Row | Level],
        levels_most: int,
    ) -> Outcome:
        """The REST snapshot and all that came since; Wanted if it ends before what was kept."""
        stands = self.book.update_id is not None
        if stands and not self._kept:
            return Seen(self.book.market_id)
        if self._kept and _begins_after(self._kept[0], update_id):
            return Wanted(self.book.market_id, is_early=stands)
        if stands:
            return self._prepare(update_id, bids, asks, levels_most)
        kept = list(self._kept)
        self.forget()
        self._is_first = True
        self._enough = (levels_most + self._depth) // 2
        outcome: Outcome = self.book.replace(update_id, bids, asks, levels_most=levels_most)
        for update in kept:
            held = self.book.update_id
            if held is None:
                self._kept.append(update)
                continue
            now = self._apply(update, held)
            outcome = outcome if isinstance(now, Seen) else now
        return outcome

    # while it is void

    def _keep(self, update: Update) -> Outcome:
        self._kept.append(update)
        if self._is_wanted:
            return Seen(self.book.market_id)
        self._is_wanted = True
        return Wanted(self.book.market_id)

    def _apply(self, update: Update, held: int) -> Outcome:
        """What ended the belief in the book may be the first update that the next snapshot needs."""
        if update.is_old(held, is_first=self._is_first):
            outcome: Outcome = self.book.old(update.update_id, update.timestamp_ms)
        elif not update.follows(held, is_first=self._is_first):
            outcome = self.book.doubt(update.gap_after(held))
        else:
            self._is_first = False
            outcome = self.book.apply(update.update_id, *update.rows_after(held), update.timestamp_ms)
        if self.book.update_id is None:
            self._drop_kept()
            self._kept.append(update)
        return outcome

    # while it stands: the next snapshot, before this one is used up

    def _look_ahead(self, update: Update) -> tuple[Outcome, ...]:
        """Said at each update: whether and when it is fetched is not decided here."""
        if self._next is not None:
            self._next.take(update)
            return self._join(self._next.book)
        if not self.book.runs_out(self._enough):
            self._kept.clear()
            return ()
        self._kept.append(update)
        return (Wanted(self.book.market_id, is_early=True),)

    def _prepare(
        self,
        update_id: int,
        bids: Sequence[Row | Level],
        asks: Sequence[Row | Level],
        levels_most: int,
    ) -> Outcome:
        """A second book that follows the same updates. It may be ahead of the stream for a moment."""
        following = RestBook(self.book.market_id, self._depth, keeps_text=self._keeps_text)
        following._kept.extend(self._kept)
        following.restore(update_id, bids, asks, levels_most)
        self._drop_kept()
        self._next = following
        joined = self._join(following.book)
        return joined[0] if joined else Seen(self.book.market_id)

    def _join(self, new: MergedBook) -> tuple[Outcome, ...]:
        """At one update id both show the same, or one of them is not true."""
        if new.update_id is not None and new.update_id != self.book.update_id:
            return ()
        self._next = None
        if new.update_id is None:
            return ()  # the snapshot was not one of this stream, or not true by itself
        if not self.book.shows_as(new):
            return (self.book.doubt(f"new snapshot differs from book at update {new.update_id}"),)
        self.book.go_on_from(new)
        return ()

    def _drop_kept(self) -> None:
        self._kept.clear()
        self._next = None


def _begins_after(update: Update, snapshot_id: int) -> bool:
    is_old = update.is_old(snapshot_id, is_first=True)
    return not (is_old or update.follows(snapshot_id, is_first=True))
