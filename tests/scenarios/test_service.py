"""Under a service manager: ready when all beats, alive while it does, stopping in order; a sound unit."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.scenarios.driver import KAIROS, Kairos, descendants, wait_until

UNIT = Path(__file__).parents[2] / "docs" / "kairos.service"
pytestmark = pytest.mark.timeout(90)
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here"
)


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind(f"{tmp_path}/notify")
        link.settimeout(20)
        yield link


def heard_until(manager: socket.socket, wanted: str) -> list[str]:
    lines: list[str] = []
    while wanted not in lines:
        lines += manager.recv(4_096).decode().split("\n")
    return lines


def test_the_manager_hears_ready_alive_and_stopping(kairos: Kairos, manager: socket.socket) -> None:
    kairos.env |= {"NOTIFY_SOCKET": manager.getsockname(), "WATCHDOG_USEC": "3000000"}
    running = kairos.start("watch", "BTC/USDT", "--sim", "--venues", "okx,kraken", "--json")

    before = heard_until(manager, "READY=1")
    runs = "STATUS=sim: 4 of 4 processes run"
    after = [] if runs in before else heard_until(manager, runs)  # it may have come with that very word
    after += heard_until(manager, "WATCHDOG=1")
    assert [*before, *after].count("READY=1") == 1
    assert "STATUS=sim: 0 of 1 processes run; sim starting: not yet" in before  # nothing is there to hear yet

    running.process.send_signal(signal.SIGTERM)
    last = heard_until(manager, "STOPPING=1")
    assert "READY=1" not in last
    wait_until(lambda: running.process.poll() is not None)
    assert running.process.returncode == 143


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="memfd_create is of Linux alone")
def test_every_process_says_what_it_is_doing_and_the_run_goes_on(kairos: Kairos) -> None:
    running = kairos.start("watch", "BTC/USDT", "--sim", "--venues", "okx,kraken", "--json")
    running.read_until(lambda line: line["type"] == "venue" and line["state"] == "live")
    processes = {running.pid, *descendants(running.pid)}

    found = json.loads(kairos.run("dump", "--json").stdout)

    ours = {each["role"]: each for each in found if each["pid"] in processes}
    assert ours.keys() >= {"launcher", "engine", "sim", "ingest:okx", "ingest:kraken"}
    assert [each["why"] for each in ours.values() if each["why"]] == []
    assert "in _turn" in ours["engine"]["text"]
    running.read_until(lambda line: line["type"] == "signal")
    assert {each["pid"] for each in ours.values()} <= {running.pid, *descendants(running.pid)}


def unit_for_here(tmp_path: Path) -> Path:
    """The same with the command that is installed here."""
    text, count = re.subn(r"(?<=^ExecStart=)\S+", KAIROS, UNIT.read_text(), flags=re.MULTILINE)
    assert count == 1
    path = tmp_path / UNIT.name
    path.write_text(text)
    return path


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    ran = subprocess.run(
        ["systemd-analyze", "verify", unit_for_here(tmp_path)], capture_output=True, text=True, timeout=30
    )

    assert (ran.returncode, [line for line in ran.stderr.splitlines() if UNIT.name in line]) == (0, [])


@needs_systemd
def test_the_unit_exposes_little(tmp_path: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(unit_for_here(tmp_path))]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30)

    assert ran.returncode == 0, ran.stdout[-400:]


def test_the_unit_stops_and_restarts_by_our_exit_codes() -> None:
    lines = UNIT.read_text().splitlines()

    assert {"Type=notify", "NotifyAccess=main", "RestartPreventExitStatus=2", "SuccessExitStatus=143"} <= set(
        lines
    )


@pytest.mark.timeout(150)
def test_a_health_check_flips_when_the_data_is_gone_and_back_when_it_is_there(kairos: Kairos) -> None:
    mirrored = ("--mirror", "127.0.0.1:0", "--connect-timeout", "60s")
    running = kairos.start("watch", "BTC/USDT", "--sim", "--venues", "okx,kraken", "--json", *mirrored)
    assert running.process.stderr is not None
    url = running.process.stderr.readline().decode().split()[-1]

    def is_well() -> bool:
        return kairos.run("doctor", "--live", url, "-q").returncode == 0

    wait_until(is_well, 60)
    for pid in descendants(running.pid):
        if b"run_sim" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGSTOP)  # the launcher ends it soon, and starts another
    wait_until(lambda: why_not_ready(url) is not None, 30)
    wait_until(is_well, 60)


def why_not_ready(url: str) -> str | None:
    try:
        with urllib.request.urlopen(f"{url}readyz", timeout=5):
            return None
    except urllib.error.HTTPError as refused:
        with refused:
            return str(json.load(refused)["why"])
