"""The promise: what could not be priced is neither a hit nor a miss, also when grades are added up."""

import pytest

from kairos_tui.market import (
    DEPTH_GONE,
    HorizonGrade,
    Markout,
    Route,
    RouteGrade,
    Symbol,
    Venue,
    add_up,
    horizons_of,
)

ROUTE = Route(Symbol("BTC/USDT"), Venue("kraken"), Venue("okx"))


def test_the_users_own_reaction_is_one_more_horizon() -> None:
    assert horizons_of(100) == (50, 100, 250, 500, 1_000, 2_000)
    assert horizons_of(80) == (50, 80, 100, 250, 500, 1_000, 2_000)


@pytest.mark.parametrize(("profit", "captured"), [(0.01, True), (0.0, False), (-3.0, False), (None, None)])
def test_a_hit_pays_after_fees(profit: float | None, captured: bool | None) -> None:
    net_bps = None if profit is None else profit
    assert Markout("k7f3-1", ROUTE, 50, 5, 0.1, net_bps, profit).captured is captured


def test_of_those_without_figures_only_a_book_too_thin_for_the_size_is_a_miss() -> None:
    assert Markout("k7f3-1", ROUTE, 50, 5, 0.1, None, None, DEPTH_GONE).captured is False
    assert Markout("k7f3-1", ROUTE, 50, 5, 0.1, None, None, "kraken stale 2.1 s").captured is None


def test_a_hit_rate_is_of_what_could_be_priced() -> None:
    assert HorizonGrade(50, hits=3, misses=1, unpriced=96).hit_rate == 0.75
    assert HorizonGrade(50, unpriced=4).hit_rate is None


def test_grades_of_several_routes_add_up_by_horizon() -> None:
    one = RouteGrade(ROUTE, 9, (HorizonGrade(50, 3, 1, 5), HorizonGrade(100, 2, 2, 5)), 100)
    other = RouteGrade(ROUTE, 4, (HorizonGrade(100, 1, 2, 1), HorizonGrade(80, 1, 0, 0)), 80)
    assert add_up((one, other)) == (
        HorizonGrade(50, 3, 1, 5),
        HorizonGrade(80, 1, 0, 0),
        HorizonGrade(100, 3, 4, 6),
    )
