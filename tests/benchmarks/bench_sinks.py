"""What a sick sink costs the engine: nothing. Tick to signal without sinks, with one frozen, full or closed.

Run alone: pytest -m bench -s tests/benchmarks/bench_sinks.py. One engine runs all the time; sinks come and go
on its wire, turn by turn, so that a noisy machine is as unkind to each. Measured where the engine says it: of
all its ticks, arrival to decision (p99, on its boards); of each signal, socket read to published.
"""

import os
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.scenarios.driver import Kairos, Line, command_line, descendants, read_tables

from kairos_tui.market import Board, Symbol
from kairos_tui.runtime.outlet_plans import SinkRolePlan
from kairos_tui.runtime.spawn import SpawnedChild
from kairos_tui.settings import Settings
from kairos_tui.wire import Published, SignalReader, Topic

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3_600)]

ROUNDS = int(os.environ.get("ROUNDS", "12"))
RATE = os.environ.get("RATE", "2")
"""Of the simulated market. At 12 two cores have nothing left, and whoever else runs costs the engine time."""
MEASURED_S = 7.0
"""Longer than the window over which the engine keeps its percentiles."""
SERVER = """
import asyncio, sys
from aiohttp import web
async def take(request):
    await request.read()
    return web.Response(status=204)
async def serve():
    app = web.Application()
    app.router.add_post("/x", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    print("up", flush=True)
    await asyncio.Event().wait()
asyncio.run(serve())
"""


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def frozen_webhook() -> Iterator[str]:
    """A real server, stopped: the kernel still takes connections for it, and nobody answers."""
    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stdout=subprocess.PIPE)
    assert server.stdout is not None
    server.stdout.readline()
    server.send_signal(signal.SIGSTOP)
    try:
        yield f"http://127.0.0.1:{port}/x"
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


class Engine:
    """A running watch, and the sinks that are attached to its signal wire."""

    def __init__(self, kairos: Kairos, runtime: Path) -> None:
        kairos.env["XDG_RUNTIME_DIR"] = str(runtime)
        self.watching = kairos.start("watch", "BTC/USDT", "--json", "--emit", "signal")
        self.run = self.read_for(0.0)[-1]["run"]
        self.log = os.open(kairos.home / "sink.log", os.O_WRONLY | os.O_CREAT)
        (self.signals,) = (f"ipc://{path}" for path in runtime.glob("kairos/kairos-*/signals"))
        (self.pid,) = [pid for pid in descendants(self.watching.pid) if "run_engine" in command_line(pid)]

    def read_for(self, seconds: float) -> list[Line]:
        """The signals of the next seconds."""
        before, until = len(self.watching.lines), time.monotonic() + seconds
        self.watching.read_until(lambda line: line["type"] == "signal" and time.monotonic() > until)
        return [line for line in self.watching.lines[before:] if line["type"] == "signal"]

    def p99_us(self) -> int:
        """Of all ticks of the last seconds, as the newest board says."""
        reader = SignalReader(self.signals, topics=(Topic.BOARD,))
        try:
            while True:
                for item in reader.drain(1_000):
                    if isinstance(item, Published) and isinstance(item.body, Board):
                        found = item.body.rates.engine_p99_us
                        assert found is not None
                        return found
        finally:
            reader.close()

    @contextmanager
    def with_sink(self, url: str) -> Iterator[None]:
        """A sink's own process, as the launcher starts it; here once it has settled."""
        if not url:
            yield
            return
        plan = SinkRolePlan(
            run=self.run,
            feed="live",
            signals=(self.signals,),
            settings=Settings(),
            symbols=(Symbol("BTC/USDT"),),
            url=url,
            log_path=os.devnull,
            log_level=30,
        )
        child = SpawnedChild("kairos_tui.runtime.run_sink", plan, log_fd=self.log, owns_terminal=False)
        try:
            select.select([child.reports], [], [], 20)
            yield
            assert child.exit_code() is None
        finally:
            child.signal(signal.SIGKILL)
            child.release()


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Figures:
    """What was measured of one case, turn by turn."""

    def __init__(self) -> None:
        self.rounds: list[tuple[float, ...]] = []

    def add(self, told: list[Line], p99_us: int, cpu_share: float) -> None:
        total = sorted(line["tick_to_signal_us"] for line in told)
        middle, tail = len(told) // 2, int(len(told) * 0.99)
        self.rounds.append((p99_us, total[middle], total[tail], cpu_share))

    def shown(self) -> str:
        columns = list(zip(*self.rounds, strict=True))
        texts = [f"{statistics.median(each):.0f} ({min(each):.0f}-{max(each):.0f})" for each in columns[:3]]
        cpu = [f"{statistics.median(columns[3]):.1f} % ({min(columns[3]):.1f}-{max(columns[3]):.1f})"]
        return "".join(f"{each:<22}" for each in texts + cpu)

    def ratio(self, other: "Figures") -> str:
        """Round by round, the engine's p99 against another case's in the same round."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        ratios = [mine[0] / theirs[0] for mine, theirs in pairs]
        return f"engine p99 x{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def test_a_sick_sink_costs_the_engine_nothing(kairos: Kairos) -> None:
    served = kairos.start("sim", "--rate", RATE)
    tables = read_tables(served, venues=5)
    (kairos.home / "kairos.toml").write_text(
        "min_net_bps = 0.3\nclose_net_bps = 0.1\n"
        + tables.replace('origin_rest = "', 'taker_bps = 0.0\norigin_rest = "')
    )
    wanted = "emit=signal&events=open,update,close"
    with frozen_webhook() as frozen, tempfile.TemporaryDirectory() as runtime:
        cases = {
            "no sink": "",
            "healthy file": f"file:{kairos.home}/x.jsonl?{wanted}",
            "frozen webhook": f"{frozen}?{wanted}",
            "full disk": f"file:/dev/full?{wanted}",
            "closed port": f"http://127.0.0.1:{free_port()}/x?{wanted}",
        }
        figures = {name: Figures() for name in cases}
        engine = Engine(kairos, Path(runtime))
        engine.read_for(5)
        names = list(cases)
        for number in range(ROUNDS):
            for name in names[number % len(names) :] + names[: number % len(names)]:
                with engine.with_sink(cases[name]):
                    engine.read_for(1)
                    before, began = cpu_s(engine.pid), time.monotonic()
                    told = engine.read_for(MEASURED_S)
                    share = (cpu_s(engine.pid) - before) / (time.monotonic() - began) * 100
                    p99_us = engine.p99_us()
                figures[name].add(told, p99_us, share)
        engine.watching.end(signal.SIGTERM)
    print(f"\n  {ROUNDS} turns of {MEASURED_S:g} s each; us, median of turns (least-most)")
    columns = ("engine p99, all ticks", "tick to signal p50", "tick to signal p99", "engine's CPU")
    print(f"  {'':<16}" + "".join(f"{each:<22}" for each in columns))
    for name, each in figures.items():
        print(f"  {name:<16}{each.shown()}{each.ratio(figures['no sink'])}")
    assert engine.watching.lines[-1]["dropped"] == 0
