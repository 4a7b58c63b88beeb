"""Many figures in little room: quantiles to three digits, extremes and means exactly, bins that widen."""

from random import Random

import pytest

from kairos_tui.journal.report.tally import Bins, Tally


def test_quantiles_are_right_to_three_digits() -> None:
    random = Random(7)
    figures = [random.lognormvariate(2.0, 1.0) - 3.0 for _ in range(5_001)]
    tally = Tally()
    for figure in figures:
        tally.add(figure)
    spread, ranked = tally.spread(), sorted(figures)

    assert (spread.count, spread.least, spread.most) == (5_001, ranked[0], ranked[-1])
    assert spread.mean == pytest.approx(sum(figures) / 5_001)
    for share, quantile in ((0.1, spread.p10), (0.25, spread.p25), (0.5, spread.median), (0.9, spread.p90)):
        assert quantile == pytest.approx(ranked[int(share * 5_001)], rel=6e-3, abs=0.02)


def test_nothing_has_no_figures() -> None:
    assert Tally().spread().median is None
    assert Tally().bars() == ()
    assert Bins().counts == ()


def test_bars_hold_every_figure_in_steps_that_are_easy_to_read() -> None:
    tally = Tally()
    for figure in [*range(100), 5_000, -5_000]:
        tally.add(figure)
    bars = tally.bars()

    assert sum(bar.count for bar in bars) == 102
    assert {round(bar.high - bar.low, 9) for bar in bars} == {10.0}
    assert len(bars) <= 16


def test_bars_of_one_figure_are_one_bar() -> None:
    tally = Tally()
    for _ in range(5):
        tally.add(3.0)

    assert [(bar.low, bar.high, bar.count) for bar in tally.bars()] == [(3.0, 4.0, 5)]


def test_bins_widen_and_lose_nothing() -> None:
    bins = Bins(most=10, width_us=1_000)
    for at_us in [5_000, *range(5_000, 90_000, 1_000), 4_000]:
        bins.add(at_us)

    assert sum(bins.counts) == 87
    assert len(bins.counts) <= 10
    assert bins.width_us == 16_000
    assert bins.start_us == 5_000
