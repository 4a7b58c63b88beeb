"""The buses in one run: ZeroMQ ipc and tcp, Redis pub/sub and Streams, RabbitMQ, an SQS-compatible server.

As `kairos bench bus`, with the last two beside them, each a server of its own on loopback. Only ratios travel
between machines, and a cloud's queue cannot be measured on loopback: of that nothing is said here.
Run alone:  pytest -m bench tests/benchmarks/bench_bus.py -s
"""

from pathlib import Path

import pytest
from tests.benchmarks import bus_rabbitmq, bus_sqs

from kairos_tui.cli.bench_bus import say_report
from kairos_tui.runtime.bench_bus import BusPlan, measure_course
from kairos_tui.runtime.bench_bus_course import Course, own_course
from kairos_tui.runtime.bench_bus_report import Row
from kairos_tui.wire import private_folder

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
MOST_S = 600.0


@pytest.mark.parametrize("payload", [None, 1_405], ids=["packed signal", "length of its JSON line"])
def test_every_bus_in_turn(payload: int | None, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        private_folder() as folder,
        own_course() as own,
        bus_rabbitmq.rabbitmq(_room(folder, "rabbitmq")) as rabbitmq,
        bus_sqs.sqs(_room(folder, "sqs")) as sqs,
    ):
        course = own + rabbitmq + sqs + Course(env={"PYTHONPATH": str(ROOT)})
        plan = BusPlan(payload=payload, most_s=MOST_S)
        report = measure_course(course, plan, progress=lambda _: None)
    with capsys.disabled():
        print()
        say_report(report)

    rows = {row.bus: row for row in report.rows}
    assert all(row.lost == row.repeated == 0 for row in report.rows)
    for name in rows.keys() & {"redis-pubsub", "redis-streams", "rabbitmq", "sqs-moto"}:
        assert p50(rows["zmq-ipc"]) < p50(rows[name])
        assert per_s(rows["zmq-ipc"]) > per_s(rows[name])
    if report.unmeasured:
        pytest.skip("; ".join(f"{name}: {reason}" for name, reason in report.unmeasured.items()))


def p50(row: Row) -> float:
    assert row.latency_us.p50 is not None
    return row.latency_us.p50.median


def per_s(row: Row) -> float:
    assert row.messages_per_s is not None
    return row.messages_per_s.median


def _room(folder: Path, name: str) -> Path:
    room = folder / name
    room.mkdir(mode=0o700)
    return room
