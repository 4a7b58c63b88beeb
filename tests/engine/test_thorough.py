"""Promise: an engine that looks at what moved says what one says that looks at everything, every time."""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kairos_tui.engine import Engine
from kairos_tui.engine.slot import Slot
from kairos_tui.market import FeedState, Level, Pulse, Signal, Symbol, SymbolBoard, Thresholds, Tick, Venue

VENUES = ("alpha", "beta", "gamma", "delta")
USDT, USD, ETH, DOLLARS = "BTC/USDT", "BTC/USD", "ETH/USDT", "USDT/USD"
MIDS = {USDT: 6_000.0, USD: 5_994.0, ETH: 300.0, DOLLARS: 0.999}
STATES = [FeedState.QUIET, FeedState.STALE, FeedState.RESYNC, FeedState.DOWN, FeedState.CONNECTING]
MS = 1_000_000

Move = tuple[Any, ...]


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


def moves(random: Random, count: int) -> Iterator[Move]:
    """Mostly ticks a little apart; every kind of trouble now and then; each trouble is over some time."""
    for _ in range(count):
        venue, symbol = random.choice(VENUES), random.choice([USDT, USDT, USD, ETH, DOLLARS])
        match random.random():
            case share if share < 0.66:
                yield "tick", venue, symbol, random.choice([-30, -12, -5, 0, 0, 0, 5, 12, 30])
            case share if share < 0.69:
                yield "tick", venue, symbol, random.choice([-400, 400, 3_000, 90_000])
            case share if share < 0.71:
                yield "doubt", venue, symbol, random.choice(["crossed", "locked", "one-sided", "senseless"])
            case share if share < 0.77:
                yield "pause", random.choice([1, 20, 90, 300, 501, 1_100])
            case share if share < 0.83:
                yield "pulse", venue, random.choice([0, 200])
            case share if share < 0.87:
                yield "state", venue, random.choice([symbol, None]), random.choice(STATES)
            case share if share < 0.95:
                yield "state", venue, random.choice([symbol, None]), FeedState.LIVE
            case share if share < 0.97:
                yield "fee", venue, symbol, random.choice([0.0, 0.0002, 0.001])
            case _:
                yield "peg", random.choice([0.93, 0.999, 0.999])


def books(mid: float, size: float, depth: int = 5) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
    step = mid / 10_000
    bids = tuple((mid - step / 2 - step * level, size) for level in range(depth))
    return bids, tuple((mid + step / 2 + step * level, size) for level in range(depth))


class Stage:
    """One engine on its own desk; the moves of all are the same."""

    def __init__(self, build_desk: Any, kind: type[Engine], dwell_ms: int) -> None:
        limits = Thresholds(max_age_ms=1_000, dwell_ms=dwell_ms, max_notional=3_000.0)
        symbols = {"symbols": (USDT, USD, ETH), "conversions": (DOLLARS,)}
        self.desk = build_desk(VENUES, live=False, thresholds=limits, kind=kind, **symbols)
        self.mids = dict(MIDS)
        for venue in VENUES:
            for symbol in MIDS:
                self.desk.list_market(venue, symbol, taker=0.0002)
                self.desk.state(venue, FeedState.LIVE, symbol=symbol)

    def move(self, move: Move, size: float) -> None:
        desk, engine = self.desk, self.desk.engine
        match move:
            case ("tick", venue, symbol, off_bps):
                bids, asks = books(self.mids[symbol] * (1 + off_bps / 10_000), size * 6_000 / MIDS[symbol])
                desk.tick(venue, bids, asks, symbol=symbol)
            case ("doubt", venue, symbol, what):
                bids, asks = books(self.mids[symbol], size)
                shown: dict[str, Any] = {
                    "crossed": (asks, bids),
                    "locked": (bids, bids[:1]),
                    "one-sided": (bids, ()),
                    "senseless": (bids[::-1], asks),
                }
                desk.tick(venue, *shown[what], symbol=symbol)
            case ("pause", milliseconds):
                desk.wait(milliseconds)
            case ("pulse", venue, late_ms):
                pulse = Pulse(Venue(venue), tuple(map(Symbol, MIDS)), desk.now_ns - late_ms * MS)
                engine.on_pulse(pulse, desk.now_ns)
            case ("state", venue, symbol, state):
                desk.state(venue, state, symbol=symbol)
            case ("fee", venue, symbol, taker):
                desk.list_market(venue, symbol, taker=taker)
            case ("peg", mid):
                self.mids[DOLLARS] = mid
            case _:
                raise AssertionError(move)

    def look(self) -> tuple[list[Any], list[tuple[Any, ...]], list[SymbolBoard]]:
        """What it says now of streams, of routes, and to displays."""
        desk = self.desk
        statuses = desk.engine.new_statuses(desk.now_ns)
        said = sorted(map(told, desk.decide()))
        boards = [replace(board, open_signals=()) for board in desk.engine.symbol_boards(desk.now_ns, 0)]
        return statuses, said, boards


def told(signal: Signal) -> tuple[Any, ...]:
    """What a signal says, but for its number and the ages at which an untouched route was last looked at."""
    priced = signal.opportunity
    conversions = [(leg.venue, leg.symbol, leg.side, leg.levels) for leg in priced.conversions]
    return (
        priced.route.key,
        signal.event,
        signal.reason or "",
        signal.at_ns,
        signal.opened_ns,
        signal.peak_net_bps,
        (priced.net_bps, priced.size, priced.profit, priced.residue, priced.outlay),
        (priced.buy.levels, priced.sell.levels, str(conversions)),
    )


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
        def on_tick(self, tick: Tick, **stamps: Any) -> Any:
            quote = super().on_tick(tick, **stamps)
            if lapse == "a best price":
                self._board.markets[tick.symbol].best_bid = 0.0
            return quote

        def _touch_due(self, now_ns: int) -> None:
            if lapse != "what is due":
                super()._touch_due(now_ns)

    with pytest.raises(AssertionError):
        play(build_desk, 3, 250, kind=Lax)
