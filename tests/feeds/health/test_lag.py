"""A venue that delivers late is told from one that is far away, and from a clock that was set."""

import random
from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.feeds.health.lag import FEWEST, LIMIT_MS, RECENT_NS, LagGauge

SECOND = 10**9
WALL_MS = 1_760_000_000_000


class Thorough(LagGauge):
    """The rule as it is written: the median is sought at every message."""

    def _weigh(self, received_ns: int, delay_ms: float) -> None:
        self._lower(received_ns, delay_ms)
        is_late = delay_ms - self._least_ms > LIMIT_MS
        self.late_in_a_row = self.late_in_a_row + 1 if is_late else 0
        self._recent.append((received_ns, delay_ms))
        while len(self._recent) > FEWEST and received_ns - self._recent[0][0] > RECENT_NS:
            self._recent.popleft()
        self._judge(received_ns)


class Wire:
    """A stream of messages each 100 ms; `delay_ms` and `clock_ms` (the exchange's offset) may change."""

    def __init__(self, gauge: LagGauge, every_ms: int = 100, clock_ms: int = 0, seed: int = 1) -> None:
        self.gauge, self.every_ms, self.clock_ms = gauge, every_ms, clock_ms
        self.sent_ms = 0
        self.chance = random.Random(seed)

    def run(
        self, seconds: float, delay_ms: float | Callable[[float], float] = 80.0
    ) -> list[tuple[float, bool]]:
        """What the gauge says after each message, by seconds since the first of this run."""
        said, began_ms = [], self.sent_ms
        while self.sent_ms < began_ms + seconds * 1e3:
            self.sent_ms += self.every_ms
            at_s = (self.sent_ms - began_ms) / 1e3
            late_ms = delay_ms(at_s) if callable(delay_ms) else delay_ms
            received_ns = int((self.sent_ms + late_ms + self.chance.expovariate(0.1)) * 1e6)
            lagging = self.gauge.note(received_ns, WALL_MS + self.sent_ms + self.clock_ms)
            said.append((at_s, lagging))
        return said


def lagging_seconds(said: list[tuple[float, bool]]) -> list[float]:
    return [at_s for at_s, lagging in said if lagging]


@settings(max_examples=30)
@given(st.integers(-86_400_000, 86_400_000), st.floats(0.0, 900.0))
def test_distance_and_clock_offset_are_no_lag(clock_ms, delay_ms):
    gauge = LagGauge()
    assert not lagging_seconds(Wire(gauge, clock_ms=clock_ms).run(20, delay_ms))
    assert (gauge.excess_ms or 0.0) < 100.0


def test_a_late_venue_lags_within_three_seconds_and_is_well_two_seconds_after_it_recovered():
    wire = Wire(LagGauge())
    wire.run(30)
    late = wire.run(20, 3_000.0)
    assert 1.0 <= lagging_seconds(late)[0] <= 3.0
    assert late[-1][1]
    well = wire.run(20)
    assert 2.0 <= lagging_seconds(well)[-1] <= 5.0


def test_a_ramp_is_seen():
    wire = Wire(LagGauge())
    wire.run(30)
    assert wire.run(60, lambda at_s: 80.0 + 50.0 * at_s)[-1][1]


def test_a_lag_never_becomes_the_normal():
    wire = Wire(LagGauge())
    wire.run(30)
    assert all(lagging for _, lagging in wire.run(3_600, 5_000.0)[40:])


def test_a_lag_around_the_limit_does_not_flap():
    wire = Wire(LagGauge())
    wire.run(30)
    said = [lagging for _, lagging in wire.run(120, lambda at_s: 1_050.0 + 150.0 * (int(at_s) % 2))]
    assert sum(one != other for one, other in pairwise(said)) == 1


def test_a_single_late_message_is_no_lag():
    wire = Wire(LagGauge())
    said = wire.run(60, lambda at_s: 9_000.0 if at_s in {10.0, 20.0, 30.0} else 80.0)
    assert not lagging_seconds(said)


def test_a_quiet_stream_is_judged_by_its_last_three_messages():
    wire = Wire(LagGauge(), every_ms=20_000)
    wire.run(200)
    assert wire.run(100, 4_000.0)[-1][1]
    assert not wire.run(100)[-1][1]


def test_messages_without_a_stamp_change_nothing():
    gauge = LagGauge()
    wire = Wire(gauge)
    wire.run(10)
    before = gauge.excess_ms
    assert not any(gauge.note(int((10 + n) * SECOND), None) for n in range(100))
    assert gauge.excess_ms == before


def test_a_stream_without_stamps_never_lags():
    gauge = LagGauge()
    assert not any(gauge.note(n * SECOND, None) for n in range(100))
    assert gauge.excess_ms is None


def test_an_exchange_that_sets_its_clock_is_not_late():
    for step_ms in (-7_000, 7_000):
        wire = Wire(LagGauge())
        wire.run(30)
        wire.clock_ms += step_ms
        assert not lagging_seconds(wire.run(60)), step_ms


def test_an_old_message_that_comes_again_is_no_evidence():
    gauge = LagGauge()
    wire = Wire(gauge)
    for _ in range(50):
        wire.run(2)
        assert not gauge.note(int(wire.sent_ms * 1e6), WALL_MS)


def test_a_stamp_from_the_future_is_no_evidence():
    gauge = LagGauge()
    wire = Wire(gauge)
    for _ in range(50):
        assert not lagging_seconds(wire.run(2))
        assert not gauge.note(int(wire.sent_ms * 1e6), WALL_MS + wire.sent_ms + 4_900)


def test_a_feed_that_began_late_is_measured_anew_when_it_caught_up():
    wire = Wire(LagGauge())
    assert not lagging_seconds(wire.run(10, 5_000.0))
    assert not lagging_seconds(wire.run(10))
    assert wire.run(10, 5_000.0)[-1][1]


def test_a_restart_forgets_the_baseline():
    gauge = LagGauge()
    wire = Wire(gauge)
    wire.run(30)
    wire.run(10, 3_000.0)
    assert gauge.lagging
    gauge.restart()
    assert not gauge.lagging
    assert gauge.excess_ms is None


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([1, 20, 150, 400, 1_600, 40_000]),
            st.sampled_from([-300, 0, 3, 400, 990, 1_001, 1_200, 2_500]),
            st.integers(1, 40),
        ),
        max_size=12,
    )
)
def test_the_median_that_is_not_sought_would_have_changed_nothing(spells):
    """Spells of messages `every_ms` apart, `late_ms` late: shorter, longer and at the very limits."""
    quick, thorough = LagGauge(), Thorough()
    sent_ms = 0
    for every_ms, late_ms, count in spells:
        for _ in range(count):
            sent_ms += every_ms
            received_ns = (sent_ms + 500 + late_ms) * 1_000_000
            said = quick.note(received_ns, WALL_MS + sent_ms), quick.late_in_a_row, quick.excess_ms
            wanted = thorough.note(received_ns, WALL_MS + sent_ms), thorough.late_in_a_row, thorough.excess_ms
            assert (said, quick._turning_ns) == (wanted, thorough._turning_ns)
