"""Promise: whatever arrives, in whatever order, the engine says what a slow engine that recomputes
everything says."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.market import (
    USABLE,
    FeedState,
    Listing,
    PackedTick,
    Pulse,
    Route,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
)

VENUES = ("alpha", "beta", "gamma")
STATES = [FeedState.LIVE, FeedState.QUIET, FeedState.STALE, FeedState.RESYNC, FeedState.DOWN]
MS = 1_000_000
PRICE_STEP = 5.0
"""8 bps of the price of 6,000: single steps separate losing, holding and opening."""

TICKS = st.tuples(
    st.just("tick"), st.sampled_from(VENUES), st.integers(-5, 5), st.sampled_from([0.05, 0.3, 1.0])
)
PAUSES = st.tuples(st.just("pause"), st.sampled_from([0, 1, 90, 400, 501, 1_000]))
TROUBLES = st.tuples(st.just("state"), st.sampled_from(VENUES), st.sampled_from(STATES), st.booleans())
PULSES = st.tuples(st.just("pulse"), st.sampled_from(VENUES), st.sampled_from([0, 0, 200, 700]))
FEES = st.tuples(st.just("fee"), st.sampled_from(VENUES), st.sampled_from([0.0, 0.0005, 0.001]))
MOVES = st.one_of(TICKS, TICKS, TICKS, PAUSES, TROUBLES, PULSES, FEES)


def build_tick(venue: str, steps: int, size: float, received_ns: int, depth: int = 3) -> Tick:
    mid = 6_000.0 + steps * PRICE_STEP
    return Tick(
        Venue(venue),
        Symbol("BTC/USDT"),
        tuple((mid - 0.5 - level, size) for level in range(depth)),
        tuple((mid + 0.5 + level, size) for level in range(depth)),
        received_ns,
        received_ns,
    )


class Reference:
    """A slow engine: keeps the newest facts, recomputes every route each time, remembers only who is open,
    who stands, and who was taken away for being stale."""

    def __init__(self, desk: Any, oracle: Any) -> None:
        self.desk = desk
        self.oracle = oracle
        self.ticks: dict[str, Tick] = {}
        self.alive_ns: dict[str, int] = {}
        self.states = dict.fromkeys(desk.venues, (FeedState.LIVE, 0))
        self.whole = dict.fromkeys(desk.venues, (FeedState.LIVE, 0))
        self.broken_at_ns: dict[str, int] = {}
        self.listings: dict[str, Listing] = {}
        self.opened_ns: dict[tuple[str, str], int] = {}
        self.standing_ns: dict[tuple[str, str], int] = {}
        self.stale_ns: dict[tuple[str, str], list[int]] = {}

    def state(self, venue: str, state: FeedState, whole: bool) -> None:
        (self.whole if whole else self.states)[venue] = (state, self.desk.now_ns)
        if state in (FeedState.RESYNC, FeedState.DOWN, FeedState.CONNECTING, FeedState.QUARANTINED):
            self.broken_at_ns[venue] = self.desk.now_ns

    def pulse(self, venue: str, at_ns: int) -> None:
        if self.believes(venue):
            self.alive_ns[venue] = max(self.alive_ns[venue], at_ns)

    def believes(self, venue: str) -> bool:
        return venue in self.ticks and self.ticks[venue].received_ns >= self.broken_at_ns.get(venue, 0)

    def is_usable(self, venue: str) -> bool:
        """A whole venue's trouble covers its streams; its death, until one of them speaks later."""
        (own, own_ns), (whole, whole_ns) = self.states[venue], self.whole[venue]
        is_back = whole is FeedState.DOWN and own_ns > whole_ns
        return own in USABLE and (whole in USABLE or is_back)

    def healthy(self, buy: str, sell: str) -> bool:
        limits, pair = self.desk.thresholds, (buy, sell)
        if not all(self.believes(venue) and self.is_usable(venue) for venue in pair):
            return False
        stamps = [self.alive_ns[venue] for venue in pair]
        return (
            all(self.desk.now_ns - stamp <= limits.max_age_ms * MS for stamp in stamps)
            and abs(stamps[0] - stamps[1]) <= limits.max_asynchrony_ms * MS
        )

    def is_stale(self, buy: str, sell: str) -> bool:
        """Of an unhealthy pair: is age or distance the first thing that is wrong with it?"""
        limits = self.desk.thresholds
        for venue in (buy, sell):
            if not self.is_usable(venue):
                (own, own_ns), (whole, whole_ns) = self.states[venue], self.whole[venue]
                is_own = whole in USABLE or (whole is FeedState.DOWN and own_ns > whole_ns)
                return (own if is_own else whole) is FeedState.STALE
            if venue not in self.ticks:
                return False
            if self.desk.now_ns - self.alive_ns[venue] > limits.max_age_ms * MS:
                return True
            if not self.believes(venue):
                return False
        return True

    def dwell_ns(self, pair: tuple[str, str]) -> int:
        """Twice stale within ten seconds, and not long ago: it has to stand."""
        never: list[int] = [-(10**18), -(10**18)]
        before_ns, last_ns = (never + list(self.stale_ns.get(pair, ())))[-2:]
        is_restless = last_ns - before_ns <= 10_000 * MS >= self.standing_ns[pair] - last_ns
        return 10_000 * MS if is_restless else 0

    def decide(self) -> set[tuple[str, Route]]:
        """The opens and closes that must be said now."""
        return {event for pair in permutations(self.desk.venues, 2) for event in self._judge(*pair)}

    def _judge(self, buy: Venue, sell: Venue) -> Iterator[tuple[str, Route]]:
        limits, priced = self.desk.thresholds, None
        if self.healthy(buy, sell):
            priced = self.oracle.net_bps(
                self.ticks[buy].asks,
                self.ticks[sell].bids,
                self.listings[buy],
                self.listings[sell],
                limits.max_notional,
            )
        net = priced[1] if priced is not None else Fraction(-1_000_000)
        is_open, pair = (buy, sell) in self.opened_ns, (buy, sell)
        if (is_open or pair in self.standing_ns) and not self.healthy(buy, sell) and self.is_stale(buy, sell):
            self.stale_ns.setdefault(pair, []).append(self.desk.now_ns)
        if not is_open and net >= Fraction(repr(limits.min_net_bps)):
            since_ns = self.standing_ns.setdefault(pair, self.desk.now_ns)
            if self.desk.now_ns - since_ns >= self.dwell_ns(pair):
                del self.standing_ns[pair]
                self.opened_ns[buy, sell] = self.desk.now_ns
                yield "open", Route(Symbol("BTC/USDT"), buy, sell)
        elif not is_open:
            self.standing_ns.pop(pair, None)
        elif net < Fraction(repr(limits.close_net_bps)):
            del self.opened_ns[buy, sell]
            yield "close", Route(Symbol("BTC/USDT"), buy, sell)


@settings(max_examples=120, deadline=None)
@given(moves=st.lists(MOVES, min_size=5, max_size=40), decide_every=st.integers(1, 3))
def test_opens_and_closes_are_those_of_the_slow_engine(build_desk, oracle, moves, decide_every) -> None:
    """Only touched routes are recomputed here, all of them there."""
    desk = build_desk(VENUES, live=False, thresholds=Thresholds(max_age_ms=1_000, max_notional=3_000.0))
    slow = Reference(desk, oracle)
    for venue in VENUES:
        slow.listings[venue] = desk.list_market(venue, taker=0.0)
        desk.state(venue, FeedState.LIVE)
    for number, move in enumerate(moves):
        repriced = apply(desk, slow, move)
        if repriced or number % decide_every == 0:
            said = {
                (signal.event, signal.opportunity.route)
                for signal in desk.decide()
                if signal.event != "update"
            }
            expected = slow.decide()
            assert said - fee_cycles(desk, repriced) == expected - fee_cycles(desk, repriced)
            assert open_routes(desk) == set(slow.opened_ns)


def apply(desk: Any, slow: Any, move: tuple[Any, ...]) -> bool:
    """Tell both engines; True when a fee changed (which ends signals whatever they are worth)."""
    match move:
        case ("tick", venue, steps, size):
            tick = build_tick(venue, steps, size, desk.now_ns)
            desk.engine.on_tick(PackedTick.of(tick), sent_ns=desk.now_ns, arrived_ns=desk.now_ns)
            slow.ticks[venue] = tick
            slow.alive_ns[venue] = max(slow.alive_ns.get(venue, 0), tick.received_ns)
        case ("pause", milliseconds):
            desk.wait(milliseconds)
        case ("state", venue, state, whole):
            desk.state(venue, state, symbol=None if whole else "BTC/USDT")
            slow.state(venue, state, whole)
        case ("pulse", venue, late_ms):
            at_ns = desk.now_ns - late_ms * MS
            desk.engine.on_pulse(Pulse(Venue(venue), (Symbol("BTC/USDT"),), at_ns), desk.now_ns)
            slow.pulse(venue, at_ns)
        case ("fee", venue, taker):
            changed = bool(slow.listings[venue].fees.taker != taker)
            slow.listings[venue] = desk.list_market(venue, taker=taker)
            if changed:
                slow.opened_ns = {pair: at for pair, at in slow.opened_ns.items() if venue not in pair}
                slow.standing_ns = {pair: at for pair, at in slow.standing_ns.items() if venue not in pair}
            return changed
        case _:
            raise AssertionError(move)
    return False


def fee_cycles(desk: Any, repriced: bool) -> set[tuple[str, Any]]:
    """Closes for a changed fee: the slow engine forgets those silently."""
    if not repriced:
        return set()
    changed = {signal.opportunity.route for signal in desk.said if signal.reason == "fee_change"}
    return {("close", route) for route in changed}


def open_routes(desk: Any) -> set[tuple[str, str]]:
    return {(route.buy_venue, route.sell_venue) for route in desk.board().routes if route.open_id is not None}


def test_touching_everything_changes_nothing_that_is_said(build_desk) -> None:
    """Five venues at random: the same stream once incrementally, once with every route recomputed."""
    random = Random(20_240_809)
    venues = ("alpha", "beta", "gamma", "delta", "omega")
    quick, thorough = build_desk(venues), build_desk(venues)
    for _ in range(3_000):
        venue, steps, size = random.choice(venues), random.randint(-3, 3), random.choice([0.02, 0.4])
        pause_ms = random.choice([0, 1, 20, 20, 300])
        for desk in (quick, thorough):
            desk.wait(pause_ms)
            desk.engine.on_tick(
                PackedTick.of(build_tick(venue, steps, size, desk.now_ns, depth=20)),
                sent_ns=desk.now_ns,
                arrived_ns=desk.now_ns,
            )
        for each in venues:
            thorough.state(each, FeedState.LIVE)
        quick.decide()
        thorough.decide()

    assert sorted(map(told, quick.said)) == sorted(map(told, thorough.said))
    assert quick.engine.signals > 100
    assert all(signal.opportunity.notional <= 10_000.0 for signal in quick.said if signal.event != "close")


def told(signal: Signal) -> tuple[Any, ...]:
    """What a signal says, but for its number and the ages at which an untouched route was last looked at."""
    priced = signal.opportunity
    return (
        signal.at_ns,
        priced.route.key,
        signal.event,
        signal.reason or "",
        signal.opened_ns,
        signal.peak_net_bps,
        priced.net_bps,
        priced.size,
        priced.profit,
    )


def test_an_engine_reads_nothing_but_its_arguments(build_desk) -> None:
    """The same calls give the same signals, field by field."""
    first, second = build_desk(VENUES), build_desk(VENUES)
    for desk in (first, second):
        random = Random(7)
        for _ in range(300):
            desk.wait(random.choice([1, 50]))
            tick = build_tick(random.choice(VENUES), random.randint(-3, 3), 0.3, desk.now_ns)
            desk.engine.on_tick(PackedTick.of(tick), sent_ns=desk.now_ns, arrived_ns=desk.now_ns)
            desk.decide()

    assert first.said == second.said
    assert first.said != []
