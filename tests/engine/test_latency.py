"""Promise: a percentile is never below the truth, at most 3.2 % above it, and forgets what is seconds old."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.engine.latency import Histogram, LatencyWindow

DURATIONS = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=200)
SECOND_NS = 1_000_000_000


def filled(durations_us: list[int]) -> Histogram:
    histogram = Histogram()
    for duration_us in durations_us:
        histogram.record(duration_us)
    return histogram


@given(durations_us=DURATIONS, share=st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0]))
def test_a_percentile_is_the_sorted_rank_to_three_percent(durations_us: list[int], share: float) -> None:
    (percentile_us,) = filled(durations_us).percentiles((share,))

    true_us = sorted(durations_us)[ceil(share * len(durations_us)) - 1]
    assert percentile_us is not None
    assert true_us <= percentile_us <= true_us * 1.032


@given(left=DURATIONS, right=DURATIONS)
def test_merging_is_counting_together(left: list[int], right: list[int]) -> None:
    merged = filled(left)
    merged.merge(filled(right))

    assert merged.cells == filled(left + right).cells


@pytest.mark.parametrize("duration_us", [-5, 0, 2**40])
def test_what_cannot_be_is_counted_at_the_edge(duration_us: int) -> None:
    (percentile_us,) = filled([duration_us]).percentiles((0.5,))

    assert percentile_us == min(max(duration_us, 0), 2**32 - 1)


def test_nothing_recorded_has_no_percentile() -> None:
    assert LatencyWindow().percentiles((0.5, 0.99), SECOND_NS) == (None, None)


def test_a_slow_second_is_forgotten_after_five() -> None:
    window = LatencyWindow()
    window.record(900_000, 10 * SECOND_NS)
    window.record(100, 12 * SECOND_NS)

    assert window.percentiles((1.0,), 14 * SECOND_NS)[0] >= 900_000  # type: ignore[operator]
    assert window.percentiles((1.0,), 15 * SECOND_NS)[0] <= 103  # type: ignore[operator]
    assert window.percentiles((1.0,), 99 * SECOND_NS) == (None,)


def test_the_engine_measures_from_the_socket_and_from_arrival(desk) -> None:
    for _ in range(100):
        desk.quote("alpha", 100.0, 101.0, age_ms=1)
        desk.wait(2)
        desk.decide()

    figures = desk.engine.latency(desk.now_ns)

    assert figures.p50_us == pytest.approx(3_000, rel=0.032)
    assert figures.p99_us == pytest.approx(3_000, rel=0.032)
    assert figures.engine_p99_us == pytest.approx(2_000, rel=0.032)
