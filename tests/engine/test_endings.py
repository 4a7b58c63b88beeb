"""Promise: a signal's end says why, and an end caused by blindness is never told as a finished life."""

import pytest

from kairos_tui.market import CloseReason, FeedState, Signal


def test_reverted_when_the_top_no_longer_pays(desk) -> None:
    desk.edge(5.0)

    assert reasons(desk.edge(-5.0)) == [CloseReason.REVERTED]


def test_depth_gone_when_the_top_pays_and_no_lot_can_be_traded(build_desk) -> None:
    desk = build_desk(lot=0.001)
    desk.edge(5.0, size=0.01)

    assert reasons(desk.edge(5.0, size=0.0009)) == [CloseReason.DEPTH_GONE]


def test_depth_gone_when_what_is_left_costs_less_than_the_venue_accepts(build_desk) -> None:
    desk = build_desk(min_cost=10.0)
    desk.edge(5.0, size=0.01)

    assert reasons(desk.edge(5.0, size=0.0001)) == [CloseReason.DEPTH_GONE]


def test_stale_when_a_leg_ages_out_with_no_tick_at_all(desk) -> None:
    """The engine says itself when to look: a silent second later the signal is gone."""
    desk.edge(5.0)
    checks = 0
    while (check_ns := desk.engine.next_check_ns(desk.now_ns)) is not None:
        desk.now_ns = check_ns
        desk.decide()
        checks += 1

    assert desk.events() == ["open", "update", "close"]
    assert reasons(desk.said) == [CloseReason.STALE]
    assert desk.said[-1].duration_us == 1_000_000
    assert checks == 2 + 5, "five of the six horizons come at instants of their own"


def test_stale_when_one_leg_falls_too_far_behind_the_other(desk) -> None:
    desk.edge(5.0)
    desk.wait(501)
    desk.quote("alpha", 59_999, 60_000)

    assert reasons(desk.decide()) == [CloseReason.STALE]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (FeedState.RESYNC, CloseReason.RESYNC),
        (FeedState.DOWN, CloseReason.DOWN),
        (FeedState.CONNECTING, CloseReason.DOWN),
        (FeedState.QUARANTINED, CloseReason.QUARANTINED),
        (FeedState.STALE, CloseReason.STALE),
        (FeedState.LAGGING, CloseReason.STALE),
    ],
)
@pytest.mark.parametrize("venue", ["alpha", "beta"])
def test_a_feed_in_trouble_ends_its_signals_for_that_reason(desk, venue, state, reason) -> None:
    desk.edge(5.0)
    desk.wait(1)
    desk.state(venue, state)
    assert desk.engine.next_check_ns(desk.now_ns) == desk.now_ns

    assert reasons(desk.decide()) == [reason]


def test_a_changed_fee_ends_the_signal_and_a_new_one_may_open_under_the_new_fee(desk) -> None:
    desk.edge(5.0)
    desk.list_market("beta", taker=0.0009)

    closed, opened = desk.decide()

    assert (closed.event, closed.reason, closed.id) == ("close", CloseReason.FEE_CHANGE, "k7f3-1")
    assert (opened.event, opened.id) == ("open", "k7f3-2")
    assert opened.opportunity.sell.fees.taker == 0.0009


def test_a_fee_that_changed_while_nothing_was_open_closes_nothing_later(desk) -> None:
    desk.list_market("beta", taker=0.0009)
    desk.decide()
    desk.edge(5.0)
    desk.wait(10)

    assert reasons(desk.edge(5.1)) == []


def test_the_same_listing_again_changes_nothing(desk) -> None:
    desk.edge(5.0)
    desk.list_market("beta")

    assert desk.decide() == []


def test_new_market_facts_at_the_same_fee_do_not_end_the_signal(desk) -> None:
    desk.edge(5.0)
    desk.list_market("beta", lot=0.0001)

    assert desk.decide() == []
    assert desk.board().open_signals != ()


def test_shutdown_closes_everything_once(build_desk) -> None:
    desk = build_desk(("alpha", "beta", "gamma"))
    desk.quote("gamma", 59_999, 60_000)
    desk.edge(5.0)

    closed = desk.engine.close_all(desk.now_ns, CloseReason.SHUTDOWN)

    assert [signal.id for signal in closed] == ["k7f3-1", "k7f3-2"]
    assert reasons(closed) == [CloseReason.SHUTDOWN] * 2
    assert desk.engine.close_all(desk.now_ns, CloseReason.SHUTDOWN) == []


def reasons(signals: list[Signal]) -> list[CloseReason | None]:
    return [signal.reason for signal in signals if signal.event == "close"]
