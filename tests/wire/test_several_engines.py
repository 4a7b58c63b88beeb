"""Several engines on one bus: each gets what it needs, and their readers hear them as one, hole by hole."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from kairos_tui.market import (
    Board,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Listing,
    PackedTick,
    Pulse,
    Rates,
    Symbol,
    SymbolBoard,
    Thresholds,
    Tick,
    Venue,
)
from kairos_tui.market.names import Asset
from kairos_tui.wire import (
    Endpoints,
    Missed,
    Published,
    Received,
    Record,
    SignalPublisher,
    SignalReader,
    TickFan,
    TickReceiver,
    Topic,
    private_folder,
)

Until = Callable[[Callable[[], object]], None]
OKX = Venue("okx")
BTC, ETH, DOLLARS = Symbol("BTC/USDT"), Symbol("ETH/USDT"), Symbol("USDT/USD")


@pytest.fixture
def both() -> Iterator[tuple[Endpoints, Endpoints]]:
    with private_folder() as folder:
        yield Endpoints.in_dir(folder), Endpoints.in_dir(folder, 1)


@pytest.fixture
def engines(both: tuple[Endpoints, Endpoints]) -> Iterator[list[TickReceiver]]:
    with ExitStack() as stack:
        receivers = [TickReceiver(each.ticks) for each in both]
        for receiver in receivers:
            stack.callback(receiver.close)
        yield receivers


@pytest.fixture
def fan(both: tuple[Endpoints, Endpoints]) -> Iterator[TickFan]:
    opened = TickFan([each.ticks for each in both], {BTC: 0, ETH: 1}, sender="ingest:okx", epoch=0)
    yield opened
    opened.close()


def records(receiver: TickReceiver, fan: TickFan, until: Until) -> list[Received]:
    until(lambda: not fan.flush())
    found: list[Received] = []
    while arrivals := receiver.drain(200):
        found += [arrival.record for arrival in arrivals]
    return found


def travelled(record: Record) -> Received:
    return PackedTick.of(record) if isinstance(record, Tick) else record


def listing(symbol: Symbol) -> Listing:
    base, _, quote = symbol.partition("/")
    return Listing(
        Instrument(OKX, symbol, symbol, Asset(base), Asset(quote)), Fees(0.001, "market", 0, "quote")
    )


def test_each_engine_gets_its_symbols_and_all_that_is_everybodys(
    engines: list[TickReceiver], fan: TickFan, make_tick: Callable[..., Tick], until: Until
) -> None:
    everybodys: list[Record] = [
        FeedStatus(OKX, None, FeedState.LIVE, 1),
        FeedStatus(OKX, DOLLARS, FeedState.LIVE, 1),
        listing(DOLLARS),
        make_tick(1, DOLLARS),
        Pulse(OKX, (BTC, ETH), 1),
    ]
    own: dict[Symbol, list[Record]] = {
        symbol: [listing(symbol), FeedStatus(OKX, symbol, FeedState.LIVE, 1), make_tick(2, symbol)]
        for symbol in (BTC, ETH)
    }
    for record in (*everybodys, *own[BTC], *own[ETH]):
        fan.offer(record)

    assert records(engines[0], fan, until) == list(map(travelled, (*everybodys, *own[BTC])))
    assert records(engines[1], fan, until) == list(map(travelled, (*everybodys, *own[ETH])))


def test_an_engine_that_is_away_holds_up_nobody_else(
    both: tuple[Endpoints, Endpoints], fan: TickFan, make_tick: Callable[..., Tick], until: Until
) -> None:
    present = TickReceiver(both[0].ticks)
    try:
        for number in range(1, 6):
            fan.offer(make_tick(number, BTC))
            fan.offer(make_tick(number, ETH))
        until(lambda: fan.flush() == 5)  # those of the absent one
        found: list[Received] = []
        while arrivals := present.drain(200):
            found += [arrival.record for arrival in arrivals]
    finally:
        present.close()

    assert [record.received_ns for record in found if isinstance(record, PackedTick)] == [1, 2, 3, 4, 5]


def test_each_engine_is_told_what_was_offered_to_it(
    engines: list[TickReceiver], fan: TickFan, make_tick: Callable[..., Tick], until: Until
) -> None:
    for symbol in (BTC, BTC, ETH, DOLLARS):
        fan.offer(make_tick(1, symbol))
    fan.offer_counts()

    offered = [records(engine, fan, until)[-1] for engine in engines]

    assert [getattr(counts, "offered", None) for counts in offered] == [3, 2]


@pytest.fixture
def publishers(both: tuple[Endpoints, Endpoints]) -> Iterator[list[SignalPublisher]]:
    opened = [
        SignalPublisher(each.signals, run="k7f3", epoch=number, engine=number)
        for number, each in enumerate(both)
    ]
    yield opened
    for publisher in opened:
        publisher.close()


@pytest.fixture
def reader(
    both: tuple[Endpoints, Endpoints], publishers: list[SignalPublisher], until: Until
) -> Iterator[SignalReader]:
    """Joined to both."""
    topics = (Topic.STATUS, Topic.BOARD)
    opened = SignalReader([each.signals for each in both], topics=topics, order=(ETH, BTC))
    for publisher in publishers:
        until(partial(_is_wanted, publisher, topics))
    yield opened
    opened.close()


def _is_wanted(publisher: SignalPublisher, topics: tuple[Topic, ...]) -> bool:
    return all(publisher.wanted(topic) for topic in topics)


def say(publisher: SignalPublisher, body: FeedStatus | Board) -> None:
    publisher.publish(body, ts_us=1, published_ns=1)


def status(symbol: Symbol, since_ns: int = 1) -> FeedStatus:
    return FeedStatus(OKX, symbol, FeedState.LIVE, since_ns)


def hear(reader: SignalReader, count: int) -> list[Published | Missed]:
    heard: list[Published | Missed] = []
    while len(heard) < count:
        more = reader.drain(5_000)
        assert more, "nothing more came"
        heard += more
    return heard


def test_each_engines_numbers_are_its_own(publishers: list[SignalPublisher], reader: SignalReader) -> None:
    for _ in range(3):
        say(publishers[0], status(BTC))
    say(publishers[1], status(ETH))

    heard = hear(reader, 4)

    assert {(each.engine, each.number) for each in heard if isinstance(each, Published)} == {
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 1),
    }
    assert not any(isinstance(each, Missed) for each in heard)


def test_a_restart_of_one_is_a_gap_of_that_one_alone(
    both: tuple[Endpoints, Endpoints], publishers: list[SignalPublisher], reader: SignalReader, until: Until
) -> None:
    say(publishers[0], status(BTC))
    say(publishers[1], status(ETH))
    hear(reader, 2)
    publishers[1].close()
    publishers[1] = SignalPublisher(both[1].signals, run="k7f3", epoch=2, engine=1)
    for number in range(2):  # before the reader is back
        say(publishers[1], status(ETH, number))
    until(lambda: reader.drain(0) or publishers[1].wanted(Topic.STATUS))
    say(publishers[1], status(ETH, 9))
    say(publishers[0], status(BTC, 9))

    heard = hear(reader, 3)

    missed = [each for each in heard if isinstance(each, Missed)]
    assert missed == [Missed(Topic.STATUS, 2, 2)]
    assert [each.engine for each in heard if isinstance(each, Published)].count(0) == 1


def test_their_boards_are_one_in_the_viewers_order(
    publishers: list[SignalPublisher], reader: SignalReader
) -> None:
    for publisher, symbol in zip(publishers, (BTC, ETH), strict=True):
        shown = (SymbolBoard(symbol, (), ()),)
        say(publisher, Board("k7f3", "sim", 0, 1, 2, 3, Thresholds(), shown, Rates(signals=2)))

    (heard,) = hear(reader, 1)

    assert isinstance(heard, Published)
    assert isinstance(heard.body, Board)
    assert [one.symbol for one in heard.body.symbols] == [ETH, BTC]
    assert heard.body.rates.signals == 4


def test_half_a_picture_does_not_end_a_wait(publishers: list[SignalPublisher], reader: SignalReader) -> None:
    board = Board("k7f3", "sim", 0, 1, 2, 3, Thresholds(), (), Rates())
    say(publishers[0], board)
    later = threading.Timer(0.1, say, (publishers[1], board))
    later.start()

    heard = reader.drain(10_000)
    later.join()

    assert [type(each.body) for each in heard if isinstance(each, Published)] == [Board]


def test_where_the_engines_of_a_run_publish_can_be_found(
    both: tuple[Endpoints, Endpoints], publishers: list[SignalPublisher]
) -> None:
    folder = Path(both[0].signals.removeprefix("ipc://")).parent

    assert Endpoints.signals_in(folder) == tuple(each.signals for each in both)
    assert Endpoints.signals_in(folder / "elsewhere") == (f"ipc://{folder}/elsewhere/signals",)
