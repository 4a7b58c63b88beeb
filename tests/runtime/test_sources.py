"""What is read back from a Redis is all of it, once, or counted as missed; and nothing in it can do harm."""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import replace
from tests.redis_server import RedisServer

from kairos_tui.errors import SettingsInvalid
from kairos_tui.market import Board, FeedState, FeedStatus, Rates, Thresholds, Venue
from kairos_tui.runtime.plausible import is_plausible
from kairos_tui.runtime.redis_source import RedisSource
from kairos_tui.runtime.remote_clock import RemoteClock
from kairos_tui.runtime.sources import Source, open_source
from kairos_tui.sinks import Stamp, check_since, encode, open_reader, read_from
from kairos_tui.sinks.line_maker import gap_line, hello_line, venue_line
from kairos_tui.wire import Endpoints, Missed, Published, SignalReader, Topic, pack_message

STREAM, KEY = "kairos:signals", "kairos:board"
ALL = (Topic.SIGNAL, Topic.STATUS, Topic.BOARD)
NOW_US = 1_795_342_351_000_000
FAR_NS = 10**15
"""Another machine's monotonic clock: it was switched on long before this one."""
Open = Callable[..., RedisSource]


def published(number: int, body: Any = None, *, run: str = "k7f3", at_ns: int | None = None) -> Published:
    at_ns = FAR_NS + time.monotonic_ns() if at_ns is None else at_ns
    body = FeedStatus(Venue("okx"), None, FeedState.LIVE, at_ns - 1_000) if body is None else body
    topic = Topic.BOARD if isinstance(body, Board) else Topic.STATUS
    return Published(run, 0, topic, number, NOW_US, at_ns, body)


def board(at_ns: int, **changed: Any) -> Board:
    return replace(Board("k7f3", "sim", 0, at_ns, NOW_US, 3, Thresholds(), (), Rates()), **changed)


def write(server: RedisServer, first: int, last: int, run: str = "k7f3") -> None:
    with server.client.pipeline() as pipe:
        for seq in range(first, last + 1):
            line = venue_line(
                Stamp(run, seq, NOW_US, "sim", 5), FeedStatus(Venue("okx"), None, FeedState.LIVE, 1)
            )
            fields = {
                "type": "venue",
                "id": "",
                "line": encode(line)[:-1],
                "wire": pack_message(published(seq, run=run)),
            }
            pipe.xadd(STREAM, fields, id=f"{NOW_US // 1_000 + seq}-{seq}")
        pipe.execute()


@pytest.fixture
def opened(redis_server: RedisServer) -> Iterator[Open]:
    sources: list[Source] = []

    def make(topics: tuple[Topic, ...] = ALL, *, since: str = "new") -> RedisSource:
        place = read_from(redis_server.url)
        reader = open_reader(place, since=since, lines=topics != (Topic.BOARD,), board=Topic.BOARD in topics)
        source = RedisSource(reader, topics)
        sources.append(source)
        wait(lambda: reader.reached)
        return source

    yield make
    for source in sources:
        source.close()


def wait(condition: Callable[[], object], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.005)


def hear(source: Source, count: int, within_s: float = 10.0) -> list[Published | Missed]:
    """At least so many, then what comes in a moment of quiet."""
    heard: list[Published | Missed] = []
    deadline = time.monotonic() + within_s
    while len(heard) < count:
        assert time.monotonic() < deadline, f"only {len(heard)} came: {heard[-2:]}"
        heard += source.drain(100)
    while more := source.drain(250):
        heard += more
    return heard


def numbers(heard: list[Published | Missed]) -> list[int]:
    return [item.number for item in heard if isinstance(item, Published)]


def missed(heard: list[Published | Missed]) -> int:
    return sum(item.count for item in heard if isinstance(item, Missed))


def test_a_reader_cut_off_for_300_of_1000_gets_all_1000_once(redis_server: RedisServer, opened: Open) -> None:
    source = opened()
    write(redis_server, 1, 400)
    heard = hear(source, 400)
    redis_server.client.client_kill_filter(_type="normal", skipme=True)
    write(redis_server, 401, 700)
    write(redis_server, 701, 1_000)
    heard += hear(source, 600)

    assert numbers(heard) == list(range(1, 1_001))
    assert missed(heard) == 0


def test_a_frozen_server_blocks_nobody_and_is_said_until_it_thaws(
    redis_server: RedisServer, opened: Open
) -> None:
    source = opened()
    write(redis_server, 1, 10)
    heard = hear(source, 10)
    redis_server.freeze()
    began = time.monotonic()
    assert source.drain(50) == []
    assert time.monotonic() - began < 0.4
    wait(lambda: source.trouble == "no answer within 0.5 s")

    redis_server.thaw()
    wait(lambda: source.trouble is None)
    write(redis_server, 11, 20)
    heard += hear(source, 10)

    assert numbers(heard) == list(range(1, 21))
    assert missed(heard) == 0


def test_what_was_trimmed_while_the_reader_was_away_is_counted(
    redis_server: RedisServer, opened: Open
) -> None:
    source = opened()
    write(redis_server, 1, 10)
    heard = hear(source, 10)
    with redis_server.client.pipeline(transaction=True) as pipe:  # in one piece: the reader sees only its end
        for seq in range(11, 101):
            line = venue_line(
                Stamp("k7f3", seq, NOW_US, "sim", 5), FeedStatus(Venue("okx"), None, FeedState.LIVE, 1)
            )
            fields = {"line": encode(line)[:-1], "wire": pack_message(published(seq))}
            pipe.xadd(STREAM, fields, id=f"{NOW_US // 1_000 + seq}-{seq}")
        pipe.xtrim(STREAM, maxlen=25, approximate=False)
        pipe.execute()
    heard += hear(source, 26)

    assert numbers(heard) == [*range(1, 11), *range(76, 101)]
    assert missed(heard) == 65


def test_a_server_that_lost_everything_is_read_on_and_the_loss_is_counted(
    redis_server: RedisServer, opened: Open
) -> None:
    source = opened()
    write(redis_server, 1, 30)
    heard = hear(source, 30)
    redis_server.kill()
    wait(lambda: source.trouble)
    redis_server.start()
    write(redis_server, 41, 50)
    heard += hear(source, 11)

    assert numbers(heard) == [*range(1, 31), *range(41, 51)]
    assert missed(heard) == 10


def test_a_stream_set_back_to_an_older_copy_tells_nothing_twice(
    redis_server: RedisServer, opened: Open
) -> None:
    source = opened()
    write(redis_server, 1, 60)
    heard = hear(source, 60)
    redis_server.client.delete(STREAM)
    write(redis_server, 1, 40)
    heard += hear(source, 0)
    write(redis_server, 61, 65)
    heard += hear(source, 5)

    assert numbers(heard) == list(range(1, 66))
    assert missed(heard) == 0


def test_coming_late_is_no_loss_and_a_new_run_is_counted_from_its_first_line(
    redis_server: RedisServer, opened: Open
) -> None:
    write(redis_server, 1, 500)
    source = opened()
    write(redis_server, 501, 510)
    heard = hear(source, 10)
    assert numbers(heard) == list(range(501, 511))
    assert missed(heard) == 0

    write(redis_server, 513, 520, run="b2c9")  # its first 512 never came
    heard = hear(source, 9)
    assert missed(heard) == 512
    assert numbers(heard) == list(range(513, 521))


def test_a_sink_that_was_started_again_counts_from_one_again(redis_server: RedisServer, opened: Open) -> None:
    source = opened()
    write(redis_server, 1, 9)
    hello = hello_line(
        Stamp("k7f3", 1, NOW_US, "sim"), version="1", symbols=(), venues=(), thresholds=Thresholds(), fees=()
    )
    redis_server.client.xadd(STREAM, {"line": encode(hello)[:-1]}, id=f"{NOW_US // 1_000 + 10}-1")
    line = venue_line(Stamp("k7f3", 4, NOW_US, "sim", 5), FeedStatus(Venue("okx"), None, FeedState.LIVE, 1))
    redis_server.client.xadd(STREAM, {"line": encode(line)[:-1], "wire": pack_message(published(4))})
    heard = hear(source, 11)

    assert missed(heard) == 2


def test_what_the_writer_dropped_is_counted_once_though_a_gap_line_names_it(
    redis_server: RedisServer, opened: Open
) -> None:
    source = opened()
    write(redis_server, 1, 5)
    gap = gap_line(Stamp("k7f3", 56, NOW_US, "sim"), from_seq=6, to_seq=55, reason="the sink was away")
    redis_server.client.xadd(STREAM, {"line": encode(gap)[:-1], "wire": b""}, id=f"{NOW_US // 1_000 + 56}-56")
    write(redis_server, 57, 60)
    heard = hear(source, 10)

    assert missed(heard) == 50


def test_a_reader_that_is_not_drained_holds_a_bounded_part_and_loses_nothing(
    redis_server: RedisServer, opened: Open
) -> None:
    source = opened()
    write(redis_server, 1, 4_000)
    client = redis_server.client
    commands: list[int] = []

    def reads_no_more() -> bool:
        commands.append(client.info("commandstats").get("cmdstat_xread", {}).get("calls", 0))
        return len(commands) > 20 and commands[-1] == commands[-20]

    wait(reads_no_more)
    first = source.drain(0, most=100_000)
    assert 1_000 <= len(first) <= 1_500
    heard = first + hear(source, 4_000 - len(first))
    assert numbers(heard) == list(range(1, 4_001))


def test_hostile_entries_are_left_out_and_counted(redis_server: RedisServer, opened: Open) -> None:
    source = opened()
    write(redis_server, 1, 1)
    line = encode(
        venue_line(Stamp("k7f3", 2, NOW_US, "sim", 5), FeedStatus(Venue("okx"), None, FeedState.LIVE, 1))
    )[:-1]
    whole = pack_message(published(2))
    nan = pack_message(published(2, replace(board(FAR_NS), rates=Rates(ticks_per_s=math.nan)), at_ns=FAR_NS))
    far = pack_message(published(2, FeedStatus(Venue("okx"), None, FeedState.LIVE, -(2**62))))
    client = redis_server.client
    for fields in (
        {"x": "y"},
        {"line": "\x1b[2J\x1b]0;owned\x07"},
        {"line": line + b"\n" + line},
        {"line": b'{"type":"signal","v":1}'},
        {"line": b'{"a":' * 50_000},
        {"line": b'"' + b"x" * (1 << 20) + b'"'},
        {"line": b"\xff\xfe" * 10},
    ):
        client.xadd(STREAM, fields, id=f"{NOW_US // 1_000 + 1}-*")
    for wire in (whole[:-3], whole[:1], b"\x00" * 64, b"S\x01" + b"\x91" * 4_000, nan, far, b"x" * (1 << 20)):
        client.xadd(STREAM, {"line": line, "wire": wire}, id=f"{NOW_US // 1_000 + 1}-*")
    write(redis_server, 3, 3)
    heard = hear(source, 9)

    assert numbers(heard) == [1, 3]
    assert source.refused == 7


def test_hostile_boards_are_left_out(redis_server: RedisServer, opened: Open) -> None:
    source = opened()
    whole = pack_message(published(1, board(FAR_NS), at_ns=FAR_NS))
    for wire in (b"\x1b[2J", whole[:-5], b"", b"B\x01" + b"\x81" * 9_000, b"\x00" * (1 << 20)):
        redis_server.client.set(KEY, wire)
        assert source.drain(200) == []
    assert source.refused >= 4


def test_a_board_counts_once_it_has_changed_for_a_dead_writer_leaves_one_behind(
    redis_server: RedisServer, opened: Open
) -> None:
    redis_server.client.set(KEY, pack_message(published(1, board(FAR_NS), at_ns=FAR_NS)))
    source = opened()
    assert source.drain(300) == []

    at_ns = FAR_NS + time.monotonic_ns()
    redis_server.client.set(KEY, pack_message(published(2, board(at_ns), at_ns=at_ns)))
    (told,) = hear(source, 1)
    assert isinstance(told, Published)
    assert isinstance(told.body, Board)
    age_ns = time.monotonic_ns() - told.body.at_ns
    assert 0 <= age_ns < 2_000_000_000
    assert told.body.at_us == NOW_US  # the wall clock over there, as it came

    assert source.drain(300) == []  # the same one again is no news


def test_stamps_of_another_machine_become_ours_and_differences_stay() -> None:
    clock = RemoteClock()
    at_ns = FAR_NS
    for step in range(5):
        at_ns = FAR_NS + step * 100_000_000
        clock.on_board(published(step, board(at_ns), at_ns=at_ns), at_ns - FAR_NS + 7_000_000)
    late = published(9, board(at_ns + 50), at_ns=at_ns + 50)
    arrived_ns = at_ns - FAR_NS + 2_000_000_050

    here = clock.here(late, arrived_ns)

    assert isinstance(here.body, Board)
    assert arrived_ns - here.body.at_ns == 1_993_000_000  # late by two seconds less the usual way
    status = clock.here(published(3, at_ns=FAR_NS), arrived_ns)
    assert isinstance(status.body, FeedStatus)
    assert status.published_ns - status.body.since_ns == 1_000
    assert status.ts_us == NOW_US
    down = FeedStatus(Venue("okx"), None, FeedState.DOWN, FAR_NS - 9_000, at_ns=FAR_NS - 1_000)
    again = clock.here(published(4, down, at_ns=FAR_NS), arrived_ns)
    assert isinstance(again.body, FeedStatus)
    assert again.published_ns - again.body.changed_ns == 1_000


def test_another_run_has_another_clock() -> None:
    clock = RemoteClock()
    clock.on_board(published(1, board(FAR_NS), at_ns=FAR_NS), 1_000)
    clock.on_board(published(1, board(5), at_ns=5, run="b2c9"), 2_000)

    assert clock.here(published(2, board(5), at_ns=5, run="b2c9"), 9_000).published_ns == 2_000


def test_figures_that_cannot_be_true_are_refused() -> None:
    good = published(1, board(FAR_NS), at_ns=FAR_NS)
    assert is_plausible(good)
    assert not is_plausible(replace(good, ts_us=2**62))
    assert not is_plausible(replace(good, body=board(FAR_NS + 10**18)))
    assert not is_plausible(replace(good, body=board(FAR_NS, at_us=-1)))
    down = FeedStatus(Venue("okx"), None, FeedState.DOWN, FAR_NS, at_ns=FAR_NS + 10**18)
    assert not is_plausible(replace(good, body=down))
    for figure in (math.inf, math.nan, -1e17):
        assert not is_plausible(replace(good, body=board(FAR_NS, rates=Rates(ticks_per_s=figure))))


def test_the_bus_of_this_machine_is_a_source_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    endpoints = Endpoints.in_dir(tmp_path_factory.mktemp("s"))
    source = open_source((endpoints.signals,), ALL)
    assert isinstance(source, SignalReader)
    assert source.trouble is None
    source.close()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("redos://h", "did you mean redis"),
        ("http://h", "as in redis://127.0.0.1:6379"),
        ("redis://h?streem=x", "did you mean stream"),
        ("redis://h/x", "must be a number"),
        ("", "as in redis"),
    ],
)
def test_what_cannot_be_read_from_is_said_with_what_could(text: str, words: str) -> None:
    with pytest.raises(SettingsInvalid, match=words):
        read_from(text)


def test_where_to_begin_is_new_start_or_an_id() -> None:
    assert [check_since(text) for text in ("new", "start", "0", "1795342351123-42")]
    with pytest.raises(SettingsInvalid, match="did you mean start"):
        check_since("stat")
