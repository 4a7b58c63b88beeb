"""Engines come and go under a fan: each living one ends with the newest of all it needs; all is counted."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kairos_tui.errors import Fatal
from kairos_tui.market import FeedState, FeedStatus, PackedTick, Pulse, Symbol, Tick, Venue
from kairos_tui.wire import Endpoints, Received, Record, TickFan, TickReceiver, private_folder

OKX = Venue("okx")
BTC, ETH, DOLLARS = Symbol("BTC/USDT"), Symbol("ETH/USDT"), Symbol("USDT/USD")
SYMBOLS = (BTC, ETH, DOLLARS)
Until = Callable[[Callable[[], object]], None]


def tick(number: int, symbol: Symbol) -> Tick:
    return Tick(OKX, symbol, ((1.0, 1.0),), ((2.0, 1.0),), number, number)


class Engine:
    """A receiver, and all that it was ever told."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.receiver = TickReceiver(endpoint)
        self.told: list[Received] = []

    def hear(self, timeout_ms: int = 0) -> bool:
        """Whether it was ever told anything."""
        self.told += [arrival.record for arrival in self.receiver.drain(timeout_ms)]
        return bool(self.told)

    def last(self, symbol: Symbol) -> int | None:
        """Its newest book of a symbol; one older than another before it would be wrong."""
        numbers = [each.received_ns for each in self.told if isinstance(each, PackedTick)]
        of_symbol = [
            each.received_ns for each in self.told if isinstance(each, PackedTick) and each.symbol == symbol
        ]
        assert of_symbol == sorted(of_symbol), numbers
        return of_symbol[-1] if of_symbol else None

    def close(self) -> None:
        self.receiver.close()


@pytest.fixture
def engines() -> Iterator[list[Engine]]:
    with private_folder() as folder:
        opened = [Engine(Endpoints.in_dir(folder, number).ticks) for number in range(3)]
        yield opened
        for engine in opened:
            engine.close()


@pytest.fixture
def fan(engines: list[Engine]) -> Iterator[TickFan]:
    """Of the first alone."""
    opened = TickFan([engines[0].endpoint], {}, sender="ingest:okx", epoch=0)
    yield opened
    opened.close()


def settle(fan: TickFan, engines: list[Engine]) -> None:
    """Until every tick that was handed to a socket has come."""
    deadline_s = time.monotonic() + 15
    while fan.flush() or fan.counts().sent > sum(each.receiver.ledger.ticks.received for each in engines):
        assert time.monotonic() < deadline_s, f"it never came to rest: {fan.counts()}"
        for engine in engines:
            engine.hear(1)


def test_a_newcomer_is_told_the_last_of_all_it_needs_and_of_nothing_else(
    engines: list[Engine], fan: TickFan
) -> None:
    live = [FeedStatus(OKX, symbol, FeedState.LIVE, 1) for symbol in SYMBOLS]
    told: tuple[Record, ...] = (
        *live,
        Pulse(OKX, SYMBOLS, 1),
        *(tick(n, symbol) for n in (1, 2) for symbol in SYMBOLS),
    )
    for record in told:
        fan.offer(record)
    settle(fan, engines)

    fan.follow({engines[0].endpoint: [BTC], engines[1].endpoint: [ETH]})
    settle(fan, engines)

    assert engines[1].told == [
        live[1],
        live[2],
        PackedTick.of(tick(2, ETH)),
        PackedTick.of(tick(2, DOLLARS)),
    ]
    assert len(engines[0].told) == 10


def test_a_symbol_may_have_two_homes_and_a_new_home_is_told_its_last_book(
    engines: list[Engine], fan: TickFan
) -> None:
    one, other = engines[0].endpoint, engines[1].endpoint
    fan.follow({one: [BTC], other: [ETH]})
    fan.offer(tick(1, BTC))
    fan.follow({one: [BTC], other: [ETH, BTC]})
    fan.offer(tick(2, BTC))
    fan.follow({one: [], other: [ETH, BTC]})
    fan.offer(tick(3, BTC))
    settle(fan, engines)

    books = [
        [each.received_ns for each in engine.told if isinstance(each, PackedTick)] for engine in engines[:2]
    ]

    assert books == [[1, 2], [1, 2, 3]]


def test_one_that_is_away_is_left_at_once_and_what_waited_for_it_is_counted(
    engines: list[Engine], fan: TickFan
) -> None:
    engines[1].close()  # nobody listens there
    fan.follow({engine.endpoint: [] for engine in engines[:2]})
    for number in range(5):
        fan.offer(tick(number, BTC))
    fan.flush()
    began_s = time.monotonic()

    fan.follow({engines[0].endpoint: []})

    assert time.monotonic() - began_s < 5.0  # libzmq would linger for ever
    settle(fan, engines[:1])
    counts = fan.counts()
    assert (counts.offered, counts.sent, counts.conflated) == (10, 5, 0)
    assert counts.dropped == 5


def test_one_that_comes_back_is_not_taken_for_a_repetition(engines: list[Engine], fan: TickFan) -> None:
    one, other = engines[0], engines[1]
    fan.follow({one.endpoint: [BTC], other.endpoint: [BTC]})
    fan.offer(tick(1, BTC))
    settle(fan, engines)
    fan.follow({one.endpoint: [BTC]})
    fan.offer(tick(2, BTC))
    fan.follow({one.endpoint: [BTC], other.endpoint: [BTC]})
    settle(fan, engines)

    assert other.last(BTC) == 2
    assert other.receiver.ledger.records.refused == other.receiver.ledger.records.lost == 0


def _same(clock: tuple[int, int]) -> tuple[int, int]:
    return clock


def test_one_that_comes_back_may_have_another_clock(engines: list[Engine]) -> None:
    clocks = iter([(0, 0), (500, 0)])
    fan = TickFan([], {}, sender="ingest:okx", epoch=0, clocks=lambda _: partial(_same, next(clocks)))
    try:
        for _ in range(2):
            fan.follow({engines[0].endpoint: [BTC]})
            fan.offer(tick(1_000, BTC))
            settle(fan, engines)
            fan.follow({})
        assert [each.received_ns for each in engines[0].told if isinstance(each, PackedTick)][-1] == 1_500
    finally:
        fan.close()


def test_an_address_that_cannot_be_used_changes_nothing(engines: list[Engine], fan: TickFan) -> None:
    with pytest.raises(Fatal):
        fan.follow({engines[1].endpoint: [BTC], "nowhere": [BTC]})

    fan.offer(tick(1, BTC))
    settle(fan, engines)
    assert [len(engine.told) for engine in engines] == [1, 0, 0]
    fan.follow({engines[1].endpoint: [BTC]})
    settle(fan, engines)
    assert [engine.last(BTC) for engine in engines] == [1, 1, None]


def test_what_nobody_needed_yet_is_kept_for_who_comes(engines: list[Engine], fan: TickFan) -> None:
    fan.follow({})
    fan.offer(tick(1, BTC))
    fan.offer(tick(2, BTC))
    assert fan.flush() == 0

    fan.follow({engines[2].endpoint: [BTC]})
    settle(fan, engines)

    assert engines[2].told == [PackedTick.of(tick(2, BTC))]


def test_a_restarted_engine_is_told_again_only_what_it_needs(
    engines: list[Engine], fan: TickFan, until: Until
) -> None:
    fan.follow({engines[0].endpoint: [BTC], engines[1].endpoint: [ETH]})
    for symbol in SYMBOLS:
        fan.offer(tick(1, symbol))
    settle(fan, engines)
    engines[1].close()
    restarted = Engine(engines[1].endpoint)
    try:
        until(lambda: fan.flush() or restarted.hear(10))
        settle(fan, [engines[0], restarted])
        assert {each.symbol for each in restarted.told if isinstance(each, PackedTick)} == {ETH, DOLLARS}
    finally:
        restarted.close()


def test_nothing_is_sent_while_the_engines_clock_is_not_known(engines: list[Engine]) -> None:
    known: list[tuple[int, int]] = []
    fan = TickFan(
        [engines[0].endpoint],
        {},
        sender="ingest:okx",
        epoch=0,
        clocks=lambda _: lambda: known[0] if known else None,
    )
    try:
        for number in range(1, 101):
            fan.offer(tick(number, BTC))
            assert fan.flush() > 0
            engines[0].hear()
        assert engines[0].told == []
        known.append((5_000, 10))
        settle(fan, engines)

        assert [each.received_ns for each in engines[0].told if isinstance(each, PackedTick)][-1] == 5_090
        counts = fan.counts()
        assert counts.offered == 100 == counts.sent + counts.conflated
        assert counts.conflated >= 90
    finally:
        fan.close()


places = st.integers(0, 2)
needs = st.dictionaries(places, st.sets(st.sampled_from(SYMBOLS)))


class Following(RuleBasedStateMachine):
    """Whatever comes and goes. Receivers are real, and so are the sockets."""

    @initialize()
    def begin(self) -> None:
        self.stack = private_folder()
        folder = self.stack.__enter__()
        self.engines = [Engine(Endpoints.in_dir(folder, number).ticks) for number in range(3)]
        self.fan = TickFan([], {}, sender="ingest:okx", epoch=0)
        self.following: dict[int, set[Symbol]] = {}
        self.newest: dict[Symbol, int] = {}
        self.number = 0

    @rule(symbol=st.sampled_from(SYMBOLS), times=st.integers(1, 4))
    def tell(self, symbol: Symbol, times: int) -> None:
        for _ in range(times):
            self.number += 1
            self.fan.offer(tick(self.number, symbol))
        self.newest[symbol] = self.number

    @rule()
    def flush(self) -> None:
        self.fan.flush()

    @rule(place=places)
    def hear(self, place: int) -> None:
        self.engines[place].hear(5)

    @rule(needs=needs)
    def follow(self, needs: dict[int, set[Symbol]]) -> None:
        leaving = [place for place in self.following if place not in needs]
        if leaving:
            self.settle()  # else what a leaver was sent may be in flight for ever
        self.fan.follow({self.engines[place].endpoint: symbols for place, symbols in needs.items()})
        self.following = needs

    @rule(needs=needs)
    def follow_at_once(self, needs: dict[int, set[Symbol]]) -> None:
        """Who is left before anything more was flushed has its unsent ones dropped."""
        self.settle()
        self.tell(BTC, 2)
        self.fan.follow({self.engines[place].endpoint: symbols for place, symbols in needs.items()})
        self.following = needs

    @precondition(lambda self: self.following)
    @rule()
    def tell_totals(self) -> None:
        self.fan.offer_counts()

    @invariant()
    def every_tick_is_accounted_for(self) -> None:
        if not hasattr(self, "fan"):
            return
        counts = self.fan.counts()
        assert counts.offered >= counts.sent + counts.conflated + counts.dropped

    def settle(self) -> None:
        settle(self.fan, self.engines)

    def teardown(self) -> None:
        if not hasattr(self, "fan"):
            return
        try:
            self.settle()
            self.check()
        finally:
            self.fan.close()
            for engine in self.engines:
                engine.close()
            self.stack.__exit__(None, None, None)

    def check(self) -> None:
        named = set().union(*self.following.values()) if self.following else set()
        for place, symbols in self.following.items():
            for symbol, number in self.newest.items():
                if symbol in symbols or symbol not in named:
                    assert self.engines[place].last(symbol) == number, f"{place} has no newest {symbol}"
        counts = self.fan.counts()
        received = sum(engine.receiver.ledger.ticks.received for engine in self.engines)
        tallies = [engine.receiver.ledger.records for engine in self.engines]
        assert counts.sent == received
        assert counts.offered == received + counts.conflated + counts.dropped
        assert all(tally.lost == tally.refused == 0 for tally in tallies)


Following.TestCase.settings = settings(deadline=None, max_examples=25, stateful_step_count=12)
test_whatever_comes_and_goes: Any = Following.TestCase
