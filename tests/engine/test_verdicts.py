"""Promise: a signal opens exactly when the exact decimal net reaches the threshold: compounded, at size,
never from mids, last prices or percentages added; the ten pitfalls of detectors stay out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.market import FeedState, Thresholds

NEVER_CAPPED = 1e9


@settings(max_examples=60)
@given(
    tenths=st.integers(1, 900_000),
    nudge=st.integers(-3, 3),
    size=st.integers(1, 10_000_000),
)
def test_the_verdict_at_the_threshold_is_the_decimal_one(build_desk, tenths, nudge, size) -> None:
    """ask 0.999n against bid 1.001n x 1.0002 nets exactly 2 bps after 10 + 10; nudged by 1e-8 it flips."""
    desk = build_desk(lot=0.00000001, thresholds=Thresholds(max_age_ms=1_000, max_notional=NEVER_CAPPED))
    ask, bid = tenths * 999 / 10_000, (tenths * 10_012_002 + nudge) / 10**8
    desk.tick("alpha", [(ask * 0.999, 1.0)], [(ask, size / 10_000_000)])
    desk.tick("beta", [(bid, size / 10_000_000)], [(bid * 1.001, 1.0)])

    opened = bool(desk.decide())

    assert opened == (nudge >= 0)


@settings(max_examples=60)
@given(whole=st.integers(1, 100_000), nudge=st.sampled_from([-1, 0, 1]))
def test_break_even_to_a_billionth_flips_a_zero_threshold(build_desk, whole, nudge) -> None:
    """Breaking even exactly is no profit; a nano above is, a nano below is not."""
    desk = build_desk(
        lot=0.0,
        thresholds=Thresholds(
            max_age_ms=1_000, min_net_bps=0.0, close_net_bps=0.0, max_notional=NEVER_CAPPED
        ),
    )
    desk.quote("alpha", whole * 0.998, whole * 999 / 1000, size=1.0)
    desk.quote("beta", (whole * 1_001_000_000 + nudge) / 10**9, whole * 1.002, size=1.0)

    assert bool(desk.decide()) == (nudge > 0)


def test_two_equal_books_with_a_wide_spread_of_their_own_are_no_edge(desk) -> None:
    """50 bps of own spread: absolute differences, mids and last prices see money here."""
    for venue in desk.venues:
        desk.quote(venue, 59_850.0, 60_150.0)

    assert desk.decide() == []
    assert desk.board().best.net_bps < 0


@given(alpha=st.floats(99, 100), beta=st.floats(99, 100))
@settings(max_examples=50)
def test_swapping_the_venues_swaps_the_routes_and_never_both_pay(build_desk, alpha, beta) -> None:
    desk, mirror = build_desk(), build_desk()
    for venue, mid in (("alpha", alpha), ("beta", beta)):
        desk.quote(venue, mid * 0.9999, mid * 1.0001)
    for venue, mid in (("beta", alpha), ("alpha", beta)):
        mirror.quote(venue, mid * 0.9999, mid * 1.0001)

    there, back = desk.route("alpha", "beta"), desk.route("beta", "alpha")

    assert (there.net_bps, back.net_bps) == (
        mirror.route("beta", "alpha").net_bps,
        mirror.route("alpha", "beta").net_bps,
    )
    assert min(there.net_bps, back.net_bps) < 0


def test_gross_thirty_less_ten_and_ten_nets_9_960(build_desk) -> None:
    desk = build_desk()
    desk.quote("alpha", 9_990.0, 10_000.0)
    desk.quote("beta", 10_030.0, 10_040.0)

    (signal,) = desk.decide()

    assert signal.opportunity.gross_bps == pytest.approx(30.0)
    assert signal.opportunity.net_bps == pytest.approx(9.960, abs=5e-4)


@pytest.mark.parametrize("skew_ms", [None, 0, -5_000, 5_000, 10**15])
def test_the_exchange_s_clock_changes_nothing(build_desk, skew_ms) -> None:
    """Skewed, local or missing exchange stamps are evidence for people, never an age."""
    plain, skewed = build_desk(), build_desk()
    for step in range(12):
        for desk, stamp in ((plain, 0), (skewed, skew_ms)):
            net_bps = 8.0 if step % 3 else -4.0
            bid = 60_000 * 1.001 * (1 + net_bps / 10_000) / 0.999
            desk.wait(100)
            desk.quote("alpha", 59_999, 60_000, timestamp_ms=stamp)
            desk.quote("beta", bid, bid + 9, timestamp_ms=stamp and stamp * step)
            desk.decide()

    assert skewed.said == plain.said
    assert skewed.events().count("close") == 3


def test_usd_is_never_compared_with_usdt(build_desk) -> None:
    """Two dollars that look 100 bps apart are two currencies."""
    desk = build_desk(symbols=("BTC/USDT", "BTC/USD"))
    desk.quote("alpha", 59_999, 60_000, symbol="BTC/USDT")
    desk.quote("beta", 60_600, 60_601, symbol="BTC/USD")

    assert desk.decide() == []
    assert all(route.net_bps is None for route in desk.board("BTC/USDT").routes)


def test_a_venue_is_never_compared_with_itself(build_desk) -> None:
    desk = build_desk(("alpha",))
    desk.quote("alpha", 60_000, 60_000)

    assert desk.decide() == []
    assert desk.board().routes == ()


def test_an_old_tick_cannot_open_a_signal(desk) -> None:
    """It was sent in time and came late: age counts where it is used."""
    desk.quote("alpha", 59_999, 60_000, age_ms=1_001)
    desk.quote("beta", 60_600, 60_601, age_ms=1_001)
    assert desk.decide() == []

    desk.quote("alpha", 59_999, 60_000, age_ms=1_000)
    desk.quote("beta", 60_600, 60_601, age_ms=1_000)
    assert [signal.event for signal in desk.decide()] == ["open"]


def test_a_tick_from_the_future_is_refused_and_does_not_pass_as_fresh(desk) -> None:
    desk.quote("alpha", 59_999, 60_000)

    assert desk.quote("beta", 60_600, 60_601, age_ms=-3_000) is None
    assert desk.decide() == []
    assert desk.engine.rejected == 1


def test_an_instant_before_the_tick_was_received_is_not_fresh(desk) -> None:
    """A clock that went back makes an age negative: that is no proof of youth."""
    desk.quote("alpha", 59_999, 60_000)
    desk.quote("beta", 60_600, 60_601)
    desk.wait(-6)

    assert desk.decide() == []
    assert desk.route("alpha", "beta").blocked == "alpha stamped ahead of now"


def test_legs_as_far_apart_as_the_limit_are_still_compared(desk) -> None:
    desk.quote("alpha", 59_999, 60_000)
    desk.wait(500)
    desk.quote("beta", 60_600, 60_601)

    assert [signal.event for signal in desk.decide()] == ["open"]


def test_legs_further_apart_than_the_limit_are_not_compared(desk) -> None:
    desk.quote("alpha", 59_999, 60_000)
    desk.wait(501)
    desk.quote("beta", 60_600, 60_601)
    assert desk.decide() == []
    assert desk.route("alpha", "beta").blocked == "legs 501 ms apart"

    desk.quote("alpha", 59_999, 60_000)
    assert [signal.event for signal in desk.decide()] == ["open"]


@pytest.mark.parametrize("state", [state for state in FeedState if state not in ("live", "quiet")])
def test_only_live_and_quiet_feeds_may_signal(desk, state) -> None:
    desk.state("beta", state)

    assert desk.edge(20.0) == []


def test_a_quiet_feed_may_signal(desk) -> None:
    desk.state("beta", FeedState.QUIET)

    assert [signal.event for signal in desk.edge(20.0)] == ["open"]


def test_a_market_that_is_not_active_may_not_signal(desk) -> None:
    desk.list_market("beta", active=False)

    assert desk.edge(20.0) == []
    assert desk.route("alpha", "beta").blocked == "beta halted BTC/USDT"


def test_a_venue_s_own_trouble_covers_every_symbol_until_it_is_over(desk) -> None:
    desk.state("beta", FeedState.DOWN, symbol=None, reason="no route to host")
    assert desk.edge(20.0) == []

    desk.wait(10)
    desk.state("beta", FeedState.LIVE, symbol=None)
    desk.wait(10)
    assert [signal.event for signal in desk.edge(20.0)] == ["open"]


def test_a_venue_that_is_live_does_not_hide_the_trouble_of_one_stream(desk) -> None:
    desk.state("beta", FeedState.QUARANTINED)
    desk.wait(1)
    desk.state("beta", FeedState.LIVE, symbol=None)

    assert desk.edge(20.0) == []


def test_a_book_seen_before_the_break_is_not_believed_after_it(desk) -> None:
    """The feed is live again, yet this book came through the connection that broke."""
    desk.quote("alpha", 59_999, 60_000)
    desk.quote("beta", 60_600, 60_601)
    desk.wait(1)
    desk.state("beta", FeedState.RESYNC)
    desk.wait(1)
    desk.state("beta", FeedState.LIVE)
    assert desk.decide() == []
    assert desk.route("alpha", "beta").blocked == "beta waits for a fresh book"

    desk.quote("beta", 60_600, 60_601)
    assert [signal.event for signal in desk.decide()] == ["open"]


@pytest.mark.parametrize(
    ("bids", "asks", "words"),
    [
        ([(60_602, 1.0)], [(60_601, 1.0)], "beta book crossed"),
        ([], [(60_601, 1.0)], "beta book one-sided"),
    ],
)
def test_a_book_that_turns_impossible_withdraws_its_leg_at_once(desk, bids, asks, words) -> None:
    desk.edge(20.0)
    desk.tick("beta", bids, asks)

    (closed,) = desk.decide()

    assert (closed.event, closed.reason) == ("close", "resync")
    assert desk.route("alpha", "beta").blocked == words


def test_a_locked_book_is_not_traded_on(desk) -> None:
    """market-math section 9: bid < ask."""
    assert [signal.event for signal in desk.edge(50.0)] == ["open"]
    desk.quote("beta", 60_600, 60_600)

    assert [(signal.event, signal.reason) for signal in desk.decide()] == [("close", "resync")]
    assert desk.route("alpha", "beta").blocked == "beta book locked"
