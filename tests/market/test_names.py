"""The promise: the books that convert one quote into another are known from what is watched."""

from kairos_tui.market import Symbol, conversion_symbols


def symbols(*names: str) -> tuple[Symbol, ...]:
    return tuple(map(Symbol, names))


def test_the_quotes_of_one_base_are_exchanged_both_ways() -> None:
    assert conversion_symbols(symbols("BTC/USDT", "BTC/USD", "ETH/EUR")) == ("USDT/USD", "USD/USDT")


def test_one_quote_needs_no_conversion() -> None:
    assert conversion_symbols(symbols("BTC/USDT", "ETH/USDT", "BTC/USDT:USDT")) == ()


def test_what_is_watched_anyway_is_not_named_again() -> None:
    assert conversion_symbols(symbols("BTC/USDT", "BTC/USDC", "USDC/USDT")) == ("USDT/USDC",)
