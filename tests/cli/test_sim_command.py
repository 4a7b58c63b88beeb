"""The promise: `kairos sim` prints a config that any Kairos takes, and Ctrl-C ends it quietly."""

import signal
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


def test_a_bad_fault_script_is_one_line_with_the_line_of_its_table(kairos) -> None:
    path = kairos.write('\n[[fault]]\nat = "5s"\nvenue = "krakn"\nkind = "lost"\n', name="faults.toml")

    assert kairos("sim", "--faults", str(path)).refusal == (
        f"{path}:2: venue 'krakn' is not served (did you mean kraken?)"
    )
