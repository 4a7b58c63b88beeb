"""Promise: a percentile is never below the truth, at most 3.2 % above it, and forgets what is seconds old."""

from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.market import Histogram, LatencyWindow, Marks, StageView
from kairos_tui.market.latency import LARGEST_NS

DURATIONS = st.lists(st.integers(0, 10_000_000_000), min_size=1, max_size=200)
SECOND_NS = 1_000_000_000


def filled(durations_ns: list[int]) -> Histogram:
    histogram = Histogram()
    for duration_ns in durations_ns:
        histogram.record(duration_ns)
    return histogram


@given(durations_ns=DURATIONS, share=st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0]))
def test_a_percentile_is_the_sorted_rank_to_three_percent(durations_ns: list[int], share: float) -> None:
    (percentile_ns,) = filled(durations_ns).percentiles((share,))

    true_ns = sorted(durations_ns)[ceil(share * len(durations_ns)) - 1]
    assert percentile_ns is not None
    assert true_ns <= percentile_ns <= true_ns * 1.032


@given(left=DURATIONS, right=DURATIONS)
def test_merging_is_counting_together(left: list[int], right: list[int]) -> None:
    merged = filled(left)
    merged.merge(filled(right))

    assert merged.cells == filled(left + right).cells


@pytest.mark.parametrize("duration_ns", [-5, 0, 2**50])
def test_what_cannot_be_is_counted_at_the_edge(duration_ns: int) -> None:
    (percentile_ns,) = filled([duration_ns]).percentiles((0.5,))

    assert percentile_ns == min(max(duration_ns, 0), LARGEST_NS)


def test_nothing_recorded_has_no_percentile() -> None:
    assert LatencyWindow().percentiles((0.5, 0.99), SECOND_NS) == (None, None)


def test_a_slow_second_is_forgotten_after_five() -> None:
    window = LatencyWindow()
    window.record(900_000, 10 * SECOND_NS)
    window.record(100, 12 * SECOND_NS)

    assert window.percentiles((1.0,), 14 * SECOND_NS)[0] >= 900_000  # type: ignore[operator]
    assert window.percentiles((1.0,), 15 * SECOND_NS)[0] <= 103  # type: ignore[operator]
    assert window.percentiles((1.0,), 99 * SECOND_NS) == (None,)


def test_a_view_has_the_three_percentiles_and_how_many_there_were() -> None:
    window = LatencyWindow()
    for duration_ns in range(1, 2_001):
        window.record(duration_ns, SECOND_NS)

    view = window.view("decode", SECOND_NS)

    assert (view.stage, view.count) == ("decode", 2_000)
    assert view.p50_ns == pytest.approx(1_000, rel=0.032)
    assert view.p99_ns == pytest.approx(1_980, rel=0.032)
    assert view.p999_ns == pytest.approx(1_998, rel=0.032)
    assert window.view("decode", 9 * SECOND_NS) == StageView("decode")


def test_marks_that_nobody_reads_make_room_for_the_newest() -> None:
    marks = Marks()
    for number in range(20_000):
        marks.leave((number,))

    taken, step = marks.take()

    assert taken[-1][0] > 19_600
    assert len(taken) <= 24
    assert 8_000 < len(taken) * step < 9_000
    assert marks.take() == ([], 1)


@given(count=st.integers(0, 9_000))
def test_a_reading_takes_marks_evenly_and_each_stands_for_as_many(count: int) -> None:
    marks = Marks()
    for number in range(count):
        marks.leave((number,))

    taken, step = marks.take()

    numbers = [number for (number,) in taken]
    assert {later - earlier for earlier, later in pairwise(numbers)} <= {step}
    assert len(taken) <= 24
    assert step == 1 or count > 24


def test_a_quarter_of_a_microsecond_is_told_from_a_third() -> None:
    assert filled([250]).percentiles((1.0,)) != filled([333]).percentiles((1.0,))
