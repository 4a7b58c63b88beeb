"""The exchange's clock is known within half of the shortest round trip, and nonsense is not believed."""

import random
from math import inf, nan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.feeds.health.clock import ClockOffset

WALL_MS = 1_760_000_000_123.0
MINUTE_NS = 60 * 10**9


def ask(
    clock: ClockOffset, minute: float, offset_ms: float, there_ms: float = 5.0, back_ms: float = 5.0
) -> str | None:
    """One request, whose server stands `offset_ms` ahead of us."""
    asked = WALL_MS + minute * 60_000.0
    server = asked + there_ms + offset_ms
    return clock.add(asked, server, asked + there_ms + back_ms, int(minute * MINUTE_NS))


def test_nothing_is_known_before_the_first_sample():
    assert ClockOffset().offset_us(0) is None
    assert ClockOffset().uncertainty_us(0) is None


def test_the_shortest_round_trip_speaks():
    clock = ClockOffset()
    ask(clock, 0, 37.0, there_ms=80.0, back_ms=20.0)
    ask(clock, 1, 37.0, there_ms=6.0, back_ms=4.0)
    ask(clock, 2, 37.0, there_ms=10.0, back_ms=200.0)
    assert clock.offset_us(2 * MINUTE_NS) == 38_000
    assert clock.uncertainty_us(2 * MINUTE_NS) == 5_000


@settings(max_examples=100)
@given(st.floats(-60_000.0, 60_000.0), st.integers(0, 2**32))
def test_the_true_offset_is_always_within_the_uncertainty(offset_ms, seed):
    clock, chance = ClockOffset(), random.Random(seed)
    for minute in range(20):
        ask(clock, minute, offset_ms, chance.expovariate(0.05), chance.expovariate(0.05))
    offset_us, uncertainty_us = clock.offset_us(20 * MINUTE_NS), clock.uncertainty_us(20 * MINUTE_NS)
    assert offset_us is not None
    assert uncertainty_us is not None
    assert abs(offset_us - offset_ms * 1e3) <= uncertainty_us + 2


def test_a_drifting_clock_is_followed():
    clock = ClockOffset()
    for minute in range(120):
        ask(clock, minute, minute * 3.0, there_ms=5.0 + minute % 7, back_ms=5.0)  # 50 ppm
    assert clock.steps == 0
    assert abs((clock.offset_us(120 * MINUTE_NS) or 0) - 357_000) <= 35_000


def test_a_clock_that_was_set_is_believed_the_second_time():
    clock = ClockOffset()
    for minute in range(5):
        assert ask(clock, minute, 10.0) is None
    assert "contradicts" in (ask(clock, 5, 3_010.0) or "")
    assert clock.offset_us(5 * MINUTE_NS) == 10_000
    assert ask(clock, 6, 3_010.0) is None
    assert clock.offset_us(6 * MINUTE_NS) == 3_010_000
    assert clock.steps == 1


def test_one_answer_from_a_cache_changes_nothing():
    clock = ClockOffset()
    for minute, offset_ms in enumerate([10.0, 10.0, -4_000.0, 10.0, -9_000.0, 10.0]):
        ask(clock, minute, offset_ms)
    assert clock.offset_us(6 * MINUTE_NS) == 10_000
    assert clock.steps == 0


def test_a_server_that_counts_whole_seconds_is_known_within_half_a_second():
    clock = ClockOffset()
    clock.add(WALL_MS, WALL_MS // 1_000 * 1_000, WALL_MS + 10.0, 0)
    offset_us, uncertainty_us = clock.offset_us(0), clock.uncertainty_us(0)
    assert uncertainty_us == 505_000
    assert abs(offset_us or 0) <= uncertainty_us


def test_what_was_known_is_stale_after_half_an_hour():
    clock = ClockOffset()
    ask(clock, 0, 10.0)
    assert clock.offset_us(29 * MINUTE_NS) == 10_000
    assert clock.offset_us(31 * MINUTE_NS) is None
    assert clock.uncertainty_us(31 * MINUTE_NS) is None


@pytest.mark.parametrize(
    ("server_ms", "says"),
    [
        (WALL_MS / 1e3, "in seconds"),
        (WALL_MS * 1e3, "in microseconds"),
        (WALL_MS * 1e6, "in nanoseconds"),
        (0.0, "days from ours"),
        (WALL_MS + 3 * 86_400_000, "3 days from ours"),
        (nan, "not a number"),
        (inf, "not a number"),
    ],
)
def test_nonsense_is_refused_with_its_reason(server_ms, says):
    clock = ClockOffset()
    assert says in (clock.add(WALL_MS, server_ms, WALL_MS + 10.0, 0) or "")
    assert clock.offset_us(0) is None


def test_a_request_during_which_our_clock_went_back_says_nothing():
    assert "set back" in (ClockOffset().add(WALL_MS, WALL_MS, WALL_MS - 1.0, 0) or "")
