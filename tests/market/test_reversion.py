"""The promise: the chance that a reverting edge is above a level later is what simulating it would say."""

from math import exp, sqrt
from random import Random

import pytest

from kairos_tui.market import Reversion, fit_reversion

TRUE = Reversion(mean=-20.0, rate_per_ms=0.004, spread=6.0)


def simulate(start: float, after_ms: float, random: Random) -> float:
    """In small steps of the process itself: none of the closed formulas."""
    step_ms, x = 1.0, start
    noise = TRUE.spread * sqrt(2.0 * TRUE.rate_per_ms * step_ms)
    for _ in range(int(after_ms / step_ms)):
        x += -TRUE.rate_per_ms * (x - TRUE.mean) * step_ms + noise * random.gauss(0.0, 1.0)
    return x


def test_the_chance_agrees_with_a_simulation() -> None:
    random = Random(2)
    above = sum(simulate(4.0, 60.0, random) > 0.5 for _ in range(6_000)) / 6_000
    assert TRUE.chance_above(0.5, 4.0, 60.0) == pytest.approx(above, abs=0.02)
    assert 0.1 < above < 0.9


def test_it_is_fitted_from_edges_now_and_later() -> None:
    random = Random(4)
    kept, noise = exp(-TRUE.rate_per_ms * 100.0), TRUE.deviation(100.0)
    starts = [random.uniform(2.0, 15.0) for _ in range(5_000)]
    pairs = [(x, TRUE.mean + (x - TRUE.mean) * kept + noise * random.gauss(0.0, 1.0)) for x in starts]
    found = fit_reversion(pairs, 100.0, TRUE.mean)
    assert found is not None
    assert found.rate_per_ms == pytest.approx(TRUE.rate_per_ms, rel=0.03)
    assert found.spread == pytest.approx(TRUE.spread, rel=0.05)
    assert found.expected(5.0, 0.0) == 5.0
    assert found.deviation(0.0) == 0.0


def test_it_is_the_same_fit_in_whatever_order_edges_are_added_up() -> None:
    """Pythons before and after 3.12 round sums of floats differently; a replay is the same on all."""
    random = Random(5)
    pairs = [(random.uniform(15.0, 30.0), random.uniform(-5.0, 30.0)) for _ in range(64)]
    fits = {fit_reversion(random.sample(pairs, k=64), 100.0, 0.0) for _ in range(20)}

    assert len(fits) == 1


def test_one_edge_or_none_at_all_has_no_fit() -> None:
    assert fit_reversion([(5.0, 5.0)], 100.0, 0.0) is None
    assert fit_reversion([(0.0, 1.0), (0.0, 2.0)], 100.0, 0.0) is None


def test_edges_that_stay_are_likely_above_and_those_that_jump_away_are_not() -> None:
    stays = fit_reversion([(5.0, 5.5), (6.0, 6.5)], 100.0, 0.0)
    assert stays is not None
    assert stays.chance_above(0.5, 5.0, 100.0) > 0.99
    gone = fit_reversion([(5.0, -1.0), (6.0, -1.5)], 100.0, 0.0)
    assert gone is not None
    assert gone.chance_above(0.5, 5.0, 100.0) < 0.5


def test_without_any_noise_it_is_known() -> None:
    sure = Reversion(mean=0.0, rate_per_ms=0.0, spread=0.0)
    assert (sure.chance_above(1.0, 2.0, 50.0), sure.chance_above(2.0, 2.0, 50.0)) == (1.0, 0.0)
