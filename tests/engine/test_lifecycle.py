"""Promise: a route opens once, speaks when there is news, and ends once with the reason it ended for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.market import CloseReason, Thresholds

MS = 1_000_000


def test_it_opens_at_the_open_level_and_stays_until_the_close_level(desk) -> None:
    """Hysteresis: 2 bps opens, 0.5 bps closes, between them nothing changes hands."""
    for net_bps in (1.9, 2.1, 1.0, 0.6, 0.4, 1.0, 1.9, 2.1):
        desk.edge(net_bps)
        desk.wait(10)

    assert desk.events() == ["open", "update", "close", "open"]
    assert [signal.id for signal in desk.said] == ["k7f3-1", "k7f3-1", "k7f3-1", "k7f3-2"]


def test_flapping_around_the_open_level_for_a_minute_is_one_signal(desk) -> None:
    for step in range(600):
        desk.edge(2.1 if step % 2 else 1.9)
        desk.wait(100)

    assert desk.events().count("open") == 1
    assert desk.events().count("close") == 0
    assert desk.events().count("update") <= 61


def test_an_update_is_said_for_half_a_bp_a_fifth_of_size_or_a_second(desk) -> None:
    desk.edge(5.0, size=0.1)
    desk.wait(10)
    assert desk.edge(5.4, size=0.1) == []
    assert [signal.event for signal in desk.edge(5.6, size=0.1)] == ["update"]
    assert desk.edge(5.6, size=0.11) == []
    assert [signal.event for signal in desk.edge(5.6, size=0.12)] == ["update"]
    desk.wait(999)
    assert desk.edge(5.6, size=0.12) == []
    desk.wait(1)
    assert [signal.event for signal in desk.edge(5.6, size=0.12)] == ["update"]


def test_small_moves_add_up_to_an_update(desk) -> None:
    """The distance is to what was last said, so a slow drift is not swallowed."""
    desk.edge(5.0)
    said = [desk.edge(net_bps) for net_bps in (5.2, 5.4, 5.6)]

    assert [len(signals) for signals in said] == [0, 0, 1]


def test_a_better_price_moves_the_peak_and_never_the_clock(desk) -> None:
    (opened,) = desk.edge(3.0)
    desk.wait(200)
    (better,) = desk.edge(9.0)
    desk.wait(200)
    (worse,) = desk.edge(4.0)

    assert better.opened_ns == worse.opened_ns == opened.opened_ns
    assert worse.peak_net_bps == pytest.approx(9.0, abs=0.01)
    assert worse.duration_us == 400_000


def test_a_peak_between_two_events_is_not_forgotten(desk) -> None:
    desk.edge(5.0)
    desk.edge(5.4)
    desk.edge(5.1)
    (closed,) = desk.edge(-3.0)

    assert closed.peak_net_bps == pytest.approx(5.4, abs=0.01)


def test_a_close_carries_the_price_at_its_end_at_the_last_size(desk) -> None:
    desk.edge(5.0)
    desk.edge(4.8)
    (closed,) = desk.edge(-3.0)

    assert closed.opportunity.net_bps == pytest.approx(-3.0, abs=0.01)
    assert closed.opportunity.buy.levels


def test_after_a_restart_ids_carry_the_epoch(build_desk) -> None:
    desk = build_desk(epoch=2)

    assert [signal.id for signal in desk.edge(5.0)] == ["k7f3-2-1"]


def test_with_a_dwell_the_edge_must_stand_that_long_first(build_desk) -> None:
    desk = build_desk(thresholds=Thresholds(max_age_ms=1_000, dwell_ms=300))
    assert desk.edge(5.0) == []
    assert desk.engine.next_check_ns(desk.now_ns) == desk.now_ns + 300 * MS

    desk.wait(299)
    assert desk.decide() == []
    desk.wait(1)
    (opened,) = desk.decide()
    assert opened.opportunity.buy.age_ns == 300 * MS


def test_an_edge_that_dips_during_its_dwell_starts_over(build_desk) -> None:
    desk = build_desk(thresholds=Thresholds(max_age_ms=1_000, dwell_ms=300))
    desk.edge(5.0)
    desk.wait(200)
    desk.edge(1.0)
    desk.wait(1)
    desk.edge(5.0)
    desk.wait(250)

    assert desk.decide() == []
    desk.wait(50)
    assert [signal.event for signal in desk.decide()] == ["open"]


def test_a_candidate_that_goes_stale_never_opens(build_desk) -> None:
    desk = build_desk(thresholds=Thresholds(max_age_ms=1_000, dwell_ms=1_500))
    desk.edge(5.0)
    desk.wait(1_001)
    desk.decide()
    desk.wait(600)

    assert desk.decide() == []
    assert desk.engine.next_check_ns(desk.now_ns) is None


def test_the_trace_is_of_the_tick_that_caused_it(desk) -> None:
    desk.quote("alpha", 59_999, 60_000)
    desk.decide()
    desk.wait(20)
    desk.quote("beta", 60_600, 60_601)
    ticked_ns = desk.now_ns
    desk.now_ns += 5_000

    (opened,) = desk.decide()

    assert opened.trace.received_ns == ticked_ns
    assert (opened.trace.decoded_ns, opened.trace.sent_ns) == (ticked_ns + 100, ticked_ns + 200)
    assert (opened.trace.arrived_ns, opened.trace.decided_ns) == (ticked_ns, ticked_ns + 5_000)


def test_what_time_alone_causes_is_not_charged_to_an_old_tick(desk) -> None:
    desk.edge(5.0)
    desk.wait(1_001)

    (closed,) = desk.decide()

    assert closed.trace.received_ns == closed.trace.decided_ns == desk.now_ns


@settings(max_examples=60)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from([-3.0, 0.4, 0.6, 1.0, 1.9, 2.1, 3.0, 12.0]), st.integers(0, 1_200)),
        max_size=30,
    )
)
def test_every_life_is_one_open_then_updates_then_at_most_one_close(build_desk, moves) -> None:
    desk = build_desk()
    for net_bps, pause_ms in moves:
        desk.edge(net_bps)
        desk.wait(pause_ms)
        desk.decide()
    desk.said += desk.engine.close_all(desk.now_ns, CloseReason.SHUTDOWN)

    lives: dict[str, str] = {}
    for signal in desk.said:
        lives[signal.id] = lives.get(signal.id, "") + signal.event[0]
    assert all(life == "o" + "u" * (len(life) - 2) + "c" for life in lives.values())
    assert list(lives) == [f"k7f3-{number}" for number in range(1, desk.engine.signals + 1)]
    assert desk.engine.symbol_boards(desk.now_ns)[0].open_signals == ()
