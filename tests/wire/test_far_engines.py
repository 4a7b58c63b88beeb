"""Over TCP, with keys: the door tells and hears the same, and engines come and go under fan and reader."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kairos_tui.market import FeedState, FeedStatus, PackedTick, Symbol, Tick, Venue
from kairos_tui.wire import (
    Door,
    DoorLink,
    Hello,
    KeyRing,
    Published,
    SignalPublisher,
    SignalReader,
    TickFan,
    TickReceiver,
    Topic,
    Welcome,
    make_keys,
)

Until = Callable[[Callable[[], object]], None]
Make = Callable[..., Tick]
ANY_PORT = "tcp://127.0.0.1:0"
BTC, ETH = Symbol("BTC/USDT"), Symbol("ETH/USDT")
INGEST = Hello("ingest", "ingest:okx@alpha", 2, "0.5.0", "sim")


class Engine:
    """The three ports of an engine on another machine."""

    def __init__(self, number: int, ring: KeyRing, stack: ExitStack) -> None:
        self.number = number
        self.receiver = TickReceiver(ANY_PORT, ring=ring)
        self.publisher = SignalPublisher(ANY_PORT, ring=ring, run="k7f3", epoch=number, engine=number)
        self.door = Door(ANY_PORT, lambda: Welcome("k7f3", number, number, "sim", 2, "0.5.0"), ring=ring)
        for each in (self.receiver, self.publisher, self.door):
            stack.callback(each.close)
        self.books: list[PackedTick] = []

    def hear(self) -> list[int]:
        records = [arrival.record for arrival in self.receiver.drain(5)]
        self.books += [record for record in records if isinstance(record, PackedTick)]
        return [book.received_ns for book in self.books]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make_keys(tmp_path / "ours", ("engine", "ingest"))
    make_keys(tmp_path / "theirs", ("stranger",))
    return tmp_path


@pytest.fixture
def ring(keys: Path) -> KeyRing:
    return KeyRing(str(keys / "ours" / "ingest.key"))


@pytest.fixture
def engines(keys: Path) -> Iterator[list[Engine]]:
    serves = KeyRing(str(keys / "ours" / "engine.key"), str(keys / "ours"))
    with ExitStack() as stack:
        yield [Engine(number, serves, stack) for number in (3, 30)]


def test_who_has_a_key_that_is_known_learns_the_clock_and_its_host_is_seen(
    engines: list[Engine], ring: KeyRing, until: Until
) -> None:
    door = engines[0].door
    link = DoorLink(door.endpoint, INGEST, ring=ring)
    try:
        until(link.clock)
        known = link.clock()
        assert known is not None
        assert abs(known[0]) <= known[1]
        assert link.welcome is not None
        assert link.welcome.engine == 3
        (client,) = door.clients()
        assert (client.name, client.host) == (INGEST.name, "127.0.0.1")
        assert door.refused_peers == 0
    finally:
        link.close()


def test_who_has_not_is_told_so_and_is_nobodys_client(
    engines: list[Engine], keys: Path, until: Until
) -> None:
    door = engines[0].door
    link = DoorLink(door.endpoint, INGEST, ring=KeyRing(str(keys / "theirs" / "stranger.key")))
    try:
        until(lambda: link.trouble is not None and "does not know our key" in link.trouble)
        assert (link.welcome, link.clock(), door.clients()) == (None, None, ())
        assert door.refused_peers >= 1
        (keys / "ours" / "friend.pub").write_bytes((keys / "theirs" / "stranger.pub").read_bytes())
        until(link.clock)
        assert link.trouble is None
    finally:
        link.close()


def test_engines_come_and_go_under_a_fan(
    engines: list[Engine], ring: KeyRing, make_tick: Make, until: Until
) -> None:
    one, other = engines
    fan = TickFan([], {}, sender="ingest:okx@alpha", epoch=0, ring=ring)
    try:
        fan.offer(make_tick(1, BTC))
        fan.follow({one.receiver.endpoint: [BTC], other.receiver.endpoint: [ETH]})
        fan.offer(make_tick(2, ETH))
        until(lambda: (fan.flush(), one.hear(), other.hear())[1:] == ([1], [2]))
        fan.follow({other.receiver.endpoint: [BTC, ETH]})
        fan.offer(make_tick(3, BTC))
        until(lambda: (fan.flush(), other.hear())[1] == [2, 1, 3])
        fan.follow({one.receiver.endpoint: [BTC], other.receiver.endpoint: [BTC, ETH]})
        until(lambda: (fan.flush(), one.hear())[1] == [1, 3])
        assert one.receiver.ledger.records.refused == 0
    finally:
        fan.close()


def test_engines_come_and_go_under_a_reader(engines: list[Engine], ring: KeyRing, until: Until) -> None:
    one, other = engines
    heard: list[int] = []
    reader = SignalReader({one.publisher.endpoint: 3}, topics=[Topic.STATUS], ring=ring)

    def hears(engine: Engine) -> bool:
        status = FeedStatus(Venue("okx"), None, FeedState.LIVE, 1)
        engine.publisher.publish(status, ts_us=1, published_ns=1)
        heard.extend(each.engine for each in reader.drain(20) if isinstance(each, Published))
        return engine.number in heard

    try:
        until(lambda: hears(one))
        reader.follow({one.publisher.endpoint: 3, other.publisher.endpoint: 30})
        until(lambda: hears(other))
        assert reader.heard_from() == {3, 30}
        reader.follow({other.publisher.endpoint: 30})
        until(lambda: reader.drain(0) is not None and not one.publisher.wanted(Topic.STATUS))
        heard.clear()
        assert not hears(one)
        until(lambda: hears(other))
        assert set(heard) == {30}
        assert reader.trouble is None
    finally:
        reader.close()
