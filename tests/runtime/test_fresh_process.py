"""The promise: a HUD begun ahead serves once or ends, and a terminal whose launcher is gone hears nothing."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from kairos_tui.runtime.fresh_process import HUD, FreshProcess, begin_hud_ahead, drop_ahead, fresh_process

AND_IS_KILLED = """
import os, signal
from kairos_tui.runtime.fresh_process import begin_hud_ahead

begin_hud_ahead()
os.write(2, b"begun")
os.kill(os.getpid(), signal.SIGKILL)
"""


def hud() -> FreshProcess:
    return fresh_process(HUD, output_fd=None)


def test_it_serves_the_first_who_asks_and_nobody_else() -> None:
    ahead = begin_hud_ahead()
    first, second = hud(), hud()
    try:
        assert first is ahead
        assert second is not ahead
    finally:
        first.release()
        second.release()


def test_one_that_died_meanwhile_is_not_given_out() -> None:
    before = open_descriptors()
    ahead = begin_hud_ahead()
    ahead.process.kill()
    ahead.process.wait()

    alive = hud()
    try:
        assert alive.process.poll() is None
    finally:
        alive.release()
    assert open_descriptors() == before


def test_one_that_nobody_asked_for_is_ended_and_reaped() -> None:
    before = open_descriptors()
    ahead = begin_hud_ahead()
    drop_ahead()
    drop_ahead()

    assert ahead.process.returncode == -9
    assert open_descriptors() == before


def test_a_launcher_that_is_killed_leaves_neither_a_process_nor_a_word() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", AND_IS_KILLED], stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        written = b""
        while piece := read_until_all_have_left(ours):
            written += piece
    os.close(ours)
    assert written == b"begun"


def open_descriptors() -> set[str]:
    return {path.name for path in Path("/dev/fd").iterdir()}


def read_until_all_have_left(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""  # Linux's way to say that nobody has the other side open
