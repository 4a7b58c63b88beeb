"""The supervisor keeps roles alive: a dead one is back at once, a dying one rests, a stuck one is ended."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import msgspec
import pytest

from kairos_tui.runtime.child import News
from kairos_tui.runtime.supervisor import MOST_DEATHS, Role, Supervisor, describe_exit

BEATING = "import os,time\nwhile True: os.write({fd}, b'{{}}\\n'); time.sleep(0.05)"
DYING = "raise SystemExit(7)"
HANGING = "import os,time\nos.write({fd}, b'{{}}\\n')\nwhile True: time.sleep(1)"


class PythonChild:
    """A child that runs a line of Python and reports on a pipe, as roles do."""

    def __init__(self, code: str) -> None:
        self.reports, write_fd = os.pipe()
        os.set_blocking(self.reports, False)
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-c", code.format(fd=write_fd)], pass_fds=(write_fd,)
        )
        os.close(write_fd)
        self.pid = self._process.pid

    def exit_code(self) -> int | None:
        return self._process.poll()

    def signal(self, signum: signal.Signals) -> None:
        self._process.send_signal(signum)

    def order(self, _order: msgspec.Struct) -> bool:
        return False

    def release(self) -> None:
        os.close(self.reports)
        self._process.wait()


@pytest.fixture
def supervisor():
    made = Supervisor()
    yield made
    made.stop(list(made.roles), deadline_s=0.0)


def turn_until(supervisor: Supervisor, condition: Callable[[], bool], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        supervisor.turn(0.05)
        supervisor.restart_due()


def role_running(code: str, heard: list[News] | None = None) -> Role:
    return Role("worker", lambda: PythonChild(code), on_news=(heard if heard is not None else []).append)


def test_a_killed_role_is_started_again_and_says_why_it_ended(supervisor: Supervisor) -> None:
    role = role_running(BEATING)
    supervisor.add(role)
    turn_until(supervisor, lambda: role.state == "running")
    assert role.child is not None
    first = role.child.pid

    os.kill(first, signal.SIGKILL)
    turn_until(supervisor, lambda: role.child is not None and role.child.pid != first)
    turn_until(supervisor, lambda: role.state == "running")

    assert role.view().restarts == 1
    assert role.view().reason == "SIGKILL"


@pytest.mark.parametrize(("code", "told"), [(0, ["role left"]), (7, ["role ended"])])
def test_a_hud_that_was_left_is_no_death_and_is_not_started_again(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture, code: int, told: list[str]
) -> None:
    role = Role("hud", lambda: PythonChild(f"raise SystemExit({code})"), on_news=lambda _news: None)
    with caplog.at_level(logging.INFO):
        supervisor.add(role)
        while role.last_exit is None:
            supervisor.turn(0.05)

    assert [record.getMessage()[:10].strip() for record in caplog.records] == told
    assert (role.state, role.is_due(time.monotonic_ns())) == (
        ("stopped", False) if code == 0 else ("restarting", True)
    )


def test_a_role_that_keeps_dying_is_left_to_rest(supervisor: Supervisor) -> None:
    role = role_running(DYING)
    supervisor.add(role)

    turn_until(supervisor, lambda: role.state == "failed")

    assert role.view().restarts == MOST_DEATHS - 1
    assert role.reason == "exit 7"
    assert not role.is_due(time.monotonic_ns())


def test_a_role_whose_loop_stopped_turning_is_killed_and_replaced(supervisor: Supervisor) -> None:
    role = role_running(HANGING)
    supervisor.add(role)
    turn_until(supervisor, lambda: role.state == "running")
    assert role.child is not None
    first = role.child.pid

    turn_until(supervisor, lambda: role.child is not None and role.child.pid != first)

    assert role.reason == "SIGKILL"


def test_nobody_is_blamed_for_the_time_the_launcher_itself_slept(supervisor: Supervisor) -> None:
    role = role_running(BEATING)
    supervisor.add(role)
    turn_until(supervisor, lambda: role.state == "running")
    assert role.child is not None
    os.kill(role.child.pid, signal.SIGSTOP)
    time.sleep(3.2)
    os.kill(role.child.pid, signal.SIGCONT)
    first = role.child.pid

    supervisor.turn(0.05)
    turn_until(supervisor, lambda: role.state == "running")

    assert role.child.pid == first


def test_a_deaf_role_is_killed_when_its_time_is_up(supervisor: Supervisor) -> None:
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + BEATING
    role = role_running(deaf)
    supervisor.add(role)
    turn_until(supervisor, lambda: role.state == "running")
    before = time.monotonic()

    supervisor.stop(["worker"], deadline_s=0.3)

    assert role.last_exit == -signal.SIGKILL
    assert time.monotonic() - before < 3.0
    assert supervisor.roles == {}


def test_a_role_that_cannot_even_be_started_is_tried_again(supervisor: Supervisor) -> None:
    tries = []

    def start() -> PythonChild:
        tries.append(1)
        if len(tries) < 3:
            raise EOFError("the server is gone")
        return PythonChild(BEATING)

    role = Role("worker", start, on_news=lambda _news: None)
    supervisor.add(role)

    turn_until(supervisor, lambda: role.state == "running")

    assert role.view().restarts == 2


def test_news_reaches_the_one_who_asked(supervisor: Supervisor) -> None:
    heard: list[News] = []
    code = "import os,time\nos.write({fd}, b'{{\"start_sim\":true}}\\n')\nwhile True: time.sleep(1)"
    supervisor.add(role_running(code, heard))

    turn_until(supervisor, lambda: bool(heard))

    assert heard[0].start_sim


def test_what_a_role_says_of_its_loop_is_shown_until_its_process_ends(supervisor: Supervisor) -> None:
    code = "import os,time\nos.write({fd}, b'{{\"lag_us\":4200}}\\n{{}}\\n')\nwhile True: time.sleep(1)"
    role = role_running(code)
    supervisor.add(role)
    turn_until(supervisor, lambda: role.view().lag_p99_us == 4_200)
    assert role.child is not None

    os.kill(role.child.pid, signal.SIGKILL)
    turn_until(supervisor, lambda: role.last_exit is not None and role.child is not None)

    assert role.view().lag_p99_us in (None, 4_200)
    assert role.view().restarts == 1


def test_news_may_stop_a_role_that_spoke_in_the_same_moment(supervisor: Supervisor) -> None:
    def stop_both(_news: News) -> None:
        supervisor.stop(["one", "two"], deadline_s=0.0)

    supervisor.add(Role("one", lambda: PythonChild(HANGING), on_news=stop_both))
    supervisor.add(Role("two", lambda: PythonChild(HANGING), on_news=stop_both))
    time.sleep(1.0)  # both have spoken by now, or the test only proves less

    turn_until(supervisor, lambda: not supervisor.roles)


@pytest.mark.parametrize(
    ("code", "words"), [(0, "exit 0"), (3, "exit 3"), (-9, "SIGKILL"), (-250, "signal 250"), (None, "gone")]
)
def test_exit_codes_are_told_in_words(code: int | None, words: str) -> None:
    assert describe_exit(code) == words
