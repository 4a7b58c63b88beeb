"""The promise: a service manager hears ready, alive and stopping in time; of a stuck role, silence."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runtime.test_supervisor import BEATING, DYING, PythonChild, turn_until

from kairos_tui.runtime.health_page import Health
from kairos_tui.runtime.liveness import Liveness, Reporter, have_begun
from kairos_tui.runtime.sd_notify import Notifier
from kairos_tui.runtime.supervisor import SILENCE_NS, STARTUP_SILENCE_NS, Role, Supervisor

SECOND = 1_000_000_000


class Manager:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, address: str, shown: str) -> None:
        self.link = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.link.bind(address)
        self.link.settimeout(0)
        self.told: list[Notifier] = []
        self.environ = {"NOTIFY_SOCKET": shown, "WATCHDOG_USEC": "2000000", "OTHER": "kept"}

    def notifier(self) -> Notifier:
        self.told.append(Notifier(self.environ))
        return self.told[-1]

    def heard(self) -> list[str]:
        lines: list[str] = []
        while True:
            try:
                lines += self.link.recv(4_096).decode().split("\n")
            except BlockingIOError:
                return lines


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    name = f"kairos-test-{os.getpid()}-{time.monotonic_ns()}"
    by = {"path": (f"{tmp_path}/n", f"{tmp_path}/n"), "abstract": (f"\0{name}", f"@{name}")}
    made = Manager(*by[request.param])
    yield made
    for notifier in made.told:
        notifier.stopping()
    made.link.close()


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor()
    yield made
    made.stop(list(made.roles), deadline_s=0.0)


def role_of(name: str, code: str = BEATING) -> Role:
    return Role(name, lambda: PythonChild(code), on_news=lambda _news: None)


def test_ready_is_said_once_alive_twice_a_period_and_stopping_last(manager: Manager) -> None:
    notifier = manager.notifier()

    notifier.turn(ready=False, alive=True, status="starting", now_ns=0)
    assert manager.heard() == ["STATUS=starting", "WATCHDOG=1"]
    for now_ns in range(0, 4 * SECOND, SECOND // 4):
        notifier.turn(ready=True, alive=True, status="starting", now_ns=now_ns)
    assert manager.heard() == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]

    notifier.stopping("SIGTERM")
    notifier.stopping("again")
    notifier.turn(ready=True, alive=True, status="late", now_ns=9 * SECOND)
    assert manager.heard() == ["STOPPING=1", "STATUS=stopping: SIGTERM"]


def test_nothing_is_ready_before_each_role_beats_and_the_wanted_one_is_there(supervisor: Supervisor) -> None:
    engine, never = role_of("engine"), role_of("ingest:okx", "import time\ntime.sleep(60)")
    supervisor.add(engine)
    assert not have_begun([engine])
    turn_until(supervisor, lambda: engine.state == "running")

    assert have_begun([engine])
    assert not have_begun([engine], wants="ingest:")
    supervisor.add(never)
    assert not have_begun([engine, never], wants="ingest:")
    assert not have_begun([])


def test_the_same_truth_is_a_roles_health(supervisor: Supervisor) -> None:
    reporter, engine = Reporter(Notifier({})), role_of("engine")
    assert reporter.health(now_ns=0) == Health(True, False, "it has just begun")
    supervisor.add(engine)
    reporter.turn([engine], time.monotonic_ns())
    starting = reporter.health()
    assert (starting.live, starting.ready) == (True, False)
    assert starting.why == "0 of 1 processes run; engine starting: not yet"

    turn_until(supervisor, lambda: engine.state == "running")
    at_ns = engine.beat_ns
    reporter.turn([engine], at_ns)
    assert reporter.health((("engines", 1),), now_ns=at_ns) == Health(True, True, "", (("engines", 1),))

    resting = role_of("ingest:okx")
    resting.abandon("it will never work")
    reporter.turn([engine, resting], at_ns)
    assert reporter.health(now_ns=at_ns).ready
    reporter.turn([resting], at_ns)
    assert not reporter.health(now_ns=at_ns).ready

    reporter.turn([engine], at_ns + SILENCE_NS + 1)
    stuck = reporter.health(now_ns=at_ns + SILENCE_NS + 1)
    assert (stuck.live, stuck.ready) == (False, False)

    reporter.turn([engine], at_ns)
    still = reporter.health(now_ns=at_ns + SILENCE_NS + 1)
    assert (still.live, still.why) == (False, "the launcher stands still for 3 s")


def test_its_variables_are_not_for_children(manager: Manager) -> None:
    manager.notifier()

    assert manager.environ == {"OTHER": "kept"}


def test_a_status_is_one_harmless_line_and_not_said_too_often(manager: Manager) -> None:
    notifier = manager.notifier()

    for number in range(8):
        notifier.turn(ready=False, alive=False, status=f"{number}\nREADY=1\x1b", now_ns=number * SECOND // 2)

    assert manager.heard() == ["STATUS=0\\nREADY=1\\x1b", "STATUS=4\\nREADY=1\\x1b"]


@pytest.mark.parametrize(
    "environ",
    [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "relative"}, {"NOTIFY_SOCKET": "/nowhere/at/all"},
     {"NOTIFY_SOCKET": "/" + "x" * 300}, {"NOTIFY_SOCKET": "vsock:2:1"}],
)  # fmt: skip
def test_without_a_manager_nothing_happens(environ: dict[str, str]) -> None:
    notifier = Notifier(environ)

    notifier.turn(ready=True, alive=True, status="x", now_ns=0)
    notifier.stopping("done")


def test_a_manager_that_reads_nothing_holds_nobody_up(manager: Manager) -> None:
    notifier = manager.notifier()

    for number in range(2_000):
        notifier.turn(ready=True, alive=True, status=str(number), now_ns=number * 9 * SECOND)

    assert 0 < len(manager.heard()) < 4_000


@pytest.mark.parametrize(
    ("period", "for_pid", "watched"),
    [("2000000", "", 2 * SECOND), ("2000000", str(os.getpid()), 2 * SECOND), ("2000000", "1", None),
     ("0", "", None), ("", "", None), ("-5", "", None), ("many", "", None)],
)  # fmt: skip
def test_the_watchdog_is_on_when_the_manager_says_so_of_us(
    period: str, for_pid: str, watched: int | None
) -> None:
    assert Notifier({"WATCHDOG_USEC": period, "WATCHDOG_PID": for_pid}).watchdog_ns == watched


def test_a_stuck_role_is_no_watchdog_and_its_replacement_brings_it_back(
    manager: Manager, supervisor: Supervisor
) -> None:
    reporter = Reporter(manager.notifier())
    engine, other = role_of("engine"), role_of("ingest:okx")
    supervisor.add(engine)
    supervisor.add(other)
    turn_until(supervisor, lambda: engine.state == other.state == "running")
    assert engine.child is not None
    stuck = engine.child.pid

    def told(now_ns: int) -> list[str]:
        other.beat_ns = now_ns
        reporter.turn(supervisor.roles.values(), now_ns, about="sim")
        return manager.heard()

    # Its last beat is read once it is stopped; from there on the time is the test's.
    os.kill(stuck, signal.SIGSTOP)
    turn_until(supervisor, lambda: time.monotonic_ns() > engine.beat_ns + SECOND // 2)
    beat_ns = engine.beat_ns
    assert told(beat_ns + SECOND // 2) == ["READY=1", "STATUS=sim: 2 of 2 processes run", "WATCHDOG=1"]
    assert told(beat_ns + 2 * SECOND) == ["WATCHDOG=1"]
    for late in range(1, 8):
        assert told(beat_ns + 2 * SECOND + late * SECOND) == []

    turn_until(supervisor, lambda: engine.child is not None and engine.child.pid != stuck)
    turn_until(supervisor, lambda: engine.state == "running")
    assert told(engine.beat_ns) == ["WATCHDOG=1"]


def test_a_role_that_never_beats_is_not_alive_for_ever(supervisor: Supervisor) -> None:
    liveness, role = Liveness(), role_of("engine", "import time\ntime.sleep(60)")
    supervisor.add(role)

    assert liveness.is_alive([role], 0)
    assert liveness.is_alive([role], STARTUP_SILENCE_NS)
    assert not liveness.is_alive([role], STARTUP_SILENCE_NS + 1)


def test_a_venue_that_rests_is_no_reason_to_start_all_again(supervisor: Supervisor) -> None:
    liveness, role = Liveness(), role_of("ingest:okx", DYING)
    supervisor.add(role)
    turn_until(supervisor, lambda: role.state == "failed")

    assert liveness.is_alive([role], 1 << 60)


def test_patience_is_never_longer_than_the_supervisors(supervisor: Supervisor) -> None:
    role = role_of("engine")
    supervisor.add(role)
    turn_until(supervisor, lambda: role.state == "running")
    liveness = Liveness(within_ns=60 * SECOND)

    assert liveness.is_alive([role], role.beat_ns + SILENCE_NS)
    assert not liveness.is_alive([role], role.beat_ns + SILENCE_NS + 1)
