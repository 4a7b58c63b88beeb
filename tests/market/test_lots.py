"""Promise: a size floored to lots is a whole number of every venue's step, never above
the size and never a lot short."""

from fractions import Fraction
from math import inf, nextafter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kairos_tui.market import common_step, floor_to_lots

STEPS = st.one_of(
    st.just(0.0),
    st.integers(0, 8).map(lambda places: float(f"1e-{places}")),
    st.sampled_from([0.25, 0.5, 5.0, 0.005, 0.00025, 10.0, 0.0001, 0.3]),
)


def exact(decimal: float) -> Fraction:
    return Fraction(repr(decimal))


@pytest.mark.parametrize(
    ("lots", "step"),
    [
        ((0.1, 0.25), 0.5),
        ((0.001, 0.00001), 0.001),
        ((0.0, 0.01), 0.01),
        ((0.0, 0.0), 0.0),
        ((0.3, 0.2), 0.6),
        ((1e-8, 1e-10), 1e-8),
    ],
)
def test_the_common_step_is_the_least_both_venues_divide(lots: tuple[float, float], step: float) -> None:
    assert common_step(lots) == step


@given(lots=st.tuples(STEPS, STEPS))
def test_the_common_step_is_a_whole_number_of_each_lot(lots: tuple[float, float]) -> None:
    step = exact(common_step(lots))

    assert all((step / exact(lot)).denominator == 1 for lot in lots if lot)


@given(units=st.integers(0, 10**13), lots=st.tuples(STEPS, STEPS))
@example(units=99999_99999999, lots=(1e-8, 0.0))
@example(units=10**13 - 1, lots=(1e-8, 1e-8))
def test_a_decimal_size_is_floored_exactly(units: int, lots: tuple[float, float]) -> None:
    size = units / 10**8
    step = exact(common_step(lots))
    expected = exact(size) // step * step if step else exact(size)

    assert exact(floor_to_lots(size, lots)) == expected


@given(size=st.floats(0, 1e9), lots=st.tuples(STEPS, STEPS))
def test_any_float_is_floored_within_a_lot_and_never_raised_beyond_noise(
    size: float, lots: tuple[float, float]
) -> None:
    floored, step = floor_to_lots(size, lots), common_step(lots)

    assert floored <= size * (1 + 2e-14)
    assert not step or exact(floored) + exact(step) > exact(size) * (1 - Fraction(1, 10**12))


def test_float_dust_does_not_cost_a_lot() -> None:
    assert floor_to_lots(0.1 + 0.7, (0.1,)) == 0.8
    assert floor_to_lots(nextafter(0.8, -inf), (0.1,)) == 0.8


def test_a_size_truly_below_the_lot_is_floored_away() -> None:
    assert floor_to_lots(0.09999, (0.1,)) == 0.0
    assert floor_to_lots(0.79999999, (0.1,)) == 0.7


def test_a_step_finer_than_ten_decimals_is_no_step() -> None:
    assert floor_to_lots(0.123456789, (1e-18,)) == 0.123456789
