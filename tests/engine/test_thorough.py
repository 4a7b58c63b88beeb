"""Promise: an engine that looks at what moved says what one says that looks at everything, every time."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.moves import Stage, moves

from kairos_tui.engine import Engine
from kairos_tui.engine.slot import Slot
from kairos_tui.market import PackedTick, Signal


class Thorough(Engine):
    """Looks at every route at each decision and keeps nothing that would spare it a look: no best prices, no
    bounds of conversions, no bands of calm markets."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(**facts)
        take_touched, board = self._board.take_touched, self._board

        def take_all(now_ns: int) -> tuple[list[Slot], list[Slot], set[Slot]]:
            touched, fresh, repriced = take_touched(now_ns)
            everything = [slot for market in board.markets.values() for slot in market.slots]
            return list(dict.fromkeys([*touched, *everything])), fresh, repriced

        board.take_touched = take_all  # type: ignore[method-assign]

    def decide(self, now_ns: int) -> list[Signal]:
        for market in self._board.markets.values():
            market.best_bid = max(slot.net_bid for slot in market.slots)
            market.best_ask = min(slot.net_ask for slot in market.slots)
            wall = self._board._quarantines.wall_of(market.slots[0].symbol)
            if not wall.is_watchful:
                wall.low, wall.high = float("inf"), float("-inf")
            self._conversions.note(market)
        self._conversions._bounds.clear()
        self._conversions._best_rates.clear()
        return super().decide(now_ns)


def play(build_desk: Any, seed: int, count: int, kind: type[Engine] = Engine) -> list[Signal]:
    random = Random(seed)
    dwell_ms = random.choice([0, 0, 150])
    quick, thorough = Stage(build_desk, kind, dwell_ms), Stage(build_desk, Thorough, dwell_ms)
    for move in moves(random, count):
        size, is_decided = random.choice([0.02, 0.1, 0.5]), random.random() < 0.7
        before_ns = quick.desk.now_ns
        for stage in (quick, thorough):
            stage.move(move, size)
        if move[0] == "pause":
            wake_in_between(quick, thorough, before_ns)
        if is_decided:
            assert quick.look() == thorough.look(), (seed, move)
    return quick.desk.said  # type: ignore[no-any-return]


def wake_in_between(quick: Stage, thorough: Stage, from_ns: int) -> None:
    """While nothing arrives the quick one is woken when it asked to be, and not before."""
    until_ns = quick.desk.now_ns
    quick.desk.now_ns = thorough.desk.now_ns = from_ns
    while (due_ns := quick.desk.engine.next_check_ns(quick.desk.now_ns)) is not None and due_ns < until_ns:
        quick.desk.now_ns = thorough.desk.now_ns = max(due_ns, quick.desk.now_ns)
        assert quick.look() == thorough.look()
        assert quick.desk.engine.next_check_ns(quick.desk.now_ns) != due_ns, (
            "it looked, and asks for it again"
        )
    quick.desk.now_ns = thorough.desk.now_ns = until_ns


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_happens_both_say_the_same(build_desk, seed) -> None:
    play(build_desk, seed, 120)


def test_both_have_been_through_everything_and_said_the_same(build_desk) -> None:
    said = [signal for seed in range(6) for signal in play(build_desk, seed, 250)]

    events, reasons = Counter(signal.event for signal in said), {signal.reason for signal in said}
    assert min(events["open"], events["update"], events["close"]) > 50
    assert {signal.opportunity.kind for signal in said} == {"cross", "convert"}
    assert {signal.opportunity.mode for signal in said if signal.opportunity.conversions} == {
        "closed",
        "inventory",
    }
    assert {"reverted", "stale", "resync", "down", "quarantined", "fee_change", "depeg"} <= reasons


@pytest.mark.parametrize("lapse", ["a best price", "what is due"])
def test_an_engine_that_forgets_one_of_them_is_found_out(build_desk, lapse) -> None:
    """The comparison itself is put to the test."""

    class Lax(Engine):
        def on_tick(self, tick: PackedTick, **stamps: Any) -> Any:
            quote = super().on_tick(tick, **stamps)
            if lapse == "a best price":
                self._board.markets[tick.symbol].best_bid = 0.0
            return quote

        def _touch_due(self, now_ns: int) -> None:
            if lapse != "what is due":
                super()._touch_due(now_ns)

    with pytest.raises(AssertionError):
        play(build_desk, 3, 250, kind=Lax)
