"""The promise: a symbol is BASE/QUOTE in any case; everything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.cli.symbols import MOST_SYMBOLS, read_symbols
from kairos_tui.errors import SettingsInvalid

QUOTES = ("USDT", "USD", "USDC")


def test_case_and_space_do_not_count_and_order_is_kept() -> None:
    assert read_symbols(["eth/usdt", " BTC/usdt "], QUOTES) == ("ETH/USDT", "BTC/USDT")


def test_a_symbol_said_twice_counts_once() -> None:
    assert read_symbols(["btc/usdt", "BTC/USDT"], QUOTES) == ("BTC/USDT",)


@given(st.text(max_size=30))
def test_what_is_read_is_base_slash_quote(text: str) -> None:
    try:
        (symbol,) = read_symbols([text], QUOTES)
    except SettingsInvalid as error:
        assert str(error).startswith(repr(text))  # noqa: PT017  either outcome is right, each in its own way
    else:
        base, quote = symbol.split("/")
        assert base
        assert quote
        assert base != quote
        assert symbol.isascii()


def test_more_symbols_than_one_run_can_watch_are_refused_with_the_figures() -> None:
    texts = [f"A{number}/USDT" for number in range(MOST_SYMBOLS + 1)]

    assert len(read_symbols(texts[1:], QUOTES)) == MOST_SYMBOLS
    with pytest.raises(SettingsInvalid, match=f"{MOST_SYMBOLS + 1} symbols are more than the {MOST_SYMBOLS}"):
        read_symbols(texts, QUOTES)
