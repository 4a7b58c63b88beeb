"""The hop: one worker's ticks into the engine's process, against zmq.asyncio with a JSON dict per tick.

Both sides are measured in the same run, interleaved, with 20 levels a side; only the ratios travel between
machines. Run alone:  pytest -m bench tests/benchmarks/bench_hop.py -s
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zmq
import zmq.asyncio

from kairos_tui.market import Symbol, Tick, Venue
from kairos_tui.wire import Endpoints, TickReceiver, TickSender, private_dir

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ROUNDS = 3
LATENCY_TICKS = 2_000
FLOOD_SECONDS = 1.5


SYMBOLS = tuple(Symbol(f"C{number}/USDT") for number in range(100))
BIDS = tuple((67110.1 - 0.1 * level, 0.31 + level) for level in range(20))
ASKS = tuple((67110.2 + 0.1 * level, 0.27 + level) for level in range(20))


def tick(number: int) -> Tick:
    now_ns = time.monotonic_ns()
    return Tick(
        Venue("kraken"),
        SYMBOLS[number % 100],
        BIDS,
        ASKS,
        now_ns,
        now_ns,
        1_795_342_351_123,
        number,
    )


def as_dict(each: Tick) -> dict[str, object]:
    return {name: getattr(each, name) for name in each.__struct_fields__}


# The senders: each runs in a process of its own.


def send_wire_paced(endpoint: str) -> None:
    sender = TickSender(endpoint, sender="bench", epoch=0)

    def send(number: int) -> None:
        sender.offer(tick(number))
        sender.flush()

    _pace(send)
    _flush_all(sender)
    sender.close()


def send_wire_flood(endpoint: str, *, batch: int) -> None:
    """As a feed in a burst does: `batch` ticks of different symbols per turn of the loop."""
    sender = TickSender(endpoint, sender="bench", epoch=0)
    ends_ns = time.monotonic_ns() + int(FLOOD_SECONDS * 1e9)
    number = 0
    while time.monotonic_ns() < ends_ns:
        for _ in range(batch):
            sender.offer(tick(number))
            number += 1
        while sender.flush():
            time.sleep(0.0001)
    sender.close()


def send_json(endpoint: str, *, paced: bool) -> None:
    async def run() -> None:
        context = zmq.asyncio.Context()
        socket = context.socket(zmq.PUSH)
        socket.connect(endpoint)
        if paced:
            start_ns = time.monotonic_ns()
            for number in range(LATENCY_TICKS):
                await asyncio.sleep(max(0.0, (start_ns + number * 1_000_000 - time.monotonic_ns()) / 1e9))
                await socket.send(json.dumps(as_dict(tick(number))).encode())
        else:
            ends_ns = time.monotonic_ns() + int(FLOOD_SECONDS * 1e9)
            number = 0
            while time.monotonic_ns() < ends_ns:
                await socket.send(json.dumps(as_dict(tick(number))).encode())
                number += 1
        context.destroy(linger=1000)

    asyncio.run(run())


def _pace(send: Callable[[int], object]) -> None:
    start_ns = time.monotonic_ns()
    for number in range(LATENCY_TICKS):
        while (wait_ns := start_ns + number * 1_000_000 - time.monotonic_ns()) > 0:
            time.sleep(wait_ns / 1e9)
        send(number)


def _flush_all(sender: TickSender) -> None:
    while sender.flush():
        time.sleep(0.001)


# The receivers run here: ages in us of every tick, from its receive stamp to its use.


def receive_wire(receiver: TickReceiver, sender: subprocess.Popen[bytes]) -> tuple[list[float], float]:
    ages_us: list[float] = []
    first_ns = last_ns = 0
    while True:
        arrivals = receiver.drain(200)
        now_ns = time.monotonic_ns()
        if not arrivals and sender.poll() is not None:
            break
        if arrivals:
            first_ns = first_ns or now_ns
            last_ns = now_ns
        ages_us += [(now_ns - each.record.received_ns) / 1000 for each in arrivals]  # type: ignore[union-attr]
    return ages_us, len(ages_us) / max(1, last_ns - first_ns) * 1e9


def receive_json(endpoint: str, start: Callable[[], subprocess.Popen[bytes]]) -> tuple[list[float], float]:
    async def run() -> tuple[list[float], float]:
        context = zmq.asyncio.Context()
        socket = context.socket(zmq.PULL)
        socket.bind(endpoint)
        sender = start()
        ages_us: list[float] = []
        first_ns = last_ns = 0
        while True:
            try:
                got = json.loads(await asyncio.wait_for(socket.recv(), 0.2 if first_ns else 5.0))
            except TimeoutError:
                if sender.poll() is not None:
                    break
                continue
            last_ns = time.monotonic_ns()
            first_ns = first_ns or last_ns
            ages_us.append((last_ns - got["received_ns"]) / 1000)
        context.destroy(linger=0)
        return ages_us, len(ages_us) / max(1, last_ns - first_ns) * 1e9

    return asyncio.run(run())


def start(call: str) -> subprocess.Popen[bytes]:
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import bench_hop as b; {call}"
    return subprocess.Popen([sys.executable, "-c", code], env=os.environ)


def wire_round(mode: str) -> tuple[list[float], float]:
    folder = private_dir()
    endpoint = Endpoints.in_dir(folder).ticks
    receiver = TickReceiver(endpoint)
    sender = start(f"b.{mode.format(endpoint=endpoint)}")
    measured = receive_wire(receiver, sender)
    assert receiver.ledger.records.lost == 0
    receiver.close()
    shutil.rmtree(folder)
    return measured


def json_round(*, paced: bool) -> tuple[list[float], float]:
    folder = private_dir()
    endpoint = f"ipc://{folder}/json"
    measured = receive_json(endpoint, lambda: start(f"b.send_json({endpoint!r}, paced={paced})"))
    shutil.rmtree(folder)
    return measured


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}-{max(values):,.0f})"


def quantile(values: list[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)]


def test_the_hop_at_a_thousand_a_second() -> None:
    ours: dict[str, list[float]] = {"p50": [], "p99": []}
    theirs: dict[str, list[float]] = {"p50": [], "p99": []}
    for _ in range(ROUNDS):
        for into, ages in (
            (ours, wire_round("send_wire_paced({endpoint!r})")[0]),
            (theirs, json_round(paced=True)[0]),
        ):
            assert len(ages) == LATENCY_TICKS
            into["p50"].append(quantile(ages, 0.5))
            into["p99"].append(quantile(ages, 0.99))
    print("\none hop at 1,000 ticks/s, 20 levels a side, offer to use, us, median (min-max)")
    print(f"  wire                 p50 {spread(ours['p50'])}   p99 {spread(ours['p99'])}")
    print(f"  zmq.asyncio + JSON   p50 {spread(theirs['p50'])}   p99 {spread(theirs['p99'])}")
    assert statistics.median(ours["p50"]) < statistics.median(theirs["p50"])


def test_how_many_ticks_a_second_one_hop_takes() -> None:
    rates: dict[str, list[float]] = {"one per frame": [], "20 per turn": [], "zmq.asyncio + JSON": []}
    for _ in range(ROUNDS):
        rates["one per frame"].append(wire_round("send_wire_flood({endpoint!r}, batch=1)")[1])
        rates["20 per turn"].append(wire_round("send_wire_flood({endpoint!r}, batch=20)")[1])
        rates["zmq.asyncio + JSON"].append(json_round(paced=False)[1])
    print("\none hop flooded, 20 levels a side, ticks/s, median (min-max)")
    for name, values in rates.items():
        print(f"  {name:20} {spread(values)}")
    assert statistics.median(rates["20 per turn"]) > 3 * statistics.median(rates["zmq.asyncio + JSON"])
