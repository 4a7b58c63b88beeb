"""Depth and a newer best bid/ask make one book, by their ids; what cannot be one book is doubted."""

from functools import partial
from math import nan

import pytest

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import Believed, Doubted, Seen
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.merged_book import AHEAD_MOST, BestBidAsk, MergedBook
from kairos_tui.market import Proof

BIDS = [Row(99.0, 1.0), Row(98.0, 2.0), Row(97.0, 3.0)]
ASKS = [Row(101.0, 1.0), Row(102.0, 2.0), Row(103.0, 3.0)]


def held(update_id: int = 10, levels_most: float = 1_000) -> MergedBook:
    book = MergedBook("X", 3)
    book.replace(update_id, BIDS, ASKS, 5, levels_most=levels_most)
    return book


def sides(outcome: object) -> tuple[object, object, object]:
    assert isinstance(outcome, Believed), outcome
    assert outcome.proof is Proof.SEQUENCE
    return outcome.bids, outcome.asks, outcome.nonce


def test_levels_better_than_a_newer_best_are_gone_and_the_rest_stays():
    best = BestBidAsk(12, (98.5, 7.0), (102.0, 4.0), 6)
    outcome = held().lay_over(best)
    assert sides(outcome) == (((98.5, 7.0), (98.0, 2.0), (97.0, 3.0)), ((102.0, 4.0), (103.0, 3.0)), 12)
    assert isinstance(outcome, Believed)
    assert outcome.timestamp_ms == 6


def test_the_newer_best_stays_while_depth_is_behind_it_and_falls_away_once_it_is_reached():
    book = held()
    book.lay_over(BestBidAsk(13, (98.5, 7.0), (101.0, 1.0)))
    behind = book.apply(11, [Row(99.0, 0.0), Row(97.0, 9.0)], [], 6)
    assert sides(behind) == (((98.5, 7.0), (98.0, 2.0), (97.0, 9.0)), tuple(row[:2] for row in ASKS), 13)
    past = book.apply(14, [Row(98.5, 6.0)], [], 7)
    assert sides(past)[0] == ((98.5, 6.0), (98.0, 2.0), (97.0, 9.0))
    assert sides(past)[2] == 14


@pytest.mark.parametrize("is_depth_first", [True, False])
def test_of_one_id_they_must_agree(is_depth_first):
    best = BestBidAsk(11, (99.0, 1.0), (101.0, 8.0))
    book = held()
    depth = partial(book.apply, 11, [], [Row(102.0, 5.0)], 6)
    overlay = partial(book.lay_over, best)
    first, second = (depth, overlay) if is_depth_first else (overlay, depth)
    assert isinstance(first(), Believed)
    assert second() == Doubted("X", "best bid/ask differs from depth at update 11")
    assert book.update_id is None
    assert book.lay_over(best) == Seen("X")


def test_of_one_id_and_in_agreement_nothing_is_new():
    assert held().lay_over(BestBidAsk(10, (99.0, 1.0), (101.0, 1.0))) == Seen("X")


def test_an_older_best_bid_ask_changes_nothing():
    book = held()
    assert book.lay_over(BestBidAsk(9, (90.0, 1.0), (110.0, 1.0))) == Seen("X")
    book.lay_over(BestBidAsk(15, (98.0, 2.0), (101.0, 1.0)))
    assert book.lay_over(BestBidAsk(14, (99.0, 1.0), (101.0, 1.0))) == Seen("X")


def test_a_best_bid_ask_without_depth_proves_nothing():
    assert MergedBook("X", 3).lay_over(BestBidAsk(9, (90.0, 1.0), (110.0, 1.0))) == Seen("X")


def test_an_empty_side_shows_no_levels():
    assert sides(held().lay_over(BestBidAsk(11, None, (101.0, 1.0))))[0] == ()


def test_a_crossed_book_is_doubted_whoever_told_of_it():
    assert held().apply(11, [Row(101.0, 1.0)], [], 6) == Doubted("X", "book locked: bid 101.0 and ask 101.0")
    crossed = held().lay_over(BestBidAsk(11, (105.0, 1.0), (101.0, 1.0)))
    assert crossed == Doubted("X", "book crossed: bid 105.0 and ask 101.0")


def test_a_book_that_ran_out_of_its_snapshot_is_doubted():
    gone = held(levels_most=3).apply(11, [Row(97.0, 0.0), Row(96.0, 1.0)], [], 6)
    assert gone == Doubted("X", "book ran out of its snapshot")
    assert isinstance(held(levels_most=4).apply(11, [Row(97.0, 0.0)], [], 6), Believed)


def test_a_best_bid_ask_that_depth_never_reaches_is_doubted():
    book = held()
    book.lay_over(BestBidAsk(9_000_000, (98.5, 7.0), (101.0, 1.0)))
    outcomes = [book.apply(11 + count, [], [], 6) for count in range(AHEAD_MOST + 1)]
    assert outcomes[-1] == Doubted("X", "depth stays behind best bid/ask 9000000")
    assert all(isinstance(outcome, Believed) for outcome in outcomes[:-1])


def test_an_update_older_by_its_id_and_newer_by_its_stamp_is_doubted():
    assert held().old(9, 5) == Seen("X")
    assert held().old(9, None) == Seen("X")
    assert held().old(9, 6) == Doubted("X", "update 9 is behind 10, yet newer")


def test_when_the_venue_counts_anew_a_best_bid_ask_of_the_old_count_falls_away():
    book = held()
    book.lay_over(BestBidAsk(12, (98.5, 7.0), (101.0, 1.0)))
    assert sides(book.apply(3, [], [], 6)) == (
        tuple(row[:2] for row in BIDS),
        tuple(row[:2] for row in ASKS),
        3,
    )


def test_an_update_with_a_number_that_cannot_be_true_leaves_no_half_applied_book():
    book = held()
    with pytest.raises(FrameRefused):
        book.apply(11, [Row(99.0, 0.0), Row(98.0, -1.0)], [], 6)
    assert book.update_id is None
    with pytest.raises(FrameRefused):
        held().lay_over(BestBidAsk(11, (nan, 1.0), (101.0, 1.0)))


def test_a_best_that_moved_away_from_the_depth_says_that_depth_owes_an_update():
    book = held()
    moved = book.lay_over(BestBidAsk(12, (98.5, 7.0), (102.0, 4.0), 6))
    assert isinstance(moved, Believed)
    assert moved.is_best
    followed = book.apply(11, [Row(97.0, 9.0)], [], 6)
    assert isinstance(followed, Believed)
    assert not followed.is_best


def test_a_best_that_is_what_depth_shows_already_owes_nothing():
    same = held().lay_over(BestBidAsk(12, (99.0, 1.0), (101.0, 1.0), 6))
    assert isinstance(same, Believed)
    assert not same.is_best
