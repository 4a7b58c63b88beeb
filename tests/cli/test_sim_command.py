"""The promise: `kairos sim` prints a config that any Kairos takes, and Ctrl-C ends it quietly."""

import json
import signal
import socket
import subprocess
import time
import tomllib

import pytest


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_a_valid_config_and_leaves_without_a_word(installed, ending: signal.Signals) -> None:
    printed = installed.cwd / "sim.toml"
    with (
        printed.open("w") as out,
        subprocess.Popen(
            [installed.path, "sim", "--venues", "okx,kraken", "--seed", "7", "--mood", "calm"],
            stdout=out,
            stderr=subprocess.PIPE,
            env=installed.env,
            cwd=installed.cwd,
        ) as process,
    ):
        while process.poll() is None and printed.read_text().count("origin_ws") < 2:
            time.sleep(0.02)
        process.send_signal(ending)
        assert process.stderr is not None
        assert (process.wait(timeout=10), process.stderr.read()) == (0, b"")

    config = tomllib.loads(printed.read_text())
    assert config["venues"] == ["okx", "kraken"]
    assert config["venue"]["okx"]["origin_rest"].startswith("http://127.0.0.1:")
    assert installed.run("config", "validate", "sim.toml").stdout == f"ok  {printed}\n"
    assert "ws://127.0.0.1:" in installed.run("venues", "--config", "sim.toml").stdout


def test_what_watches_it_by_that_config_says_sim_in_every_line_and_no_mood_it_cannot_know(installed) -> None:
    printed = installed.cwd / "sim.toml"
    with (
        printed.open("w") as out,
        subprocess.Popen(
            [installed.path, "sim", "--venues", "okx,kraken", "--seed", "7"],
            stdout=out,
            env=installed.env,
            cwd=installed.cwd,
        ) as process,
    ):
        while process.poll() is None and printed.read_text().count("origin_ws") < 2:
            time.sleep(0.02)
        said = installed.run("watch", "BTC/USDT", "--config", "sim.toml", "--json", "--for", "4s")
        process.send_signal(signal.SIGTERM)

    lines = [json.loads(line) for line in said.stdout.splitlines()]
    assert {line["feed"] for line in lines} == {"sim"}
    assert {line["state"] for line in lines if line["type"] == "venue"} >= {"live"}
    hello = lines[0]
    assert (hello["mood"], hello["seed"], hello["redirected"]) == (None, None, ["okx", "kraken"])


def test_a_port_that_somebody_has_is_one_line(kairos) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = kairos("sim", "--venues", "okx", "--port", str(port))
    assert said.refusal.startswith(f"--port {port}: ")


def test_from_a_port_on_each_exchange_has_the_next(installed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as spare:
        port = spare.getsockname()[1] - 1  # it was free a moment ago, and so, most likely, is the one before
    process = subprocess.Popen(
        [installed.path, "sim", "--venues", "okx,kraken", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=installed.env,
        cwd=installed.cwd,
    )
    with process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(10)]
        process.send_signal(signal.SIGTERM)
    config = tomllib.loads(b"".join(lines).decode())
    assert [config["venue"][venue]["origin_ws"] for venue in ("okx", "kraken")] == [
        f"ws://127.0.0.1:{port}",
        f"ws://127.0.0.1:{port + 1}",
    ]


def test_a_bad_fault_script_is_one_line_with_the_line_of_its_table(kairos) -> None:
    path = kairos.write('\n[[fault]]\nat = "5s"\nvenue = "krakn"\nkind = "lost"\n', name="faults.toml")

    assert kairos("sim", "--faults", str(path)).refusal == (
        f"{path}:2: venue 'krakn' is not served (did you mean kraken?)"
    )
