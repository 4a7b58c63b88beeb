"""The promise: a symbols map can rename a market, and can make it neither another coin nor other money."""

import pytest

from kairos_tui.settings import map_problem


@pytest.mark.parametrize(
    ("wanted", "own"),
    [
        ("BTC/USD", "BTC/USD"),
        ("BTC/USD", "XBT/USD"),
        ("DOGE/EUR", "XDG/EUR"),
        ("PEPE/USDT", "1000PEPE/USDT"),
        ("SATS/USDT", "10000SATS/USDT"),
        ("BABYDOGE/USDT", "1MBABYDOGE/USDT"),
        ("1000PEPE/USDT", "1000PEPE/USDT"),
        ("1INCH/USDT", "1INCH/USDT"),
    ],
)
def test_a_market_may_go_by_another_name(wanted: str, own: str) -> None:
    assert map_problem(wanted, own) is None


@pytest.mark.parametrize(
    ("wanted", "own", "problem"),
    [
        ("BTC/USDT", "WBTC/USDT", "another base"),
        ("INCH/USDT", "1INCH/USDT", "another base"),
        ("PEPE/USDT", "PEPE2/USDT", "another base"),
        ("BTC/USDT", "BTC/USD", "quoted in USD"),
        ("BTC/USDC", "BTC/USDT", "quoted in USDT"),
    ],
)
def test_it_may_not_become_another_coin_or_other_money(wanted: str, own: str, problem: str) -> None:
    assert problem in (map_problem(wanted, own) or "")
