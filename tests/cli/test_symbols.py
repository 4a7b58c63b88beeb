"""The promise: a symbol is BASE/QUOTE in any case, an asset is it in every quote; the rest is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.cli.symbols import MOST_SYMBOLS, read_symbols
from kairos_tui.errors import SettingsInvalid

QUOTES = ("USDT", "USD", "USDC")


def test_case_and_space_do_not_count_and_order_is_kept() -> None:
    assert read_symbols(["eth/usdt", " BTC/usdt "], QUOTES) == (("ETH/USDT",), ("BTC/USDT",))


def test_a_symbol_said_twice_counts_once() -> None:
    assert read_symbols(["btc/usdt", "BTC/USDT"], QUOTES) == (("BTC/USDT",),)


@given(st.text(max_size=30))
def test_what_is_read_is_base_slash_quote(text: str) -> None:
    try:
        (group,) = read_symbols([text], QUOTES)
    except SettingsInvalid as error:
        assert str(error).startswith(repr(text))  # noqa: PT017  either outcome is right, each in its own way
    else:
        for symbol in group:
            base, quote = symbol.split("/")
            assert base
            assert quote
            assert base != quote
            assert symbol.isascii()


def test_an_asset_is_read_in_every_quote_but_itself() -> None:
    assert read_symbols(["btc"], QUOTES) == (("BTC/USDT", "BTC/USD", "BTC/USDC"),)
    assert read_symbols(["USDT"], QUOTES) == (("USDT/USD", "USDT/USDC"),)


@pytest.mark.parametrize("texts", [["BTC"], ["ETH/USDT", "btc"]])
def test_an_asset_whose_only_quote_is_itself_is_refused_by_name(texts: list[str]) -> None:
    with pytest.raises(SettingsInvalid, match=rf"'{texts[-1]}' has no quote but itself \(quotes: BTC\)"):
        read_symbols(texts, ("BTC",))


def test_a_linear_contract_is_a_symbol_and_an_inverse_one_is_refused() -> None:
    assert read_symbols(["btc/usdt:usdt"], QUOTES) == (("BTC/USDT:USDT",),)
    with pytest.raises(SettingsInvalid, match=r"inverse contract.*did you mean BTC/USD"):
        read_symbols(["BTC/USD:BTC"], QUOTES)


@pytest.mark.parametrize("text", ["BTCUSDT", "btc-usdt", "BTC_USDT"])
def test_a_missing_slash_is_asked_about(text: str) -> None:
    with pytest.raises(SettingsInvalid, match="did you mean BTC/USDT"):
        read_symbols([text], QUOTES)


def test_more_symbols_than_one_run_can_watch_are_refused_with_the_figures() -> None:
    texts = [f"A{number}/USDT" for number in range(MOST_SYMBOLS + 1)]

    assert len(read_symbols(texts[1:], QUOTES)) == MOST_SYMBOLS
    with pytest.raises(SettingsInvalid, match=f"{MOST_SYMBOLS + 1} symbols are more than the {MOST_SYMBOLS}"):
        read_symbols(texts, QUOTES)
