"""The wire leaves no trace: a private folder, no TCP port, a quick exit, and no harm from a fork."""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kairos_tui.wire import (
    Endpoints,
    SignalPublisher,
    SignalReader,
    TickReceiver,
    TickSender,
    Topic,
    private_dir,
)

LEAVES_UNSENT = """
import sys
from kairos_tui.market import FeedState, FeedStatus, Venue
from kairos_tui.wire import TickSender
sender = TickSender(sys.argv[1], sender="a", epoch=0)
while True:
    for number in range(200):
        sender.offer(FeedStatus(Venue("okx"), None, FeedState.LIVE, number, "x" * 300))
    if sender.sent and sender.flush():
        break  # the peer is frozen, and the pipe is full
    sender.flush()
print("leaving", flush=True)
if sys.argv[2] == "closes":
    sender.close()
"""

FORKS = """
import os, sys
from kairos_tui.market import FeedState, FeedStatus, Venue
from kairos_tui.wire import Endpoints, TickReceiver, TickSender
import pathlib
endpoints = Endpoints.in_dir(pathlib.Path(sys.argv[1]))
receiver, sender = TickReceiver(endpoints.ticks), TickSender(endpoints.ticks, sender="a", epoch=0)
child = os.fork()
if child == 0:
    sys.exit(0)  # with all the interpreter's own cleaning up
assert os.waitpid(child, 0)[1] == 0
sender.offer(FeedStatus(Venue("okx"), None, FeedState.LIVE, 1))
while sender.flush():
    pass
assert len(receiver.drain(10_000)) == 1
sender.close(); receiver.close()
"""


def listening_tcp_ports(pid: int) -> list[str]:
    """Rows in state LISTEN of /proc/net/tcp whose socket this process holds."""
    held = {str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()}
    tables = [Path(f"/proc/net/{name}").read_text() for name in ("tcp", "tcp6")]
    rows = [row.split() for table in tables for row in table.splitlines()]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held]


def test_the_folder_is_for_its_owner_only_and_new_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    os.umask(before := os.umask(0))
    first, second = private_dir(), private_dir()
    assert first != second
    assert first.parent == second.parent == tmp_path / "kairos"
    for folder in (first, second, first.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert before == os.umask(before)


def test_a_runtime_folder_that_is_missing_too_deep_or_not_ours_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 90)
    deep.mkdir()
    shared = tmp_path / "shared"
    (shared / "kairos").mkdir(parents=True)
    (shared / "kairos").chmod(0o777)
    for unfit in (tmp_path / "missing", deep, shared):
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(unfit))
        folder = private_dir()
        assert tmp_path not in folder.parents
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        folder.rmdir()


def test_both_hops_open_no_tcp_port(endpoints: Endpoints) -> None:
    receiver, sender = TickReceiver(endpoints.ticks), TickSender(endpoints.ticks, sender="a", epoch=0)
    publisher = SignalPublisher(endpoints.signals, run="r", epoch=0)
    reader = SignalReader(endpoints.signals, topics=list(Topic))
    assert listening_tcp_ports(os.getpid()) == []
    for each in (receiver, sender, publisher, reader):
        each.close()


@pytest.mark.parametrize("how", ["closes", "just ends"])
def test_a_process_with_unsent_ticks_and_a_frozen_peer_leaves_within_a_second(
    endpoints: Endpoints, how: str
) -> None:
    receiver = TickReceiver(endpoints.ticks)  # never reads
    leaver = subprocess.Popen(
        [sys.executable, "-c", LEAVES_UNSENT, endpoints.ticks, how], stdout=subprocess.PIPE
    )
    assert leaver.stdout is not None
    assert leaver.stdout.readline() == b"leaving\n"
    started_s = time.monotonic()
    assert leaver.wait(10) == 0
    # 250 ms by design; the rest is for a busy machine, while the default linger would never end.
    assert time.monotonic() - started_s < 5
    leaver.stdout.close()
    receiver.close()


def test_a_fork_that_ends_takes_nothing_from_its_parent(endpoints: Endpoints) -> None:
    folder = str(Path(endpoints.ticks.removeprefix("ipc://")).parent)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKS, folder], capture_output=True, timeout=20
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_importing_the_wire_starts_no_thread() -> None:
    code = "import kairos_tui.wire, os; print(len(os.listdir('/proc/self/task')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=20, check=True)
    assert done.stdout == b"1\n"


def test_the_stale_name_of_a_killed_receiver_does_not_stop_the_next(
    endpoints: Endpoints, until: Callable[[Callable[[], object]], None]
) -> None:
    code = "import sys, time, kairos_tui.wire as w; r = w.TickReceiver(sys.argv[1]); time.sleep(60)"
    killed = subprocess.Popen([sys.executable, "-c", code, endpoints.ticks])
    until(Path(endpoints.ticks.removeprefix("ipc://")).exists)
    killed.kill()
    killed.wait()
    TickReceiver(endpoints.ticks).close()
