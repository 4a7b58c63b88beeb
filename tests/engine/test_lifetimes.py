"""Promise: the chance told with a signal is how often edges of its like have lasted that much longer.

Ends that nobody saw are not ends; what stood already when it could first be seen has no beginning.
"""

from math import log
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from kairos_tui.engine.prior import Prior
from kairos_tui.market import CloseReason, FeedState, Lifetime, Signal, Survival, Thresholds

TRUE_AT_250 = 0.535
RATE = -log(TRUE_AT_250) / 250.0
SLOW = Thresholds(max_age_ms=60_000, max_asynchrony_ms=60_000, reaction_ms=250)


def live_through(desk: Any, lived_ms: float, *, lost: bool = False) -> None:
    """An edge comes up between sound books, and ends; or a leg is lost while it stands."""
    desk.edge(0.0)
    desk.wait(100)
    desk.edge(5.0)
    desk.wait(lived_ms)
    if lost:
        desk.state("beta", FeedState.DOWN)
        desk.decide()
        desk.state("beta", FeedState.LIVE)
    desk.edge(0.0)
    desk.wait(100)


def opened_now(desk: Any, net_bps: float = 5.0) -> Signal:
    desk.edge(0.0)
    desk.wait(100)
    signal: Signal = next(each for each in desk.edge(net_bps) if each.event == "open")
    return signal


def lifetimes(desk: Any) -> Survival:
    route = desk.said[-1].opportunity.route
    return Survival(desk.engine.grading.lifetimes.of_route(route, desk.now_ns))


def test_a_known_curve_is_learned_though_two_in_five_are_lost_sight_of(build_desk) -> None:
    desk, random, lived = build_desk(thresholds=SLOW), Random(9), []
    for _ in range(300):
        ends, lost = random.expovariate(RATE), random.expovariate(RATE * 0.4 / 0.6)
        live_through(desk, min(ends, lost), lost=lost < ends)
        lived.append(Lifetime(min(ends, lost), ended=ends < lost))

    opened, seen, true = opened_now(desk), lifetimes(desk), Survival(lived[-128:])
    assert (seen.ended, seen.censored) == (true.ended, true.censored)
    assert seen.at(250.0) == pytest.approx(true.at(250.0))
    low, high = seen.band(250.0)
    assert low <= TRUE_AT_250 <= high
    assert opened.capture_p == pytest.approx(TRUE_AT_250, abs=0.05)
    assert (opened.capture_n, opened.is_prior) == (128, False)
    naive = sum(each.left_ms > 250.0 for each in lived if each.ended) / sum(each.ended for each in lived)
    assert naive < 0.42


def test_an_old_edge_is_told_its_chance_from_where_it_stands(build_desk) -> None:
    """Half last 100 ms, half 1,000: who has come to 200 lives for sure, who has just begun may not."""
    desk = build_desk(thresholds=SLOW)
    for number in range(60):
        live_through(desk, 100.0 if number % 2 else 1_000.0)
    opened = opened_now(desk)
    assert opened.capture_p == pytest.approx(0.5, abs=0.02)
    desk.wait(200)
    (grown,) = desk.edge(9.0)
    assert grown.event == "update"
    assert grown.capture_p == pytest.approx(1.0)
    desk.wait(10)
    (closed,) = desk.edge(-3.0)
    assert (closed.capture_p, closed.capture_n, closed.is_prior) == (None, None, False)


def test_before_enough_have_ended_it_is_a_prior_or_nothing(build_desk) -> None:
    desk = build_desk(thresholds=SLOW)
    told = []
    for _ in range(28):
        opened = opened_now(desk)
        told.append((opened.capture_n, opened.is_prior))
        desk.wait(250)
        desk.decide()
        desk.wait(150)
        desk.edge(0.0)

    assert told[:8] == [(None, False)] * 8
    assert told[8:20] == [(number, True) for number in range(8, 20)]
    # A curve is drawn anew for one end in sixteen: it may not know of the last two.
    assert [is_prior for _, is_prior in told[20:22]] in ([True, True], [True, False], [False, False])
    assert {is_prior for _, is_prior in told[22:]} == {False}
    assert [(number or 0) >= 20 for number, _ in told[22:]] == [True] * 6


def test_a_prior_is_told_to_as_many_digits_as_all_machines_agree_on(build_desk) -> None:
    """Their exp, log and erf differ in the last one, and a replay is the same on all."""
    priced = opened_now(build_desk(thresholds=SLOW)).opportunity
    prior, random = Prior(SLOW), Random(3)
    for _ in range(64):
        prior.on_markout(priced, replace(priced, gross_bps=priced.gross_bps * random.uniform(0.2, 1.2)))
    chance = prior.chance(priced)

    assert chance is not None
    assert 0.1 < chance.p < 0.9
    assert chance.p == float(f"{chance.p:.6f}")


def test_an_edge_that_stood_before_it_could_be_seen_is_no_birth(build_desk) -> None:
    desk = build_desk(thresholds=SLOW)
    desk.edge(5.0)
    desk.wait(100)
    desk.edge(-5.0)
    assert desk.events() == ["open", "close"]
    for state in (FeedState.RESYNC, FeedState.DOWN, FeedState.STALE):
        desk.state("beta", state)
        desk.decide()
        desk.wait(50)
        desk.state("beta", FeedState.LIVE)
        desk.decide()
        desk.wait(50)
        desk.edge(5.0)
        desk.wait(50)
        desk.edge(-5.0)
        desk.wait(50)
    assert desk.events() == ["open", "close"] * 4
    assert lifetimes(desk).ended == 0

    desk.edge(5.0)
    desk.wait(50)
    desk.edge(-5.0)
    assert lifetimes(desk).ended == 1


def test_after_a_silence_or_another_fee_it_is_no_birth_either(build_desk) -> None:
    desk = build_desk(thresholds=Thresholds(max_age_ms=1_000))
    for trouble in ("silence", "fee", "none"):
        desk.edge(-5.0)
        desk.wait(100)
        if trouble == "silence":
            desk.wait(3_000)
        elif trouble == "fee":
            desk.list_market("alpha", taker=0.0009)
            desk.list_market("alpha", taker=0.001)
        desk.edge(5.0)
        desk.wait(50)
        desk.edge(-5.0)
        assert lifetimes(desk).ended == (trouble == "none")


def test_candidates_that_never_open_are_counted_too(build_desk) -> None:
    """With a dwell of 200 ms nobody hears of shorter ones; left out, edges would seem to last longer."""
    limits = Thresholds(max_age_ms=60_000, max_asynchrony_ms=60_000, dwell_ms=200, reaction_ms=250)
    desk, random = build_desk(thresholds=limits), Random(3)
    for _ in range(300):
        live_through_dwell(desk, random.expovariate(RATE))

    assert desk.events().count("open") < 250
    seen = lifetimes(desk)
    assert seen.ended == 128
    low, high = seen.band(250.0)
    assert low <= TRUE_AT_250 <= high


def live_through_dwell(desk: Any, lived_ms: float) -> None:
    desk.edge(0.0)
    desk.wait(100)
    desk.edge(5.0)
    if lived_ms > 200.0:
        desk.wait(200)
        desk.decide()
    desk.wait(lived_ms - 200.0 if lived_ms > 200.0 else lived_ms)
    desk.edge(0.0)
    desk.wait(100)


def test_a_route_with_few_of_its_own_leans_on_its_pair_of_venues_and_on_all(build_desk) -> None:
    desk = build_desk(thresholds=SLOW, symbols=("BTC/USDT", "ETH/USDT"))
    for _ in range(40):
        live_through(desk, 100.0)
    pooled = opened_on(desk, "ETH/USDT")
    assert pooled.capture_p == pytest.approx(0.0, abs=0.01)
    assert pooled.capture_n in (37, 38, 39, 40), "drawn anew for one end in sixteen"

    for _ in range(30):
        close_on(desk, "ETH/USDT", after_ms=900.0)
        pooled = opened_on(desk, "ETH/USDT")
    # Thirty of its own that all last, against forty others that did not: those count for twenty.
    assert pooled.capture_p == pytest.approx(0.9, abs=0.05)
    assert pooled.capture_n in (28, 29, 30)


def opened_on(desk: Any, symbol: str) -> Signal:
    said: list[Signal] = []
    for bid in (3_000.0, 3_012.0):
        desk.quote("alpha", 2_999.0, 3_000.0, symbol=symbol)
        desk.quote("beta", bid, 3_020.0, symbol=symbol)
        said = desk.decide()
        desk.wait(100)
    signal: Signal = next(each for each in said if each.event == "open")
    return signal


def close_on(desk: Any, symbol: str, *, after_ms: float) -> None:
    desk.wait(after_ms - 100.0)
    desk.quote("beta", 2_990.0, 3_020.0, symbol=symbol)
    assert desk.decide()[-1].reason is CloseReason.REVERTED
    desk.wait(100)


def test_the_chances_are_held_against_what_came_of_them(build_desk) -> None:
    desk = build_desk(thresholds=SLOW)
    random = Random(5)
    assert not desk.engine.grading.grades.calibration
    for _ in range(160):
        opened_now(desk)
        lived_ms = random.expovariate(RATE)
        if lived_ms < 250.0:
            desk.wait(lived_ms)
            desk.edge(-3.0)
            desk.wait(251.0 - lived_ms)
            desk.decide()
        else:
            desk.wait(250)
            desk.decide()
            desk.wait(lived_ms - 250.0)
        desk.edge(0.0)
        desk.wait(100)

    calibration = desk.engine.grading.grades.calibration
    assert calibration is not None
    assert calibration.told == 160 - 8
    assert calibration.brier == pytest.approx(0.25, abs=0.03)
    assert calibration.hits / calibration.told == pytest.approx(TRUE_AT_250, abs=0.08)
