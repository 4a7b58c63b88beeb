"""Machines whose clocks are far apart: at the engine a tick is as old as it is, or older by the error.

The other machine is a process in a time namespace, so the truth is known to the nanosecond.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from kairos_tui.market import PackedTick, Symbol
from kairos_tui.wire import (
    Arrival,
    Door,
    DoorLink,
    Endpoints,
    Hello,
    TickReceiver,
    TickSender,
    Welcome,
    private_folder,
    unpack_frame,
)

Until = Callable[[Callable[[], object]], None]
MS, S = 1_000_000, 1_000_000_000
HELLO = Hello("ingest", "ingest:okx@far", 2, "0.5.0", "sim")

FAR_INGESTER = """
import sys, time
from kairos_tui.market import Symbol, Tick, Venue
from kairos_tui.wire import DoorLink, Hello, TickSender
ticks, door = sys.argv[1:]
link = DoorLink(door, Hello("ingest", "ingest:okx@far", 2, "0.5.0", "sim"))
sender = TickSender(ticks, sender="ingest:okx@far", epoch=0, clock=link.clock)
until_s = time.monotonic() + 20
while time.monotonic() < until_s:
    now_ns = time.monotonic_ns()
    levels = ((1.0, 1.0),)
    sender.offer(Tick(Venue("okx"), Symbol("BTC/USDT"), levels, levels, now_ns, now_ns, nonce=now_ns))
    sender.flush()
    time.sleep(0.005)
"""


def has_time_namespaces(ahead_s: int) -> bool:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*elsewhere(ahead_s), "true"], capture_output=True, timeout=10, check=False)
    return tried.returncode == 0


def elsewhere(ahead_s: int) -> list[str]:
    return ["unshare", "--time", "--fork", "--kill-child", "--monotonic", str(ahead_s)]


class Engine:
    """An engine's receiver and door; of each frame that came, how wrong its clock was said to be."""

    def __init__(self, folder: Path) -> None:
        self.ticks = Endpoints.in_dir(folder).ticks
        self.door_at = f"ipc://{folder}/door"
        self.errors_ns: list[int] = []
        self.offsets_ns: list[int] = []
        self.receiver = TickReceiver(self.ticks)
        self.receiver.on_frame = self._on_frame
        self.door = Door(self.door_at, lambda: Welcome("k7f3", 1, 0, "sim", 2, "0.5.0"))

    def _on_frame(self, at_ns: int, frame: bytes) -> None:
        head, records = unpack_frame(frame)
        self.errors_ns += [head.clock_err_ns] * len(records)
        self.offsets_ns += [head.clock_ns] * len(records)

    def close(self) -> None:
        self.receiver.close()
        self.door.close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    with private_folder() as folder:
        opened = Engine(folder)
        yield opened
        opened.close()


def far_ingester(engine: Engine, ahead_s: int) -> "subprocess.Popen[bytes]":
    command = [*elsewhere(ahead_s), sys.executable, "-c", FAR_INGESTER, engine.ticks, engine.door_at]
    return subprocess.Popen(command)


@pytest.mark.parametrize("ahead_s", [5_000, -40_000])
def test_ticks_of_a_machine_whose_clock_is_far_off_are_as_old_as_they_are(
    engine: Engine, ahead_s: int, until: Until
) -> None:
    ahead_s = max(ahead_s, 60 - int(time.monotonic()))  # no clock may be before its machine's start
    if not has_time_namespaces(ahead_s):
        pytest.skip("needs root and time namespaces")
    process, arrivals = far_ingester(engine, ahead_s), list[Arrival]()

    def enough_came() -> bool:
        arrivals.extend(engine.receiver.drain(10))
        return len(arrivals) >= 300

    try:
        until(enough_came)
    finally:
        process.kill()
        process.wait()

    assert len(arrivals) == len(engine.errors_ns)
    for arrival, err_ns, offset_ns in zip(arrivals, engine.errors_ns, engine.offsets_ns, strict=True):
        assert abs(offset_ns + ahead_s * S) <= err_ns < 1 * S
        check_age(arrival, err_ns, ahead_s * S)


def check_age(arrival: Arrival, err_ns: int, ahead_ns: int) -> None:
    """`nonce` has the stamp as it was made."""
    tick = arrival.record
    assert isinstance(tick, PackedTick)
    assert tick.nonce is not None
    truly_ns = arrival.arrived_ns - (tick.nonce - ahead_ns)
    said_ns = arrival.arrived_ns - tick.received_ns
    assert truly_ns <= said_ns <= truly_ns + 2 * err_ns + 1


class SlowWay:
    """A stream forwarded to another address, each chunk held up, more in one direction than in the other."""

    def __init__(self, path: Path, to: Path, *, there_ms: int, back_ms: int) -> None:
        self._to, self._there_s, self._back_s = to, there_ms / 1_000, back_ms / 1_000
        self._sockets = [socket.socket(socket.AF_UNIX)]
        self._sockets[0].bind(str(path))
        self._sockets[0].listen()
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, run: Callable[..., None], *args: object) -> None:
        self._threads.append(threading.Thread(target=run, args=args, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._sockets[0].accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self._to))
                self._sockets += [near, far]
                self._start(self._forward, near, far, self._there_s)
                self._start(self._forward, far, near, self._back_s)

    def _forward(self, source: socket.socket, target: socket.socket, delay_s: float) -> None:
        with suppress(OSError):
            while chunk := source.recv(65_536):
                time.sleep(delay_s)  # the delay itself is what is tested
                target.sendall(chunk)

    def close(self) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(5)


@pytest.mark.parametrize(("there_ms", "back_ms"), [(60, 0), (0, 60), (45, 5)])
def test_a_way_that_is_slower_in_one_direction_makes_no_tick_younger(
    engine: Engine, make_tick: Callable[..., object], there_ms: int, back_ms: int, until: Until
) -> None:
    door = Path(engine.door_at.removeprefix("ipc://"))
    way = SlowWay(door.with_name("way"), door, there_ms=there_ms, back_ms=back_ms)
    link = DoorLink(f"ipc://{door.with_name('way')}", HELLO)
    sender = TickSender(engine.ticks, sender="ingest:okx@far", epoch=0, clock=link.clock)
    arrivals: list[Arrival] = []

    def enough_came() -> bool:
        now_ns = time.monotonic_ns()
        tick = make_tick(now_ns)
        sender.offer(msgspec.structs.replace(tick, nonce=now_ns))  # type: ignore[arg-type, type-var]
        sender.flush()
        arrivals.extend(engine.receiver.drain(5))
        return len(arrivals) >= 60

    try:
        until(link.clock)
        until(enough_came)
    finally:
        sender.close()
        link.close()
        way.close()

    for arrival, err_ns in zip(arrivals, engine.errors_ns, strict=True):
        assert err_ns >= (there_ms + back_ms) * MS // 2  # no less is honest: it cannot know the shares
        check_age(arrival, err_ns, 0)


def test_symbols_of_a_far_engine_come_with_its_welcome(engine: Engine, until: Until) -> None:
    engine.door.close()
    symbols = tuple(Symbol(f"C{number}/USDT") for number in range(5_000))
    engine.door = Door(engine.door_at, lambda: Welcome("k7f3", 1, 0, "sim", 2, "0.5.0", symbols))
    link = DoorLink(engine.door_at, HELLO)
    try:
        until(lambda: link.welcome)
        assert link.welcome is not None
        assert link.welcome.symbols == symbols
    finally:
        link.close()
