"""A book message that suddenly looks otherwise is noticed; one that merely has more or less in it is not."""

from kairos_tui.feeds.shape import MOST_PLACES, TOLERATED_FLIPS, Shape

BOOK = {"arg": {"channel": "books"}, "data": [{"bids": [["1", "2"]], "asks": [], "ts": "1"}]}


def test_the_same_shape_with_other_values_is_not_odd():
    shape = Shape()
    assert shape.odd_place(BOOK) is None
    assert (
        shape.odd_place({"arg": {"channel": "x"}, "data": [{"bids": [], "asks": [[2, 3]], "ts": 4}]}) is None
    )
    assert shape.odd_place({"arg": {}, "data": [{"bids": None, "new": {"a": 1}}], "more": [1]}) is None


def test_a_list_that_became_a_word_is_odd_and_named():
    shape = Shape()
    shape.odd_place(BOOK)
    assert shape.odd_place({"arg": {}, "data": [{"bids": "soup"}]}) == "message.data.0.bids"
    assert shape.odd_place({"arg": [], "data": []}) == "message.arg"
    assert shape.odd_place({"data": [{"ts": {}}]}) == "message.data.0.ts"
    assert shape.odd_place(BOOK) is None


def test_a_field_that_is_made_so_is_tolerated_after_a_while():
    shape = Shape()
    shape.odd_place({"data": []})
    odd = [shape.odd_place({"data": "x"}) for _ in range(TOLERATED_FLIPS + 3)]
    assert odd == ["message.data"] * TOLERATED_FLIPS + [None] * 3


def test_what_is_learnt_is_bounded():
    shape = Shape()
    for number in range(4 * MOST_PLACES):
        assert shape.odd_place({str(number): {"price": number}}) is None
    assert shape.odd_place({str(4 * MOST_PLACES - 1): "x"}) is None
    assert shape.odd_place({"0": "x"}) == "message.0"
