"""Another machine's stamps come in this one's clock: older by what is not known of it, never younger."""

from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.errors import WireRefused
from kairos_tui.market import FeedCounts, FeedState, FeedStatus, PackedTick, Pulse, Symbol, Tick, Venue
from kairos_tui.wire.codec import FrameHead, pack_frame, pack_record, unpack_frame
from kairos_tui.wire.records import Received, Record, RecordOrder, RoleReport

OKX, BTC = Venue("okx"), Symbol("BTC/USDT")
S = 1_000_000_000
TICK = Tick(OKX, BTC, ((1.0, 1.0),), ((2.0, 1.0),), 100 * S, 100 * S + 5, timestamp_ms=77)


def sent(
    record: Record, clock_ns: int, err_ns: int, arrived_ns: int | None = None
) -> tuple[FrameHead, Received]:
    frame = pack_frame(FrameHead("a", 0, 1, 0, 101 * S, clock_ns, err_ns), [pack_record(record)])
    head, (got,) = unpack_frame(frame, arrived_ns)
    return head, got


def test_every_stamp_is_moved_by_the_offset_less_the_error() -> None:
    head, tick = sent(TICK, 5_000 * S, 7)
    _, pulse = sent(Pulse(OKX, (BTC,), 100 * S), 5_000 * S, 7)
    down = FeedStatus(OKX, BTC, FeedState.DOWN, 100 * S, retry_ns=110 * S, at_ns=105 * S)
    _, status = sent(down, -50 * S, 7)

    assert head.sent_ns == 5_101 * S - 7
    assert isinstance(tick, PackedTick)
    assert (tick.received_ns, tick.decoded_ns, tick.timestamp_ms) == (5_100 * S - 7, 5_100 * S - 2, 77)
    assert pulse == Pulse(OKX, (BTC,), 5_100 * S - 7)
    assert status == FeedStatus(OKX, BTC, FeedState.DOWN, 50 * S - 7, retry_ns=60 * S - 7, at_ns=55 * S - 7)


def test_nothing_but_the_next_try_is_after_the_arrival() -> None:
    arrived_ns = 99 * S
    head, tick = sent(TICK, 1, 0, arrived_ns)
    _, pulse = sent(Pulse(OKX, (BTC,), 100 * S), 1, 0, arrived_ns)
    down = FeedStatus(OKX, BTC, FeedState.DOWN, 100 * S, retry_ns=110 * S, at_ns=105 * S)
    _, status = sent(down, 1, 0, arrived_ns)

    assert isinstance(tick, PackedTick)
    assert isinstance(pulse, Pulse)
    assert isinstance(status, FeedStatus)
    assert {head.sent_ns, tick.received_ns, tick.decoded_ns, pulse.at_ns, status.since_ns} == {arrived_ns}
    assert status.at_ns == arrived_ns
    assert status.retry_ns == 110 * S + 1


def test_on_one_machine_nothing_is_moved_or_checked() -> None:
    assert sent(TICK, 0, 0, arrived_ns=1)[1] == PackedTick.of(TICK)


@pytest.mark.parametrize("record", [FeedCounts(OKX, clock_offset_us=5), RoleReport(()), RecordOrder("x")])
def test_what_has_no_monotonic_stamp_stays_as_it_is(record: Record) -> None:
    assert sent(record, 5_000 * S, 7)[1] == record


def test_no_stamp_of_a_record_is_forgotten() -> None:
    """Whatever in a record is called `…_ns` is a monotonic stamp: a new one must be moved too."""
    named = {
        (kind.__name__, name)
        for kind in get_args(Received)
        for name in kind.__struct_fields__
        if name.endswith("_ns")
    }
    assert named == {
        ("PackedTick", "received_ns"),
        ("PackedTick", "decoded_ns"),
        ("FeedStatus", "since_ns"),
        ("FeedStatus", "retry_ns"),
        ("FeedStatus", "at_ns"),
        ("Pulse", "at_ns"),
    }


def test_a_stamp_that_is_none_is_refused() -> None:
    with pytest.raises(WireRefused, match="is no stamp"):
        sent(msgspec.structs.replace(TICK, received_ns=2**63), 2**62, 0)


class Clocks(msgspec.Struct):
    """The truth: their clock is ours less `ahead_ns`. What is believed is wrong by `err_ns` at most."""

    ahead_ns: int
    err_ns: int
    believed_ns: int


clocks = st.builds(
    lambda ahead, err, share: Clocks(ahead, err, ahead + int(err * share)),
    st.integers(-(2**50), 2**50),
    st.integers(0, 2**40),
    st.floats(-1.0, 1.0),
)


@settings(deadline=None)
@given(clocks, st.integers(0, 2**55), st.integers(0, 2**40))
def test_an_age_is_never_understated_and_never_overstated_by_more_than_twice_the_error(
    clock: Clocks, received_ns: int, age_ns: int
) -> None:
    arrived_ns = received_ns + clock.ahead_ns + age_ns
    tick = msgspec.structs.replace(TICK, received_ns=received_ns, decoded_ns=received_ns)

    _, got = sent(tick, clock.believed_ns, clock.err_ns, arrived_ns)

    assert isinstance(got, PackedTick)
    assert age_ns <= arrived_ns - got.received_ns <= age_ns + 2 * clock.err_ns + 1
