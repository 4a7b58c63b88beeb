"""kill -9 at any moment: what is in the file is what was put, whole and in order, up to a moment ago.

300 kills by hand: KAIROS_KILLS=300 pytest tests/journal/container/test_kill.py -s --timeout 600
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from tests.journal.container.conftest import HEADER, LIMITS, record
from tests.journal.container.killed_writer import body_of

from kairos_tui.journal import Channel, Entry, Recording

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KAIROS_KILLS", "4"))
MOST_LOST_MS = 500.0
"""Of a quiet machine 50: the tests share theirs."""


def kill_one(folder: Path, after_s: float) -> int:
    """Let it record for so long; the instant it was killed."""
    command = [sys.executable, "-m", "tests.journal.container.killed_writer", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(after_s)
        killed_ns = time.monotonic_ns()
        writer.send_signal(signal.SIGKILL)
    return killed_ns


def test_a_killed_writer_leaves_what_it_put_up_to_a_moment_ago(tmp_path: Path) -> None:
    chance, losses_ms, torn = Random(7), [], 0
    for kill in range(KILLS):
        folder = tmp_path / f"{kill}.kz"

        killed_ns = kill_one(folder, 0.05 + chance.random() * 0.35)

        recording = Recording.open(folder)
        entries = list(recording.entries())
        assert [entry.body for entry in entries] == [body_of(number) for number in range(len(entries))]
        assert {entry.channel for entry in entries} <= {Channel.FRAME}
        assert recording.damaged <= 1
        torn += recording.damaged
        losses_ms.append((killed_ns - (entries[-1].at_ns if entries else killed_ns)) / 1e6)
    median, late = sorted(losses_ms)[KILLS // 2], sum(lost > 50 for lost in losses_ms)
    print(f"\n{KILLS} kills, {torn} torn; ms lost: {median:.1f}, most {max(losses_ms):.1f}, {late} above 50")
    assert max(losses_ms) < MOST_LOST_MS


def test_a_restarted_writer_goes_on_behind_its_predecessor(tmp_path: Path) -> None:
    folder = tmp_path / "a.kz"
    kill_one(folder, 0.1)
    before = list(Recording.open(folder).entries())
    after = [Entry(before[-1].at_ns + 1 + number, Channel.FRAME, b"after") for number in range(10)]

    record(folder, after, HEADER, LIMITS)

    recording = Recording.open(folder)
    assert sorted(path.name for path in folder.glob("*.kzs")) == ["0-000001.kzs", "0-000002.kzs"]
    assert list(recording.entries()) == before + after
