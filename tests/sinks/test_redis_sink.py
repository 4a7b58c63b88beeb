"""RedisSink's promise: each line is in the Stream once and in order, whatever Redis does."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from tests.redis_server import RedisServer

from kairos_tui.errors import SettingsInvalid, SinkDown
from kairos_tui.market import Board, FeedState, FeedStatus, Rates, Thresholds, Venue
from kairos_tui.sinks import Backlog, GapLine, Sink, Stamp, Told, encode, open_sink, read_url
from kairos_tui.sinks.breaker import Breaker
from kairos_tui.sinks.courier import Courier
from kairos_tui.sinks.line_maker import venue_line
from kairos_tui.sinks.line_reader import read_line

NOW_US = 1_795_342_351_123_456
STATUS = FeedStatus(Venue("okx"), None, FeedState.LIVE, 1)
BOARD = Board("k7f3", "sim", 0, 1, 2, 3, Thresholds(), (), Rates())
STREAM = "kairos:signals"


def lines(first: int, last: int, run: str = "k7f3") -> list[Told]:
    told = []
    for seq in range(first, last + 1):
        line = venue_line(Stamp(run, seq, NOW_US + seq * 1_000, "sim", 5), STATUS)
        told.append(Told(line, encode(line), b"V\x01packed"))
    return told


def sink_of(server: RedisServer, query: str = "") -> Sink:
    return open_sink(read_url(f"{server.url}{query}"))


def stored(server: RedisServer) -> list[bytes]:
    return [fields[b"line"] + b"\n" for _, fields in server.client.xrange(STREAM) if b"line" in fields]


def bodies(told: Sequence[Told]) -> list[bytes]:
    return [each.body for each in told]


async def until_taken(emit: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(10.0):
        while True:
            try:
                await emit()
            except SinkDown:
                await asyncio.sleep(0.02)
            else:
                return


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10.0):
        while not condition():  # noqa: ASYNC110  the server has no event to wait for
            await asyncio.sleep(0.01)


async def test_a_line_is_an_entry_named_by_its_time_and_number_and_a_word_on_the_channel(
    redis_server: RedisServer,
) -> None:
    heard = redis_server.client.pubsub()
    heard.subscribe(STREAM)
    heard.get_message(timeout=2.0)
    told = lines(42, 42)

    async with sink_of(redis_server) as sink:
        await sink.emit(told)

    ((entry_id, fields),) = redis_server.client.xrange(STREAM)
    assert entry_id == f"{told[0].line.ts_us // 1000}-42".encode()
    body = told[0].body.rstrip(b"\n")
    assert fields == {b"type": b"venue", b"id": b"", b"line": body, b"wire": b"V\x01packed"}
    assert heard.get_message(timeout=2.0)["data"] == body
    heard.close()


async def test_two_deliveries_of_one_batch_collapse(redis_server: RedisServer) -> None:
    told = lines(1, 100)

    async with sink_of(redis_server) as sink:
        await sink.emit(told)
        await sink.emit(told)

    assert stored(redis_server) == bodies(told)


async def test_a_batch_whose_answer_was_lost_in_a_freeze_is_there_once(redis_server: RedisServer) -> None:
    first, second = lines(1, 50), lines(51, 100)
    async with sink_of(redis_server) as sink:
        await sink.emit(first)
        redis_server.freeze()
        with pytest.raises(SinkDown, match="no answer within"):
            await sink.emit(second)
        redis_server.thaw()
        # After an outage courier probes with one line, then sends the rest.
        await until_taken(lambda: sink.emit(second[:1]))
        await until_taken(lambda: sink.emit(second[1:]))

    assert stored(redis_server) == bodies(first + second)


async def test_a_writer_whose_clock_is_ahead_pushes_no_line_out_and_changes_no_order(
    redis_server: RedisServer,
) -> None:
    ahead_ms = NOW_US // 1_000 + 3_600_000
    async with sink_of(redis_server) as sink:
        await sink.emit(lines(1, 3))
        redis_server.client.xadd(STREAM, {"x": "y"}, id=f"{ahead_ms}-7")
        await sink.emit(lines(4, 60))
        redis_server.client.xadd(STREAM, {"x": "y"}, id=f"{ahead_ms + 500}-0")
        await sink.emit(lines(61, 99))
        await sink.emit(lines(100, 100))

    assert stored(redis_server) == bodies(lines(1, 100))


async def test_two_runs_may_share_a_stream(redis_server: RedisServer) -> None:
    async with sink_of(redis_server) as one, sink_of(redis_server) as other:
        for seq in range(1, 21):
            await one.emit(lines(seq, seq, "aaaa"))
            await other.emit(lines(seq, seq, "bbbb"))

    found = stored(redis_server)
    assert [each for each in found if b"aaaa" in each] == bodies(lines(1, 20, "aaaa"))
    assert [each for each in found if b"bbbb" in each] == bodies(lines(1, 20, "bbbb"))


async def test_a_frozen_server_costs_the_loop_nothing_and_a_call_a_second_at_most(
    redis_server: RedisServer,
) -> None:
    turns_ns: list[int] = []

    async def turn() -> None:
        while True:
            turns_ns.append(time.monotonic_ns())
            await asyncio.sleep(0.005)

    async with sink_of(redis_server) as sink, asyncio.TaskGroup() as group:
        ticking = group.create_task(turn())
        redis_server.freeze()
        began_ns = time.monotonic_ns()
        with pytest.raises(SinkDown):
            await sink.emit(lines(1, 128))
        took_ns = time.monotonic_ns() - began_ns
        ticking.cancel()

    assert took_ns < 1_200_000_000
    longest_ns = max(b - a for a, b in pairwise(turns_ns))
    assert longest_ns < 250_000_000  # this machine is shared: the frozen server itself costs nothing


async def test_a_server_killed_and_started_again_is_delivered_to_again(redis_server: RedisServer) -> None:
    async with sink_of(redis_server) as sink:
        await sink.emit(lines(1, 5))
        redis_server.kill()
        with pytest.raises(SinkDown, match=r"refused|closed"):
            await sink.emit(lines(6, 9))
        with pytest.raises(SinkDown, match="connection refused"):
            await sink.emit(lines(6, 9))
        redis_server.start()
        await until_taken(lambda: sink.emit(lines(6, 9)))

    assert stored(redis_server) == bodies(lines(6, 9))


async def test_a_full_server_is_a_sink_that_is_down_and_loses_nothing(redis_server: RedisServer) -> None:
    redis_server.client.config_set("maxmemory-policy", "noeviction")
    async with sink_of(redis_server) as sink:
        await sink.emit(lines(1, 10))
        redis_server.client.config_set("maxmemory", "1")
        with pytest.raises(SinkDown, match="Redis is full"):
            await sink.emit(lines(11, 90))
        redis_server.client.config_set("maxmemory", "0")
        await sink.emit(lines(11, 90))

    assert stored(redis_server) == bodies(lines(1, 90))


async def test_a_key_of_another_kind_is_said_and_never_written_to(redis_server: RedisServer) -> None:
    redis_server.client.set(STREAM, "mine")

    with pytest.raises(SettingsInvalid, match=r"'kairos:signals' is a string there: choose \?stream=NAME"):
        await sink_of(redis_server).__aenter__()

    assert redis_server.client.get(STREAM) == b"mine"


async def test_a_key_that_becomes_another_kind_is_a_sink_that_is_down(redis_server: RedisServer) -> None:
    async with sink_of(redis_server) as sink:
        redis_server.client.set(STREAM, "theirs")

        with pytest.raises(SinkDown, match="the key holds something else"):
            await sink.emit(lines(1, 2))


async def test_a_wrong_password_is_final_and_is_not_repeated_to_anyone(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_server.client.config_set("requirepass", "right-one")
    url = f"redis://:wr0ng-one@127.0.0.1:{redis_server.port}"

    with pytest.raises(SettingsInvalid, match="wrong user or password") as refused:
        await open_sink(read_url(url)).__aenter__()
    assert "wr0ng-one" not in f"{refused.value} {refused.value!r}"

    with pytest.raises(SettingsInvalid, match="wrong user or password"):
        await sink_of(redis_server).__aenter__()

    monkeypatch.setenv("MY_REDIS_PASSWORD", "right-one")
    async with sink_of(redis_server, "?password_env=MY_REDIS_PASSWORD") as sink:
        await sink.emit(lines(1, 1))


async def test_a_variable_that_is_not_set_is_named(redis_server: RedisServer) -> None:
    with pytest.raises(SettingsInvalid, match="password_env=NO_SUCH_THING: no such variable is set"):
        sink_of(redis_server, "?password_env=NO_SUCH_THING")


async def test_a_server_that_is_no_redis_is_told_apart() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(64)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n\x1b[2J")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(SinkDown) as down:
            await open_sink(read_url(f"redis://127.0.0.1:{port}")).__aenter__()

    assert "does not speak Redis" in str(down.value)
    assert str(down.value).isprintable()


async def test_the_stream_is_trimmed_to_about_its_length(redis_server: RedisServer) -> None:
    async with sink_of(redis_server, "?maxlen=200") as sink:
        for first in range(1, 1_000, 100):
            await sink.emit(lines(first, first + 99))

    assert 200 <= redis_server.client.xlen(STREAM) <= 400


async def test_a_board_is_there_for_its_time_and_then_gone(redis_server: RedisServer) -> None:
    async with sink_of(redis_server, "?board_ttl_ms=150") as sink:
        await sink.show(BOARD, b"a picture")  # type: ignore[attr-defined]
        assert redis_server.client.get("kairos:board") == b"a picture"

        await until(lambda: redis_server.client.get("kairos:board") is None)


async def test_after_an_outage_the_stream_holds_what_the_buffer_held_and_names_the_exact_rest(
    redis_server: RedisServer,
) -> None:
    notes: list[str] = []
    backlog = Backlog(run="k7f3", feed="sim", most_waiting=100)
    breaker = Breaker(first_s=0.02, longest_s=0.05)
    courier = Courier(backlog, sink_of(redis_server), say=notes.append, breaker=breaker)

    def put(count: int) -> None:
        for _ in range(count):
            backlog.put(lambda stamp: venue_line(stamp, STATUS), ts_us=time.time_ns() // 1_000)
        courier.wake()

    async with asyncio.TaskGroup() as group:
        group.create_task(courier.run())
        put(20)
        await until(lambda: len(stored(redis_server)) == 20)
        redis_server.freeze()
        put(50)
        await until(lambda: bool(notes))
        put(250)
        redis_server.thaw()
        await until(lambda: backlog.is_empty)
        courier.close(1.0)

    found = [read_line(body.rstrip(b"\n")) for body in stored(redis_server)]
    gaps = [line for line in found if isinstance(line, GapLine)]
    kept = [line for line in found if line and not isinstance(line, GapLine)]
    assert sum(gap.count for gap in gaps) == 200
    assert len(kept) == 120
    named = {seq for gap in gaps for seq in range(gap.from_seq, gap.to_seq + 1)}
    numbers = {line.seq for line in found if line}
    assert not named & numbers
    assert named | numbers == set(range(1, 321 + len(gaps)))
    assert "200 lost" in notes[-1]


def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['redis'] = None\n"
        "from kairos_tui.sinks import open_sink, read_url, open_reader, read_from\n"
        "for door in (lambda: open_sink(read_url('redis://h')),\n"
        "             lambda: open_reader(read_from('redis://h'), lines=True, board=True)):\n"
        "    try: door()\n"
        "    except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)

    assert done.stdout.count("ExtraMissing") == 2, done.stderr
    assert done.stdout.count("pip install 'kairos-tui[redis]'") == 2
