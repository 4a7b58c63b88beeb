"""What a terminal was given tells how old its newest figure is, wherever the bytes were cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.runtime.bench_hud import quantile
from kairos_tui.runtime.bench_hud_screen import newest_clock_us, tail

NOON_US = 1_795_348_800_000_000
"""12:00:00 UTC of a day."""
DAY_US = 86_400_000_000


def card(text: str) -> bytes:
    """As a card's edge is drawn: an ink for every few characters."""
    pieces = [text[at : at + 3] for at in range(0, len(text), 3)]
    return b"".join(f"\x1b[38;2;1;2;{at}m{piece}\x1b[0m".encode() for at, piece in enumerate(pieces))


def test_the_newest_clock_counts_through_any_ink() -> None:
    drawn = card("┏━ 11:59:58.482 ━━") + b"\x1b[3;4H" + card("┏━ 11:59:59.118 ━━")
    assert newest_clock_us(drawn, NOON_US) == NOON_US - 882_000


def test_old_cards_clocks_of_seconds_and_other_figures_are_none() -> None:
    for text in ("11:58:59.999", "11:59:59Z", "67,412.310", "111:59:59.118", "11:59:59.1189"):
        assert newest_clock_us(card(text), NOON_US) == 0, text


def test_midnight_is_not_a_day_away() -> None:
    midnight_us = NOON_US - NOON_US % DAY_US
    assert newest_clock_us(b"23:59:59.900", midnight_us + 50_000) == midnight_us - 100_000


@given(st.integers(0, 400))
def test_a_clock_cut_in_two_is_found_with_the_tail_of_before(at: int) -> None:
    whole = card("━━━ 11:59:59.118 ━━━━━━━━━━")
    first, second = whole[:at], whole[at:]
    found = {newest_clock_us(first, NOON_US), newest_clock_us(tail(first) + second, NOON_US)}
    assert max(found) == NOON_US - 882_000


def test_a_quantile_is_one_of_the_figures() -> None:
    assert quantile([3.0, 1.0, 2.0, 10.0], 0.95) == 10.0
    assert quantile([float(each) for each in range(1, 101)], 0.95) == 95.0
    assert quantile([7.0], 0.95) == 7.0
    with pytest.raises(ValueError, match="nothing was measured"):
        quantile([], 0.95)
