"""A fee says where it came from and what it is charged in; what is no fee is unknown."""

from math import nan

import pytest

from kairos_tui.feeds.fees import class_fee, fees_of

MARKET = {"taker": 0.001, "info": {"symbol": "BTCUSDT"}}


@pytest.mark.parametrize(
    ("changes", "taker_bps", "taker", "source"),
    [
        ({}, 16.0, 0.0016, "config"),
        ({}, None, 0.001, "default"),
        ({"taker": 0.0008}, None, 0.0008, "market"),
        ({"info": {"fees": [[0, 0.1]]}}, None, 0.001, "market"),
        ({"taker": 0.0}, None, 0.0, "market"),
    ],
)
def test_a_fee_says_where_it_came_from(changes, taker_bps, taker, source):
    fees = fees_of({**MARKET, **changes}, taker_bps=taker_bps, default=0.001, now_us=7)
    assert fees is not None
    assert fees.taker == pytest.approx(taker)
    assert (str(fees.source), fees.as_of_us) == (source, 7)


@pytest.mark.parametrize(
    "changes",
    [
        {"taker": None},
        {"taker": True},
        {"taker": "0.001"},
        {"taker": [[0, 0.2]]},
        {"taker": 2.0},
        {"taker": -0.5},
        {"taker": nan},
        {"percentage": False},
    ],
)
def test_a_fee_that_is_no_fraction_is_unknown_unless_the_user_states_it(changes):
    market = {**MARKET, **changes}
    assert fees_of(market, taker_bps=None, default=0.001, now_us=7) is None
    assert fees_of(market, taker_bps=5.0, default=0.001, now_us=7) is not None


@pytest.mark.parametrize(
    ("changes", "fee_side", "charged"),
    [
        ({}, None, "quote"),
        ({}, "get", "received"),
        ({"feeSide": "get"}, None, "received"),
        ({"feeSide": "quote"}, "get", "quote"),
        ({"feeSide": "base"}, None, "base"),
        ({"feeSide": "give"}, None, "base"),
        ({"feeSide": "other"}, None, "token"),
        ({"feeSide": "something new"}, None, "quote"),
        ({"feeSide": "get", "contract": True}, "get", "quote"),
    ],
)
def test_a_fee_says_what_it_is_charged_in(changes, fee_side, charged):
    fees = fees_of({**MARKET, **changes}, taker_bps=None, default=0.001, now_us=7, fee_side=fee_side)
    assert fees is not None
    assert fees.charged == charged


def test_the_users_word_on_the_currency_wins_and_leaves_the_rate_its_source():
    market = {**MARKET, "feeSide": "get"}
    fees = fees_of(market, taker_bps=None, default=0.001, now_us=7, charged="token")
    assert fees is not None
    assert (fees.charged, fees.source) == ("token", "default")


SPOT, TRADING, LINEAR = {"taker": 0.002}, {"taker": 0.001}, {"taker": 0.0005}


@pytest.mark.parametrize(
    ("fees", "contract", "entry"),
    [
        ({"trading": TRADING}, False, TRADING),
        ({"trading": TRADING}, True, TRADING),
        ({"trading": {"taker": None}, "spot": SPOT}, False, SPOT),
        ({"trading": TRADING, "spot": SPOT, "swap": LINEAR}, True, LINEAR),
        ({"trading": TRADING, "linear": {"trading": LINEAR}}, True, LINEAR),
        ({"trading": TRADING, "spot": SPOT, "contract": {"tiers": []}}, True, {}),
        ({"trading": None}, False, {}),
        ({}, True, {}),
    ],
)
def test_a_class_has_a_fee_for_each_kind_of_market_or_one_for_all(fees, contract, entry):
    assert class_fee(fees, contract=contract) == entry


def test_the_class_s_word_on_the_currency_counts_where_the_market_has_none():
    for own, fee_side, charged in (
        (None, "get", "received"),
        ("moon", "get", "received"),
        ("quote", "get", "quote"),
    ):
        fees = fees_of({**MARKET, "feeSide": own}, taker_bps=None, default=0.001, now_us=7, fee_side=fee_side)
        assert fees is not None
        assert fees.charged == charged
