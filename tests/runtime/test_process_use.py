"""Promise: what a process is said to use is what the kernel counts; of what is unknown nothing is said."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kairos_tui.market import RoleView
from kairos_tui.runtime.process_use import ProcessUse, use_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which only Linux has")
BUSY = "while True: pass"
IDLE = "import time; held = bytearray(64 << 20); print(len(held), flush=True); time.sleep(60)"
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    begun: list[subprocess.Popen[bytes]] = []

    def start(code: str, program: str = sys.executable) -> subprocess.Popen[bytes]:
        begun.append(subprocess.Popen([program, "-S", "-c", code], stdout=subprocess.PIPE))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def role_of(process: subprocess.Popen[bytes], name: str = "engine") -> RoleView:
    return RoleView(name, "running", process.pid)


def test_a_busy_process_and_an_idle_one_are_told_apart(start: Start) -> None:
    busy, idle = role_of(start(BUSY)), role_of(start(IDLE), "hud")
    use = ProcessUse()
    seen = use.add_to((busy, idle), time.monotonic_ns())
    deadline_s = time.monotonic() + 15.0
    while not (seen[0].cpu_share or 0.0) > 0.2:
        assert time.monotonic() < deadline_s
        time.sleep(0.2)
        seen = use.add_to((busy, idle), time.monotonic_ns())

    assert 0.2 < (seen[0].cpu_share or 0.0) < 1.2
    assert (seen[1].cpu_share or 0.0) < (seen[0].cpu_share or 0.0)


def test_what_a_process_holds_is_seen(start: Start) -> None:
    process = start(IDLE)
    assert process.stdout is not None
    assert process.stdout.readline()

    use = use_of(process.pid)

    assert use is not None
    assert 64 << 20 < use.rss_bytes < 160 << 20


def test_of_a_new_process_no_share_is_known_and_of_one_that_is_gone_nothing(start: Start) -> None:
    process = start(IDLE)
    use = ProcessUse()
    (first,) = use.add_to((role_of(process),), 1_000)
    process.kill()
    process.wait()
    gone, none = use.add_to((role_of(process), RoleView("hud", "failed")), 2_000)

    assert first.cpu_share is None
    assert first.rss_bytes is not None
    assert (gone.cpu_share, gone.rss_bytes, none.rss_bytes) == (None, None, None)


def test_a_name_that_looks_like_the_figures_is_not_taken_for_them(start: Start, tmp_path: Path) -> None:
    program = tmp_path / "a) S 1 2 (b"
    program.symlink_to(sys.executable)
    process = start(BUSY, str(program))
    while b"a) S" not in Path(f"/proc/{process.pid}/stat").read_bytes():
        time.sleep(0.01)  # not yet exec'ed

    use = use_of(process.pid)

    assert use is not None
    assert use.cpu_s < 30.0
