"""The promise: 30s, 2m, 500ms, 1h and bare seconds are durations; nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.cli.options import read_duration_s, split_names
from kairos_tui.errors import SettingsInvalid


@pytest.mark.parametrize(
    ("text", "duration_s"),
    [("30s", 30), ("2m", 120), ("500ms", 0.5), ("1h", 3600), ("20", 20), ("1.5s", 1.5)],
)
def test_units(text: str, duration_s: float) -> None:
    assert read_duration_s("--for", text) == duration_s


def test_not_given_is_none() -> None:
    assert read_duration_s("--for", None) is None


@pytest.mark.parametrize(
    "text", ["", "s", "-1", "1d", "1 s", "0s", "nan", "inf", "1e9", "1_0", "٣s", "9999h", "."]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(SettingsInvalid, match="is not a duration like 30s, 2m, 500ms or 1h"):
        read_duration_s("--for", text)


@given(st.integers(1, 10**6))
def test_milliseconds_and_seconds_agree(count: int) -> None:
    assert read_duration_s("--for", f"{count}ms") == pytest.approx(
        read_duration_s("--for", f"{count / 1000:.3f}s")
    )


def test_lists_may_be_repeated_or_hold_commas() -> None:
    assert split_names(["a,b", " c ", ",d,"]) == ("a", "b", "c", "d")
    assert split_names(None) is None
