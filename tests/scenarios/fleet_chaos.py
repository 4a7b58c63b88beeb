"""A whole fleet to be renewed and killed: two engines, two ingesters, mirror, HUD, tap, found by a Redis.

What the tap heard is compared with what the engines say they published; the dead are looked for in /proc.
"""

import contextlib
import os
import pty
import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from tests.redis_server import RedisServer
from tests.scenarios.driver import KAIROS
from tests.scenarios.fleet_stage import Line, Role, Stage, Tapped, free_ports, wait_for, words_of

ENGINES, INGESTERS = ("engine one", "engine two"), ("ingest one", "ingest two")
IN_TURN = ("engine one", "ingest one", "engine two", "ingest two", "mirror", "hud")
MARK = "FLEET_MARK"
"""In the environment of a role's process, and so of all that it starts."""
NOTHING_LEFT_WITHIN_S = 15.0
"""Far more than it takes: what has only just been started must import before it sees that nobody is there."""
_ENDED = re.compile(r"engine ended run=(\w+) epoch=(\d+)(.*)")


class Screen(Role):
    """`kairos hud` in a terminal of its own. Of what it draws only the first picture is looked for."""

    def __init__(self, process: subprocess.Popen[bytes], terminal_fd: int) -> None:
        self._terminal_fd = terminal_fd
        self._is_drawn = False
        super().__init__(process, 0)

    @property
    def is_ready(self) -> bool:
        """A matrix is on it."""
        return self._is_drawn

    def _read(self) -> None:
        begun = b""
        with contextlib.suppress(OSError):  # the last process has left the terminal
            while piece := os.read(self._terminal_fd, 65_536):
                begun = begun[-16:] + piece
                self._is_drawn |= b"MATRIX" in begun
        os.close(self._terminal_fd)


class Fleet:
    """Its roles by name. A role that ended is started anew under the same name and address."""

    def __init__(self, stage: Stage, server: RedisServer) -> None:
        self.stage, self.server = stage, server
        self.roles: dict[str, Role] = {}
        self.published: dict[int, Counter[str]] = {}
        self._marks: dict[str, str] = {}
        self._starts = 0
        self._ports = {name: free_ports(3) for name in (*ENGINES, "mirror")}

    def start(self, name: str) -> Role:
        """Start a role; its mark is new each time."""
        self._starts += 1
        mark = self._marks[name] = f"{os.getpid()}-{self._starts}-{name.replace(' ', '-')}"
        self.stage.kairos.env[MARK] = mark
        self.roles[name] = self._started(name)
        return self.roles[name]

    def start_all(self) -> Tapped:
        """All of them, and a tap from the first signals on."""
        for name in IN_TURN:
            self.start(name)
        for name in IN_TURN:
            self.roles[name].await_ready(120.0)
        self.stage.kairos.env[MARK] = "tap"
        return self.stage.tap("--fleet", self.server.url, "--emit", "signal,quote,venue")

    def restart(self, name: str) -> tuple[float, float]:
        """In order; from when to when (monotonic s) it was not there."""
        began_s = time.monotonic()
        assert self.roles[name].end(within_s=20.0) in (0, 143), self.roles[name].said
        self.read_logs()
        self.start(name).await_ready(120.0)
        return began_s, time.monotonic()

    def pids(self, name: str) -> list[int]:
        """Of all processes of a role's last start, by the mark in their environment."""
        mark = f"{MARK}={self._marks[name]}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found

    def left_behind(self, name: str, within_s: float = NOTHING_LEFT_WITHIN_S) -> list[str]:
        """Of a role whose own process has ended: what still runs after so long. It is ended then."""
        deadline = time.monotonic() + within_s
        while (pids := self.pids(name)) and time.monotonic() < deadline:
            time.sleep(0.05)
        said = [f"{name}: {pid} {state_of(pid)} {words_of(pid)[:150]}" for pid in pids]
        for pid in pids:
            send(pid, signal.SIGKILL)
        return said

    def read_logs(self) -> None:
        """What engines that have ended say they published, by epoch."""
        for path in self.stage.kairos.home.glob("engine-*.log*"):
            for _run, epoch, told in _ENDED.findall(path.read_text(errors="replace")):
                counts = (word.partition("=") for word in told.split())
                self.published[int(epoch)] = Counter({kind: int(count) for kind, _, count in counts})

    def _started(self, name: str) -> Role:
        kind, _, which = name.partition(" ")
        fleet = ("--fleet", self.server.url)
        if kind == "engine":
            log = str(self.stage.kairos.home / f"engine-{which}.log")
            return self.stage.engine(*fleet, "--log-to", log, name=which, port=self._ports[name])
        if kind == "ingest":
            return self.stage.ingest(*fleet, name=which)
        return self._mirror(fleet) if kind == "mirror" else self._hud(fleet)

    def _mirror(self, fleet: Sequence[str]) -> Role:
        port = self._ports["mirror"]
        words = [KAIROS, "mirror", f"127.0.0.1:{port}", *fleet, "--connect-timeout", "60s"]
        return Role(self._popen(words, subprocess.DEVNULL, subprocess.PIPE), port)

    def _hud(self, fleet: Sequence[str]) -> Role:
        ours, theirs = pty.openpty()
        words = [KAIROS, "hud", *fleet, "--connect-timeout", "60s", "--fps", "4", "--reduced-motion"]
        process = self._popen(words, theirs, theirs)
        os.close(theirs)
        return Screen(process, ours)

    def _popen(self, words: list[str], out: int, err: int) -> subprocess.Popen[bytes]:
        kairos = self.stage.kairos
        process = subprocess.Popen(
            words,
            env=kairos.env,
            cwd=kairos.home,
            stdin=out,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        kairos.started.append(process)
        return process


class Hammer:
    """Signals to random processes of random roles at random moments. What it did is counted."""

    def __init__(self, fleet: Fleet, seed: int, names: Sequence[str] = IN_TURN) -> None:
        self.fleet, self.names = fleet, names
        self.random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.orphans: list[str] = []
        self.buried_s: list[float] = []
        self.stations_ended = 0

    @property
    def kills(self) -> int:
        """SIGKILLs and SIGTERMs; who was only stopped for a while is counted apart."""
        return self.done["SIGKILL"] + self.done["SIGTERM"]

    def strike(self, blows: int) -> None:
        """So many kills of one role after another; a station that ended is buried and starts anew at once."""
        until = self.kills + blows
        while self.kills < until:
            name = self.random.choice(self.names)
            self._hit(name)
            time.sleep(self.random.uniform(0.0, 0.3))
            for each in self.names:
                self.bury(each)

    def bury(self, name: str) -> None:
        """If its station has ended nothing of it may be left."""
        if self.fleet.roles[name].process.poll() is None:
            return
        self.stations_ended += 1
        ended_s = time.monotonic()
        self.orphans += self.fleet.left_behind(name)
        self.buried_s.append(time.monotonic() - ended_s)
        self.fleet.read_logs()
        self.fleet.start(name)

    def is_back(self, name: str) -> bool:
        """Ready; should its station have ended meanwhile, it starts anew."""
        self.bury(name)
        return self.fleet.roles[name].is_ready

    def _hit(self, name: str) -> None:
        station = self.fleet.roles[name].process.pid
        below = [pid for pid in self.fleet.pids(name) if pid != station]
        dice = self.random.random()
        if dice < 0.3 or not below:
            self._signal(station, signal.SIGKILL)
        elif dice < 0.35:
            self._signal(station, signal.SIGTERM)
        elif dice < 0.45:
            self._freeze(self.random.choice([station, *below]))
        elif dice < 0.6:
            for pid in self.random.sample(below, len(below)):
                self._signal(pid, signal.SIGKILL)
        else:
            signum = signal.SIGTERM if dice > 0.95 else signal.SIGKILL
            self._signal(self.random.choice(below), signum)

    def _freeze(self, pid: int) -> None:
        self._signal(pid, signal.SIGSTOP)
        time.sleep(self.random.uniform(0.0, 2.5))
        send(pid, signal.SIGCONT)

    def _signal(self, pid: int, signum: signal.Signals) -> None:
        self.done[signum.name] += send(pid, signum)


def send(pid: int, signum: signal.Signals) -> bool:
    """Whether it was there."""
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        return False
    return True


def state_of(pid: int) -> str:
    """What /proc says: its state, its parent, where it waits in the kernel."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
        return f"{state} of {parent} in {Path(f'/proc/{pid}/wchan').read_text()}"
    except OSError:
        return "gone"


def told_by_epoch(lines: Iterable[Line]) -> Counter[int]:
    """Signal lines, by the epoch of the engine whose id they carry."""
    return Counter(int(line["id"].split("-")[1]) for line in lines if line["type"] == "signal")


def unequal(fleet: Fleet, lines: Sequence[Line], *, but: set[int]) -> list[str]:
    """Engines of whose signals the tap heard fewer or more than they published, but for some epochs."""
    heard = told_by_epoch(lines)
    return [
        f"epoch {epoch} published {counts['signal']}, heard {heard[epoch]}"
        for epoch, counts in sorted(fleet.published.items())
        if epoch not in but and heard[epoch] != counts["signal"]
    ]


def silence_s(tapped: Tapped, kind: str, key: str, since_s: float, until_s: float) -> dict[str, float]:
    """By a line's `key`: the longest time between two of its kind that overlaps that span."""
    times: dict[str, list[float]] = {}
    for at_s, line in list(tapped.lines):
        if line["type"] == kind:
            times.setdefault(str(line.get(key)), []).append(at_s)
    longest: dict[str, float] = {}
    for value, moments in times.items():
        spans = [(a, b) for a, b in pairwise([*moments, until_s]) if b > since_s and a < until_s]
        longest[value] = max((b - a for a, b in spans), default=until_s - since_s)
    return longest


def flows(tapped: Tapped, since_s: float, assets: Iterable[str], within_s: float = 60.0) -> float:
    """How long after `since_s` (monotonic) each of the assets had a signal that opened since."""
    wanted = set(assets)

    def all_opened() -> bool:
        opened = {line["asset"] for line in tapped.of("signal", since_s) if line["event"] == "open"}
        return opened >= wanted

    wait_for(all_opened, within_s, f"signals of {wanted}")
    return time.monotonic() - since_s
