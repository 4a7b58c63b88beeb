"""Engines come and go under a reader: each is heard while it is there, and no hole is made up."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
import zmq
from msgspec.structs import replace

from kairos_tui.market import Board, FeedState, FeedStatus, Rates, Symbol, SymbolBoard, Thresholds, Venue
from kairos_tui.wire import (
    Endpoints,
    Missed,
    Published,
    SignalPublisher,
    SignalReader,
    Topic,
    private_folder,
)

Until = Callable[[Callable[[], object]], None]
OKX = Venue("okx")
NUMBERS = (4, 40, 7)
TOPICS = (Topic.STATUS, Topic.BOARD)


class Engine:
    """One that publishes, and is restarted at will."""

    def __init__(self, endpoint: str, number: int, epoch: int) -> None:
        self.endpoint, self.number = endpoint, number
        self.publisher = SignalPublisher(endpoint, run="k7f3", epoch=epoch, engine=number)

    def restart(self, epoch: int) -> None:
        self.publisher.close()
        self.publisher = SignalPublisher(self.endpoint, run="k7f3", epoch=epoch, engine=self.number)

    def say(self, since_ns: int = 1) -> None:
        status = FeedStatus(OKX, Symbol(f"S{self.number}/USDT"), FeedState.LIVE, since_ns)
        self.publisher.publish(status, ts_us=1, published_ns=1)

    def show(self, at_ns: int = 1, *, is_last: bool = False) -> None:
        shown = (SymbolBoard(Symbol(f"S{self.number}/USDT"), (), ()),)
        board = Board("k7f3", "sim", 0, at_ns, 2, 3, Thresholds(), shown, Rates(), is_last=is_last)
        self.publisher.publish(board, ts_us=1, published_ns=1)

    def is_heard(self) -> bool:
        return all(self.publisher.wanted(topic) for topic in TOPICS)


@pytest.fixture
def engines() -> Iterator[list[Engine]]:
    with private_folder() as folder:
        opened = [
            Engine(Endpoints.in_dir(folder, place).signals, number, epoch=place)
            for place, number in enumerate(NUMBERS)
        ]
        yield opened
        for engine in opened:
            engine.publisher.close()


def addresses(*engines: Engine) -> dict[str, int]:
    return {engine.endpoint: engine.number for engine in engines}


@pytest.fixture
def reader(engines: list[Engine], until: Until) -> Iterator[SignalReader]:
    """Of the first alone."""
    opened = SignalReader(addresses(engines[0]), topics=TOPICS)
    until(engines[0].is_heard)
    yield opened
    opened.close()


def follow(reader: SignalReader, until: Until, *engines: Engine) -> None:
    reader.follow(addresses(*engines))
    for engine in engines:
        until(engine.is_heard)


def hear(reader: SignalReader, count: int) -> list[Published | Missed]:
    heard: list[Published | Missed] = []
    while len(heard) < count:
        more = reader.drain(5_000, most=count - len(heard))
        assert more, "nothing more came"
        heard += more
    return heard


def next_board(reader: SignalReader) -> Board:
    (heard,) = reader.drain(5_000)
    assert isinstance(heard, Published)
    assert isinstance(heard.body, Board)
    return heard.body


def speakers(heard: list[Published | Missed]) -> list[int]:
    return [each.engine for each in heard if isinstance(each, Published)]


def test_one_that_comes_later_is_heard_and_what_it_said_before_was_not_missed(
    engines: list[Engine], reader: SignalReader, until: Until
) -> None:
    assert reader.heard_from() == frozenset()
    for _ in range(3):
        engines[1].say()
    follow(reader, until, *engines[:2])
    engines[0].say()
    engines[1].say()

    heard = hear(reader, 2)

    assert sorted(speakers(heard)) == [4, 40]
    assert reader.heard_from() == {4, 40}


def test_what_a_leaver_said_is_told_and_nothing_after_it(
    engines: list[Engine], reader: SignalReader, until: Until
) -> None:
    follow(reader, until, *engines[:2])
    engines[1].say(1)
    engines[1].say(2)
    engines[0].say()
    heard = hear(reader, 3)
    engines[1].say(3)
    reader.follow(addresses(engines[0]))
    until(lambda: drained(reader, heard) and not engines[1].publisher.wanted(Topic.STATUS))
    engines[1].say(4)
    engines[0].say(8)
    while not any(isinstance(each, Published) and each.number == 2 for each in heard if of(each, 4)):
        heard += hear(reader, 1)

    said = said_by(40, heard)
    assert said in ([1, 2], [1, 2, 3])  # the third may have been on its way
    assert not any(isinstance(each, Missed) for each in heard)
    assert reader.heard_from() == {4}


def drained(reader: SignalReader, heard: list[Published | Missed]) -> bool:
    heard += reader.drain(0)
    return True


def said_by(engine: int, heard: list[Published | Missed]) -> list[int]:
    of_it = [each.body for each in heard if isinstance(each, Published) and each.engine == engine]
    return [body.since_ns for body in of_it if isinstance(body, FeedStatus)]


def of(each: Published | Missed, engine: int) -> bool:
    return isinstance(each, Published) and each.engine == engine


def test_what_had_come_of_a_leaver_is_not_lost_with_its_connection(
    engines: list[Engine], reader: SignalReader, until: Until
) -> None:
    follow(reader, until, *engines[:2])
    for number in range(50):
        engines[1].say(number)
    engines[1].say(99)
    heard = hear(reader, 1)
    until(partial(_has_input, reader))

    reader.follow(addresses(engines[0]))
    while more := reader.drain(0, most=7):
        assert len(more) <= 7
        heard += more

    said = said_by(40, heard)
    assert said == [*range(50), 99][: len(said)]
    assert len(said) > 1
    assert not any(isinstance(each, Missed) for each in heard)


def _has_input(reader: SignalReader) -> bool:
    return reader._socket.has_input()


def test_one_that_comes_back_has_missed_nothing_and_one_that_restarts_has(
    engines: list[Engine], reader: SignalReader, until: Until
) -> None:
    follow(reader, until, *engines[:2])
    engines[1].say()
    hear(reader, 1)
    reader.follow(addresses(engines[0]))
    until(lambda: reader.drain(0) or not engines[1].publisher.wanted(Topic.STATUS))
    for _ in range(5):
        engines[1].say()
    follow(reader, until, *engines[:2])
    engines[1].say()
    assert [type(each) for each in hear(reader, 1)] == [Published]

    engines[1].restart(epoch=9)
    for _ in range(2):  # before the reader is back
        engines[1].say()
    until(lambda: reader.drain(0) or engines[1].is_heard())
    engines[1].say()
    assert Missed(Topic.STATUS, 2, 9) in hear(reader, 2)


def test_a_hole_in_ones_numbers_is_its_own_whatever_comes_and_goes(
    engines: list[Engine], reader: SignalReader, until: Until
) -> None:
    follow(reader, until, *engines)
    for engine in engines:
        engine.say()
    hear(reader, 3)
    for _ in range(2):  # nobody asks for it
        engines[2].publisher.publish(
            FeedStatus(OKX, None, FeedState.DOWN, 1, "x" * 5_000_000), ts_us=1, published_ns=1
        )
    follow(reader, until, engines[0], engines[2])
    engines[2].say()
    engines[0].say()

    heard = hear(reader, 3)

    assert [each.count for each in heard if isinstance(each, Missed)] == [2]


def test_boards_are_one_picture_of_those_that_are_there(
    engines: list[Engine], reader: SignalReader, until: Until
) -> None:
    def picture(*speaking: Engine, at_ns: int) -> list[str]:
        for engine in speaking:
            engine.show(at_ns)
        return [one.symbol for one in next_board(reader).symbols]

    assert picture(engines[0], at_ns=1) == ["S4/USDT"]
    follow(reader, until, *engines[:2])
    assert picture(*engines[:2], at_ns=2) == ["S4/USDT", "S40/USDT"]
    follow(reader, until, *engines)
    assert picture(*engines, at_ns=3) == ["S4/USDT", "S40/USDT", "S7/USDT"]
    follow(reader, until, engines[2])
    assert picture(engines[2], at_ns=4) == ["S7/USDT"]


def test_one_that_only_shows_boards_is_heard_though_boards_are_held(
    engines: list[Engine], reader: SignalReader, until: Until
) -> None:
    reader.holds_boards = True
    follow(reader, until, *engines[:2])
    for engine in engines[:2]:
        engine.show()

    assert reader.drain(0) == []
    until(lambda: reader.drain(5) == [] and reader.heard_from() == {4, 40})
    (picture,) = reader.held_boards()
    assert isinstance(picture.body, Board)
    assert [one.symbol for one in picture.body.symbols] == ["S4/USDT", "S40/USDT"]


def test_stamps_are_put_into_this_machines_clock_before_boards_are_one(
    engines: list[Engine], until: Until
) -> None:
    ahead_ns = {4: 5_000_000_000_000, 40: 0}

    def here(published: Published) -> Published:
        assert isinstance(published.body, Board)
        at_ns = published.body.at_ns - ahead_ns[published.engine]
        return replace(published, body=replace(published.body, at_ns=at_ns))

    reader = SignalReader(addresses(*engines[:2]), topics=TOPICS, here=here)
    try:
        for engine in engines[:2]:
            until(engine.is_heard)
            engine.show(100 + ahead_ns[engine.number])
        board = next_board(reader)
        assert board.complete_ns == board.at_ns == 100  # neither is taken for silent
    finally:
        reader.close()


def test_an_engine_of_another_version_is_named_with_both_versions(endpoints: Endpoints) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    stranger = context.socket(zmq.XPUB)
    stranger.bind(endpoints.signals)
    reader = SignalReader(endpoints.signals, topics=[Topic.STATUS])
    try:
        assert stranger.recv() == b"\x01V"
        stranger.send(b"V\x02garbage")
        while reader.refused < 1:
            reader.drain(1_000, most=1)
        assert reader.trouble is None
        stranger.send(b"V\x09later")
        while reader.refused < 2:
            reader.drain(1_000, most=1)
        assert reader.trouble == "an engine speaks wire version 9, this Kairos reads 1 and 2"
    finally:
        reader.close()
        context.destroy(linger=0)
