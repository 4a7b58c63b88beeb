"""Promise: an engine of a fleet speaks for what its last order says, until that is over, and not after.

Two desks on the same ticks hand assets over: no route is open in both at once, and none is missing in the
end. A process that slept says nothing until it has a mandate again; after long it closes all it had first.
"""

from random import Random
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from kairos_tui.market import (
    Asset,
    CloseReason,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Listing,
    Markout,
    PackedTick,
    Quote,
    Shard,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
    deal,
    owner_of,
    shard_of,
    split_symbol,
)
from kairos_tui.runtime.engine_desk import EngineDesk
from kairos_tui.runtime.engine_orders import LAPSED_NS, EngineOrder, EngineOrders, OrderLines
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.engine_rates import Hop
from kairos_tui.wire import Arrival, Tally

MS = 1_000_000
SYMBOLS = tuple(Symbol(f"{asset}/USDT") for asset in ("BTC", "ETH", "SOL", "XRP", "ADA"))
VENUES = (Venue("alpha"), Venue("beta"))
NEVER_NS = 1 << 62


class Room:
    """A desk that knows all and serves nothing until it is ordered; two live venues without fees."""

    def __init__(self, me: str, *, serves: bool = False) -> None:
        self.me = me
        self.now_ns = 1_000_000 * MS
        self.said: list[Any] = []
        self.sleeps_ms = 0
        shard = deal(SYMBOLS, 1)[0]
        plan = EnginePlan("k7f3", 0, "sim", "", "", shard, VENUES, Thresholds(max_age_ms=60_000), 10)
        plan = replace(plan, serves=serves, member=me)
        self.desk = EngineDesk(
            plan,
            lambda body, at_ns: self.said.append(body),
            clock_ns=self._clock_ns,
            started_ns=self.now_ns,
        )
        self.lines = OrderLines()
        self.orders = EngineOrders(self.desk, SYMBOLS, self.lines, serves=serves)
        for venue in VENUES:
            for symbol in SYMBOLS:
                base, quote = split_symbol(symbol)
                market = Instrument(venue, symbol, symbol, Asset(base), Asset(quote), lot=0.00001)
                live = FeedStatus(venue, symbol, FeedState.LIVE, self.now_ns)
                self.arrive(Listing(market, Fees(0.0, "config", 0)), live)
            self.arrive(FeedStatus(venue, None, FeedState.LIVE, self.now_ns))

    def _clock_ns(self) -> int:
        """The desk looks at it for stamps: a process may be stopped just there."""
        self.now_ns += self.sleeps_ms * MS
        self.sleeps_ms = 0
        return self.now_ns

    def arrive(self, *records: Any, is_quoted: bool = False) -> None:
        arrivals = [Arrival(each, "alpha", self.now_ns, self.now_ns) for each in records]
        self.desk.apply(arrivals, is_quoted=is_quoted)

    def order(self, *names: str, number: int = 1, for_ms: int = 1_000_000) -> None:
        order = EngineOrder(names, self.me, number, self.now_ns + for_ms * MS)
        self.lines.put(msgspec.json.encode(order))

    def turn(self) -> None:
        may_decide = self.orders.look(self.now_ns)
        self.desk.decide(self.now_ns, is_heard=may_decide)

    def book(self, symbol: Symbol, bps: float) -> list[PackedTick]:
        """So many bps between both venues."""
        ticks = []
        for venue, mid in zip(VENUES, (100.0, 100.0 * (1 + bps / 1e4)), strict=True):
            levels = ((mid, 1.0),), ((mid + 1e-6, 1.0),)
            ticks.append(PackedTick.of(Tick(venue, symbol, *levels, self.now_ns, self.now_ns)))
        return ticks

    def edge(self, bps: float, *symbols: Symbol, is_quoted: bool = False) -> None:
        for symbol in symbols or SYMBOLS:
            self.arrive(*self.book(symbol, bps), is_quoted=is_quoted)

    @property
    def signals(self) -> list[Signal]:
        return [body for body in self.said if isinstance(body, Signal)]

    @property
    def open(self) -> set[Symbol]:
        """As a reader has heard it."""
        heard: dict[str, Signal] = {}
        for signal in self.signals:
            if signal.event == "close":
                heard.pop(signal.id)
            else:
                assert (signal.id in heard) is (signal.event == "update")
                heard[signal.id] = signal
        return {signal.opportunity.route.symbol for signal in heard.values()}


def own(me: str, *names: str) -> set[Symbol]:
    return {symbol for symbol in SYMBOLS if owner_of(split_symbol(symbol)[0], names) == me}


def test_the_shards_of_all_names_are_all_symbols_once_and_one_speaks_for_each_stream() -> None:
    names = ("a", "b", "c")
    shards = [shard_of(name, names, SYMBOLS) for name in names]

    assert sorted(symbol for shard in shards for symbol in shard.symbols) == sorted(SYMBOLS)
    assert [shard.number for shard in shards] == [0, 1, 2]
    assert [shard.speaks_for(None) for shard in shards] == [True, False, False]
    assert owner_of(Asset("BTC"), ()) == ""


def test_before_its_first_order_it_knows_all_and_says_nothing() -> None:
    room = Room("a")
    room.edge(9.0, is_quoted=True)
    room.turn()

    assert room.said == []
    assert room.orders.is_warming
    assert room.desk.mask.books == len(VENUES) * len(SYMBOLS)
    board = room.desk.board(room.now_ns, wall_ns=0, hop=Hop(Tally()))
    assert (board.symbols, board.told) == ((), 0)


def test_at_its_order_it_tells_each_stream_once_and_opens_what_stands_without_a_tick() -> None:
    room = Room("a")
    room.edge(9.0)
    room.turn()
    room.order("a", "b", number=7)
    room.turn()

    mine = own("a", "a", "b")
    assert mine
    statuses = [(body.venue, body.symbol) for body in room.said if isinstance(body, FeedStatus)]
    assert sorted(statuses, key=str) == sorted(
        [(venue, symbol) for venue in VENUES for symbol in (*mine, None)], key=str
    )
    assert room.open == mine
    assert (room.orders.serving, room.orders.is_warming) == (7, False)
    room.edge(9.5, is_quoted=True)
    assert {body.symbol for body in room.said if isinstance(body, Quote)} == mine
    board = room.desk.board(room.now_ns, wall_ns=0, hop=Hop(Tally()))
    assert {each.symbol for each in board.symbols} == mine
    assert board.told == len(room.signals)


def test_without_orders_all_is_as_in_a_plan_that_serves() -> None:
    room = Room("", serves=True)
    room.edge(9.0)
    for _ in range(3):
        room.turn()
        room.now_ns += 10_000 * MS

    assert room.open == set(SYMBOLS)
    assert room.orders.serving is None
    assert not room.orders.is_warming


def test_an_order_that_takes_something_away_closes_it_and_its_markouts_before_the_word_of_it() -> None:
    room = Room("a")
    room.order("a")
    room.edge(9.0)
    room.turn()
    room.said.clear()
    room.order("a", "b", number=2)
    room.orders.look(room.now_ns)

    lost = set(SYMBOLS) - own("a", "a", "b")
    assert {signal.opportunity.route.symbol for signal in room.signals} == lost
    assert {(signal.event, signal.reason) for signal in room.signals} == {("close", CloseReason.SHUTDOWN)}
    markouts = [body for body in room.said if isinstance(body, Markout)]
    assert {markout.route.symbol for markout in markouts} == lost
    assert {markout.note for markout in markouts} == {"ended before"}
    assert room.orders.serving == 2
    room.said.clear()
    room.orders.look(room.now_ns)
    assert room.said == []


@pytest.mark.parametrize("seed", range(30))
def test_two_desks_hand_assets_to_and_fro_and_no_route_is_open_in_both_or_missing_in_the_end(seed) -> None:
    random = Random(seed)
    rooms = {name: Room(name) for name in ("a", "b")}
    names: tuple[str, ...] = ("a",)
    number = 0

    def give(*to: str) -> None:
        for name in to:
            rooms[name].order(*names, number=number)
            rooms[name].turn()
            assert rooms[name].orders.serving == number
            assert not rooms["a"].open & rooms["b"].open

    give("a", "b")
    for _ in range(120):
        symbol, bps = random.choice(SYMBOLS), random.choice([0.0, 4.0, 9.0])
        for room in rooms.values():
            room.now_ns += MS
            room.edge(bps, symbol)
            if random.random() < 0.8:
                room.turn()
        if random.random() < 0.15:
            before, number = names, number + 1
            names = random.choice([("a",), ("b",), ("a", "b")])
            # Who speaks now stops first; who is to speak begins when that is acknowledged.
            stop_first = sorted(rooms, key=lambda name: len(own(name, *names)) > len(own(name, *before)))
            give(*stop_first)
        assert not rooms["a"].open & rooms["b"].open
    for room in rooms.values():
        room.now_ns += MS
        room.edge(9.0)
        room.turn()
    assert [room.open for room in rooms.values()] == [own(name, *names) for name in rooms]
    ids = [signal.id for signal in rooms["a"].signals if signal.event == "open"]
    assert len(ids) == len(set(ids))


def test_past_its_time_it_says_nothing_and_what_is_open_stays_so_until_it_is_renewed() -> None:
    room = Room("a")
    room.order("a", for_ms=1_000)
    room.edge(9.0)
    room.turn()
    told = len(room.said)
    room.now_ns += 1_001 * MS
    room.turn()
    room.edge(0.0, is_quoted=True)
    room.arrive(FeedStatus(VENUES[0], SYMBOLS[0], FeedState.STALE, room.now_ns))
    room.turn()
    assert not room.orders.speaks
    room.desk.welcome()
    assert len(room.said) == told
    assert room.open == set(SYMBOLS)

    room.now_ns += 1_000 * MS
    room.order("a", for_ms=1_000)
    room.turn()
    assert room.orders.speaks
    states = [body.state for body in room.said[told:] if isinstance(body, FeedStatus)]
    assert FeedState.STALE in states
    closes = room.signals[-len(SYMBOLS) :]
    assert {signal.event for signal in closes} == {"close"}
    assert CloseReason.SHUTDOWN not in {signal.reason for signal in closes}
    assert room.open == set()


@pytest.mark.parametrize("names", [("a",), ("a", "b"), ("b",)])
def test_after_a_long_lapse_all_that_was_open_is_closed_as_censored_before_anything_new(names) -> None:
    room = Room("a")
    room.order("a", for_ms=1_000)
    room.edge(9.0)
    room.turn()
    before = {signal.id for signal in room.signals}
    told = len(room.signals)
    room.now_ns += 1_001 * MS + LAPSED_NS
    room.turn()
    assert len(room.signals) == told
    room.order(*names, number=2)
    room.turn()

    closes = [signal for signal in room.signals[told:] if signal.event == "close"]
    assert {signal.id for signal in closes} == before
    assert room.signals[told : told + len(closes)] == closes
    assert {signal.reason for signal in closes} == {CloseReason.SHUTDOWN}
    assert room.open == own("a", *names)


def test_an_order_that_is_over_when_it_is_read_changes_nothing_and_is_not_acknowledged() -> None:
    room = Room("a")
    room.order("a", for_ms=500)
    room.edge(9.0)
    room.turn()
    room.order("b", number=2, for_ms=600)
    room.now_ns += 700 * MS
    room.turn()

    assert room.orders.serving == 1
    assert not room.orders.speaks
    assert room.open == set(SYMBOLS)


@pytest.mark.parametrize("lapse_ms", [200, 5_000])
def test_stopped_between_a_decision_and_its_word_it_says_nothing_until_it_has_a_mandate(lapse_ms) -> None:
    """As SIGSTOP does it, in the worst place."""
    room = Room("a")
    room.order("a", for_ms=1_000)
    room.edge(9.0, *SYMBOLS[:2])
    room.turn()
    assert room.open == set(SYMBOLS[:2])
    room.now_ns += 900 * MS
    room.edge(0.0, SYMBOLS[0])
    room.edge(9.0, SYMBOLS[2])
    told = len(room.signals)
    room.sleeps_ms = 100 + lapse_ms
    room.turn()
    assert len(room.signals) == told

    room.turn()
    assert not room.orders.speaks
    room.order("a", number=2)
    room.turn()
    said = [(signal.event, signal.opportunity.route.symbol) for signal in room.signals[told:]]
    if lapse_ms < 1_500:
        assert sorted(said)[:1] == [("close", SYMBOLS[0])]
        assert ("open", SYMBOLS[2]) in said
    else:
        # Its first signal of the third was never heard: of it there is nothing to close.
        assert said[:2] == [("close", symbol) for symbol in SYMBOLS[:2]]
        assert said[2:] == [("open", symbol) for symbol in SYMBOLS[1:3]]
    assert room.open == set(SYMBOLS[1:3])


def test_lines_that_are_no_orders_and_lines_beyond_the_bound_are_dropped_and_counted() -> None:
    lines = OrderLines()
    lines.put(b"{")
    for number in range(70):
        lines.put(msgspec.json.encode(EngineOrder(("a",), "a", number, NEVER_NS)))
    assert lines.dropped == 7

    lines.put(b'{"names": 3}')
    taken = lines.take()
    assert [taken[0].number, taken[-1].number] == [7, 69]
    assert lines.dropped == 9


def test_an_end_while_it_has_no_mandate_closes_what_was_heard_to_open() -> None:
    room = Room("a")
    room.order("a", for_ms=1_000)
    room.edge(9.0)
    room.turn()
    room.now_ns += 3_000 * MS
    room.turn()
    room.desk.close(room.now_ns)

    assert room.open == set()


def test_who_serves_nothing_has_no_shard() -> None:
    room = Room("c")
    room.edge(9.0)
    room.order("a", "b", number=4)
    room.turn()

    assert room.said == []
    assert (room.orders.serving, room.orders.is_warming) == (4, True)
    room.desk.serve(Shard(symbols=SYMBOLS[:1]), room.now_ns, until_ns=NEVER_NS)
    room.turn()
    assert room.open == set(SYMBOLS[:1])
