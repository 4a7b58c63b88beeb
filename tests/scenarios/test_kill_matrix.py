"""Whatever dies, the rest goes on; whatever ends the launcher, nothing of it stays behind."""

import os
import signal
import subprocess
import time

import pytest
from tests.scenarios.driver import (
    Kairos,
    Line,
    Running,
    alive,
    command_line,
    descendants,
    make_trading_free,
    wait_until,
)

ROLES = ("run_engine", "run_sim", "fork server", "ingest")


def pid_of(running: Running, role: str) -> int:
    """The process of a role. Workers are forked from the server, and so share its command line."""
    pids = descendants(running.pid)
    workers = [pid for pid in pids if "forkserver import main" in command_line(pid)]
    match role:
        case "fork server":
            return next(pid for pid in workers if descendants(pid))
        case "ingest":
            return next(pid for pid in workers if not descendants(pid))
        case _:
            return next(pid for pid in pids if role in command_line(pid))


@pytest.fixture
def running(kairos: Kairos) -> Running:
    """A run with every venue live."""
    started = kairos.start("watch", "BTC/USDT", "--sim", "--emit", "signal,venue,quote")
    live: set[str] = set()

    def all_live(line: Line) -> bool:
        if line["type"] == "venue" and line["state"] == "live":
            live.add(line["venue"])
        return len(live) == 5

    started.read_until(all_live)
    return started


@pytest.mark.parametrize("role", ROLES)
def test_a_killed_role_is_back_and_quotes_flow_again(running: Running, role: str) -> None:
    victim = pid_of(running, role)
    os.kill(victim, signal.SIGKILL)
    killed_at_us = time.time_ns() // 1000

    venues: set[str] = set()

    def all_quoted_since(line: Line) -> bool:
        if line["type"] == "quote" and line["recv_us"] > killed_at_us + 500_000:
            venues.add(line["venue"])
        return len(venues) == 5

    running.read_until(all_quoted_since, within_s=20.0)

    assert victim not in alive(descendants(running.pid))
    assert running.end(signal.SIGTERM) == 143
    assert running.lines[-1]["type"] == "bye"
    assert running.unnamed_holes() == set()


def test_a_dead_workers_venue_is_down_until_the_new_one_has_a_book(running: Running) -> None:
    os.kill(pid_of(running, "ingest"), signal.SIGKILL)

    down = running.read_until(lambda line: line["type"] == "venue" and line["state"] == "down")
    running.read_until(
        lambda line: line["type"] == "venue" and line["venue"] == down["venue"] and line["state"] == "live"
    )

    assert "its worker ended (SIGKILL)" in down["reason"]


@pytest.mark.parametrize("after_s", [0.1, 0.5, 1.0])
def test_an_interrupt_during_the_start_leaves_nothing_either(kairos: Kairos, after_s: float) -> None:
    starting = kairos.start("watch", "BTC/USDT", "--sim")
    time.sleep(after_s)
    children = descendants(starting.pid)

    assert starting.end(signal.SIGINT) in (130, -signal.SIGINT)

    wait_until(lambda: not alive(children))
    assert starting.process.stderr is not None
    assert b"Traceback" not in starting.process.stderr.read()


def test_what_the_parent_ignores_stays_ignored(kairos: Kairos) -> None:
    kairos.wrapper = ["nohup"]
    running = kairos.start("watch", "BTC/USDT", "--sim", "--emit", "quote")
    running.read_until(lambda line: line["type"] == "quote")

    running.process.send_signal(signal.SIGHUP)

    reached = running.lines[-1]["seq"]
    running.read_until(lambda line: line["type"] == "quote" and line["seq"] > reached + 20)
    assert running.end(signal.SIGTERM) == 143


def test_every_signal_has_one_close_even_when_its_engine_dies(kairos: Kairos) -> None:
    make_trading_free(kairos, "okx", "bybit", "binance")
    running = kairos.start("watch", "BTC/USDT", "--sim", "--emit", "signal")
    opened = running.read_until(lambda line: line["type"] == "signal" and line["event"] == "open")

    os.kill(pid_of(running, "run_engine"), signal.SIGKILL)
    running.read_until(lambda line: line["type"] == "signal" and line["id"].startswith(f"{line['run']}-1-"))
    assert running.end(signal.SIGTERM) == 143

    told = [line for line in running.lines if line["type"] == "signal"]
    opens = [line["id"] for line in told if line["event"] == "open"]
    closes = [line["id"] for line in told if line["event"] == "close"]
    assert opened["id"] in closes
    assert sorted(opens) == sorted(closes)
    assert len(set(opens)) == len(opens)
    assert running.lines[-1]["type"] == "bye"


@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signalled_launcher_says_bye_and_leaves_no_orphan(
    running: Running, signum: signal.Signals, code: int
) -> None:
    children = descendants(running.pid)
    assert len(children) >= 8

    before = time.monotonic()
    assert running.end(signum) == code
    took_s = time.monotonic() - before

    wait_until(lambda: not alive(children))
    assert running.lines[-1]["type"] == "bye"
    assert running.process.stderr is not None
    assert running.process.stderr.read() == b""
    assert took_s < 5.0  # about 0.4 s on a quiet machine


def test_a_launcher_that_is_killed_outright_leaves_no_orphan_either(running: Running) -> None:
    children = descendants(running.pid)

    os.kill(running.pid, signal.SIGKILL)
    running.process.wait()

    wait_until(lambda: not alive(children))


def test_ctrl_c_to_the_whole_group_is_one_quiet_end(running: Running) -> None:
    children = descendants(running.pid)

    os.killpg(running.pid, signal.SIGINT)

    assert running.end(signal.SIGINT) == 130
    wait_until(lambda: not alive(children))
    assert running.process.stderr is not None
    assert running.process.stderr.read() == b""


def test_two_instances_side_by_side_both_work(kairos: Kairos) -> None:
    first = kairos.start("watch", "BTC/USDT", "--sim", "--emit", "quote")
    second = kairos.start("watch", "BTC/USDT", "--sim", "--emit", "quote")

    for each in (first, second):
        each.read_until(lambda line: line["type"] == "quote")
    assert first.lines[0]["run"] != second.lines[0]["run"]
    assert first.end(signal.SIGTERM) == 143

    reached = second.lines[-1]["seq"]
    second.read_until(lambda line: line["type"] == "quote" and line["seq"] > reached + 20)
    assert second.end(signal.SIGTERM) == 143


def test_no_port_is_open_but_the_simulators_own(running: Running) -> None:
    listing = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True)
    if listing.returncode != 0:
        pytest.skip("needs `ss` (Debian: iproute2) to list open ports")
    family = descendants(running.pid) | {running.pid}
    sim = pid_of(running, "run_sim")
    ours = [line for line in listing.stdout.splitlines() if any(f"pid={pid}," in line for pid in family)]

    assert len(ours) == 5
    for line in ours:
        assert f"pid={sim}," in line
        assert line.split()[3].startswith("127.0.0.1:")
