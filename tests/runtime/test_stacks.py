"""The promise: what a process is doing can be seen also when it hangs, harms nothing, and tells no value."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kairos_tui.runtime.stacks import Stacks, dump_all

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="memfd_create is of Linux alone")

OFFERS = """
import sys
from kairos_tui.runtime.stacks import offer_stacks
offer_stacks({role!r}); offer_stacks("twice")
def hangs_here(secret):
    print("up", flush=True)
    {work}
hangs_here("hunter2")
"""
BUSY = "while True: pass"
ASLEEP = "import time; time.sleep(60)"


@pytest.fixture
def start() -> Iterator[object]:
    made: list[subprocess.Popen[str]] = []

    def one(role: str, work: str) -> int:
        program = OFFERS.format(role=role, work=work)
        made.append(subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True))
        assert made[-1].stdout is not None
        assert made[-1].stdout.readline() == "up\n"
        return made[-1].pid

    yield one
    for process in made:
        process.kill()
        process.communicate()


def dumped(*pids: int) -> dict[int, Stacks]:
    """Of ours alone: others may run here."""
    return {each.pid: each for each in dump_all() if each.pid in pids}


@pytest.mark.parametrize("work", [BUSY, ASLEEP], ids=["busy", "asleep"])
def test_each_time_it_says_where_it_is_and_goes_on(start, work: str) -> None:
    pid = start("engine", work)

    for _ in range(3):
        found = dumped(pid)[pid]
        assert (found.role, found.why) == ("engine", "")
        assert found.text.count("hangs_here") == 1
        assert "hunter2" not in found.text
    os.kill(pid, 0)


def test_one_that_is_stopped_is_named_and_the_others_are_told(start) -> None:
    stopped, other = start("ingest:okx", BUSY), start("engine", ASLEEP)
    os.kill(stopped, signal.SIGSTOP)

    found = dumped(stopped, other)

    assert "hangs_here" in found[other].text
    assert found[stopped].text == ""
    assert "wrote nothing in time; its state is T" in found[stopped].why
    os.kill(stopped, signal.SIGCONT)


def test_one_that_would_die_of_the_signal_gets_none() -> None:
    program = (
        "import faulthandler, signal\nfrom kairos_tui.runtime.stacks import offer_stacks\noffer_stacks('x')\n"
        "faulthandler.unregister(signal.SIGUSR1)\nprint('up', flush=True)\ninput()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"

        assert dumped(process.pid) == {}
        process.communicate("\n")
    assert process.returncode == 0
