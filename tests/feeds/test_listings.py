"""A listing carries what the venue says of its market, and says where its fee came from."""

from typing import Any

import pytest
from ccxt.base.decimal_to_precision import DECIMAL_PLACES, SIGNIFICANT_DIGITS, TICK_SIZE

from kairos_tui.feeds.listings import fees_of, listing_of, nearest, unsupported
from kairos_tui.market import Fees, Instrument, Symbol, Venue

MARKET = {
    "id": "BTCUSDT",
    "base": "BTC",
    "quote": "USDT",
    "taker": 0.001,
    "active": True,
    "precision": {"amount": 0.00001, "price": 0.01},
    "limits": {"amount": {"min": 0.0001, "max": 9000.0}, "cost": {"min": 5.0}},
    "info": {"symbol": "BTCUSDT"},
}
FEES = Fees(0.001, "default", 1)


def listed(precision_mode: int = TICK_SIZE, **changes: object) -> Instrument:
    market = {**MARKET, **changes}
    return listing_of(
        Venue("v"), Symbol("BTC/USDT"), market, precision_mode=precision_mode, fees=FEES
    ).instrument


def test_steps_and_limits_are_the_venues():
    instrument = listed()
    assert (instrument.lot, instrument.price_step) == (0.00001, 0.01)
    assert (instrument.min_size, instrument.min_cost, instrument.max_size) == (0.0001, 5.0, 9000.0)
    assert instrument.active


def test_decimal_places_become_a_step_and_significant_digits_none():
    places = {"amount": 5, "price": 2}
    assert listed(DECIMAL_PLACES, precision=places).lot == 0.00001
    assert listed(DECIMAL_PLACES, precision={"amount": 0, "price": 0}).lot == 1.0
    assert listed(SIGNIFICANT_DIGITS, precision=places).price_step == 0.0


def test_what_the_venue_does_not_state_is_zero_or_none():
    instrument = listed(
        precision={"amount": None, "price": None}, limits={"amount": {"min": None}}, active=None
    )
    assert (instrument.lot, instrument.price_step, instrument.min_size, instrument.min_cost) == (0, 0, 0, 0)
    assert instrument.max_size is None
    assert instrument.active
    assert not listed(active=False).active


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


@pytest.mark.parametrize("changes", [{"taker": None}, {"taker": [[0, 0.2]]}, {"percentage": False}])
def test_a_fee_that_is_no_fraction_is_unknown_unless_the_user_states_it(changes):
    market = {**MARKET, **changes}
    assert fees_of(market, taker_bps=None, default=0.001, now_us=7) is None
    assert fees_of(market, taker_bps=5.0, default=0.001, now_us=7) is not None


def test_contracts_of_another_size_are_not_compared():
    assert unsupported(MARKET) is None
    assert unsupported({**MARKET, "contract": True, "contractSize": 1}) is None
    assert "0.01" in (unsupported({**MARKET, "contract": True, "contractSize": 0.01}) or "")
    assert unsupported({**MARKET, "option": True}) is not None


def test_the_nearest_names_are_of_the_same_base_then_alike():
    symbols = ["BTC/USD", "BTC/USDC", "BTC/USDT", "ETH/USDT", "BTC/USDT:USDT", "WBTC/USDT"]
    assert nearest(Symbol("BTC/USDTT"), symbols)[0] == "BTC/USDT"
    assert set(nearest(Symbol("BTC/XYZ"), symbols)) == {"BTC/USD", "BTC/USDC", "BTC/USDT"}
    assert nearest(Symbol("BTCC/USDT"), symbols)[0] in {"BTC/USDT", "WBTC/USDT"}
    assert nearest(Symbol("QQQ/ZZZ"), symbols) == ()


def test_names_that_are_no_symbols_are_nobodys_nearest():
    odd: list[Any] = [
        "BTC/",
        "/USDT",
        "BTC/US DT",
        "BTC/\x1b[2J",
        "BTC/USD/T",
        "BTC/" + "U" * 99,
        "BTC",
        "",
        None,
    ]
    assert nearest(Symbol("BTC/XYZ"), [*odd, "BTC/USDT"]) == ("BTC/USDT",)
    assert nearest(Symbol("BTC/XYZ"), odd) == ()
