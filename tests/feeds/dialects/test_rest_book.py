"""A book whose snapshot is being used up goes on from the next one, if both agree."""

from typing import NamedTuple

import pytest

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Outcome, Seen, Wanted
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.merged_book import BestBidAsk
from kairos_tui.feeds.dialects.rest_book import KEPT_MOST, RestBook
from kairos_tui.market import Level, Proof

LEVELS = 6
"""The most that a snapshot shows of a side. With a depth of 2 the next one is wanted below 4."""

EARLY = Wanted("X", is_early=True)
PROOF = (Proof.SEQUENCE, None, 14)


class Step(NamedTuple):
    """One update, counted by ones."""

    update_id: int
    bids: tuple[Row, ...] = ()
    asks: tuple[Row, ...] = ()
    timestamp_ms: int | None = None

    def is_old(self, held: int, *, is_first: bool) -> bool:
        return self.update_id <= held

    def follows(self, held: int, *, is_first: bool) -> bool:
        return self.update_id == held + 1

    def gap_after(self, held: int) -> str:
        return f"update {self.update_id} follows {held}"

    def rows_after(self, held: int) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        return self.bids, self.asks


def side(best: int, step: int, **sizes: float) -> list[Row]:
    """Six levels from `best` on."""
    prices = [float(best + step * turn) for turn in range(LEVELS)]
    return [Row(price, sizes.get(f"at_{price:g}", 1.0)) for price in prices]


BIDS, ASKS = side(99, -1), side(101, 1)


def rising(update_id: int) -> Step:
    """The best ask is gone and the best bid is one higher."""
    return Step(update_id, (Row(89.0 + update_id, 1.0),), (Row(90.0 + update_id, 0.0),))


def standing(steps: int = 0) -> RestBook:
    """At update 10, and `steps` more; each uses up one ask."""
    book = RestBook("X", 2)
    assert isinstance(book.restore(10, BIDS, ASKS, LEVELS), Believed)
    for turn in range(steps):
        book.take(rising(11 + turn))
    return book


def renew(book: RestBook, update_id: int, **sizes: float) -> Outcome:
    """The snapshot as of this update of `rising`."""
    best = update_id + 90
    return book.restore(update_id, side(best - 1, -1, **sizes), side(best + 1, 1, **sizes), LEVELS)


def tops(outcome: Outcome) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    assert isinstance(outcome, Believed), outcome
    return outcome.bids, outcome.asks


def test_half_used_up_it_wants_the_next_snapshot_with_every_update_and_is_believed_meanwhile():
    book = standing(steps=2)
    for update_id in (13, 14):
        believed, wanted = book.take(rising(update_id))
        assert isinstance(believed, Believed)
        assert wanted == EARLY


def test_a_book_that_is_full_wants_nothing():
    assert [len(standing().take(Step(11)))] == [1]


def test_the_next_snapshot_takes_its_place_unseen_and_lasts_where_the_old_one_would_have_run_out():
    book = standing(steps=3)
    assert renew(book, 13) == Seen("X")
    for update_id in range(14, 17):
        believed, *more = book.take(rising(update_id))
        assert tops(believed)[1][0] == (91.0 + update_id, 1.0)
        assert more == ([EARLY] if update_id == 16 else [])


def test_without_it_the_book_runs_out_and_is_begun_anew():
    book = standing(steps=4)
    assert book.take(rising(15)) == (Doubted("X", "book ran out of its snapshot"),)
    assert book.take(rising(16)) == (Wanted("X"),)
    assert isinstance(renew(book, 16), Believed)


def test_updates_since_the_snapshot_are_brought_to_it():
    book = standing(steps=3)
    book.take(Step(14, (Row(102.0, 7.0),)))
    assert renew(book, 13) == Seen("X")
    (believed,) = book.take(Step(15))
    assert tops(believed)[0][0] == (102.0, 7.0)


def test_a_snapshot_ahead_of_the_stream_waits_for_it():
    book = standing(steps=3)
    assert renew(book, 14) == Seen("X")
    (believed,) = book.take(rising(14))
    assert tops(believed) == (((103.0, 1.0), (102.0, 1.0)), ((105.0, 1.0), (106.0, 1.0)))
    assert len(book.take(rising(15))) == 1


def test_one_from_before_the_kept_updates_is_wanted_again():
    book = standing(steps=3)
    assert renew(book, 11) == EARLY
    believed, wanted = book.take(rising(14))
    assert isinstance(believed, Believed)
    assert wanted == EARLY


def test_a_snapshot_that_differs_shows_that_one_of_both_is_not_true():
    book = standing(steps=3)
    assert renew(book, 13, at_104=9.0) == Doubted("X", "new snapshot differs from book at update 13")
    assert book.book.update_id is None


def test_one_ahead_of_the_stream_that_differs_is_doubted_once_the_stream_is_there():
    book = standing(steps=3)
    assert renew(book, 14, at_105=9.0) == Seen("X")
    assert book.take(rising(14)) == (
        Believed("X", ((103.0, 1.0), (102.0, 1.0)), ((105.0, 1.0), (106.0, 1.0)), *PROOF),
        Doubted("X", "new snapshot differs from book at update 14"),
    )


def test_a_snapshot_that_is_crossed_by_itself_is_passed_over():
    book = standing(steps=3)
    assert book.restore(13, side(105, -1), side(104, 1), LEVELS) == Seen("X")
    believed, wanted = book.take(rising(14))
    assert isinstance(believed, Believed)
    assert wanted == EARLY


def test_a_snapshot_with_a_number_that_cannot_be_true_leaves_the_book_as_it_is():
    book = standing(steps=3)
    with pytest.raises(FrameRefused):
        renew(book, 13, at_104=-1.0)
    assert isinstance(book.take(rising(14))[0], Believed)


def test_a_gap_while_the_next_one_is_on_its_way_is_doubted_and_that_one_begins_the_book():
    book = standing(steps=3)
    assert book.take(rising(15)) == (Doubted("X", "update 15 follows 13"),)
    assert tops(renew(book, 14))[1][0] == (106.0, 1.0)


def test_a_best_bid_ask_that_differs_leaves_nothing_of_what_was_kept():
    book = standing(steps=3)
    wrong = BestBidAsk(13, (102.0, 5.0), (104.0, 1.0))
    assert book.lay_over(wrong) == Doubted("X", "best bid/ask differs from depth at update 13")
    assert tops(renew(book, 5))[1][0] == (96.0, 1.0)


def test_a_newer_best_bid_ask_stays_over_the_book_that_goes_on_from_the_next_snapshot():
    book = standing(steps=3)
    book.lay_over(BestBidAsk(20, (103.5, 1.0), (104.5, 1.0)))
    renew(book, 13)
    (believed,) = book.take(rising(14))
    assert tops(believed)[0][0] == (103.5, 1.0)


def test_once_deep_again_a_snapshot_that_still_comes_changes_nothing():
    book = standing(steps=3)
    (believed,) = book.take(Step(14, (), (Row(104.5, 1.0), Row(105.5, 1.0))))
    assert isinstance(believed, Believed)
    assert renew(book, 13, at_104=9.0) == Seen("X")


def test_what_is_kept_for_a_snapshot_that_never_comes_is_bounded():
    book = standing(steps=3)
    for turn in range(KEPT_MOST + 50):
        book.take(Step(14 + turn))
    assert renew(book, 13) == EARLY
