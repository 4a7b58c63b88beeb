"""Promise: several engines, each with some of the assets, say together what one with all of them says."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.engine.moves import WATCHED, Stage, moves

from kairos_tui.engine import Engine
from kairos_tui.market import FeedStatus, Shard, Signal, SymbolBoard, deal


class Shards:
    """One Stage for each, which hears what a worker would send it, and speaks for what it should."""

    def __init__(self, build_desk: Any, dwell_ms: int, shards: tuple[Shard, ...]) -> None:
        self.shards = shards
        self.stages = [
            Stage(build_desk, Engine, dwell_ms, shard.symbols, shard.conversions, shard.number)
            for shard in shards
        ]

    def look(self) -> tuple[list[FeedStatus], list[tuple[Any, ...]], list[SymbolBoard]]:
        looks = [stage.look() for stage in self.stages]
        statuses = [
            status
            for shard, (found, _, _) in zip(self.shards, looks, strict=True)
            for status in found
            if shard.speaks_for(status.symbol)
        ]
        boards = {board.symbol: board for _, _, painted in looks for board in painted}
        said = sorted(each for _, spoken, _ in looks for each in spoken)
        return statuses, said, [boards[symbol] for symbol in WATCHED]

    @property
    def said(self) -> list[Signal]:
        return [signal for stage in self.stages for signal in stage.desk.said]


def unnumbered(board: SymbolBoard) -> SymbolBoard:
    """The same without the ids of its signals, which say whose they are; grades are in no order."""
    pairs, converted = (
        tuple(replace(route, open_id=route.open_id and "open") for route in routes)
        for routes in (board.routes, board.converted)
    )
    best = board.best and replace(board.best, open_id=board.best.open_id and "open")
    grades = tuple(sorted(board.grades, key=str))
    return replace(board, routes=pairs, converted=converted, best=best, grades=grades)


def play(build_desk: Any, seed: int, count: int, shards: tuple[Shard, ...]) -> Shards:
    random = Random(seed)
    dwell_ms = random.choice([0, 0, 150])
    whole, parts = Stage(build_desk, Engine, dwell_ms), Shards(build_desk, dwell_ms, shards)
    for move in moves(random, count):
        size, is_decided = random.choice([0.02, 0.1, 0.5]), random.random() < 0.7
        for stage in (whole, *parts.stages):
            stage.move(move, size)
        if is_decided:
            statuses, said, boards = whole.look()
            found, spoken, painted = parts.look()
            assert (sorted(found, key=str), spoken) == (sorted(statuses, key=str), said), (seed, move)
            assert list(map(unnumbered, painted)) == list(map(unnumbered, boards)), (seed, move)
    return parts


@settings(max_examples=10, deadline=None)
@example(seed=16335, count=2)  # two routes whose edges ended at once, in another order in each engine
@given(seed=st.integers(0, 2**32), count=st.integers(2, 4))
def test_whatever_happens_they_say_the_same(build_desk, seed, count) -> None:
    play(build_desk, seed, 120, deal(WATCHED, count))


def test_they_have_said_enough_and_no_id_twice(build_desk) -> None:
    played = [play(build_desk, seed, 250, deal(WATCHED, 2)) for seed in range(4)]

    for parts in played:
        opened = [signal.id for signal in parts.said if signal.event == "open"]
        assert len(opened) == len(set(opened))
    said = [signal for parts in played for signal in parts.said]
    assert min(Counter(signal.event for signal in said).values()) > 50
    assert {signal.opportunity.kind for signal in said} == {"cross", "convert"}
    assert {signal.opportunity.route.symbol.partition("/")[0] for signal in said} == {"BTC", "ETH"}


@pytest.mark.parametrize("lapse", ["the books that convert", "all of an asset"])
def test_a_deal_that_forgets_something_is_found_out(build_desk, lapse) -> None:
    """The comparison itself is put to the test."""
    first, second = deal(WATCHED, 2)
    if lapse == "the books that convert":
        dealt = (replace(first, conversions=()), replace(second, conversions=()))
    else:
        moved = next(shard for shard in (first, second) if len(shard.symbols) == 2)
        other = second if moved is first else first
        dealt = (
            replace(moved, symbols=moved.symbols[:1]),
            replace(other, symbols=(*moved.symbols[1:], *other.symbols)),
        )

    with pytest.raises(AssertionError):
        play(build_desk, 3, 250, dealt)
