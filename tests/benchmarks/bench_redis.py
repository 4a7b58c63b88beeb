"""What a Redis costs the engine: its p99 with no sink, with a healthy, a frozen and a dead Redis behind one.

Interleaved, round by round, on the simulated exchanges; only the ratios travel between machines. CPU a tick
is compared with a healthy Redis: a sink that shows the board has it painted ten times a second, not four.
Then how fast the sink delivers. Run alone:  pytest -m bench tests/benchmarks/bench_redis.py -s
"""

import asyncio
import signal
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.redis_server import RedisServer
from tests.scenarios.driver import Kairos, Running, command_line, descendants

from kairos_tui.market import Board, FeedState, FeedStatus, Rates, Venue
from kairos_tui.sinks import Stamp, Told, encode, open_sink, read_url
from kairos_tui.sinks.line_maker import venue_line
from kairos_tui.wire import Published, SignalReader, Topic

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ROUNDS = 5
PHASE_S = 7.0
"""Longer than the window over which the engine keeps its percentiles."""
NOISE_US = 150
"""What the least p99 of one and the same state differs by on a shared machine."""
STATES = ("healthy", "frozen", "dead")


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A unix socket's path has room for little."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder)


class Cost(NamedTuple):
    """The engine's own p99, and its time on a core per tick, which a busy machine moves less."""

    p99_us: float
    cpu_us: float


def cost_of(kairos: Kairos, running: Running) -> Cost:
    """Over one phase; p99 is the median over its last two seconds."""
    (socket,) = Path(kairos.env["XDG_RUNTIME_DIR"]).glob("kairos/*/signals")
    (engine,) = (pid for pid in descendants(running.pid) if "run_engine" in command_line(pid))
    reader = SignalReader(f"ipc://{socket}", topics=(Topic.BOARD,))
    began_ns, until = on_core_ns(engine), time.monotonic() + PHASE_S
    rates: list[tuple[float, Rates]] = []
    while (left_s := until - time.monotonic()) > 0:
        boards = [item.body for item in reader.drain(100) if isinstance(item, Published)]
        rates += [(left_s, board.rates) for board in boards if isinstance(board, Board)]
    took_ns = on_core_ns(engine) - began_ns
    reader.close()
    late = [each.engine_p99_us for left_s, each in rates if left_s < 2.0 and each.engine_p99_us]
    return Cost(statistics.median(late), took_ns / 1_000 / (rates[-1][1].used - rates[0][1].used))


def on_core_ns(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def test_a_redis_costs_the_engine_nothing(
    kairos: Kairos, redis_server: RedisServer, short_folder: Path
) -> None:
    kairos.env["XDG_RUNTIME_DIR"] = str(short_folder)
    found: dict[str, list[Cost]] = defaultdict(list)
    for number in range(ROUNDS):
        alone = started(kairos)
        found["no sink"].append(cost_of(kairos, alone))
        alone.end(signal.SIGTERM)
        beside = started(kairos, "--sink", redis_server.url)
        for state in STATES[number % 3 :] + STATES[: number % 3]:
            with redis_in(state, redis_server):
                found[state].append(cost_of(kairos, beside))
        beside.end(signal.SIGTERM)
    print()
    for state, costs in found.items():
        rounds = " ".join(f"{cost.p99_us:6.0f}" for cost in costs)
        print(f"{state:8} p99 least {least_p99(costs):5.0f} us ({rounds})  a tick {cpu(costs):4.0f} us")
    for state in STATES:
        assert least_p99(found[state]) <= 1.1 * least_p99(found["no sink"]) + NOISE_US
        assert cpu(found[state]) <= 1.1 * cpu(found["healthy"]) + 10


def least_p99(costs: list[Cost]) -> float:
    return min(cost.p99_us for cost in costs)


def cpu(costs: list[Cost]) -> float:
    return statistics.median(cost.cpu_us for cost in costs)


def started(kairos: Kairos, *words: str) -> Running:
    running = kairos.start("watch", "BTC/USDT", "--sim", "--connect-timeout", "90s", *words)
    running.read_until(lambda line: line["type"] == "venue" and line["state"] == "live", within_s=90.0)
    return running


@contextmanager
def redis_in(state: str, server: RedisServer) -> Iterator[None]:
    """A healthy server is in it before and after."""
    if state == "frozen":
        server.freeze()
    if state == "dead":
        server.kill()
    yield
    if state == "frozen":
        server.thaw()
    if state == "dead":
        server.start()


async def test_the_sink_delivers_far_more_than_a_run_makes(redis_server: RedisServer) -> None:
    status = FeedStatus(Venue("okx"), None, FeedState.LIVE, 1)
    told = []
    for seq in range(1, 20_001):
        line = venue_line(Stamp("k7f3", seq, time.time_ns() // 1_000, "sim", 5), status)
        told.append(Told(line, encode(line), b"V" * 1_000))
    sink = open_sink(read_url(redis_server.url))
    async with sink:
        began = time.perf_counter()
        for first in range(0, len(told), 128):
            await sink.emit(told[first : first + 128])
        took_s = time.perf_counter() - began
        waits = []
        for each in range(300):
            line = venue_line(Stamp("k7f3", 30_000 + each, time.time_ns() // 1_000, "sim", 5), status)
            at = time.perf_counter()
            await sink.emit([Told(line, encode(line), b"V" * 1_000)])
            waits.append(time.perf_counter() - at)
            await asyncio.sleep(0.001)
    waits.sort()
    print(f"\nbatches of 128: {len(told) / took_s:,.0f} lines/s")
    print(f"one line: p50 {waits[150] * 1e6:.0f} us, p99 {waits[297] * 1e6:.0f} us")
    assert len(told) / took_s > 500  # a busy run makes some twenty a second
