"""bench_e2e_stage: two venues at a given rate, and a whole pipeline that watches them, ours or the naive one.

Before it: bench_e2e. After it: bench_load, the roles' own processes, bench_e2e_naive. All end with the block.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import msgspec
from msgspec.structs import replace

from kairos_tui.errors import Retryable
from kairos_tui.feeds import FeedPlan
from kairos_tui.market import Board, Rates, Signal, Symbol, Thresholds, Venue, deal, homes_of
from kairos_tui.runtime.bench_e2e_naive import NaiveEngine, NaiveIngest
from kairos_tui.runtime.bench_load import Ledger, LoadOrder
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.ingest_plan import IngestPlan
from kairos_tui.runtime.spawn import Child, ForkedChild, SpawnedChild, warm_fork_server
from kairos_tui.sim.load import LoadPlan, number_in
from kairos_tui.wire import Endpoints, Published, SignalReader, Topic
from kairos_tui.wire.bench_json import JsonReader

VENUES = (Venue("low"), Venue("high"))
THRESHOLDS = Thresholds(min_net_bps=2.0, close_net_bps=0.5)
_START_WITHIN_S = 30.0
_WAIT_MS = 20
_LOG_LEVEL = 40


class StageFailed(Retryable):
    """A pipeline did not come up, or one of its processes ended."""


class Pipeline(Protocol):
    """A running stack. `hear` is from the update's leaving to the signal's arrival here, in ns."""

    def hear(self, seconds: float) -> list[int]: ...
    def taken(self) -> int: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Load:
    """The venues' process, and the ledger of what it said."""

    def __init__(self, folder: Path, plan: LoadPlan) -> None:
        self.plan = plan
        self.ledger = Ledger(folder / "ledger", make=True)
        order = msgspec.json.encode(LoadOrder(plan, str(folder / "ledger"))).decode()
        self._process = _python("kairos_tui.runtime.bench_load", order, stdin=subprocess.PIPE)
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], _START_WITHIN_S)[0]:
            raise StageFailed("the venues did not start")
        self.origins: list[tuple[str, str]] = [tuple(each) for each in json.loads(self._readline())]

    def speak(self, per_s: int) -> None:
        """So many updates a second from now on."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{per_s}\n".encode())
        self._process.stdin.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _end(self._process)
        self.ledger.close()

    def _readline(self) -> bytes:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise StageFailed("the venues' process ended")
        return line


class _Stacked:
    """What ends with the block."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


class Ours(_Stacked):
    """Two ingest workers and an engine or several, started as the launcher starts them; recording, or not."""

    def __init__(self, folder: Path, load: Load, engines: int = 1, *, record: str = "") -> None:
        super().__init__()
        self._record = record
        folder.mkdir(mode=0o700)
        self.rates: Rates | None = None
        self.frames = 0
        self.pids: dict[str, int] = {}
        self._live = 0
        self._load = load
        self._endpoints = [Endpoints.in_dir(folder, number) for number in range(engines)]
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            log = os.open(os.devnull, os.O_WRONLY)
            stack.callback(os.close, log)
            stack.callback(self._end)
            warm_fork_server(log)
            symbols = tuple(Symbol(symbol) for symbol in self._load.plan.symbols)
            ticks, signals = zip(*((each.ticks, each.signals) for each in self._endpoints), strict=True)
            shards = deal(symbols, len(ticks))
            for shard, to, out in zip(shards, ticks, signals, strict=True):
                plan = EnginePlan("bench", shard.number, "sim", to, out, shard, VENUES, THRESHOLDS, 4)
                plan = replace(plan, record=self._record)
                engine = SpawnedChild("kairos_tui.runtime.run_engine", plan, log_fd=log, owns_terminal=False)
                self._children.append(engine)
                self.pids.setdefault("engine", engine.pid)
            for venue, (rest, ws) in zip(VENUES, self._load.origins, strict=True):
                feed = FeedPlan(venue, symbols, "binance", rest, ws, taker_bps=0.0)
                work = IngestPlan("bench", 0, ticks, feed, os.devnull, _LOG_LEVEL, homes_of(shards))
                self._children.append(ForkedChild(f"ingest:{venue}", work, log_fd=log))
                self.pids[f"ingest:{venue}"] = self._children[-1].pid
            self._reader = SignalReader(signals, topics=(Topic.SIGNAL, Topic.BOARD))
            stack.callback(self._reader.close)
            _wait_for(lambda: bool(self.hear(0.2)) and self._is_whole(), "signals of ours")
            self._stack = stack.pop_all()
        return self

    def hear(self, seconds: float) -> list[int]:
        ages_ns: list[int] = []
        ends_s = time.monotonic() + seconds
        while time.monotonic() < ends_s:
            heard = self._reader.drain(_WAIT_MS)
            now_ns = time.monotonic_ns()
            for item in heard:
                if not isinstance(item, Published):
                    continue
                if isinstance(item.body, Signal):
                    sent_ns = self._load.ledger.sent_ns(number_in(item.body.opportunity.sell.price))
                    ages_ns += [now_ns - sent_ns] if sent_ns else []
                elif isinstance(item.body, Board):
                    self._learn(item.body)
        return ages_ns

    def taken(self) -> int:
        """Ticks that reached the engine."""
        return self.rates.received if self.rates else 0

    def _learn(self, board: Board) -> None:
        self.rates = board.rates
        venues = {row.venue: row for symbol in board.symbols for row in symbol.venues}
        self.frames = sum(row.frames for row in venues.values())
        self._live = sum(row.usable for symbol in board.symbols for row in symbol.venues)

    def _is_whole(self) -> bool:
        return self._live == len(VENUES) * self._load.plan.markets

    def _end(self) -> None:
        for child in self._children:
            child.signal(signal.SIGKILL)
        for child in self._children:
            child.release()


class Naive(_Stacked):
    """The same processes of the stack that everybody writes first."""

    def __init__(self, folder: Path, load: Load) -> None:
        super().__init__()
        folder.mkdir(mode=0o700)
        self._load, self._endpoints = load, Endpoints.in_dir(folder)
        self._seen = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            ticks, signals = self._endpoints.ticks, self._endpoints.signals
            engine = NaiveEngine(ticks, signals, THRESHOLDS.min_net_bps, THRESHOLDS.close_net_bps)
            ingests = [
                NaiveIngest(venue, list(self._load.plan.symbols), origin, ticks)
                for venue, origin in zip(VENUES, self._load.origins, strict=True)
            ]
            for order in (engine, *ingests):
                words = msgspec.json.encode(order).decode()
                stack.callback(_end, _python("kairos_tui.runtime.bench_e2e_naive", words))
            self._reader = JsonReader(signals)
            stack.callback(self._reader.close)
            _wait_for(lambda: bool(self.hear(0.2)), "signals of the naive stack")
            self._stack = stack.pop_all()
        return self

    def hear(self, seconds: float) -> list[int]:
        ages_ns: list[int] = []
        ends_s = time.monotonic() + seconds
        while time.monotonic() < ends_s:
            told = self._reader.receive(_WAIT_MS)
            if told is None:
                continue
            self._seen = told.get("seen", self._seen)
            sent_ns = self._load.ledger.sent_ns(number_in(told["price"])) if "price" in told else 0
            ages_ns += [time.monotonic_ns() - sent_ns] if sent_ns else []
        return ages_ns

    def taken(self) -> int:
        """Ticks that reached the engine, to a hundred."""
        return self._seen


def _python(module: str, order: str, *, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-P", "-m", module, order],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _wait_for(is_there: Callable[[], bool], what: str) -> None:
    until_s = time.monotonic() + _START_WITHIN_S
    while not is_there():
        if time.monotonic() > until_s:
            raise StageFailed(f"no {what} within {_START_WITHIN_S:g} s")
