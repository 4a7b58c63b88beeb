"""A ladder is a sorted dictionary that knows where its snapshot ended."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.ladder import Ladder, Row

ROWS = st.lists(st.builds(Row, st.integers(1, 30).map(float), st.integers(0, 3).map(float)), max_size=60)


@given(rows=ROWS, is_bid=st.booleans(), depth=st.integers(0, 12), price=st.integers(1, 30).map(float))
def test_it_shows_what_a_dictionary_sorted_anew_would_show(rows, is_bid, depth, price):
    ladder = Ladder(is_bid=is_bid)
    ladder.put_all(rows)
    held = {row.price: row.size for row in rows}
    levels = sorted([(price, size) for price, size in held.items() if size], reverse=is_bid)
    worse = [level for level in levels if (level[0] < price if is_bid else level[0] > price)]
    assert ladder.top(depth) == tuple(levels[:depth])
    assert ladder.behind(price, depth) == tuple(worse[:depth])
    assert [row[:2] for row in ladder.rows(depth)] == levels[:depth]
    assert ladder.size_at(price) == held.get(price, 0.0)
    ladder.cut(depth)
    assert ladder.top(99) == tuple(levels[:depth])


@given(
    lumps=st.lists(st.tuples(ROWS, st.integers(1, 30), st.integers(1, 6)), max_size=8),
    is_bid=st.booleans(),
    keeps_text=st.booleans(),
)
def test_what_it_has_shown_before_is_never_shown_again_after_a_change(lumps, is_bid, keeps_text):
    """What it shows is kept until a level changes; a ladder that was never asked keeps nothing."""
    asked = Ladder(is_bid=is_bid, keeps_text=keeps_text)
    told: list[Row] = []
    for rows, price, depth in lumps:
        told += rows
        best = (float(price), 9.0)
        asked.put_all(rows if keeps_text else [row[:2] for row in rows])
        fresh = Ladder(is_bid=is_bid)
        fresh.put_all(told)
        for _ in range(2):
            assert asked.top(depth) == fresh.top(depth)
            assert asked.best() == (fresh.top(1) or (None,))[0]
            assert asked.behind(price, depth) == fresh.behind(price, depth)
            assert asked.under(best, depth) == (best, *fresh.behind(price, depth))
        assert {type(level) for level in asked.top(depth)} <= {tuple}
        asked.cut(20)
        told = [Row(*level) for level in fresh.top(20)]


def test_behind_the_end_of_its_snapshot_nothing_is_taken():
    ladder = Ladder(is_bid=False)
    ladder.replace([Row(10.0, 1.0), Row(11.0, 1.0), Row(14.0, 1.0)], is_whole=False)
    ladder.put(Row(13.0, 2.0))
    ladder.put(Row(15.0, 9.0))
    assert ladder.top(9) == ((10.0, 1.0), (11.0, 1.0), (13.0, 2.0), (14.0, 1.0))
    assert not ladder.runs_out(4)
    ladder.put(Row(14.0, 0.0))
    assert ladder.runs_out(4)
    ladder.replace([Row(10.0, 1.0)])
    assert not ladder.runs_out(4)


@pytest.mark.parametrize("row", [(0.0, 1.0), (-1.0, 1.0), (nan, 1.0), (inf, 1.0), (1.0, -1.0), (1.0, nan)])
def test_numbers_that_cannot_be_true_are_refused(row):
    with pytest.raises(FrameRefused):
        Ladder(is_bid=True).put(Row(*row))
