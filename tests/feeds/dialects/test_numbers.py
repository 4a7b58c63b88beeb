"""Decimal text is read by its grammar, not by Python's idea of a number."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import MsgspecError

from kairos_tui.feeds.dialects.numbers import level_of, rows_of

GRAMMAR = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


@given(text=st.text(alphabet="0123456789.-+eE_ ,xn٣", max_size=6))
@example("1_0")
@example(" 1")
@example("٣")
@example("0x1")
@example("1e400")
@example("")
def test_what_is_no_decimal_is_no_row(text):
    """Overflow aside, which either refuses."""
    if GRAMMAR.fullmatch(text):
        try:
            (row,) = rows_of([[text, "2"]])
        except MsgspecError:
            assert "e" in text.lower()
        else:
            assert (row.price, row.size, row.price_text) == (float(text), 2.0, text)
    else:
        with pytest.raises(MsgspecError):
            rows_of([[text, "2"]])


def test_rows_keep_their_text_and_more_columns_are_no_matter():
    assert rows_of([["8476.98", "415", "0", "13"]]) == [(8476.98, 415.0, "8476.98", "415")]


def test_a_side_without_text_or_of_zeros_is_empty():
    assert level_of("", "") is None
    assert level_of("0.00000000", "0.00000000") is None
    assert level_of("25.3519", "31.21") == (25.3519, 31.21)
    with pytest.raises(MsgspecError):
        level_of("25.3519", "")
