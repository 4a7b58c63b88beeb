"""A machine that slept has only old books, however young they look."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.feeds.health.suspend import SuspendWatch

SECOND = 10**9
WALL = 1_760_000_000 * SECOND


def test_clocks_that_go_together_say_nothing():
    watch = SuspendWatch()
    assert [watch.look(n * SECOND, WALL + n * SECOND, n * SECOND) for n in range(10)] == [0] * 10


def test_sleep_is_seen_by_the_boot_clock():
    watch = SuspendWatch()
    watch.look(5 * SECOND, WALL, 5 * SECOND)
    assert watch.look(6 * SECOND, WALL + 61 * SECOND, 66 * SECOND) == 60 * SECOND
    assert watch.look(7 * SECOND, WALL + 62 * SECOND, 67 * SECOND) == 0


def test_sleep_is_seen_by_the_wall_clock_where_there_is_no_other():
    watch = SuspendWatch()
    watch.look(0, WALL)
    assert watch.look(SECOND, WALL + 31 * SECOND) == 30 * SECOND


def test_a_wall_clock_that_was_set_is_no_sleep_when_the_boot_clock_says_so():
    watch = SuspendWatch()
    watch.look(0, WALL, 0)
    assert watch.look(SECOND, WALL + 3_600 * SECOND, SECOND) == 0


def test_a_wall_clock_set_back_is_told_as_a_negative_jump():
    watch = SuspendWatch()
    watch.look(0, WALL)
    assert watch.look(SECOND, WALL - 9 * SECOND) == -10 * SECOND


def test_a_look_that_came_late_is_no_jump():
    watch = SuspendWatch()
    watch.look(0, WALL, 0)
    assert watch.look(90 * SECOND, WALL + 90 * SECOND, 90 * SECOND) == 0


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 5 * SECOND), st.integers(-500_000, 500_000)), max_size=50))
def test_slewed_clocks_never_raise_an_alarm(looks):
    watch, monotonic, wall = SuspendWatch(), 0, WALL
    for elapsed, slewed in looks:
        monotonic, wall = monotonic + elapsed, wall + elapsed + slewed
        assert watch.look(monotonic, wall) == 0
