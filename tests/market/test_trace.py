"""Promise: the stages of a trace lie end to end, and together they are all the time there was."""

from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.market import STAGES, LatencyTrace

ENDS = st.lists(st.integers(0, 10_000_000), min_size=8, max_size=8).map(sorted)


def trace_of(received_ns: int, ends_ns: list[int]) -> LatencyTrace:
    decoded, sent, arrived, decided, gated, detected, published, painted = ends_ns
    return LatencyTrace(
        received_ns, decoded, sent, arrived, decided, published, painted, gated_ns=gated, detected_ns=detected
    )


@given(spans_ns=ENDS)
def test_the_stages_are_the_whole_way_in_the_order_it_is_gone(spans_ns: list[int]) -> None:
    trace = trace_of(5_000, [5_000 + each for each in spans_ns])

    assert tuple(stage for stage, _ in trace.spans_ns()) == STAGES
    assert sum(span_ns for _, span_ns in trace.spans_ns()) == trace.painted_ns - trace.received_ns


def test_what_was_not_stamped_took_nothing_and_its_time_is_the_next_stages() -> None:
    trace = LatencyTrace(1_000, 1_400, 1_500, 1_700, 2_000, published_ns=2_600)

    assert dict(trace.spans_ns()) == {
        "decode": 400, "outbox": 100, "hop": 200, "slot": 300, "gates": 0, "detect": 0, "publish": 600,
        "paint": 0,
    }  # fmt: skip


@given(ends_ns=st.lists(st.integers(0, 2**60), min_size=8, max_size=8), received_ns=st.integers(0, 2**60))
def test_stamps_in_disorder_give_no_negative_time(ends_ns: list[int], received_ns: int) -> None:
    assert all(span_ns >= 0 for _, span_ns in trace_of(received_ns, ends_ns).spans_ns())
