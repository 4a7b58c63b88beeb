"""The promise: chances told are held against what came of them, and several engines' counts are one."""

import random

import pytest

from kairos_tui.market import Calibration, CalibrationCount


def count_of(*told: tuple[float, bool]) -> Calibration:
    count = CalibrationCount()
    for chance, came_true in told:
        count.count(chance, came_true=came_true)
    return count.calibration


def test_nothing_told_has_no_score() -> None:
    assert (Calibration().brier, Calibration().brier_of_base, Calibration().told) == (None, None, 0)


def test_the_brier_score_is_the_mean_squared_error() -> None:
    told = count_of((0.9, True), (0.6, False), (1.0, True), (0.0, False))
    assert told.brier == pytest.approx((0.01 + 0.36) / 4)
    assert told.brier_of_base == pytest.approx(0.25)


def test_each_chance_is_in_the_tenth_it_belongs_to() -> None:
    told = count_of((0.0, False), (0.09, False), (0.1, True), (0.95, True), (1.0, True))
    assert [(each.told, each.hits) for each in told.bins] == [(2, 0), (1, 1), *[(0, 0)] * 7, (2, 2)]
    assert (told.bins[0].mean_p, told.bins[9].mean_p, told.bins[9].hit_rate) == (0.045, 0.975, 1.0)
    assert told.bins[5].hit_rate is None


def test_chances_that_are_true_lie_on_the_diagonal_and_beat_the_base_rate() -> None:
    dice = random.Random(5)
    told = count_of(*[(chance := dice.random(), dice.random() < chance) for _ in range(20_000)])
    for each in told.bins:
        assert each.mean_p is not None
        assert each.hit_rate == pytest.approx(each.mean_p, abs=0.04)
    assert told.brier == pytest.approx(1 / 6, abs=0.01)
    assert told.brier_of_base == pytest.approx(0.25, abs=0.005)


def test_two_counts_add_up_to_the_count_of_all() -> None:
    some, others = [(0.2, False), (0.7, True)], [(0.7, False), (0.25, True)]
    both = CalibrationCount()
    both.add(count_of(*some))
    both.add(count_of(*others))
    assert both.calibration == count_of(*some, *others)
