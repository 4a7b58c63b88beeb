"""RestBook: a market whose stream has updates only. They are kept until its REST snapshot is there.

Before it: a dialect's decoded updates and snapshots, which know their venue's rule of order. After it: the
merged book. A snapshot counts only if the kept updates go on where it ends.
"""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from kairos_tui.feeds.dialects.dialect import Outcome, Seen, Wanted
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.merged_book import MergedBook

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
    def rows_after(self, held: int) -> tuple[Sequence[Row], Sequence[Row]]: ...


class RestBook:
    """`book` is void until `restore`."""

    __slots__ = ("_is_first", "_is_wanted", "_kept", "book")

    def __init__(self, market_id: str, depth: int) -> None:
        self.book = MergedBook(market_id, depth)
        self._kept: deque[Update] = deque(maxlen=KEPT_MOST)
        self._is_wanted = False
        self._is_first = True

    def forget(self) -> None:
        self.book.clear()
        self._kept.clear()
        self._is_wanted = False

    def take(self, update: Update) -> Outcome:
        """The next update of the stream. Raises FrameRefused."""
        if self.book.update_id is not None:
            return self._apply(update, self.book.update_id)
        self._kept.append(update)
        if self._is_wanted:
            return Seen(self.book.market_id)
        self._is_wanted = True
        return Wanted(self.book.market_id)

    def restore(self, update_id: int, bids: Sequence[Row], asks: Sequence[Row], levels_most: int) -> Outcome:
        """The REST snapshot and all that came since; Wanted if it ends before what was kept."""
        if self.book.update_id is not None:
            return Seen(self.book.market_id)
        if self._kept and _begins_after(self._kept[0], update_id):
            return Wanted(self.book.market_id)
        kept = list(self._kept)
        self.forget()
        self._is_first = True
        outcome: Outcome = self.book.replace(update_id, bids, asks, levels_most=levels_most)
        for update in kept:
            held = self.book.update_id
            if held is None:
                self._kept.append(update)
                continue
            now = self._apply(update, held)
            outcome = outcome if isinstance(now, Seen) else now
        return outcome

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
            self._kept.append(update)
        return outcome


def _begins_after(update: Update, snapshot_id: int) -> bool:
    is_old = update.is_old(snapshot_id, is_first=True)
    return not (is_old or update.follows(snapshot_id, is_first=True))
