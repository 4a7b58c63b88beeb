"""Addresses that others wrote down: only a whole one with a key is ever opened, never a plain socket."""

import pytest

from kairos_tui.wire.address import is_connectable

KEY = "k" * 40


@pytest.mark.parametrize("whole", [f"tcp://10.0.0.5:5701#{KEY}", f"tcp://[::1]:5701#{KEY}"])
def test_a_whole_one_is(whole: str) -> None:
    assert is_connectable(whole)


@pytest.mark.parametrize(
    "other",
    ["", "garbage", "ipc:///tmp/x", "tcp://10.0.0.5:5701", f"tcp://h:0#{KEY}", f"tcp://h:99999#{KEY}"],
)
def test_nothing_else_is(other: str) -> None:
    assert not is_connectable(other)
