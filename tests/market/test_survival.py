"""The promise: the curve is the true one within its band, though many ends and beginnings were not seen."""

from math import exp, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.market import Lifetime, Survival

TRUE_AT_250 = 0.535
RATE = -log(TRUE_AT_250) / 250.0


def edges(count: int, seed: int, *, censored: float) -> list[Lifetime]:
    """Exponential lifetimes; independent of them, sight of some is lost first: a `censored` share of all."""
    random, lost_rate = Random(seed), RATE * censored / (1.0 - censored)
    lived = [(random.expovariate(RATE), random.expovariate(lost_rate)) for _ in range(count)]
    return [Lifetime(min(end, lost), end <= lost) for end, lost in lived]


def test_a_known_curve_is_recovered_with_two_in_five_censored_where_naive_ways_fail() -> None:
    known = edges(4_000, seed=7, censored=0.4)
    curve = Survival(known)
    assert curve.censored / 4_000 == pytest.approx(0.4, abs=0.02)

    band = curve.band(250.0)
    assert band.low <= TRUE_AT_250 <= band.high
    assert curve.at(250.0) == pytest.approx(TRUE_AT_250, abs=0.02)
    assert band.high - band.low < 0.05

    ended = [each for each in known if each.ended]
    as_if_ended = sum(each.left_ms > 250.0 for each in known) / len(known)
    without_them = sum(each.left_ms > 250.0 for each in ended) / len(ended)
    assert max(as_if_ended, without_them) < 0.4 < band.low


def test_the_band_holds_the_truth_about_as_often_as_it_says() -> None:
    bands = [Survival(edges(150, seed, censored=0.4)).band(250.0) for seed in range(400)]
    held = sum(band.low <= TRUE_AT_250 <= band.high for band in bands)
    assert 0.92 <= held / len(bands) <= 0.98


@pytest.mark.parametrize("dwell_ms", [50.0, 120.0])
def test_who_is_seen_only_from_a_dwell_on_enters_there(dwell_ms: float) -> None:
    """Without that, those who were never seen because they were short count as if there were none."""
    whole = [each for each in edges(8_000, seed=3, censored=0.4) if each.left_ms > dwell_ms]
    curve = Survival([each._replace(entered_ms=dwell_ms) for each in whole])
    true = exp(-RATE * (250.0 - dwell_ms))
    chance = curve.chance(dwell_ms, 250.0 - dwell_ms)
    assert chance == pytest.approx(true, abs=0.025)

    naive = Survival(whole)
    assert naive.band(250.0).low > TRUE_AT_250


def test_entries_at_many_ages_are_at_risk_only_from_then_on() -> None:
    random = Random(11)
    entered = [(each, random.uniform(0.0, 300.0)) for each in edges(12_000, seed=5, censored=0.4)]
    seen = [each._replace(entered_ms=age) for each, age in entered if each.left_ms > age]
    curve = Survival(seen)
    band = curve.band(250.0)
    assert band.low <= TRUE_AT_250 <= band.high
    assert Survival([each._replace(entered_ms=0.0) for each in seen]).band(250.0).low > TRUE_AT_250


def test_a_worked_example() -> None:
    """1, 3+, 4, 4, 6+, 9 (+ censored): 5/6; then 4 at risk, two end; then the last."""
    left = [(1.0, True), (3.0, False), (4.0, True), (4.0, True), (6.0, False), (9.0, True)]
    curve = Survival([Lifetime(age, ended) for age, ended in left])
    assert [curve.at(age) for age in (0.5, 1.0, 3.9, 4.0, 8.9, 9.0)] == pytest.approx(
        [1.0, 5 / 6, 5 / 6, 5 / 12, 5 / 12, 0.0]
    )
    assert (curve.ended, curve.censored, curve.median_ms) == (4, 2, 4.0)
    assert curve.chance(1.0, 3.0) == pytest.approx(0.5)
    assert [curve.at_risk(age) for age in (0.0, 1.0, 4.0, 9.0)] == [6, 5, 2, 0]
    assert curve.chance(9.0, 1.0) is None
    ages, shares = zip(*curve.steps(), strict=True)
    assert list(ages) == [1.0, 4.0, 9.0]
    assert list(shares) == pytest.approx([5 / 6, 5 / 12, 0.0])


def test_with_nobody_seen_to_end_nothing_is_known_to_end() -> None:
    curve = Survival([Lifetime(50.0, ended=False)] * 3)
    assert (curve.at(1e9), curve.median_ms, curve.band(10.0)) == (1.0, None, (1.0, 1.0))
    assert Survival([]).chance(0.0, 1.0) is None


def test_beyond_the_age_at_which_all_were_lost_sight_of_nothing_is_known() -> None:
    ended = [Lifetime(10.0 + each, ended=True) for each in range(30)]
    curve = Survival([*ended, *[Lifetime(100.0, ended=False)] * 30])
    assert curve.chance(50.0, 50.0) == 1.0
    assert curve.chance(50.0, 50.1) is None
    assert not curve.reaches(100.1)
    assert Survival(ended).chance(20.0, 1_000.0) == 0.0


lifetimes = st.lists(
    st.builds(
        lambda entered, stayed, ended: Lifetime(entered + stayed, ended, entered),
        st.integers(0, 20).map(float),
        st.integers(1, 20).map(float),
        st.booleans(),
    ),
    max_size=40,
)


@given(lifetimes)
def test_it_is_the_product_over_ages_of_the_share_that_did_not_end(known: list[Lifetime]) -> None:
    """Against the formula written out: an age at which all who were at risk ended leaves nothing."""
    share = 1.0
    curve = Survival(known)
    for age in range(1, 42):
        at_risk = sum(each.entered_ms < age <= each.left_ms for each in known)
        ends = sum(each.ended and each.left_ms == age for each in known)
        share *= 1.0 - ends / at_risk if at_risk else 1.0
        assert curve.at(float(age)) == pytest.approx(share)
        assert curve.at_risk(float(age)) == sum(each.entered_ms <= age < each.left_ms for each in known)
        low, high = curve.band(float(age))
        assert 0.0 <= low <= curve.at(float(age)) + 1e-12
        assert curve.at(float(age)) - 1e-12 <= high <= 1.0
