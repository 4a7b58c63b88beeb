"""A sink that fails is asked ever more seldom, and a rate is kept: on instants that are given."""

import pytest

from kairos_tui.sinks.breaker import Breaker
from kairos_tui.sinks.tokens import Tokens

SECOND = 1_000_000_000


def test_it_opens_with_the_third_failure_in_a_row_and_closes_with_a_success() -> None:
    breaker = Breaker()
    opened = []
    for _ in range(3):
        breaker.failed(0)
        opened.append(breaker.is_open)
    breaker.worked()

    assert opened == [False, False, True]
    assert not breaker.is_open
    assert breaker.wait_s(0) == 0


@pytest.mark.parametrize(("jitter", "pauses"), [(0.0, [0.5, 1, 2, 4, 4]), (1.0, [1, 2, 4, 8, 8])])
def test_pauses_double_up_to_the_longest_each_between_half_and_all_of_it(jitter, pauses) -> None:
    breaker = Breaker(first_s=1.0, longest_s=8.0, jitter=lambda: jitter)
    waited = []
    for _ in range(5):
        breaker.failed(7 * SECOND)
        waited.append(breaker.wait_s(7 * SECOND))

    assert waited == pytest.approx(pauses)


@pytest.mark.parametrize(("asked_s", "wait_s"), [(0.0, 1.0), (20.0, 20.0), (86_400.0, 300.0)])
def test_a_pause_that_was_asked_for_is_honoured_up_to_five_minutes(asked_s, wait_s) -> None:
    breaker = Breaker(first_s=1.0, jitter=lambda: 1.0)
    breaker.failed(0, asked_s=asked_s)

    assert breaker.wait_s(0) == pytest.approx(wait_s)


def test_years_of_failures_do_not_overflow() -> None:
    breaker = Breaker(longest_s=30.0, jitter=lambda: 1.0)
    for _ in range(5_000):
        breaker.failed(0)

    assert breaker.wait_s(0) == 30.0


def test_a_burst_may_pass_and_then_one_a_second() -> None:
    tokens = Tokens(1.0, 5, 0)
    passed = []
    for now_ns in (0, 0, 0, 0, 0, 0, SECOND, SECOND, 2 * SECOND):
        may = tokens.wait_s(now_ns) <= 0
        passed.append(may)
        if may:
            tokens.spend()

    assert passed == [True] * 5 + [False, True, False, True]


def test_no_more_than_the_burst_is_saved_up() -> None:
    tokens = Tokens(1.0, 2, 0)
    assert tokens.wait_s(3_600 * SECOND) == 0
    tokens.spend()
    tokens.spend()

    assert tokens.wait_s(3_600 * SECOND) == pytest.approx(1.0)


def test_without_a_rate_nobody_waits() -> None:
    tokens = Tokens(0.0, 1, 0)
    for _ in range(100):
        tokens.spend()

    assert tokens.wait_s(0) == 0
