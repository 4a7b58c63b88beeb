"""A good session reconnects at once; a venue that will not have us is tried ever more rarely."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.feeds.backoff import BASE_S, CAP_S, LONGEST_ASKED_S, Backoff


def latest() -> float:
    """A die that always throws the longest wait."""
    return 1.0


def test_the_first_reconnect_after_a_good_session_is_immediate():
    assert Backoff(latest).delay_s(good_s=0.5) == 0.0


def test_credits_and_what_earns_them_are_the_owner_s_to_say():
    backoff = Backoff(latest, credits_most=5, credit_every_s=1.0, good_s=1.0)
    assert [backoff.delay_s(0.01) for _ in range(7)] == [0.0] * 5 + [BASE_S, 2 * BASE_S]
    assert backoff.delay_s(1.0) == 0.0
    assert backoff.delay_s(0.01) == BASE_S


def test_failures_in_a_row_wait_twice_as_long_each_up_to_the_cap():
    backoff = Backoff(latest)
    waits = [backoff.delay_s(0.0) for _ in range(10)]
    assert waits[:4] == [BASE_S, 2 * BASE_S, 4 * BASE_S, 8 * BASE_S]
    assert waits[-1] == CAP_S


def test_sessions_that_end_at_once_use_up_their_immediate_reconnects():
    backoff = Backoff(latest)
    waits = [backoff.delay_s(good_s=0.01) for _ in range(8)]
    assert waits[:3] == [0.0, 0.0, 0.0]
    assert all(wait > 0.0 for wait in waits[3:])
    assert waits[3:] == sorted(waits[3:])


def test_thirty_seconds_of_good_data_forgive_everything():
    backoff = Backoff(latest)
    for _ in range(9):
        backoff.delay_s(0.0)
    assert backoff.delay_s(good_s=30.0) == 0.0
    assert backoff.delay_s(0.0) == BASE_S


def test_less_than_that_does_not():
    backoff = Backoff(latest)
    for _ in range(9):
        backoff.delay_s(0.0)
    backoff.delay_s(good_s=29.0)
    assert backoff.delay_s(0.0) == CAP_S


@pytest.mark.parametrize(
    ("asked_s", "waits_s"), [(5.0, 5.0), (3_600.0, 300.0), (inf, 300.0), (-1.0, 0.0), (nan, 0.0)]
)
def test_what_a_venue_asks_for_is_honoured_up_to_five_minutes(asked_s, waits_s):
    assert LONGEST_ASKED_S == 300.0
    assert Backoff(lambda: 0.0).delay_s(0.0, asked_s) == waits_s


@given(st.lists(st.floats(0.0, 100.0), max_size=40), st.floats(0.0, 1.0))
def test_a_wait_is_never_negative_nor_over_the_cap(sessions, chance):
    backoff = Backoff(lambda: chance)
    assert all(0.0 <= backoff.delay_s(good_s) <= CAP_S for good_s in sessions)
