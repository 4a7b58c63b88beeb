"""The promise: `bench` lists the benches; `bench bus` prints a table or one JSON object, and obeys Ctrl-C."""

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from kairos_tui.cli.bench import BUDGETED


def test_alone_it_lists_the_benches(kairos) -> None:
    said = kairos("bench")

    assert said.code == 0
    assert "  bus     ZeroMQ against Redis" in said.out
    assert [name for name in (*BUDGETED, "all") if f"  {name} " not in said.out] == []


def test_an_unknown_bench_is_refused_with_the_nearest(kairos) -> None:
    assert kairos("bench", "buss").refusal == "no command buss (did you mean bus?)"


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--rounds", "0"), "--rounds: 0 must be a number from 1 to 100"),
        (("--work", "0.001"), "--work: 0.001 must be a number from 0.01 to 100"),
        (("--work", "nan"), "--work: nan must be a number from 0.01 to 100"),
    ],
)
def test_a_bench_with_budgets_refuses_what_it_cannot_measure(kairos, words, refusal: str) -> None:
    assert kairos("bench", "all", *words).refusal == refusal


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--messages", "0"), "--messages: 0 must be a number from 1 to 1000000"),
        (("--messages", "2000000"), "--messages: 2000000 must be a number from 1 to 1000000"),
        (("--payload", "15"), "--payload: 15 must be a number from 16 to 65536"),
        (("--payload", "-1"), "--payload: -1 must be a number from 16 to 65536"),
        (("--rounds", "0"), "--rounds: 0 must be a number from 1 to 100"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_anything_starts(kairos, words, refusal: str) -> None:
    assert kairos("bench", "bus", *words).refusal == refusal


def test_json_is_one_object_with_every_bus_measured_or_not(kairos) -> None:
    said = kairos("bench", "bus", "--json", "--messages", "150", "--rounds", "2", "--payload", "300")

    assert (said.code, said.err, said.out.count("\n")) == (0, "", 1)
    report = json.loads(said.out)
    assert (report["bench"], report["v"], report["rounds"], report["payload_bytes"]) == ("bus", 1, 2, 300)
    assert len(report["rows"]) + len(report["unmeasured"]) == 4
    for row in report["rows"]:
        assert set(row["latency_us"]) == {"p50", "p99", "p999"}
        assert set(row["messages_per_s"]) == {"median", "least", "most"}
        assert (row["sent"], row["lost"]) == (600, 0)


def test_without_redis_the_table_says_so_and_how_to_get_it(kairos, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    said = kairos("bench", "bus", "--messages", "50", "--rounds", "1")

    lines = said.out.splitlines()
    assert (said.code, said.err) == (0, "")
    assert [line for line in lines if line.startswith("ZeroMQ ipc ")]
    assert [line for line in lines if line.startswith("not measured: Redis Streams: ") and "install" in line]
    assert [line for line in lines if line.startswith("loopback has no cable")]


def test_ctrl_c_is_130_without_a_word_and_nothing_is_left(installed) -> None:
    runtime = installed.cwd / "r"
    runtime.mkdir(mode=0o700)
    with subprocess.Popen(
        [installed.path, "bench", "bus", "--rounds", "50"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=installed.env | {"XDG_RUNTIME_DIR": str(runtime)},
        cwd=installed.cwd,
    ) as process:
        deadline_s = time.monotonic() + 20.0
        while not list(runtime.glob("kairos/kairos-*/bus1")):
            assert time.monotonic() < deadline_s, "the first bus was never opened"
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert (*process.communicate(timeout=15), process.returncode) == (b"", b"", 130)

    assert list(runtime.glob("kairos/*")) == []
