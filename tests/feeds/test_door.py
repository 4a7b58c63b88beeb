"""The door lets in only books that can be true, and copies what it lets in."""

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.door import Refusal, admit

prices = st.floats(min_value=1e-6, max_value=1e9, allow_nan=False)
sizes = st.floats(min_value=1e-9, max_value=1e9, allow_nan=False)


def refusal(book: dict[str, Any]) -> object:
    with pytest.raises(FrameRefused) as caught:
        admit(book, 20)
    return caught.value.args[0]


@pytest.mark.parametrize(
    ("bid", "reason"),
    [
        ([nan, 1.0], Refusal.NOT_FINITE),
        ([inf, 1.0], Refusal.NOT_FINITE),
        ([99.0, nan], Refusal.NOT_FINITE),
        ([99.0, inf], Refusal.NOT_FINITE),
        ([0.0, 1.0], Refusal.BAD_PRICE),
        ([-5.0, 1.0], Refusal.BAD_PRICE),
        ([99.0, -1.0], Refusal.BAD_SIZE),
        ([None, 1.0], Refusal.NOT_A_NUMBER),
        (["99", 1.0], Refusal.NOT_A_NUMBER),
        ([99.0], Refusal.NOT_A_NUMBER),
        ([101.0, 1.0], Refusal.CROSSED),
        ([99.0, 0.0], Refusal.EMPTY),
    ],
)
def test_a_bid_that_cannot_be_true_is_refused_by_its_reason(bid, reason):
    assert refusal({"bids": [bid], "asks": [[100.0, 1.0]]}) is reason


@pytest.mark.parametrize("book", [{"bids": [], "asks": [[1.0, 1.0]]}, {"bids": [[1.0, 1.0]], "asks": []}])
def test_a_side_without_levels_is_refused(book):
    assert refusal(book) is Refusal.EMPTY


def test_levels_out_of_order_are_refused():
    assert refusal({"bids": [[98.0, 1.0], [99.0, 1.0]], "asks": [[100.0, 1.0]]}) is Refusal.UNSORTED
    assert refusal({"bids": [[98.0, 1.0]], "asks": [[100.0, 1.0], [99.0, 1.0]]}) is Refusal.UNSORTED


def test_a_locked_book_is_refused_as_such():
    assert refusal({"bids": [[100.0, 1.0]], "asks": [[100.0, 2.0]]}) is Refusal.LOCKED


def test_levels_of_no_size_are_dropped_and_orders_at_one_price_become_one_level():
    bids = [[99.0, 1.0, "a"], [99.0, 2.0, "b"], [98.5, 0.0, "c"], [98.0, 4.0, "d"], [97.0, 1.0, "e"]]
    assert admit({"bids": bids, "asks": [[100, 1]]}, 2)[0] == ((99.0, 3.0), (98.0, 4.0))


def test_the_last_level_kept_is_summed_to_its_end():
    bids = [[99.0, 1.0], [98.0, 1.0], [98.0, 2.0], [97.0, 1.0]]
    assert admit({"bids": bids, "asks": [[100, 1]]}, 2)[0] == ((99.0, 1.0), (98.0, 3.0))


@given(st.dictionaries(prices, sizes, min_size=2, max_size=60), st.integers(1, 30))
def test_what_is_let_in_is_finite_sorted_uncrossed_and_the_best_of_each_side(levels, depth):
    ordered = sorted(levels.items())
    cut = len(ordered) // 2
    bids, asks = [list(level) for level in ordered[:cut]][::-1], [list(level) for level in ordered[cut:]]
    got_bids, got_asks = admit({"bids": bids, "asks": asks}, depth)
    assert got_bids == tuple(map(tuple, bids[:depth]))
    assert got_asks == tuple(map(tuple, asks[:depth]))
    bids[0][1] = asks[0][1] = -1.0  # ccxt goes on changing its lists
    assert got_bids[0][1] > 0.0
    assert got_asks[0][1] > 0.0


@given(st.lists(st.tuples(st.floats(), st.floats())), st.lists(st.tuples(st.floats(), st.floats())))
def test_nothing_but_a_refusal_or_a_true_book_ever_comes_out(bids, asks):
    try:
        sides = admit({"bids": bids, "asks": asks}, 20)
    except FrameRefused:
        return
    for side in sides:
        assert side
        assert all(0.0 < price < inf and size > 0.0 for price, size in side)
    assert sides[0][0][0] < sides[1][0][0]
    assert [price for price, _ in sides[0]] == sorted({price for price, _ in sides[0]}, reverse=True)
    assert [price for price, _ in sides[1]] == sorted({price for price, _ in sides[1]})
