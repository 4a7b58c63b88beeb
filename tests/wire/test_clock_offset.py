"""The offset of another machine's clock is known to within the error that is said, whatever the way does."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.wire.clock_offset import FORGOTTEN_AFTER_NS, ClockOffset

MS, S = 1_000_000, 1_000_000_000


class Theirs(msgspec.Struct):
    """Another machine: its clock is ahead of ours and may drift. The truth, and what a ping to it stamps."""

    ahead_ns: int
    drift_ppm: int = 0

    def at(self, now_ns: int) -> int:
        return now_ns + self.truth(now_ns)

    def truth(self, now_ns: int) -> int:
        return self.ahead_ns + now_ns * self.drift_ppm // 1_000_000

    def ping(self, clock: ClockOffset, now_ns: int, *, there_ns: int, back_ns: int) -> int:
        """Ask once; when the answer is there. It takes them 50 us to answer."""
        came_ns = now_ns + there_ns
        here_ns = came_ns + 50_000 + back_ns
        clock.on_answer(now_ns, self.at(came_ns), self.at(came_ns + 50_000), here_ns)
        return here_ns


def test_nothing_is_known_before_the_first_answer_and_after_half_a_minute_without_one() -> None:
    clock, theirs = ClockOffset(), Theirs(5_000 * S)

    assert clock.at(0) is None
    at_ns = theirs.ping(clock, S, there_ns=MS, back_ns=MS)
    assert clock.at(at_ns + FORGOTTEN_AFTER_NS) is not None
    assert clock.at(at_ns + FORGOTTEN_AFTER_NS + 1) is None
    clock.forget()
    assert clock.at(at_ns) is None


def test_the_quickest_answers_count() -> None:
    clock, theirs, at_ns = ClockOffset(), Theirs(-70 * S), 0
    for second, ms in enumerate((40, 1, 90, 15)):
        at_ns = theirs.ping(clock, second * S, there_ns=ms * MS, back_ns=ms * MS)

    known = clock.at(at_ns)

    assert known is not None
    assert abs(known[0] - -70 * S) <= known[1] < 3 * MS  # 1 ms, and two seconds' drift


def test_a_quick_way_there_and_a_quick_way_back_count_though_they_were_of_different_pings() -> None:
    clock, theirs = ClockOffset(), Theirs(9 * S)
    theirs.ping(clock, 0, there_ns=MS, back_ns=300 * MS)
    at_ns = theirs.ping(clock, S, there_ns=200 * MS, back_ns=MS)

    known = clock.at(at_ns)

    assert known is not None
    assert abs(known[0] - 9 * S) <= known[1] < 3 * MS


@pytest.mark.parametrize("step_s", [-3_600, -1, 1, 3_600])
def test_a_clock_that_was_set_is_believed_at_once(step_s: int) -> None:
    clock = ClockOffset()
    Theirs(9 * S).ping(clock, 0, there_ns=MS, back_ns=MS)
    at_ns = Theirs((9 + step_s) * S).ping(clock, S, there_ns=MS, back_ns=MS)

    known = clock.at(at_ns)

    assert known is not None
    assert abs(known[0] - (9 + step_s) * S) <= known[1] < 2 * MS


def test_stamps_that_cannot_be_of_one_ping_are_not_believed() -> None:
    clock = ClockOffset()
    clock.on_answer(100, 50, 5_000, 200)  # answered 4,950 after it came, within the 100 that all of it took
    clock.on_answer(100, 50, 60, 90)  # back before it left

    assert clock.at(200) is None


def test_what_is_said_never_falls_back_faster_than_clocks_drift() -> None:
    """Else a newer book's stamp could be before an older one's, and the engine would refuse it."""
    clock, theirs = ClockOffset(), Theirs(9 * S)
    now_ns, before = 0, None
    for there_ms, back_ms in ((90, 1), (1, 90), (40, 40), (3, 2), (300, 2), (2, 300), (50, 50)) * 20:
        now_ns = theirs.ping(clock, now_ns + S // 2, there_ns=there_ms * MS, back_ns=back_ms * MS)
        known = clock.at(now_ns)
        assert known is not None
        theirs_at_most = now_ns + known[0] - known[1]
        assert before is None or theirs_at_most > before
        before = theirs_at_most


ways = st.tuples(st.integers(0, 400 * MS), st.integers(0, 400 * MS), st.integers(0, 20 * S))


@settings(deadline=None, max_examples=200)
@given(
    st.integers(-(10**15), 10**15), st.integers(-490, 490), st.lists(ways, min_size=1, max_size=30), st.data()
)
def test_the_truth_is_always_within_the_error(
    ahead_ns: int, drift_ppm: int, pings: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    clock, theirs = ClockOffset(), Theirs(ahead_ns, drift_ppm)
    now_ns = 0
    for there_ns, back_ns, pause_ns in pings:
        now_ns = theirs.ping(clock, now_ns, there_ns=there_ns, back_ns=back_ns)
        now_ns += data.draw(st.integers(0, pause_ns))
        known = clock.at(now_ns)
        assert known is not None
        offset_ns, err_ns = known
        assert offset_ns - err_ns <= theirs.truth(now_ns) <= offset_ns + err_ns
