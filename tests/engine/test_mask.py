"""Promise: engines that know everything and serve a part each say together what one that serves all says.

Assets may pass from one to another at any moment: no route is open in two engines, and none is left out.
"""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.moves import DOLLARS, ETH, MS, USD, USDT, WATCHED, Stage, moves
from tests.engine.test_shards import unnumbered

from kairos_tui.engine import Engine
from kairos_tui.market import Asset, CloseReason, FeedState, Markout, Signal

ASSETS = (Asset("BTC"), Asset("ETH"))
EVERY = [(ASSETS,), (ASSETS[:1], ASSETS[1:]), (ASSETS[1:], ASSETS[:1], ()), ((), ASSETS)]


def opened(signals: list[Signal]) -> set[str]:
    """The routes that are open after all of this."""
    now: set[str] = set()
    for signal in signals:
        key = signal.opportunity.route.key
        if signal.event == "close":
            now.remove(key)
        else:
            assert (key in now) is (signal.event == "update"), key
            now.add(key)
    return now


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), parts=st.sampled_from(EVERY))
def test_a_partition_says_what_one_engine_says(build_desk, seed, parts) -> None:
    random = Random(seed)
    dwell_ms = random.choice([0, 0, 150])
    whole = Stage(build_desk, Engine, dwell_ms)
    masked = [Stage(build_desk, Engine, dwell_ms, epoch=number) for number in range(len(parts))]
    for stage, assets in zip(masked, parts, strict=True):
        assert stage.desk.engine.mask.serve(frozenset(assets), stage.desk.now_ns) == []

    for move in moves(random, 120):
        size, is_decided = random.choice([0.02, 0.1, 0.5]), random.random() < 0.7
        for stage in (whole, *masked):
            stage.move(move, size)
        if is_decided:
            statuses, said, boards = whole.look()
            looks = [stage.look() for stage in masked]
            assert sorted(each for _, spoken, _ in looks for each in spoken) == said, (seed, move)
            assert all(found == statuses for found, _, _ in looks), (seed, move)
            painted = {board.symbol: unnumbered(board) for _, _, shown in looks for board in shown}
            assert [painted[symbol] for symbol in WATCHED] == list(map(unnumbered, boards)), (seed, move)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_handed_over_stays_open_in_one_engine_at_most_and_in_the_end_in_one(
    build_desk, seed
) -> None:
    random = Random(seed)
    whole = Stage(build_desk, Engine, 0)
    parts = [Stage(build_desk, Engine, 0, epoch=number) for number in range(2)]
    owner = dict.fromkeys(ASSETS, 0)
    served_by(parts, owner)
    for move in moves(random, 150):
        size = random.choice([0.02, 0.1, 0.5])
        for stage in (whole, *parts):
            stage.move(move, size)
        if random.random() < 0.1:
            owner[random.choice(ASSETS)] = random.randrange(2)
            served_by(parts, owner)
        for stage in (whole, *parts):
            stage.look()
        first, second = (opened(stage.desk.said) for stage in parts)
        assert not first & second
        # What has fallen below the level that opens stays open in one that never closed it.
        missing = good_routes(whole) - first - second
        assert not missing, (seed, move)


def good_routes(stage: Stage) -> set[str]:
    desk = stage.desk
    shown = [each for board in desk.engine.symbol_boards(desk.now_ns) for each in board.open_signals]
    least_bps = desk.thresholds.min_net_bps
    return {each.opportunity.route.key for each in shown if each.opportunity.net_bps >= least_bps}


def served_by(parts: list[Stage], owner: dict[Asset, int]) -> None:
    """Those that lose something close it before the others begin."""
    for number, stage in enumerate(parts):
        own = frozenset(asset for asset, home in owner.items() if home == number)
        stage.desk.said += stage.desk.engine.mask.serve(own, stage.desk.now_ns)


def test_what_it_no_longer_serves_is_closed_once_and_its_markouts_end(build_desk) -> None:
    stage = played(build_desk)
    desk, engine = stage.desk, stage.desk.engine
    before = opened(desk.said)
    lost = {key for key in before if "BTC" in key}
    assert lost
    assert before - lost

    closed = engine.mask.serve(frozenset(ASSETS[1:]), desk.now_ns)

    assert {signal.opportunity.route.key for signal in closed} == lost
    assert {(signal.event, signal.reason) for signal in closed} == {("close", CloseReason.SHUTDOWN)}
    assert engine.mask.serve(frozenset(ASSETS[1:]), desk.now_ns) == []
    assert engine.mask.unserved == {USDT, USD, DOLLARS}
    ended = engine.grading.end_all(desk.now_ns, engine.mask.unserved)
    assert {markout.route.symbol for markout in ended} == {USDT, USD}
    assert [board.symbol for board in engine.symbol_boards(desk.now_ns)] == [ETH]
    assert engine.conversion_views(desk.now_ns) == ()
    assert {asset_of(markout) for markout in engine.grading.end_all(desk.now_ns)} == {"ETH"}


def test_what_it_serves_again_is_judged_at_the_next_decide_without_a_tick(build_desk) -> None:
    stage = played(build_desk)
    desk, engine = stage.desk, stage.desk.engine
    before = opened(desk.said)
    engine.mask.serve(frozenset(), desk.now_ns)
    assert desk.decide() == []
    assert engine.symbol_boards(desk.now_ns) == ()

    assert engine.mask.serve(None, desk.now_ns) == []
    assert engine.next_check_ns(desk.now_ns) == desk.now_ns
    again = desk.decide()

    assert {signal.opportunity.route.key for signal in again} == before
    assert {signal.event for signal in again} == {"open"}
    assert len({signal.id for signal in desk.said if signal.event == "open"}) == 2 * len(before)


@pytest.mark.parametrize("symbol", [USDT, ETH])
def test_a_book_that_converts_is_known_also_while_nothing_is_served(build_desk, symbol) -> None:
    """Its best rate, kept from tick to tick, is not of the time before."""
    whole, late = (Stage(build_desk, Engine, 0) for _ in range(2))
    late.desk.engine.mask.serve(frozenset(), late.desk.now_ns)
    for stage in (whole, late):
        for move in scripted(symbol):
            stage.move(move, 0.1)
            stage.look()
    late.desk.engine.mask.serve(frozenset(ASSETS), late.desk.now_ns)
    late.desk.decide()

    assert opened(late.desk.said) == opened(whole.desk.said)
    assert opened(whole.desk.said)


def scripted(symbol: Any) -> list[tuple[Any, ...]]:
    venues = ("alpha", "beta")
    books = [("tick", venue, each, 0) for venue in venues for each in (*WATCHED, DOLLARS)]
    return [*books, ("peg", 1.002), ("tick", "alpha", DOLLARS, 0), ("tick", "beta", symbol, 40)]


def played(build_desk: Any) -> Stage:
    """A stage with signals open of both assets, opened at the same moment."""
    stage = Stage(build_desk, Engine, 0)
    for symbol in (*WATCHED, DOLLARS):
        for venue, off_bps in (("alpha", 0), ("beta", 30)):
            stage.move(("state", venue, symbol, FeedState.LIVE), 0.1)
            stage.move(("tick", venue, symbol, 0 if symbol == DOLLARS else off_bps), 0.1)
    stage.desk.now_ns += MS
    stage.desk.decide()
    kinds = Counter(signal.opportunity.kind for signal in stage.desk.said)
    assert kinds["cross"] > 1
    assert kinds["convert"] > 0
    return stage


def asset_of(markout: Markout) -> str:
    return markout.route.symbol.partition("/")[0]
