"""What people type for a moment of a recording is that moment, or a sentence that says why it is none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.hud.instants import read_instant


def at(text: str) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return round(moment.timestamp() * 1_000_000)


BEGINS, ENDS = at("2026-11-21T23:58:30.118"), at("2026-11-22T00:03:30.118")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("0%", "2026-11-21T23:58:30.118"),
        ("50%", "2026-11-22T00:01:00.118"),
        ("100 %", "2026-11-22T00:03:30.118"),
        ("+30s", "2026-11-21T23:59:00.118"),
        ("+1.5m", "2026-11-22T00:00:00.118"),
        ("+250ms", "2026-11-21T23:58:30.368"),
        ("-1m", "2026-11-22T00:02:30.118"),
        ("+12", "2026-11-21T23:58:42.118"),
        ("23:59", "2026-11-21T23:59:00"),
        ("00:02:03.5", "2026-11-22T00:02:03.500"),
        ("0:01", "2026-11-22T00:01:00"),
        ("2026-11-22T00:00:01", "2026-11-22T00:00:01"),
        ("2026-11-22 00:00:01.25Z", "2026-11-22T00:00:01.250"),
        ("2026-11-22T01:00:01+01:00", "2026-11-22T00:00:01"),
        ("23:58:30", "2026-11-21T23:58:30.118"),
    ],
)
def test_a_moment_is_read_in_each_of_its_ways(text: str, moment: str) -> None:
    assert read_instant(text, BEGINS, ENDS) == at(moment)


@pytest.mark.parametrize(
    "text", ["", "soon", "101%", "24:00", "12:60", "+", "+5d", "1e3", "2026-13-01", "٣%"]
)
def test_what_is_none_says_what_would_be(text: str) -> None:
    said = read_instant(text, BEGINS, ENDS)
    assert isinstance(said, str)
    assert said.endswith("41%")


@pytest.mark.parametrize("text", ["12:00", "+6m", "-1h", "2025-01-01T00:00:00"])
def test_what_lies_outside_says_where_the_recording_is(text: str) -> None:
    said = read_instant(text, BEGINS, ENDS)
    assert said == (f"{text!r} is outside of the recording: 2026-11-21T23:58:30 to 2026-11-22T00:03:30 UTC")


@given(st.text(max_size=60))
def test_anything_typed_is_a_moment_inside_or_one_sentence(text: str) -> None:
    said = read_instant(text, BEGINS, ENDS)
    assert BEGINS <= said <= ENDS if isinstance(said, int) else said and "\n" not in said
