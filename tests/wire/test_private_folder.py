"""A run's folder is its own, is gone when it ends, and what a killed run left goes with the next start."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kairos_tui.wire import private_folder, running_folders

HOLD = (
    "import sys, time\n"
    "from kairos_tui.wire import private_folder\n"
    "with private_folder() as folder:\n"
    "    print(folder, flush=True)\n"
    "    time.sleep(60)\n"
)


@pytest.fixture(autouse=True)
def runtime_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def hold() -> tuple[subprocess.Popen[str], Path]:
    process = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def grow_old(folder: Path) -> None:
    past_s = time.time_ns() / 1e9 - 60
    os.utime(folder, (past_s, past_s))


def test_it_is_ours_alone_and_gone_afterwards() -> None:
    with private_folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    assert not folder.exists()


def test_what_a_killed_run_left_is_swept_and_a_living_runs_is_not() -> None:
    (dead, left), (living, held) = hold(), hold()
    try:
        dead.kill()
        dead.wait()
        grow_old(left)
        grow_old(held)

        with private_folder():
            assert not left.exists()
            assert held.exists()
    finally:
        for process in (dead, living):
            process.kill()
            process.communicate()


def test_a_living_run_is_found_and_a_killed_one_is_not() -> None:
    (dead, left), (living, held) = hold(), hold()
    try:
        dead.kill()
        dead.wait()

        found = running_folders()

        assert held in found
        assert left not in found
    finally:
        for process in (dead, living):
            process.kill()
            process.communicate()


def test_a_young_folder_is_left_alone() -> None:
    dead, left = hold()
    dead.kill()
    dead.communicate()

    with private_folder():
        assert left.exists()
