"""The mirror: from the engine's board to fifty browsers, what that costs, and what it costs the engine.

Real runs on the simulated exchanges, with and without the mirror in turn; clients have their own process.
Run alone:  pytest -m bench tests/benchmarks/bench_mirror.py -s
"""

import asyncio
import contextlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import uvloop
from tests.mirror.stage import deaf_client
from tests.scenarios.driver import Kairos, Running, command_line, descendants, wait_until

from kairos_tui.market import Board
from kairos_tui.wire import Published, SignalReader, Topic

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ROUNDS = 5
CLIENTS = 50
SECONDS = 8.0
WARM_S = 4.0
WATCHED = ("BTC/USDT", "ETH/USDT", "--sim", "--json", "--emit", "signal", "--connect-timeout", "2m")

Ages = list[float]


class Client(asyncio.Protocol):
    """Takes batches, and notes how old each board is on arrival: as little as a client can do."""

    HELLO = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )

    def __init__(self, port: int, ages_us: Ages) -> None:
        self._port = port
        self._ages_us = ages_us
        self._held = b""
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by descent
        self._transport.write(self.HELLO.format(port=self._port).encode())

    def data_received(self, data: bytes) -> None:
        self._held += data
        if not self._is_open and b"\r\n\r\n" in self._held:
            self._is_open = True
            self._held = self._held.partition(b"\r\n\r\n")[2]
            self._transport.write(masked(b"40"))
        while (frame := self._next_frame()) is not None:
            self._take(frame)

    def _next_frame(self) -> bytes | None:
        held = self._held
        if not self._is_open or len(held) < 2:
            return None
        size, start = held[1] & 127, 2
        if size > 125:
            start = 4 if size == 126 else 10
            size = int.from_bytes(held[2:start], "big")
        if len(held) < start + size:
            return None
        self._held = held[start + size :]
        return held[start : start + size]

    def _take(self, frame: bytes) -> None:
        now_us = time.time_ns() / 1e3
        if frame == b"2":
            self._transport.write(masked(b"3"))
        elif frame.startswith(b'42["batch"') and (at := frame.find(b'"at_us":') + 8) > 8:
            self._ages_us.append(now_us - int(frame[at : frame.index(b",", at)]))


def masked(text: bytes) -> bytes:
    return bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text


def run_clients(port: int, count: int, seconds: float) -> None:
    """In a process of its own: prints every age in us."""

    async def run() -> Ages:
        ages_us: Ages = []
        loop = asyncio.get_running_loop()
        for _ in range(count):
            await loop.create_connection(lambda: Client(port, ages_us), "127.0.0.1", port)
        await asyncio.sleep(1.0)
        ages_us.clear()
        await asyncio.sleep(seconds)
        return list(ages_us)

    print(json.dumps(uvloop.run(run())))


def clients(port: int, count: int, seconds: float) -> subprocess.Popen[bytes]:
    here = Path(__file__)
    code = (
        f"import sys; sys.path[:0] = [{str(here.parent)!r}, {str(here.parents[2])!r}];"
        f"import bench_mirror as b; b.run_clients({port}, {count}, {seconds})"
    )
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)


@contextlib.contextmanager
def watching(home: Path, *words: str) -> Iterator[tuple[Running, SignalReader, int]]:
    """A run, a reader of its boards, and the mirror's port (0 without)."""
    home.mkdir()
    kairos = Kairos(home)
    runtime = Path(f"/tmp/kb{os.getpid()}")
    runtime.mkdir(mode=0o700, exist_ok=True)
    kairos.env["XDG_RUNTIME_DIR"] = str(runtime)
    running = kairos.start("watch", *WATCHED, *words)
    try:
        wait_until(lambda: bool(list(runtime.rglob("signals"))))
        reader = SignalReader(f"ipc://{next(iter(runtime.rglob('signals')))}", topics=[Topic.BOARD])
        port = 0
        if words:
            assert running.process.stderr is not None
            said = running.process.stderr.readline().decode()
            found = re.search(r":(\d+)/", said)
            assert found, said
            port = int(found[1])
        wait_until(lambda: bool(engine_p99s_us(reader, 0.2)), 60)
        time.sleep(WARM_S)
        yield running, reader, port
        reader.close()
        running.process.send_signal(signal.SIGTERM)
        running.process.communicate(timeout=5)
    finally:
        kairos.stop_all()


def engine_p99s_us(reader: SignalReader, seconds: float) -> list[float]:
    """What the engine says of itself, four times a second."""
    seen: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        boards = [item.body for item in reader.drain(100) if isinstance(item, Published)]
        said = [board.rates.engine_p99_us for board in boards if isinstance(board, Board)]
        seen += [each for each in said if each is not None]
    return seen


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def mirror_pid(running: Running) -> int:
    return next(pid for pid in descendants(running.pid) if "run_mirror" in command_line(pid))


def quantile(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def spread(values: list[float], unit: str) -> str:
    return f"{statistics.median(values):.2f} {unit} ({min(values):.2f}-{max(values):.2f})"


def watched(reader: SignalReader, pid: int, port: int) -> tuple[Ages, float, list[float]]:
    """Fifty clients for a while: ages in ms, the mirror's share of a core, the engine's p99s."""
    process = clients(port, CLIENTS, SECONDS)
    time.sleep(2.0)
    before_s, began_s = cpu_s(pid), time.monotonic()
    engine = engine_p99s_us(reader, SECONDS - 1.5)
    share = (cpu_s(pid) - before_s) / (time.monotonic() - began_s)
    text, _ = process.communicate(timeout=30)
    return [us / 1e3 for us in json.loads(text)], share, engine


def test_fifty_browsers_ten_times_a_second(tmp_path: Path) -> None:
    p50: dict[str, Ages] = {"all read": [], "one frozen": []}
    p99: dict[str, Ages] = {"all read": [], "one frozen": []}
    share: dict[str, Ages] = {"nobody": [], "all read": [], "one frozen": []}
    engine: dict[str, Ages] = {"no mirror": [], "all read": [], "one frozen": []}
    rate: Ages = []
    for number in range(ROUNDS):
        with watching(tmp_path / f"without{number}") as (_, reader, _port):
            engine["no mirror"].append(statistics.median(engine_p99s_us(reader, SECONDS)))
        with watching(tmp_path / f"with{number}", "--mirror", "127.0.0.1:0") as (running, reader, port):
            pid = mirror_pid(running)
            before_s = cpu_s(pid)
            time.sleep(3.0)
            share["nobody"].append((cpu_s(pid) - before_s) / 3.0)
            for name in p50:
                with deaf_client(port) if name == "one frozen" else contextlib.nullcontext():
                    ages_ms, used, said = watched(reader, pid, port)
                p50[name].append(quantile(ages_ms, 0.5))
                p99[name].append(quantile(ages_ms, 0.99))
                share[name].append(used)
                engine[name].append(statistics.median(said))
                rate.append(len(ages_ms) / CLIENTS / SECONDS)
    print(f"\n{CLIENTS} clients, {spread(rate, 'batches/s each')}; {ROUNDS} rounds, median (min-max)")
    for name in p50:
        print(f"  board to client, {name:10}  p50 {spread(p50[name], 'ms')}   p99 {spread(p99[name], 'ms')}")
    for name, values in share.items():
        print(f"  mirror's CPU, {name:10}  {spread([100 * each for each in values], '% of a core')}")
    for name, values in engine.items():
        print(f"  engine p99, {name:10}  {spread(values, 'us')}")
    assert statistics.median(p99["all read"]) <= 50
    assert statistics.median(p99["one frozen"]) <= 50
    assert statistics.median(share["all read"]) <= 0.10
    assert statistics.median(share["one frozen"]) <= 0.10
