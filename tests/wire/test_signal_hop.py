"""What the engine publishes reaches every reader or is reported to it as missed, number by number."""

from collections.abc import Callable, Iterator

import pytest
import zmq

from kairos_tui.errors import Fatal
from kairos_tui.market import (
    Board,
    FeedState,
    FeedStatus,
    Quote,
    Rates,
    Symbol,
    Thresholds,
    Venue,
)
from kairos_tui.wire import Endpoints, Missed, Published, SignalPublisher, SignalReader, Topic, unpack_message

Until = Callable[[Callable[[], object]], None]

LIVE = FeedStatus(Venue("okx"), None, FeedState.LIVE, 1)
QUOTE = Quote(Venue("okx"), Symbol("BTC/USDT"), 1.0, 2.0, 3.0, 4.0, 5)
BOARD = Board("r", "sim", 0, 1, 2, 3, Thresholds(), (), Rates())


@pytest.fixture
def publisher(endpoints: Endpoints) -> Iterator[SignalPublisher]:
    bound = SignalPublisher(endpoints.signals, run="k7f3", epoch=0)
    yield bound
    bound.close()


def joined(publisher: SignalPublisher, endpoints: Endpoints, until: Until, *topics: Topic) -> SignalReader:
    reader = SignalReader(endpoints.signals, topics=topics)
    until(publisher.newcomers)
    until(lambda: all(publisher.wanted(topic) for topic in topics))
    publisher.newcomers()
    return reader


def publish(publisher: SignalPublisher, body: FeedStatus | Quote | Board, count: int = 1) -> None:
    for number in range(count):
        publisher.publish(body, ts_us=number, published_ns=number)


def heard_numbers(reader: SignalReader) -> list[int]:
    numbers: list[int] = []
    while heard := reader.drain(200):
        numbers += [each.number for each in heard if isinstance(each, Published)]
    return numbers


def hear(reader: SignalReader, count: int) -> list[Published | Missed]:
    heard: list[Published | Missed] = []
    while len(heard) < count:
        more = reader.drain(5_000)
        assert more, "nothing more came"
        heard += more
    return heard


def test_each_topic_has_its_own_numbers_and_reaches_only_those_who_asked(
    publisher: SignalPublisher, endpoints: Endpoints, until: Until
) -> None:
    statuses = joined(publisher, endpoints, until, Topic.STATUS)
    both = joined(publisher, endpoints, until, Topic.QUOTE, Topic.BOARD)
    publish(publisher, LIVE, 3)
    publish(publisher, QUOTE, 2)
    publish(publisher, BOARD)
    assert heard_numbers(statuses) == [1, 2, 3]
    assert [
        (each.topic, each.number, each.body) for each in hear(both, 3) if isinstance(each, Published)
    ] == [(Topic.QUOTE, 1, QUOTE), (Topic.QUOTE, 2, QUOTE), (Topic.BOARD, 1, BOARD)]
    statuses.close()
    both.close()


def test_every_newcomer_is_noticed_once_even_for_a_topic_already_wanted(
    publisher: SignalPublisher, endpoints: Endpoints, until: Until
) -> None:
    assert not publisher.newcomers()
    readers = [joined(publisher, endpoints, until, Topic.BOARD) for _ in range(3)]
    assert not publisher.newcomers()
    for reader in readers:
        reader.close()
    until(lambda: not publisher.wanted(Topic.BOARD))
    assert not publisher.newcomers()


def test_coming_late_is_not_a_loss(publisher: SignalPublisher, endpoints: Endpoints, until: Until) -> None:
    publish(publisher, LIVE, 100)
    late = joined(publisher, endpoints, until, Topic.STATUS)
    publish(publisher, LIVE)
    assert [(each.number, each.run) for each in late.drain(5_000) if isinstance(each, Published)] == [
        (101, "k7f3")
    ]
    late.close()


def test_a_slow_reader_is_told_exactly_how_many_it_missed(
    publisher: SignalPublisher, endpoints: Endpoints, until: Until
) -> None:
    slow = joined(publisher, endpoints, until, Topic.STATUS)
    sent = 30_000
    publish(publisher, LIVE, sent)
    got = missed = 0
    while heard := slow.drain(200):
        got += sum(isinstance(each, Published) for each in heard)
        missed += sum(each.count for each in heard if isinstance(each, Missed))
    publish(publisher, LIVE)  # reveals the hole at the end
    for each in slow.drain(5_000):
        got += isinstance(each, Published)
        missed += each.count if isinstance(each, Missed) else 0
    assert got + missed == sent + 1
    assert missed > 0, "the queue is bounded"
    slow.close()


def test_a_restarted_engine_is_a_new_epoch_and_what_it_said_before_we_were_back_is_missed(
    endpoints: Endpoints, until: Until
) -> None:
    first = SignalPublisher(endpoints.signals, run="k7f3", epoch=0)
    reader = joined(first, endpoints, until, Topic.STATUS)
    publish(first, LIVE, 50)
    assert heard_numbers(reader) == list(range(1, 51))
    first.close()
    second = SignalPublisher(endpoints.signals, run="k7f3", epoch=1)
    publish(second, LIVE, 3)  # nobody is back yet
    until(lambda: reader.drain(0) or second.newcomers())
    publish(second, LIVE, 2)
    heard = hear(reader, 3)
    assert heard[0] == Missed(Topic.STATUS, 3, 1)
    assert [(each.epoch, each.number) for each in heard if isinstance(each, Published)] == [(1, 4), (1, 5)]
    reader.close()
    second.close()


def test_a_new_epoch_heard_from_its_first_number_is_no_gap(endpoints: Endpoints, until: Until) -> None:
    first = SignalPublisher(endpoints.signals, run="k7f3", epoch=0)
    reader = joined(first, endpoints, until, Topic.STATUS)
    publish(first, LIVE, 5)
    assert heard_numbers(reader) == [1, 2, 3, 4, 5]
    first.close()
    second = SignalPublisher(endpoints.signals, run="k7f3", epoch=1)
    until(lambda: reader.drain(0) or second.newcomers())
    publish(second, LIVE)
    assert [(each.epoch, each.count if isinstance(each, Missed) else 0) for each in hear(reader, 1)] == [
        (1, 0)
    ]
    reader.close()
    second.close()


def test_one_that_begins_anew_counts_anew_and_loses_nothing(
    publisher: SignalPublisher, endpoints: Endpoints, until: Until
) -> None:
    reader = joined(publisher, endpoints, until, Topic.STATUS)
    publish(publisher, LIVE, 3)
    publisher.begin_epoch(4)
    publish(publisher, LIVE, 2)
    heard = [(each.epoch, each.number) for each in hear(reader, 5) if isinstance(each, Published)]

    assert heard == [(0, 1), (0, 2), (0, 3), (4, 1), (4, 2)]
    reader.close()


def test_how_many_readers_have_asked_is_known_also_when_they_left(
    publisher: SignalPublisher, endpoints: Endpoints, until: Until
) -> None:
    readers = [joined(publisher, endpoints, until, Topic.BOARD) for _ in range(2)]
    assert (publisher.subscriptions(Topic.BOARD), publisher.subscriptions(Topic.QUOTE)) == (2, 0)
    for reader in readers:
        reader.close()
    until(lambda: not publisher.wanted(Topic.BOARD))
    assert publisher.subscriptions(Topic.BOARD) == 2


def test_a_drain_gives_no_more_than_asked(
    publisher: SignalPublisher, endpoints: Endpoints, until: Until
) -> None:
    reader = joined(publisher, endpoints, until, Topic.STATUS)
    publish(publisher, LIVE, 10)
    until(lambda: len(reader.drain(1_000, most=1)) == 1)
    assert len(reader.drain(1_000, most=4)) <= 4
    reader.close()


def test_foreign_publications_are_refused_and_counted(endpoints: Endpoints) -> None:
    context = zmq.Context()
    stranger = context.socket(zmq.XPUB)
    stranger.bind(endpoints.signals)
    reader = SignalReader(endpoints.signals, topics=[Topic.STATUS])
    assert stranger.recv() == b"\x01V"
    for message in (b"V", b"V\x02later", b"V\x01garbage", b"V\x01"):
        stranger.send(message)
    while reader.refused < 4:
        assert reader.drain(5_000) == []
    reader.close()
    context.destroy(linger=0)


def test_a_body_too_large_for_the_wire_is_counted_and_seen_as_missed(
    publisher: SignalPublisher, endpoints: Endpoints, until: Until
) -> None:
    reader = joined(publisher, endpoints, until, Topic.STATUS)
    publish(publisher, LIVE)
    publish(publisher, FeedStatus(Venue("okx"), None, FeedState.DOWN, 1, reason="x" * 5_000_000))
    publish(publisher, LIVE)
    assert publisher.dropped == 1
    assert hear(reader, 3)[1] == Missed(Topic.STATUS, 1, 0)
    reader.close()


def test_signals_can_be_published_by_one_process_only(
    endpoints: Endpoints, publisher: SignalPublisher
) -> None:
    with pytest.raises(Fatal, match="served by another process"):
        SignalPublisher(endpoints.signals, run="k7f3", epoch=1)


def test_boards_that_are_held_are_opened_when_asked_for_and_the_rest_comes_meanwhile(
    publisher: SignalPublisher, endpoints: Endpoints, until: Until
) -> None:
    reader = joined(publisher, endpoints, until, Topic.BOARD, Topic.STATUS)
    reader.holds_boards = True
    publish(publisher, BOARD, 9)
    publish(publisher, LIVE)

    assert [(each.topic, each.number) for each in hear(reader, 1) if isinstance(each, Published)] == [
        (Topic.STATUS, 1)
    ]
    assert [(each.number, each.body) for each in reader.held_boards()] == [(8, BOARD), (9, BOARD)]
    assert reader.held_boards() == []
    reader.close()


def test_what_was_published_is_handed_back_as_it_left(publisher: SignalPublisher) -> None:
    message = publisher.publish(LIVE, ts_us=1, published_ns=2)

    assert unpack_message(message).body == LIVE
