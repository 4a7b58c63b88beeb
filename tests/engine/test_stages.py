"""Promise: where a tick's time went is counted from its own stamps, once, when a decision uses it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kairos_tui.engine.slot import Slot
from kairos_tui.engine.stages import NAMES, Stages
from kairos_tui.market import Histogram, LatencyTrace, PackedTick, StageView, Symbol, Tick, Venue

SECOND_NS = 1_000_000_000
US = 1_000
SPANS = st.tuples(*[st.integers(0, 2**33)] * 4)


def views_of(stages: Stages, now_ns: int) -> dict[str, StageView]:
    stages.count()
    return {name: stages.view(name, now_ns) for name in NAMES}


def slot_of(spans_ns: tuple[int, ...], now_ns: int) -> Slot:
    """Its tick took these long to decode, to leave, to arrive, and has waited so long."""
    decode_ns, outbox_ns, _, wait_ns = spans_ns
    received_ns = now_ns - sum(spans_ns)
    slot = Slot(Venue("alpha"), Symbol("BTC/USDT"))
    tick = Tick(slot.venue, slot.symbol, ((1.0, 1.0),), ((2.0, 1.0),), received_ns, received_ns + decode_ns)
    sent_ns = tick.decoded_ns + outbox_ns
    slot.hold(PackedTick.of(tick), sent_ns=sent_ns, arrived_ns=now_ns - wait_ns)
    return slot


@given(st.lists(SPANS, min_size=1, max_size=20))
def test_every_stage_is_counted_as_the_histogram_counts(ticks: list[tuple[int, ...]]) -> None:
    now_ns, stages = 2**40, Stages()
    stages.on_ticks([slot_of(spans_ns, now_ns) for spans_ns in ticks], now_ns)

    views = views_of(stages, now_ns)
    for place, name in enumerate(("decode", "outbox", "hop", "slot")):
        expected = Histogram()
        for spans_ns in ticks:
            expected.record(spans_ns[place])
        assert views[name] == expected.view(name)
    whole = Histogram()
    for spans_ns in ticks:
        whole.record(sum(spans_ns))
    assert views["decision"] == whole.view("decision")


def test_of_more_ticks_than_a_reading_takes_the_counted_stand_for_those_beside_them() -> None:
    now_ns, stages = 2**40, Stages()
    for count in range(5_000):
        stages.on_ticks([slot_of((US * (1 + count % 100), 0, 0, 0), now_ns)], now_ns)
        if count % 130 == 0:
            stages.count()

    decode = views_of(stages, now_ns)["decode"]

    assert decode.count == pytest.approx(5_000, rel=0.05)
    assert decode.p50_ns == pytest.approx(50 * US, rel=0.1)
    assert decode.p99_ns == pytest.approx(99 * US, rel=0.1)


def test_a_clock_that_is_behind_the_stamps_counts_as_no_time() -> None:
    stages = Stages()
    stages.on_ticks([slot_of((5, 5, 5, 5), 2**40)], 2**40 - SECOND_NS)

    assert views_of(stages, 2**40)["slot"].p99_ns == 0


def test_the_engine_measures_from_the_socket_and_from_arrival(desk) -> None:
    for _ in range(100):
        desk.quote("alpha", 100.0, 101.0, age_ms=1)
        desk.wait(2)
        desk.decide()
        desk.engine.stages.count()

    figures = desk.engine.latency(desk.now_ns)

    assert 3_000 <= figures.p50_us <= figures.p99_us <= 3_000 * 1.032
    assert 2_000 <= figures.engine_p99_us <= 2_000 * 1.032
    views = views_of(desk.engine.stages, desk.now_ns)
    assert {name: view.count for name, view in views.items() if view.count} == dict.fromkeys(
        ("decode", "outbox", "hop", "slot", "decision"), 100
    )
    assert (views["decode"].p50_ns, views["outbox"].p50_ns) == (101, 101)


def test_decisions_and_signals_are_counted_beside_the_ticks() -> None:
    stages = Stages()
    stages.on_decision(4 * US, 16 * US, SECOND_NS)
    begun_ns = SECOND_NS + 300 * US
    caused = LatencyTrace(
        SECOND_NS, SECOND_NS, SECOND_NS, SECOND_NS, begun_ns, published_ns=begun_ns + 64 * US,
        detected_ns=begun_ns + 32 * US,
    )  # fmt: skip
    stages.on_signal(caused)
    stages.on_signal(LatencyTrace(begun_ns, begun_ns, begun_ns, begun_ns, begun_ns, begun_ns + 9_999 * US))

    views = views_of(stages, begun_ns)

    for name, wanted_ns in (("gates", 4), ("detect", 16), ("publish", 32), ("signal", 364)):
        shown_ns = views[name].p50_ns
        assert shown_ns is not None
        assert wanted_ns * US <= shown_ns <= wanted_ns * US * 1.032
        assert views[name].count == 1
