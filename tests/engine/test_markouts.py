"""Promise: each opened signal is priced again for its own size at every horizon, on the books of that moment.

What cannot be believed then is said to be unpriced, and is neither a hit nor a miss.
"""

from collections import Counter
from random import Random
from typing import Any

import pytest
from tests.engine.conftest import exact
from tests.engine.moves import Stage, moves

from kairos_tui.engine import Engine
from kairos_tui.engine.grades import Grades
from kairos_tui.engine.markouts import CROWDED, ENDED, MOST_PENDING
from kairos_tui.market import (
    DEPTH_GONE,
    HORIZONS_MS,
    FeedState,
    HorizonGrade,
    Lifetime,
    Markout,
    Pulse,
    Route,
    Symbol,
    Thresholds,
    Venue,
)

BTC = Symbol("BTC/USDT")
MS = 1_000_000


def wait_for(desk: Any, milliseconds: int) -> None:
    """While nothing arrives but signs of life, decisions are made when the engine asks for them."""
    until_ns = desk.now_ns + milliseconds * MS
    while (due_ns := desk.engine.next_check_ns(desk.now_ns)) is not None and due_ns <= until_ns:
        desk.now_ns = max(due_ns, desk.now_ns)
        for venue in desk.venues:
            desk.engine.on_pulse(Pulse(venue, desk.symbols, desk.now_ns), desk.now_ns)
        desk.decide()
    desk.now_ns = until_ns


def verdicts(marked: list[Markout]) -> list[tuple[int, bool | None]]:
    return [(each.horizon_ms, each.captured) for each in marked]


def test_an_edge_that_stands_is_a_hit_at_every_horizon_at_its_instant(desk) -> None:
    (opened,) = desk.edge(5.0)
    wait_for(desk, 2_000)

    assert verdicts(desk.marked) == [(ms, True) for ms in HORIZONS_MS]
    assert [each.at_ns for each in desk.marked] == [opened.opened_ns + ms * MS for ms in HORIZONS_MS]
    assert {each.net_bps for each in desk.marked} == {opened.opportunity.net_bps}
    assert {(each.id, each.route, each.size) for each in desk.marked} == {
        (opened.id, opened.opportunity.route, opened.opportunity.size)
    }


def test_one_that_closed_is_followed_to_the_end_all_the_same(desk) -> None:
    desk.edge(5.0)
    wait_for(desk, 60)
    (closed,) = desk.edge(-4.0)
    wait_for(desk, 2_000)

    assert closed.event == "close"
    assert verdicts(desk.marked) == [(50, True), *((ms, False) for ms in HORIZONS_MS[1:])]
    assert desk.marked[1].net_bps == pytest.approx(-4.0, abs=0.01)
    assert desk.marked[1].profit < 0.0


def test_it_keeps_its_own_opened_size_whatever_the_signal_grows_to(desk) -> None:
    (opened,) = desk.edge(5.0, size=0.01)
    desk.wait(10)
    (grown,) = desk.edge(5.0, size=0.1)
    wait_for(desk, 50)

    assert grown.opportunity.size > opened.opportunity.size
    assert desk.marked[0].size == opened.opportunity.size
    assert desk.marked[0].profit == pytest.approx(opened.opportunity.profit)


def test_a_leg_that_is_lost_is_no_miss(desk) -> None:
    desk.edge(5.0)
    wait_for(desk, 60)
    desk.state("beta", FeedState.DOWN, reason="HTTP 503")
    desk.decide()
    wait_for(desk, 2_000)

    assert verdicts(desk.marked) == [(50, True), *((ms, None) for ms in HORIZONS_MS[1:])]
    assert {each.note for each in desk.marked[1:]} == {"beta down: HTTP 503"}
    assert {(each.net_bps, each.profit) for each in desk.marked[1:]} == {(None, None)}


def test_a_leg_nobody_hears_of_is_stale_and_a_quiet_one_is_not(desk) -> None:
    desk.edge(5.0)
    desk.wait(2_000)
    desk.engine.on_pulse(Pulse(desk.venues[0], desk.symbols, desk.now_ns), desk.now_ns)
    desk.decide()

    assert verdicts(desk.marked)[-1] == (2_000, None)
    assert desk.marked[-1].note == "beta stale 2.0 s"


def test_sound_books_that_no_longer_hold_the_size_are_a_miss(desk) -> None:
    desk.edge(5.0, size=0.01)
    desk.wait(50)
    desk.edge(5.0, size=0.005)

    assert verdicts(desk.marked) == [(50, False)]
    assert (desk.marked[0].net_bps, desk.marked[0].note) == (None, DEPTH_GONE)


def test_a_book_that_makes_no_sense_is_not_a_thin_one(desk) -> None:
    desk.edge(5.0, size=0.01)
    desk.wait(50)
    desk.tick("alpha", [(59_999.0, 0.01)], [(60_000.0, 0.01), (59_000.0, -1.0)])
    desk.decide()

    assert verdicts(desk.marked) == [(50, None)]
    assert desk.marked[0].note == "alpha book makes no sense"


def test_a_look_that_comes_far_too_late_tells_of_another_instant(desk) -> None:
    """Three horizons went by while nobody looked; half a second is near enough."""
    desk.edge(5.0)
    desk.wait(520)
    desk.edge(5.0)

    assert verdicts(desk.marked) == [(50, None), (100, None), (250, None), (500, True)]
    assert [each.note for each in desk.marked[:3]] == [f"looked {late} ms late" for late in (470, 420, 270)]


def test_the_users_reaction_is_one_more_horizon(build_desk) -> None:
    desk = build_desk(thresholds=Thresholds(max_age_ms=1_000, reaction_ms=80))
    desk.edge(5.0)
    wait_for(desk, 100)

    assert [each.horizon_ms for each in desk.marked] == [50, 80, 100]


def test_at_the_end_what_is_left_is_said_to_be_unpriced(desk) -> None:
    desk.edge(5.0)
    wait_for(desk, 300)
    left = desk.engine.grading.end_all(desk.now_ns)

    assert [(each.horizon_ms, each.captured, each.note) for each in left] == [
        (ms, None, ENDED) for ms in (500, 1_000, 2_000)
    ]
    assert desk.engine.grading.end_all(desk.now_ns) == []
    assert desk.engine.grading.take(desk.now_ns + 5_000 * MS) == []


def test_more_signals_than_there_is_room_for_are_each_said_to_be_unpriced(desk) -> None:
    opened = MOST_PENDING + 40
    for _ in range(opened):
        desk.edge(5.0)
        desk.wait(1)
        desk.edge(-5.0)

    crowded = [each for each in desk.marked if each.note == CROWDED]
    assert len({each.id for each in crowded}) == 40
    assert len(crowded) == 40 * len(HORIZONS_MS)
    desk.wait(2_100)
    desk.decide()
    assert len(desk.marked) == opened * len(HORIZONS_MS)


def test_proceeds_that_nothing_converts_now_are_unpriced(build_desk) -> None:
    """Bought for USDT, sold for USD; the only book between the two goes stale."""
    symbols = ("BTC/USDT", "BTC/USD")
    desk = build_desk(
        ("alpha", "beta"), symbols=symbols, conversions=("USDT/USD",), thresholds=Thresholds(max_age_ms=1_000)
    )
    desk.quote("alpha", 59_990.0, 60_000.0, symbol="BTC/USDT")
    desk.quote("beta", 60_500.0, 60_600.0, symbol="BTC/USD")
    desk.quote("alpha", 0.9999, 1.0, size=1e6, symbol="USDT/USD")
    opened = {each.id: each.opportunity.route for each in desk.decide()}
    assert {route.kind for route in opened.values()} == {"convert"}
    wait_for_legs_only(desk, 1_990)
    desk.wait(10)
    desk.quote("alpha", 59_990.0, 60_000.0, symbol="BTC/USDT")
    desk.quote("beta", 60_500.0, 60_600.0, symbol="BTC/USD")
    desk.decide()

    last = [each for each in desk.marked if each.horizon_ms == 2_000]
    assert len(last) == len(opened)
    assert {(each.captured, each.note) for each in last} == {(None, "USDT/USD: alpha stale 2.0 s")}
    assert {each.captured for each in desk.marked if each.horizon_ms <= 500} == {True}


def wait_for_legs_only(desk: Any, milliseconds: int) -> None:
    for _ in range(milliseconds // 10):
        desk.wait(10)
        for venue in desk.venues:
            desk.engine.on_pulse(Pulse(venue, desk.symbols, desk.now_ns), desk.now_ns)
        desk.decide()


def test_a_routes_grade_counts_hits_misses_and_what_could_not_be_priced(desk) -> None:
    for net_bps_later in (4.0, 3.0, -2.0):
        desk.edge(0.0)
        desk.wait(10)
        desk.edge(5.0)
        wait_for(desk, 70)
        desk.edge(net_bps_later)
        wait_for(desk, 100)
        desk.state("beta", FeedState.RESYNC)
        desk.decide()
        wait_for(desk, 2_000)
        desk.state("beta", FeedState.LIVE)

    (grade,) = desk.board().grades
    assert (grade.opened, grade.reaction_ms) == (3, 100)
    assert grade.horizons == (
        HorizonGrade(50, 3, 0, 0),
        HorizonGrade(100, 2, 1, 0),
        *[HorizonGrade(ms, 0, 0, 3) for ms in HORIZONS_MS[2:]],
    )
    assert grade.median_kept_bps == pytest.approx(3.0, abs=0.01)
    assert (grade.lived, grade.censored) == (1, 2)


def test_a_grade_knows_of_an_end_that_comes_after_the_last_markout(desk) -> None:
    desk.edge(0.0)
    desk.wait(10)
    desk.edge(5.0)
    wait_for(desk, 2_500)
    (standing,) = desk.board().grades
    desk.edge(0.0)
    (grade,) = desk.board().grades

    assert (standing.lived, standing.censored) == (0, 1)
    assert (grade.lived, grade.censored) == (1, 0)


@pytest.mark.parametrize("seed", range(4))
def test_in_any_market_they_are_what_brute_force_says_of_the_books_of_that_moment(
    build_desk, oracle, seed
) -> None:
    """Each once, at the first decision at or after its instant; unpriced if and only if the route is blocked,
    for the reason that displays give."""
    random = Random(seed)
    stage = Stage(build_desk, Engine, dwell_ms=0)
    desk, known = stage.desk, 0
    decided_ns: list[int] = []
    for move in moves(random, 250):
        before_ns = desk.now_ns
        stage.move(move, random.choice([0.02, 0.1, 0.5]))
        until_ns, desk.now_ns = desk.now_ns, before_ns
        while (due_ns := desk.engine.next_check_ns(desk.now_ns)) is not None and due_ns <= until_ns:
            desk.now_ns = max(due_ns, desk.now_ns)
            known = check(desk, oracle, known, decided_ns)
        desk.now_ns = until_ns
        known = check(desk, oracle, known, decided_ns)

    opened = {signal.id: signal for signal in desk.said if signal.event == "open"}
    for markout in desk.marked:
        due_ns = opened[markout.id].opened_ns + markout.horizon_ms * MS
        assert markout.at_ns == min(at_ns for at_ns in decided_ns if at_ns >= due_ns)
        assert markout.size == opened[markout.id].opportunity.size
    told = [(each.id, each.horizon_ms) for each in desk.marked]
    assert len(told) == len(set(told))
    assert len(told) > 100
    assert {each.captured for each in desk.marked} == {True, False, None}
    assert {each.route.kind for each in desk.marked} == {"cross", "convert"}


def check(desk: Any, oracle: Any, known: int, decided_ns: list[int]) -> int:
    """Decide, and hold what was marked out of one quote against the boards of this very instant."""
    desk.engine.new_statuses(desk.now_ns)
    desk.decide()
    decided_ns.append(desk.now_ns)
    fresh = [each for each in desk.marked[known:] if each.route.kind == "cross"]
    boards = {board.symbol: board for board in desk.engine.symbol_boards(desk.now_ns)} if fresh else {}
    for markout in fresh:
        route, board = markout.route, boards[markout.route.symbol]
        view = next(
            each
            for each in board.routes
            if (each.buy_venue, each.sell_venue) == (route.buy_venue, route.sell_venue)
        )
        if markout.captured is None:
            assert (markout.note, markout.profit) == (view.blocked, None)
            continue
        assert view.blocked is None
        books = {book.venue: book.books() for book in board.books}
        fees = {venue.venue: venue.taker for venue in board.venues}
        asks, bids = books[route.buy_venue][1], books[route.sell_venue][0]
        size = exact(markout.size)
        spent, earned = oracle.filled(asks, size), oracle.filled(bids, size)
        if spent is None or earned is None:
            assert (markout.note, markout.profit, markout.captured) == (DEPTH_GONE, None, False)
            continue
        profit = oracle.profit(asks, bids, size, (fees[route.buy_venue], fees[route.sell_venue]))
        outlay = spent * (1 + exact(fees[route.buy_venue]))
        assert markout.profit == pytest.approx(float(profit), abs=1e-8)
        assert markout.net_bps == pytest.approx(float(profit / outlay) * 10_000, abs=1e-8)
        assert markout.captured is (markout.profit > 0)
    return len(desk.marked)


def test_a_board_draws_few_curves_anew_however_many_routes_have_news_and_the_next_ones_draw_the_rest() -> (
    None
):
    """Signals come in droves, and so do their markouts: no tick may wait for all of their curves."""
    routes = [Route(BTC, Venue(f"v{number}"), Venue("beta")) for number in range(20)]
    known = CountedLifetimes()
    grades = Grades(known, Thresholds())  # type: ignore[arg-type]
    for route in routes:
        grades.on_open(route)
    for _ in range(10):
        grades.of_symbol(BTC, 0)
    assert known.asked == dict.fromkeys(routes, 1)
    for route in routes:
        grades.on_markout(Markout("k7f3-1", route, 50, 0, 1.0, 1.0, 1.0), None)
    shown = grades.of_symbol(BTC, 0)
    assert known.asked == dict.fromkeys(routes, 1), "a markout changes no lifetime"
    assert {(grade.horizons[0].hits, grade.lived) for grade in shown} == {(1, 1)}

    known.ended = dict.fromkeys(routes)
    grades.of_symbol(BTC, 0)
    assert sum(known.asked.values()) == 22
    for _ in range(9):
        grades.of_symbol(BTC, 0)
    assert known.asked == dict.fromkeys(routes, 2)


class CountedLifetimes:
    """One lifetime of each route; how often a curve was made of it."""

    def __init__(self) -> None:
        self.ended: dict[Route, None] = {}
        self.asked: Counter[Route] = Counter()

    def of_route(self, route: Route, now_ns: int) -> list[Lifetime]:
        self.asked[route] += 1
        return [Lifetime(100.0, ended=True)]
