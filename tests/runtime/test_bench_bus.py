"""The promise: the bus comparison measures real buses, counts every message, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kairos_tui.errors import Fatal, WireRefused
from kairos_tui.market import Signal
from kairos_tui.runtime import bench_bus_course as course_of
from kairos_tui.runtime.bench_bus import BusPlan, measure_course
from kairos_tui.runtime.bench_bus_course import Course, course_in, own_course
from kairos_tui.runtime.bench_bus_orders import STAMP, Bus, Send, filling_of
from kairos_tui.runtime.bench_bus_pair import BusFailed, Measured
from kairos_tui.runtime.bench_bus_report import Report, latency_rows, row_of, shown, throughput_rows
from kairos_tui.runtime.bench_bus_worker import send
from kairos_tui.runtime.bench_figures import RollCall, Spread, quantile, spread_of
from kairos_tui.runtime.bench_machine import this_machine
from kairos_tui.runtime.bench_redis_server import redis_missing
from kairos_tui.runtime.bench_signal import json_signal, packed_signal
from kairos_tui.runtime.bench_ward import Ward, free_port, is_listening
from kairos_tui.wire.bench_ends import Publishing, Reading
from kairos_tui.wire.codec import unpack_message

SMALL = BusPlan(messages=200, rounds=1)
needs_redis = pytest.mark.skipif(redis_missing() is not None, reason=str(redis_missing()))


def measured(course: Course, plan: BusPlan = SMALL) -> Report:
    return measure_course(course, plan, progress=lambda _: None)


def until(condition: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 15.0
    while not condition():
        assert time.monotonic() < deadline_s, "the condition never came true"
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


# Arithmetic.


@pytest.mark.parametrize(
    ("part", "expected"), [(0.5, 500), (0.99, 990), (0.999, 999), (0.001, 1), (0.9, 900)]
)
def test_a_quantile_is_the_least_value_that_so_many_do_not_exceed(part: float, expected: int) -> None:
    assert quantile(list(range(1_000, 0, -1)), part) == expected


@pytest.mark.parametrize(("count", "part"), [(0, 0.5), (99, 0.99), (999, 0.999), (100, 0.999)])
def test_too_few_values_have_no_such_quantile(count: int, part: float) -> None:
    assert quantile(list(range(count)), part) is None


def test_the_median_of_an_odd_few_is_one_of_them() -> None:
    assert quantile([5, 1, 9], 0.5) == 5


def test_a_spread_is_median_least_and_most_of_all_rounds() -> None:
    assert spread_of([3.0, 1.0, 2.0, 10.0]) == Spread(2.5, 1.0, 10.0)
    assert spread_of([1.0, None]) is None
    assert spread_of([]) is None


def test_a_roll_call_counts_each_number_once_and_repeats_apart() -> None:
    roll = RollCall(10, 3)

    assert [roll.answer(number) for number in (10, 12, 12, 12, 9, 13)] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]
    assert (roll.came, roll.repeated) == (2, 2)


def test_a_row_says_what_its_rounds_did() -> None:
    bus = Bus(name="x", shown="X", sender="", reader="", address="", keeps=True)
    rounds = [
        Measured([1_000] * 100, 300, 1, 0, 200, 1_000_000_000, 400_000, 200_000, None),
        Measured([3_000] * 100, 300, 2, 5, 200, 500_000_000, 800_000, 200_000, None),
    ]

    row = row_of(bus, rounds)

    assert row.latency_us.p50 == row.latency_us.p99 == Spread(2.0, 1.0, 3.0)
    assert row.latency_us.p999 is None
    assert row.messages_per_s == Spread(300.0, 200.0, 400.0)
    assert (row.cpu_us.sender, row.cpu_us.reader) == (Spread(3.0, 2.0, 4.0), Spread(1.0, 1.0, 1.0))
    assert row.cpu_us.server is None
    assert (row.sent, row.lost, row.repeated) == (600, 3, 5)


def test_a_spread_is_shown_with_its_ends() -> None:
    assert shown(Spread(1234.4, 1.0, 20_000.0), 0) == "1,234 (1-20,000)"
    assert shown(None, 1) == "-"


# What is sent.


def test_the_payload_is_a_real_signal_and_its_line_the_same_one() -> None:
    published = unpack_message(packed_signal())

    assert isinstance(published.body, Signal)
    assert f'"id":"{published.body.id}"'.encode() in json_signal()


@pytest.mark.parametrize("size", [STAMP.size, 17, 1_405, 65_536])
def test_a_payload_of_any_size_is_that_size(size: int) -> None:
    assert STAMP.size + len(filling_of(packed_signal(), size)) == size


def test_without_a_size_the_payload_is_whole() -> None:
    filling = filling_of(packed_signal(), None)

    assert filling == packed_signal()
    with pytest.raises(WireRefused):
        unpack_message(filling_of(packed_signal(), 100))


class Slow:
    """A bus that takes its time, and remembers when it was called."""

    address = ""

    def __init__(self, takes_s: float = 0.0, *, readers: bool = True) -> None:
        self.sent: list[int] = []
        self._takes_s = takes_s
        self._readers = readers

    def has_reader(self, timeout_s: float) -> bool:
        return self._readers

    def send(self, message: bytes) -> None:
        self.send_all([message])

    def send_all(self, messages: list[bytes]) -> None:
        time.sleep(self._takes_s)
        self.sent += [STAMP.unpack_from(message)[0] for message in messages]

    def server_cpu_s(self) -> float | None:
        return None

    def close(self) -> None:
        pass


@pytest.mark.parametrize("per_s", [0, 5_000])
def test_numbers_are_sent_once_each_in_order(per_s: int) -> None:
    bus = Slow()

    assert send(bus, Send(7, 250, per_s, b"", 5.0)).count == 250
    assert bus.sent == list(range(7, 257))


@pytest.mark.parametrize("per_s", [0, 1_000])
def test_a_bus_that_is_too_slow_is_not_waited_for(per_s: int) -> None:
    bus = Slow(0.05)

    sent = send(bus, Send(0, 100_000, per_s, b"", 0.1))

    assert 0 < sent.count == len(bus.sent) < 1_000


def test_nothing_is_sent_to_nobody() -> None:
    bus = Slow(readers=False)

    with pytest.raises(TimeoutError):
        send(bus, Send(0, 10, 0, b"", 1.0))
    assert bus.sent == []


# Real buses.


def test_zeromq_and_whatever_else_is_here_loses_nothing_and_all_is_counted() -> None:
    with own_course() as course:
        report = measured(course)

    assert {row.bus for row in report.rows} >= {"zmq-ipc", "zmq-tcp"}
    assert all((row.sent, row.lost, row.repeated) == (400, 0, 0) for row in report.rows)
    assert all(row.latency_us.p50 and row.latency_us.p50.least > 0 for row in report.rows)
    assert all(row.messages_per_s and row.messages_per_s.least > 0 for row in report.rows)
    assert {row.shown for row in report.rows} | set(report.unmeasured) == {
        course_of.IPC,
        course_of.TCP,
        course_of.PUB_SUB,
        course_of.STREAMS,
    }
    assert [len(row) for row in latency_rows(report)] == [5] * (len(report.rows) + 1)
    assert [len(row) for row in throughput_rows(report)] == [7] * (len(report.rows) + 1)


@needs_redis
def test_redis_is_measured_with_its_servers_share_and_stops_with_the_block() -> None:
    with own_course() as course:
        port = int(course.buses[-1].address.rpartition("/")[0].rpartition(":")[2])
        assert is_listening(port)
        redis = [bus for bus in course.buses if bus.name.startswith("redis")]
        report = measured(Course(tuple(redis), {}, course.libraries))

    assert [row.keeps for row in report.rows] == [False, True]
    assert all(row.lost == 0 and row.cpu_us.server is not None for row in report.rows)
    assert not is_listening(port)


@needs_redis
def test_the_redis_of_the_measurement_asks_for_a_password() -> None:
    import socket

    with own_course() as course:
        port = int(course.buses[-1].address.rpartition("/")[0].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5.0) as stranger:
            stranger.sendall(b"PING\r\n")
            assert stranger.recv(100).startswith(b"-NOAUTH")


def test_without_redis_the_rest_is_measured_and_the_way_to_get_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with own_course() as course:
        assert [bus.shown for bus in course.buses] == [course_of.IPC, course_of.TCP]
        assert set(course.unmeasured) == {course_of.PUB_SUB, course_of.STREAMS}
        assert all("install" in reason for reason in course.unmeasured.values())


def test_a_redis_that_does_not_start_is_said_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "redis-py" in (redis_missing() or ""):
        pytest.skip("redis-py is not installed")
    broken = tmp_path / "redis-server"
    broken.write_text("#!/bin/sh\necho 'no memory for that'; exit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with own_course() as course:
        assert "redis-server did not start" in course.unmeasured[course_of.STREAMS]
        assert "no memory for that" in course.unmeasured[course_of.STREAMS]
        assert [bus.shown for bus in course.buses] == [course_of.IPC, course_of.TCP]


def test_without_a_folder_for_sockets_tcp_is_measured_and_the_rest_says_why() -> None:
    with course_in(None, "no folder for sockets") as course:
        report = measured(course)

    assert [row.shown for row in report.rows] == [course_of.TCP]
    assert report.unmeasured == dict.fromkeys(
        (course_of.IPC, course_of.PUB_SUB, course_of.STREAMS), "no folder for sockets"
    )


def test_a_bus_that_fails_is_named_and_the_others_go_on() -> None:
    with own_course() as course:
        tcp = next(bus for bus in course.buses if bus.name == "zmq-tcp")
        absent = Bus(name="no", shown="No", sender="nowhere:x", reader="nowhere:y", address="", keeps=False)
        report = measured(Course((absent, tcp)), BusPlan(messages=100, rounds=2))

    assert [row.bus for row in report.rows] == ["zmq-tcp"]
    assert report.unmeasured == {"No": "failed in round 1: ModuleNotFoundError: No module named 'nowhere'"}


def test_nothing_measured_is_an_error_with_the_reasons() -> None:
    with pytest.raises(BusFailed, match="nothing could be measured: gone"):
        measured(Course((), {"X": "gone"}))


def test_no_round_is_begun_that_would_not_end_in_time() -> None:
    with own_course() as course:
        tcp = tuple(bus for bus in course.buses if bus.name == "zmq-tcp")
        report = measured(Course(tcp), BusPlan(messages=100, rounds=50, most_s=0.001))

    assert (report.rounds, report.rounds_asked) == (1, 50)


def test_zeromq_opens_nothing_but_ipc_and_loopback() -> None:
    for address in ("tcp://0.0.0.0:*", "tcp://*:*", "tcp://127.0.0.1.example.com:1", "udp://127.0.0.1:1"):
        with pytest.raises(Fatal):
            Publishing(address)
        with pytest.raises(Fatal):
            Reading(address)


def test_the_machine_is_named() -> None:
    machine = this_machine({"pyzmq": "1"})

    assert machine.cores >= 1
    assert machine.cpu
    assert machine.line().endswith("pyzmq 1")


# What is left.

BENCH = """
import sys
from kairos_tui.runtime.bench_bus import BusPlan, bench_bus
bench_bus(BusPlan(messages=1000, rounds=50), progress=lambda text: print(text, flush=True))
"""


@pytest.mark.parametrize(
    ("ending", "code"),
    [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)],
    ids=lambda value: getattr(value, "name", None),
)
def test_however_it_ends_no_process_is_left(ending: signal.Signals, code: int, tmp_path: Path) -> None:
    env = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", BENCH], stdout=subprocess.PIPE, env=env) as bench:
        assert bench.stdout is not None
        bench.stdout.readline()
        children = offspring(bench.pid)
        bench.send_signal(ending)
        assert bench.wait(10) == code

    assert len(children) >= 2
    until(lambda: not [pid for pid in children if is_running(pid)])
    left = [path.name for path in (tmp_path / "kairos").glob("*")]
    assert left == [] or ending == signal.SIGKILL  # swept by the next run


def offspring(pid: int) -> list[int]:
    """Every process under it."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found = [pid]
    for _ in range(4):
        found += [child for child, parent in parents if parent in found and child not in found]
    return found[1:]


def test_a_ward_ends_with_the_block_and_with_what_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = f"sleep 1000 & echo $$ $! > {pids}; wait"
    with Ward(["/bin/sh", "-c", script], folder=tmp_path, log=tmp_path / "log"):
        until(lambda: pids.exists() and len(pids.read_text().split()) == 2)

    until(lambda: not [pid for pid in map(int, pids.read_text().split()) if is_running(pid)])


def test_a_ward_that_never_listens_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    with (
        Ward(["/bin/sh", "-c", "echo no port for me"], folder=tmp_path, log=tmp_path / "log") as ward,
        pytest.raises(Fatal, match="no port for me"),
    ):
        ward.wait_for_port(free_port(), within_s=0.3)
