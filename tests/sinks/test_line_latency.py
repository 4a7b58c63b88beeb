"""Promise: the stages that a signal's line tells sum to its tick_to_signal_us, to the microsecond."""

from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.market import LatencyTrace
from kairos_tui.sinks.line_latency import latency_fields

STAGES = ("decode_us", "outbox_us", "hop_us", "slot_us", "gates_us", "detect_us", "publish_us")
STAMP = st.integers(0, 2**62)


@given(received_ns=STAMP, spans_ns=st.lists(st.integers(0, 3_000_000), min_size=7, max_size=7))
def test_they_sum_to_the_whole_whatever_the_nanoseconds(received_ns: int, spans_ns: list[int]) -> None:
    ends = [received_ns + sum(spans_ns[: count + 1]) for count in range(7)]
    decoded, sent, arrived, decided, gated, detected, published = ends
    trace = LatencyTrace(received_ns, decoded, sent, arrived, decided, published, 0, gated, detected)

    fields = latency_fields(trace, trace.published_ns)

    assert fields["tick_to_signal_us"] == (ends[6] - received_ns) // 1000
    assert sum(fields[name] for name in STAGES) == fields["tick_to_signal_us"]
    assert fields["wire_us"] == sum(fields[name] for name in STAGES[:3])
    for name, span_ns in zip(STAGES, spans_ns, strict=True):
        assert abs(fields[name] - span_ns / 1000) < 1


@given(trace=st.builds(LatencyTrace, *[STAMP] * 9), published_ns=STAMP)
def test_stamps_that_cannot_be_still_sum_and_are_never_negative(
    trace: LatencyTrace, published_ns: int
) -> None:
    fields = latency_fields(trace, published_ns)

    assert min(fields.values()) >= 0
    assert sum(fields[name] for name in STAGES) == fields["tick_to_signal_us"]


def test_a_trace_of_an_engine_without_the_inner_stamps_leaves_their_time_to_the_publishing() -> None:
    fields = latency_fields(LatencyTrace(0, 20_000, 50_000, 190_000, 212_000), 310_000)

    assert [fields[name] for name in STAGES] == [20, 30, 140, 22, 0, 0, 98]
