"""A coin counted in thousands is the same coin, and its name says in how many."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.feeds.multiples import (
    exact_product,
    exact_quotient,
    multiple_of,
    multiplier_between,
)
from kairos_tui.market import Asset


@pytest.mark.parametrize(
    ("base", "coin", "count"),
    [
        ("1000PEPE", "PEPE", 1e3),
        ("10000SATS", "SATS", 1e4),
        ("1000000MOG", "MOG", 1e6),
        ("1MBABYDOGE", "BABYDOGE", 1e6),
        ("kPEPE", "PEPE", 1e3),
        ("PEPE", "PEPE", 1.0),
        ("1INCH", "1INCH", 1.0),
        ("1MIL", "1MIL", 1.0),
        ("1ECO", "1ECO", 1.0),
        ("10SET", "10SET", 1.0),
        ("KAVA", "KAVA", 1.0),
        ("knot", "knot", 1.0),
        ("1000", "1000", 1.0),
        ("2000PEPE", "2000PEPE", 1.0),
    ],
)
def test_a_name_says_how_many_of_the_coin_it_counts(base, coin, count):
    assert multiple_of(Asset(base)) == (coin, count)


@pytest.mark.parametrize(
    ("wanted", "listed", "multiplier"),
    [
        ("PEPE", "1000PEPE", 1e3),
        ("PEPE", "kPEPE", 1e3),
        ("PEPE", "KPEPE", 1e3),
        ("1000PEPE", "PEPE", 1e-3),
        ("1000SATS", "10000SATS", 10.0),
        ("1000PEPE", "KPEPE", 1.0),
        ("1000PEPE", "1000PEPE", 1.0),
        ("BTC", "XBT", 1.0),
        ("AVA", "KAVAX", 1.0),
        ("PEPE", "1000SHIB", 1.0),
    ],
)
def test_the_multiplier_is_between_two_names_of_one_coin(wanted, listed, multiplier):
    assert multiplier_between(Asset(wanted), Asset(listed)) == multiplier


@settings(max_examples=50)
@given(st.sampled_from(["", "1000", "10000", "1M", "k"]), st.sampled_from(["", "1000", "1000000", "k"]))
def test_there_and_back_again_is_nothing(one, other):
    here, there = Asset(f"{one}PEPE"), Asset(f"{other}PEPE")
    assert multiplier_between(here, there) * multiplier_between(there, here) == pytest.approx(1.0)


def test_steps_stay_decimal():
    assert exact_product(0.1, 3.0) == 0.3
    assert exact_product(0.0, 1_000.0) == 0.0
    assert exact_quotient(1e-7, 1_000.0) == 1e-10
