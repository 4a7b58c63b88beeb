"""A fleet on this machine, of installed commands: a simulator, keys, and each role as its own process."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from tests.scenarios.driver import KAIROS, Kairos

Line = dict[str, Any]
VENUES = ("binance", "kraken", "okx")
SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")


_next_port = 21_000 + os.getpid() * 37 % 11_000
"""Below those that the system hands out by itself, and another one for each test process."""


def free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody has now; no two calls give the same."""
    global _next_port
    while True:
        base, _next_port = _next_port, 21_000 + (_next_port + count - 21_000) % 11_000
        held = []
        try:
            for port in range(base, base + count):
                held.append(socket.socket())
                held[-1].bind(("127.0.0.1", port))
        except OSError:
            continue
        finally:
            for probe in held:
                probe.close()
        return base


def wait_for(is_so: Callable[[], Any], within_s: float, what: str) -> Any:
    """What it gives once that is true."""
    deadline = time.monotonic() + within_s
    while not (found := is_so()):
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        time.sleep(0.01)
    return found


def lines_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Whole lines up to the end. A test that ends kills who writes, mid-line maybe, and closes the stream."""
    while True:
        try:
            line = stream.readline()
        except ValueError:
            return
        if not line.endswith(b"\n"):
            return
        yield line


class Role:
    """A station and its health port. `said` is its stderr so far."""

    def __init__(self, process: subprocess.Popen[bytes], health: int) -> None:
        self.process = process
        self.health = health
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def is_ready(self) -> bool:
        """What /readyz says."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health}/readyz", timeout=2.0) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def await_ready(self, within_s: float = 60.0) -> "Role":
        wait_for(lambda: self.is_ready or self.process.poll() is not None, within_s, f"ready: {self.said}")
        assert self.process.poll() is None, self.said
        return self

    def children(self, module: str = "") -> list[int]:
        """The processes below it, by a word of their command line."""
        return [pid for pid in descendants(self.process.pid) if module in words_of(pid)]

    def end(self, signum: signal.Signals = signal.SIGTERM, within_s: float = 12.0) -> int:
        self.process.send_signal(signum)
        return self.process.wait(timeout=within_s)

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in lines_of(self.process.stderr):
            self.said += line.decode()


class Tapped:
    """`kairos tap`, read by a thread. Lines have the moment they were read (monotonic s)."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.lines: list[tuple[float, Line]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def of(self, kind: str, since_s: float = 0.0) -> list[Line]:
        """Lines of a type that were read since."""
        return [line for at_s, line in list(self.lines) if line["type"] == kind and at_s >= since_s]

    def end(self) -> list[Line]:
        """Stop it and give all it said."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)
        self._reader.join(timeout=10)
        return [line for _at_s, line in self.lines]

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in lines_of(self.process.stdout):
            self.lines.append((time.monotonic(), json.loads(line)))


class Stage:
    """Starts roles; everything is gone when the test ends (kairos.stop_all)."""

    def __init__(
        self, kairos: Kairos, venues: Sequence[str] = VENUES, symbols: Sequence[str] = SYMBOLS
    ) -> None:
        self.kairos = kairos
        self.venues, self.symbols = tuple(venues), tuple(symbols)
        made = kairos.run("curve", "new")
        assert made.returncode == 0, made.stderr
        self.sim_port = free_ports(len(self.venues))
        self._start_sim()

    def engine(self, *words: str, port: int = 0, name: str = "a") -> Role:
        """An engine at three ports; feeless, so that signals abound."""
        health = free_ports(1)
        at = port or free_ports(3)
        role = self._role(
            "engine",
            *self.symbols,
            "--bind",
            f"127.0.0.1:{at}",
            "--name",
            name,
            *self._common(health),
            *words,
        )
        role_port[role] = at
        return role

    def ingest(self, *words: str, venues: Sequence[str] = (), name: str = "") -> Role:
        health = free_ports(1)
        named = ("--name", name) if name else ()
        only = ("--venues", ",".join(venues)) if venues else ()
        return self._role("ingest", *self.symbols, *named, *only, *self._common(health), *words)

    def tap(self, *words: str) -> Tapped:
        process = subprocess.Popen(
            [KAIROS, "tap", *words],
            env=self.kairos.env,
            cwd=self.kairos.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.kairos.started.append(process)
        return Tapped(process)

    def _common(self, health: int) -> tuple[str, ...]:
        return ("--sim", "--health", f"127.0.0.1:{health}", "-v")

    def _role(self, *words: str) -> Role:
        process = subprocess.Popen(
            [*self.kairos.wrapper, KAIROS, *words],
            env=self.kairos.env,
            cwd=self.kairos.home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.kairos.started.append(process)
        found = re.search(r"--health 127\.0\.0\.1:(\d+)", " ".join(words))
        assert found
        return Role(process, int(found[1]))

    def _start_sim(self) -> None:
        words = ("sim", "--port", str(self.sim_port), "--venues", ",".join(self.venues))
        running = self.kairos.start(*words)
        assert running.process.stdout is not None
        lines = 2 + 4 * len(self.venues)
        text = b"".join(running.process.stdout.readline() for _ in range(lines)).decode()
        free = "min_net_bps = 0.3\nclose_net_bps = 0.1\nmax_age_ms = 2000\n"
        tables = re.sub(r"(?m)^(\[venue\.\w+\])$", r"\1\ntaker_bps = 0.0", text)
        (self.kairos.home / "kairos.toml").write_text(free + tables)


role_port: dict[Role, int] = {}


def descendants(pid: int) -> list[int]:
    """All processes below one."""
    found, waiting = [], [pid]
    while waiting:
        try:
            text = Path(f"/proc/{waiting[-1]}/task/{waiting.pop()}/children").read_text()
        except OSError:
            continue
        below = [int(each) for each in text.split()]
        found += below
        waiting += below
    return found


def words_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def holes(lines: Sequence[Line]) -> set[int]:
    """Numbers that neither a line carries nor a gap line names."""
    named = {line["seq"] for line in lines}
    return set(range(1, max(named) + 1)) - named


def faults_of(lines: Sequence[Line]) -> list[str]:
    """What no stream of signals may have: an id that opens twice, or moves unopened; two open on a route."""
    said: list[str] = []
    open_ids: dict[str, tuple[str, ...]] = {}
    closed: set[str] = set()
    routes: dict[tuple[str, ...], str] = {}
    for line in lines:
        if line["type"] == "gap":
            said.append(f"gap of {line['count']}: {line['reason']}")
        if line["type"] != "signal":
            continue
        route = tuple(line[key] for key in ("buy_venue", "buy_symbol", "sell_venue", "sell_symbol"))
        id_, event = line["id"], line["event"]
        if event == "open":
            if id_ in open_ids or id_ in closed:
                said.append(f"{id_} opens twice")
            if route in routes:
                said.append(f"{id_} opens on {route}, where {routes[route]} stands")
            open_ids[id_], routes[route] = route, id_
        elif id_ not in open_ids:
            said.append(f"{id_} has a {event} and is not open")
        if event == "close" and id_ in open_ids:
            routes.pop(open_ids.pop(id_), None)
            closed.add(id_)
    return said
