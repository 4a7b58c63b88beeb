"""A listing carries what the venue says of its market, in the units in which it was asked for."""

import gzip
import json
from collections import Counter
from math import inf, isfinite, nan
from pathlib import Path
from typing import Any

import pytest
from ccxt.base.decimal_to_precision import DECIMAL_PLACES, SIGNIFICANT_DIGITS, TICK_SIZE

from kairos_tui.feeds.listings import kind_of, listing_of, nearest, unsupported
from kairos_tui.market import Fees, Instrument, Listing, Symbol, Venue, floor_to_lots, untrue_in

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


PERP = {**MARKET, "contract": True, "linear": True, "settle": "USDT", "contractSize": 0.01}
INVERSE = {**MARKET, "contract": True, "inverse": True, "settle": "BTC", "contractSize": 100.0}


def test_a_linear_contract_is_listed_in_base_units():
    places = {"amount": 1.0, "price": 0.1}
    limits = {"amount": {"min": 3.0, "max": 1e8}, "cost": {"min": 5.0}}
    instrument = listed(TICK_SIZE, **{**PERP, "precision": places, "limits": limits})
    assert (instrument.kind, instrument.contract_size, instrument.multiplier) == ("linear", 0.01, 1.0)
    assert (instrument.lot, instrument.min_size, instrument.max_size) == (0.01, 0.03, 1e6)
    assert (instrument.price_step, instrument.min_cost) == (0.1, 5.0)


def test_a_coin_counted_in_thousands_is_listed_as_the_wanted_one():
    market = {**MARKET, "base": "1000PEPE", "precision": {"amount": 1.0, "price": 1e-7}}
    instrument = listing_of(
        Venue("v"), Symbol("PEPE/USDT"), market, precision_mode=TICK_SIZE, fees=FEES
    ).instrument
    assert (instrument.base, instrument.multiplier, instrument.kind) == ("PEPE", 1_000.0, "spot")
    assert (instrument.lot, instrument.price_step, instrument.min_size) == (1_000.0, 1e-10, 0.1)
    assert (instrument.min_cost, instrument.max_size) == (5.0, 9e6)


def test_a_market_called_otherwise_keeps_its_own_base():
    assert listed(base="XBT").base == "XBT"
    assert listed(base="XBT").multiplier == 1.0


def test_a_listing_carries_what_the_venue_says_of_the_coin_and_what_the_user_says():
    currency = {"code": "BTC", "id": "BTC", "name": "Bitcoin", "networks": {}}
    instrument = listing_of(
        Venue("v"), Symbol("BTC/USDT"), MARKET, precision_mode=TICK_SIZE, fees=FEES, currency=currency
    ).instrument
    assert (instrument.name, instrument.networks, instrument.confirmed) == ("Bitcoin", {}, False)
    confirmed = listing_of(
        Venue("v"), Symbol("BTC/USDT"), MARKET, precision_mode=TICK_SIZE, fees=FEES, confirmed=True
    )
    assert confirmed.instrument.confirmed
    assert confirmed.instrument.name is None


@pytest.mark.parametrize(
    ("market", "kind", "says"),
    [
        (MARKET, "spot", None),
        (PERP, "linear", None),
        ({**PERP, "linear": False}, "linear", None),
        ({**PERP, "contractSize": None}, "linear", "unknown size"),
        ({**PERP, "contractSize": 0.0}, "linear", "unknown size"),
        (INVERSE, "inverse", "sized in USDT"),
        ({**INVERSE, "inverse": None}, "inverse", "sized in USDT"),
        ({**PERP, "linear": False, "settle": "ETH"}, None, "settled in ETH"),
        ({**PERP, "option": True}, "linear", "an option"),
    ],
)
def test_only_spot_and_linear_contracts_are_compared(market, kind, says):
    assert kind_of(market) == kind
    problem = unsupported(market)
    assert problem is None if says is None else says in (problem or "")


RECORDED = Path(__file__).parents[3] / "shared/data/rest/ccxt_unified_markets.json.gz"


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded market tables are not on this machine")
def test_every_recorded_market_is_listed_or_refused_with_a_reason():
    tables = json.loads(gzip.decompress(RECORDED.read_bytes()))
    markets = [market for table in tables.values() for market in table.values()]
    kinds = Counter(kind_of(market) for market in markets if unsupported(market) is None)
    assert kinds["spot"] > 100
    assert kinds["linear"] > 10
    for market in markets:
        if unsupported(market) is None:
            instrument = listed(TICK_SIZE, **market)
            assert untrue_in(Listing(instrument, FEES)) is None, market["symbol"]
            assert instrument.lot >= 0.0
            assert 0.0 < instrument.contract_size < inf
            assert instrument.min_size <= (instrument.max_size or inf)


NONSENSE: list[Any] = [
    *(inf, nan, 1e300, -1, 0, 1e-300, 1e18, 400, -400, 10**400),
    *("0.1", None, True, [], [1], {}, "x", 5),
]
PLACES: list[tuple[str, ...]] = [
    ("precision",),
    ("precision", "amount"),
    ("precision", "price"),
    ("limits",),
    ("limits", "amount"),
    ("limits", "amount", "min"),
    ("limits", "amount", "max"),
    ("limits", "cost", "min"),
    ("contractSize",),
    ("active",),
]


@pytest.mark.parametrize("mode", [TICK_SIZE, DECIMAL_PLACES, SIGNIFICANT_DIGITS])
@pytest.mark.parametrize("market", [MARKET, PERP], ids=["spot", "linear"])
@pytest.mark.parametrize("place", PLACES, ids=".".join)
def test_a_fact_of_nonsense_is_unknown_or_untrue_and_never_computed_with(place, market, mode):
    for number in NONSENSE:
        changed = {**market, "precision": {"amount": 0.001, "price": 0.01}}
        parent: dict[str, Any] = changed
        for name in place[:-1]:
            parent[name] = dict(parent[name])
            parent = parent[name]
        parent[place[-1]] = number
        if unsupported(changed) is not None:
            continue
        listing = Listing(listed(mode, **changed), FEES)
        if untrue_in(listing) is None:
            made = listing.instrument
            facts = (made.lot, made.price_step, made.min_size, made.min_cost, made.contract_size)
            assert all(isfinite(fact) and fact >= 0.0 for fact in facts), number
            assert isfinite(floor_to_lots(1.0, (made.lot, 0.1)))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"precision": {"amount": inf}}, "its lot is not a number"),
        ({"precision": {"price": nan}}, "its price step is not a number"),
        ({"precision": {"amount": 1e300}}, "its lot of 1e+300 cannot be true"),
        ({"precision": {"amount": -1.0}}, "its lot is not a number"),
        ({**PERP, "contractSize": 1e300}, "its lot of 1e+295 cannot be true"),
        ({**PERP, "contractSize": 1e300, "precision": {}}, "its smallest size of 1e+296 cannot be true"),
        (
            {**PERP, "contractSize": 1e300, "precision": {}, "limits": {}},
            "its contract size of 1e+300 cannot",
        ),
        (
            {**PERP, "limits": {"amount": {"max": 1e308}}, "contractSize": 1e10},
            "its largest size is not a num",
        ),
        ({}, None),
    ],
)
def test_what_cannot_be_true_is_named(changes, says):
    problem = untrue_in(Listing(listed(**changes), FEES))
    assert problem is None if says is None else str(problem).startswith(says)


@pytest.mark.parametrize("taker", [nan, inf, 1.0, -1.0])
def test_a_fee_of_the_whole_amount_or_more_cannot_be_true(taker):
    assert str(untrue_in(Listing(listed(), Fees(taker, "default", 1)))).startswith("its fee ")


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
