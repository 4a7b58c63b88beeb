"""Promise: what stands at a limit does not flap. A gate shuts at once and opens late, and in between nothing
that it forbids is let in: pegs by a second limit and time, ages and distances by time."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kairos_tui.market import Pulse, Symbol, Thresholds, Venue

USDT, USD, DOLLARS = "BTC/USDT", "BTC/USD", "USDT/USD"
LIMIT_BPS = 50.0
MINUTE_MS = 60_000

STEPS = st.lists(st.tuples(st.floats(-0.1, 0.1), st.integers(300, 3_000)), min_size=1, max_size=40)
"""(bps around the limit, ms until the next), repeated for a minute."""


def cross(build_desk: Any, **limits: Any) -> Any:
    """Alpha trades bitcoin for USDT, beta for USD and dollars for dollars."""
    thresholds = Thresholds(max_age_ms=10_000, max_asynchrony_ms=10_000, depeg_bps=LIMIT_BPS, **limits)
    return build_desk(symbols=(USDT, USD), conversions=(DOLLARS,), thresholds=thresholds)


def peg(desk: Any, off_bps: float) -> None:
    """Dollars so far off; the edge stays an edge."""
    mid = 1.0 + off_bps / 10_000.0
    desk.quote("beta", mid - 0.00005, mid + 0.00005, size=1e6, symbol=DOLLARS)
    desk.quote("alpha", 59_999.0, 60_000.0, symbol=USDT)
    desk.quote("beta", 61_000.0, 61_001.0, symbol=USD)
    desk.decide()


def closes(desk: Any) -> list[str]:
    """Of one route."""
    return [
        signal.reason
        for signal in desk.said
        if signal.event == "close" and signal.opportunity.mode == "closed"
    ]


def told(desk: Any) -> list[tuple[str, str | None, str, str | None]]:
    return [
        (status.venue, status.symbol, status.state.value, status.reason)
        for status in desk.engine.new_statuses(desk.now_ns)
    ]


# pegs


@settings(max_examples=8, deadline=None)
@given(steps=STEPS, side=st.sampled_from([1.0, -1.0]))
def test_a_peg_a_tenth_of_a_bp_around_its_limit_gives_one_close_at_most(build_desk, steps, side) -> None:
    desk, number, ends_ns = cross(build_desk), 0, None
    ends_ns = desk.now_ns + MINUTE_MS * 1_000_000
    while desk.now_ns < ends_ns:
        around, wait_ms = steps[number % len(steps)]
        peg(desk, side * (LIMIT_BPS + around))
        if around > 0.001:
            assert desk.board(USDT).open_signals == (), "beyond the limit nothing is open"
        desk.wait(wait_ms)
        number += 1

    assert len(closes(desk)) <= 1
    assert len(told(desk)) <= 1


def test_beyond_the_limit_the_routes_end_at_once_and_the_stream_says_why(build_desk) -> None:
    desk = cross(build_desk)
    peg(desk, 49.0)
    assert told(desk) == []

    peg(desk, -300.0)

    assert closes(desk) == ["depeg"]
    assert told(desk) == [
        ("beta", DOLLARS, "quarantined", "3.0 % off its peg: converts nothing"),
    ]
    assert told(desk) == []


def test_it_is_back_after_two_seconds_within_four_fifths_of_the_limit(build_desk) -> None:
    desk = cross(build_desk)
    peg(desk, 51.0)
    told(desk)
    desk.said.clear()
    for off_bps, wait_ms in ((40.5, 5_000), (39.5, 1_900), (40.5, 100), (39.5, 1_999)):
        peg(desk, off_bps)
        desk.wait(wait_ms)
        desk.decide()
    assert desk.events() == []
    assert told(desk) == []
    assert desk.board(USDT).converted[0].blocked == "USDT/USD: beta 39.5 bps off the peg"

    desk.wait(1)

    assert desk.engine.next_check_ns(desk.now_ns) <= desk.now_ns, "time alone brings it back"
    desk.decide()
    assert desk.events() == ["open", "open"]
    assert told(desk) == [("beta", DOLLARS, "live", None)]


def test_what_was_not_seen_is_not_time_within_the_peg(build_desk) -> None:
    """A feed that was down for three seconds has shown nothing of them."""
    desk = cross(build_desk)
    peg(desk, 51.0)
    peg(desk, 10.0)
    desk.state("beta", "down", symbol=DOLLARS)
    desk.decide()
    desk.wait(3_000)
    desk.state("beta", "live", symbol=DOLLARS)
    desk.said.clear()
    peg(desk, 10.0)

    assert desk.events() == []
    desk.wait(2_000)
    desk.decide()
    assert desk.events() == ["open", "open"]


def test_a_market_off_its_peg_may_still_be_traded_itself(build_desk) -> None:
    """Two books of USDC/USDT are compared whatever a USDC is worth."""
    desk = build_desk(symbols=("USDC/USDT", "BTC/USDT", "BTC/USDC"))
    desk.quote("alpha", 0.9500, 0.9501, symbol="USDC/USDT", size=1e4)
    desk.quote("beta", 0.9550, 0.9551, symbol="USDC/USDT", size=1e4)

    (opened,) = desk.decide()

    assert opened.opportunity.kind == "cross"
    assert [state for _, _, state, _ in told(desk)] == ["quarantined", "quarantined"]
    assert [row.usable for row in desk.board("USDC/USDT").venues] == [True, True]


def test_a_depeg_is_said_again_after_the_feed_s_own_word(build_desk) -> None:
    desk = cross(build_desk)
    peg(desk, 51.0)
    told(desk)
    desk.state("beta", "down", symbol=DOLLARS)
    assert told(desk) == []
    desk.wait(1)
    desk.state("beta", "live", symbol=DOLLARS)

    assert [state for _, _, state, _ in told(desk)] == ["quarantined"]


@settings(max_examples=8, deadline=None)
@given(steps=STEPS)
def test_two_markets_in_a_row_around_the_limit_give_one_close_at_most(build_desk, steps) -> None:
    """Through the euro: no direct book, and two mids that make a dollar of a dollar, or nearly."""
    desk = build_desk(
        symbols=(USDT, USD),
        conversions=("EUR/USD", "EUR/USDT"),
        thresholds=Thresholds(max_age_ms=10_000, max_asynchrony_ms=10_000),
    )
    number, ends_ns = 0, desk.now_ns + MINUTE_MS * 1_000_000
    while desk.now_ns < ends_ns:
        around, wait_ms = steps[number % len(steps)]
        mid = 1.08 * (1.0 + (LIMIT_BPS + around) / 10_000.0)
        desk.quote("alpha", 1.07995, 1.08005, size=1e6, symbol="EUR/USD")
        desk.quote("beta", mid - 0.00005, mid + 0.00005, size=1e6, symbol="EUR/USDT")
        desk.quote("alpha", 59_999.0, 60_000.0, symbol=USDT)
        desk.quote("beta", 61_000.0, 61_001.0, symbol=USD)
        desk.decide()
        desk.wait(wait_ms)
        number += 1

    assert len(closes(desk)) <= 1


# ages and distances


def stand(desk: Any, gaps_ms: Sequence[int], limit_ms: int, *, steady_ms: int) -> None:
    """For a minute: alpha vouches for its book all the time, beta in these gaps around the limit."""
    desk.edge(20.0)
    ends_ns, number = desk.now_ns + MINUTE_MS * 1_000_000, 0
    while desk.now_ns < ends_ns:
        rest_ms = limit_ms + gaps_ms[number % len(gaps_ms)]
        while rest_ms > 0:
            step_ms = min(steady_ms, rest_ms)
            desk.wait(step_ms)
            rest_ms -= step_ms
            desk.quote("alpha", 59_999.0, 60_000.0)
            desk.decide()
        pulse(desk, "beta")
        desk.decide()
        number += 1


def pulse(desk: Any, venue: str) -> None:
    desk.engine.on_pulse(Pulse(Venue(venue), (Symbol(USDT),), desk.now_ns), desk.now_ns)


GAPS = st.lists(st.integers(-30, 60), min_size=1, max_size=12)


@settings(max_examples=6, deadline=None)
@given(gaps_ms=GAPS)
@example(gaps_ms=[0, 0, 0, 1])
@pytest.mark.parametrize(
    "limits",
    [{"max_age_ms": 500, "max_asynchrony_ms": 5_000}, {"max_age_ms": 5_000, "max_asynchrony_ms": 500}],
)
def test_a_stream_at_the_limit_of_age_or_distance_ends_a_signal_twice_at_most(
    build_desk, limits, gaps_ms
) -> None:
    """Once is a hiccup and costs nothing; from the second time on the route has to stand."""
    desk = build_desk(thresholds=Thresholds(**limits))
    stand(desk, gaps_ms, 500, steady_ms=100)

    assert desk.events().count("close") <= 2


def test_a_restless_route_opens_once_it_has_stood_ten_seconds(build_desk) -> None:
    desk = build_desk(thresholds=Thresholds(max_age_ms=500))
    stand(desk, [40], 500, steady_ms=100)
    assert desk.events() == ["open", "close", "open", "close"]

    for _ in range(99):
        desk.wait(100)
        desk.edge(20.0)
    assert desk.events()[-1] == "close"
    desk.wait(100)
    assert [signal.event for signal in desk.edge(20.0)] == ["open"]


def test_one_hiccup_costs_nothing(build_desk) -> None:
    desk = build_desk(thresholds=Thresholds(max_age_ms=500))
    for _ in range(3):
        desk.edge(20.0)
        desk.wait(501)
        assert [signal.reason for signal in desk.decide()] == ["stale"]
        desk.wait(10_001)

    assert desk.events() == ["open", "close"] * 3
