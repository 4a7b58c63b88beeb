"""What a sick sink costs the engine: nothing. Tick to signal without sinks, with one frozen, full or closed.

Run alone: pytest -m bench -s tests/benchmarks/bench_sinks.py. One engine runs all the time; sinks come and go
on its wire, turn by turn, so that a noisy machine is as unkind to each. Measured where the engine says it:
`engine_us` (arrival to decision) and `tick_to_signal_us` (socket read to published) of each signal on stdout.
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

from kairos_tui.market import Symbol
from kairos_tui.runtime.plans import SinkRolePlan
from kairos_tui.runtime.spawn import SpawnedChild
from kairos_tui.settings import Settings

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3_600)]

ROUNDS = int(os.environ.get("ROUNDS", "12"))
RATE = os.environ.get("RATE", "3")
"""Of the simulated market. At 12 two cores have nothing left, and whoever else runs costs the engine time."""
MEASURED_S = 4.0
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

    @contextmanager
    def with_sink(self, url: str) -> Iterator[None]:
        """A sink's own process, as the launcher starts it; here once it has settled."""
        if not url:
            yield
            return
        plan = SinkRolePlan(
            run=self.run,
            feed="live",
            signals=self.signals,
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
    """What was measured of one case: every delay, and each round's percentiles."""

    def __init__(self) -> None:
        self.rounds: list[tuple[float, ...]] = []
        self.engine_us: list[int] = []

    def add(self, told: list[Line], cpu_share: float) -> None:
        engine = sorted(line["engine_us"] for line in told)
        total = sorted(line["tick_to_signal_us"] for line in told)
        middle, tail = len(told) // 2, int(len(told) * 0.99)
        self.engine_us += engine
        self.rounds.append((engine[middle], engine[tail], total[middle], total[tail], cpu_share))

    def shown(self) -> str:
        columns = list(zip(*self.rounds, strict=True))
        texts = [f"{statistics.median(each):.0f} ({min(each):.0f}-{max(each):.0f})" for each in columns[:4]]
        cpu = [f"{statistics.median(columns[4]):.1f} % ({min(columns[4]):.1f}-{max(columns[4]):.1f})"]
        return "".join(f"{each:<22}" for each in texts + cpu)

    def ratios(self, other: "Figures") -> str:
        """The engine's p99 against another case's: of the median turns, and of all turns together."""
        p99s, others = ([each[1] for each in figures.rounds] for figures in (self, other))
        median, whole = statistics.median(p99s) / statistics.median(others), self.p99() / other.p99()
        return f"engine p99 x{median:.2f}, of all signals x{whole:.2f} ({self.p99()} us)"

    def p99(self) -> int:
        """Of the signals of all turns."""
        return sorted(self.engine_us)[int(len(self.engine_us) * 0.99)]


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
                figures[name].add(told, share)
        engine.watching.end(signal.SIGTERM)
    signals = sum(len(each.engine_us) for each in figures.values())
    print(f"\n  {ROUNDS} turns of {MEASURED_S:g} s each, {signals} signals; us, median of turns (least-most)")
    columns = ("engine p50", "engine p99", "tick to signal p50", "tick to signal p99", "engine's CPU")
    print(f"  {'':<16}" + "".join(f"{each:<22}" for each in columns))
    for name, each in figures.items():
        print(f"  {name:<16}{each.shown()}{each.ratios(figures['no sink'])}")
    assert engine.watching.lines[-1]["dropped"] == 0
