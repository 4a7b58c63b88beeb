"""Checksums are those of the venues' own worked examples, typed from their documentation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.feeds.dialects.checksums import digits_of, interleaved_checksum, kraken_checksum
from kairos_tui.feeds.dialects.ladder import Row
from kairos_tui.feeds.dialects.numbers import rows_of

KRAKEN_BIDS = """45283.5 0.10000000, 45283.4 1.54582015, 45282.1 0.10000000, 45281.0 0.10000000,
    45280.3 1.54592586, 45279.0 0.07990000, 45277.6 0.03310103, 45277.5 0.30000000, 45277.3 1.54602737,
    45276.6 0.15445238"""
KRAKEN_ASKS = """45285.2 0.00100000, 45286.4 1.54571953, 45286.6 1.54571109, 45289.6 1.54560911,
    45290.2 0.15890660, 45291.8 1.54553491, 45294.7 0.04454749, 45296.1 0.35380000, 45297.5 0.09945542,
    45299.5 0.18772827"""


def rows(text: str) -> list[Row]:
    """`price size, price size, ...`"""
    return rows_of([level.split() for level in text.split(",")])


def kraken_rows(text: str) -> list[Row]:
    return [Row(price, size, digits_of(left), digits_of(right)) for price, size, left, right in rows(text)]


def sides_of(string: str) -> tuple[list[Row], list[Row]]:
    """The rows of a documented checksum string, `bid:size:ask:size...` in turn."""
    parts = string.split(":")
    levels = list(zip(parts[::2], parts[1::2], strict=True))
    return rows_of(levels[::2]), rows_of(levels[1::2])


def test_krakens_worked_example_of_version_2():
    """docs.kraken.com, guides/spot-ws-book-v2."""
    assert kraken_checksum(kraken_rows(KRAKEN_BIDS), kraken_rows(KRAKEN_ASKS)) == 3310070434


def test_krakens_worked_example_of_version_1():
    """docs.kraken.com, guides/spot-ws-book-v1: levels of 0.00000500, with none at 0.04985."""
    bids = (5000, 4995, 4990, 4980, 4975, 4970, 4965, 4960, 4955, 4950)
    asks = (5005, 5010, 5015, 5020, 5025, 5030, 5035, 5040, 5045, 5050)
    sides = [", ".join(f"0.0{price} 0.00000500" for price in side) for side in (bids, asks)]
    assert kraken_checksum(*map(kraken_rows, sides)) == 974947235


def test_kraken_sums_ten_levels_whatever_lies_behind():
    deeper = (
        kraken_rows(KRAKEN_BIDS + ", 45200.0 1.00000000"),
        kraken_rows(KRAKEN_ASKS + ", 45400.0 2.00000000"),
    )
    assert kraken_checksum(*deeper) == 3310070434


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("45283.5", "452835"),
        ("0.10000000", "10000000"),
        ("0.00000500", "500"),
        ("0.00000000", ""),
        ("120", "120"),
        ("5e-05", "5"),
        ("1.50E-5", "150"),
    ],
)
def test_digits_keep_trailing_zeros_and_lose_leading_ones(text, digits):
    assert digits_of(text) == digits


@pytest.mark.parametrize(
    ("bids", "asks", "checksum"),
    [
        ("3366.1 7, 3366 6", "3366.8 9, 3368 8", -1881014294),
        ("3366.1 7", "3366.8 9, 3368 8, 3372 8", 831078360),
    ],
)
def test_the_worked_examples_that_okx_and_bitget_share(bids, asks, checksum):
    """OKX API docs, checksum examples 1 and 2; bitget's Depth-Channel page shows the strings of both."""
    assert interleaved_checksum(rows(bids), rows(asks)) == checksum


@pytest.mark.parametrize(
    ("string", "checksum"),
    [
        ("6000:1:6100:-3:5900:2:6200:-4", 1756193398),
        ("100:1:102:-3:101:2:103:-4", 1841538801),
        ("43231.1:4:43232.8:9:43231:6:43232.9:8", -1504501796),
    ],
)
def test_a_string_is_summed_as_it_is_documented(string, checksum):
    """Strings of bfx-api-node-models test/lib/models/order_book.js and bitget docs; the numbers are ours."""
    assert interleaved_checksum(*sides_of(string)) == checksum


def test_interleaved_levels_behind_the_25th_do_not_count():
    levels = [Row(1.0, 1.0, str(place), "1") for place in range(30)]
    assert interleaved_checksum(levels, levels) == interleaved_checksum(levels[:25], levels[:25])


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(1, 999)), min_size=1, max_size=25), st.data())
def test_one_wrong_digit_changes_the_interleaved_checksum(levels, data):
    good = [Row(0.0, 0.0, str(price), str(size)) for price, size in levels]
    place = data.draw(st.integers(0, len(good) - 1))
    size = data.draw(st.integers(1, 999).filter(lambda size: str(size) != good[place].size_text))
    bad = [*good[:place], good[place]._replace(size_text=str(size)), *good[place + 1 :]]
    assert interleaved_checksum(good, []) != interleaved_checksum(bad, [])
