"""A stream's own gaps say how long it may be silent: a quiet market is not dead, a dead one is not quiet."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.feeds.health.gaps import Gaps
from kairos_tui.feeds.health.silence import CAP_NS, LEARNT_EVERY, SilenceLimit

MS = 1_000_000
SECOND = 1_000 * MS
FLOOR = 2 * SECOND

gaps_ns = st.integers(0, 80 * SECOND)


def limit_after(gaps: list[int], floor_ns: int = FLOOR) -> SilenceLimit:
    limit = SilenceLimit(floor_ns)
    for gap in gaps:
        limit.note(gap)
    return limit


def test_a_stream_that_was_never_heard_has_the_floor():
    assert SilenceLimit(FLOOR).limit_ns == FLOOR


def test_a_busy_stream_keeps_the_floor():
    assert limit_after([50 * MS] * 5_000).limit_ns == FLOOR


def test_a_slow_stream_earns_four_times_its_longest_usual_gap():
    assert 12 * SECOND <= limit_after([3 * SECOND] * 500).limit_ns <= 12.8 * SECOND


def test_one_gap_in_a_thousand_is_not_usual():
    assert limit_after(([50 * MS] * 1_999 + [SECOND]) * 3).limit_ns == FLOOR
    assert limit_after(([50 * MS] * 499 + [SECOND]) * 3).limit_ns >= 4 * SECOND


def test_a_single_long_gap_buys_at_most_four_times_the_patience():
    assert limit_after([40 * SECOND]).limit_ns <= 4 * FLOOR * 1.07
    assert limit_after([40 * SECOND] * 4).limit_ns == CAP_NS


def test_an_old_regime_fades():
    limit = limit_after([5 * SECOND] * 100)
    assert limit.limit_ns >= 20 * SECOND
    for _ in range(20_000):
        limit.note(20 * MS)
    assert limit.limit_ns == FLOOR


def test_a_new_slow_regime_is_learnt_at_the_next_look():
    limit = limit_after([20 * MS] * 20_000)
    for _ in range(64):
        limit.note(SECOND)
    assert limit.limit_ns >= 4 * SECOND


def test_each_confirmed_quiet_doubles_the_limit_up_to_a_minute():
    limit = SilenceLimit(FLOOR)
    limits = []
    for _ in range(7):
        limit.confirmed_quiet()
        limits.append(limit.limit_ns // SECOND)
    assert limits == [4, 8, 16, 32, 60, 60, 60]


def test_what_was_granted_falls_back_once_messages_flow():
    limit = limit_after([50 * MS] * 1_000)
    for _ in range(5):
        limit.confirmed_quiet()
    limits = []
    for _ in range(200):
        limit.note(50 * MS)
        limits.append(limit.limit_ns)
    assert limits == sorted(limits, reverse=True)
    assert limits[0] > 50 * SECOND
    assert limits[-1] == FLOOR


@settings(max_examples=60)
@given(st.lists(gaps_ns, max_size=150), st.integers(0, 90 * SECOND))
def test_the_limit_stays_between_the_floor_and_a_minute(gaps, floor_ns):
    limit = limit_after(gaps, floor_ns)
    assert min(floor_ns, CAP_NS) <= limit.limit_ns <= CAP_NS


@settings(max_examples=60)
@given(st.lists(gaps_ns, max_size=150))
def test_the_same_gaps_give_the_same_limit(gaps):
    assert limit_after(gaps).limit_ns == limit_after(gaps).limit_ns


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 62 * SECOND), min_size=1, max_size=300), st.sampled_from([0.0, 0.01, 0.1, 0.5])
)
def test_a_quantile_is_never_too_short_and_at_most_a_sixteenth_too_long(gaps, share):
    histogram = Gaps()
    for gap in gaps:
        histogram.add(gap)
    exact = sorted(gaps)[len(gaps) - 1 - int(share * len(gaps))]
    assert exact < histogram.longest_ns(share) <= exact * 17 / 16 + (1 << 20)


class Plain(SilenceLimit):
    """Every gap goes into the histogram by itself, as it comes."""

    def __init__(self, floor_ns: int) -> None:
        super().__init__(floor_ns)
        self.noted = 0

    def note(self, gap_ns: int) -> None:
        self._gaps.add(min(gap_ns, self.limit_ns))
        if self._granted_ns:
            self._fade()
        self.noted += 1
        if self.noted <= LEARNT_EVERY or self.noted % LEARNT_EVERY == 0:
            self._learn()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0, 5_000, 1 << 20, 3_000_000, 400_000_000, 9 * SECOND]), st.integers(1, 1500)
        ),
        max_size=12,
    ),
    st.sampled_from([500_000, 2 * SECOND]),
)
def test_gaps_that_are_counted_in_lots_give_the_limit_that_each_by_itself_would(spells, floor_ns):
    lots, plain = SilenceLimit(floor_ns), Plain(floor_ns)
    for gap_ns, count in spells:
        for number in range(count):
            lots.note(gap_ns)
            plain.note(gap_ns)
            assert lots.limit_ns == plain.limit_ns
            if gap_ns == 9 * SECOND and number % 3 == 0:
                lots.confirmed_quiet()
                plain.confirmed_quiet()
    if plain.noted % LEARNT_EVERY == 0:
        assert all(lots._gaps.longest_ns(share) == plain._gaps.longest_ns(share) for share in (0.0, 0.1, 0.5))
