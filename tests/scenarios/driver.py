"""The installed `kairos`, driven as a user drives it: as a subprocess, and in a terminal with a screen."""

import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sysconfig
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyte

Line = dict[str, Any]
"""A JSON line."""

KAIROS = str(Path(sysconfig.get_path("scripts")) / "kairos")


class Kairos:
    """Runs the command with an empty home; everything it starts is gone when the test ends."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KAIROS_")},
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
        }
        self.env.pop("NO_COLOR", None)
        self.wrapper: list[str] = []
        self.started: list[subprocess.Popen[bytes]] = []

    def run(
        self, *words: str, timeout_s: float = 30.0, stdin: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end; stdout and stderr are pipes."""
        return subprocess.run(
            [KAIROS, *words],
            env=self.env,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            stdin=stdin or subprocess.DEVNULL,
        )

    def start(self, *words: str) -> "Running":
        """Start in its own session, stdout and stderr piped."""
        process = subprocess.Popen(
            [*self.wrapper, KAIROS, *words],
            env=self.env,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append(process)
        return Running(process)

    def stop_all(self) -> None:
        for process in self.started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for stream in (process.stdout, process.stderr):
                if stream:
                    stream.close()


def point_at(kairos: Kairos, port: int, *venues: str) -> None:
    """A configuration that sends every request for `venues` to one loopback port, as to a proxy."""
    tables = [
        f'[venue.{venue}]\norigin_rest = "http://127.0.0.1:{port}"\norigin_ws = "ws://127.0.0.1:{port}"\n'
        "simulated = false\n"
        for venue in venues
    ]
    names = ", ".join(f'"{venue}"' for venue in venues)
    (kairos.home / "kairos.toml").write_text(f"venues = [{names}]\n" + "\n".join(tables))


def make_trading_free(kairos: Kairos, *venues: str) -> None:
    """A configuration without fees, so that signals open within a moment."""
    names = ", ".join(f'"{venue}"' for venue in venues)
    tables = "".join(f"[venue.{venue}]\ntaker_bps = 0.0\n" for venue in venues)
    (kairos.home / "kairos.toml").write_text(
        f"venues = [{names}]\nmin_net_bps = 0.3\nclose_net_bps = 0.1\n{tables}"
    )


class Running:
    """A running command, its JSON lines read one by one; none is lost between two reads."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self.process = process
        self.pid = process.pid
        self.lines: list[Line] = []
        self._stdout = process.stdout
        self._pending = b""

    def read_until(self, wanted: Callable[[Line], bool], within_s: float = 25.0) -> Line:
        """The next line that satisfies `wanted`; all lines read stay in `lines`."""
        deadline = time.monotonic() + within_s
        while True:
            while b"\n" in self._pending:
                line, _, self._pending = self._pending.partition(b"\n")
                self.lines.append(json.loads(line))
                if wanted(self.lines[-1]):
                    return self.lines[-1]
            ready, _, _ = select.select([self._stdout], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(self._stdout.fileno(), 65_536) if ready else b""
            had = [(line["type"], line.get("venue"), line.get("state")) for line in self.lines[-20:]]
            assert piece, f"no such line within {within_s} s; the last were {had}"
            self._pending += piece

    def unnamed_holes(self) -> set[int]:
        """Numbers up to the last line's that neither a line carries nor a gap line names."""
        named = {line["seq"] for line in self.lines}
        for gap in (line for line in self.lines if line["type"] == "gap"):
            named |= set(range(gap["from_seq"], gap["to_seq"] + 1))
        return set(range(1, self.lines[-1]["seq"] + 1)) - named

    def end(self, signum: signal.Signals, within_s: float = 5.0) -> int:
        """Signal it, read the rest, wait; returns the exit code (negative for a signal it died of)."""
        self.process.send_signal(signum)
        self.lines += [json.loads(line) for line in (self._pending + self._stdout.read()).splitlines()]
        self._pending = b""
        return self.process.wait(timeout=within_s)


def quote_of(venue: str) -> Callable[[Line], bool]:
    """Whether a line is a quote of this venue."""
    return lambda line: line["type"] == "quote" and line["venue"] == venue


def read_tables(served: Running, *, venues: int) -> str:
    """The configuration that `kairos sim` prints for its venues."""
    text = b""
    assert served.process.stdout is not None
    while text.count(b"origin_ws") < venues or not text.endswith(b"\n"):
        text += os.read(served.process.stdout.fileno(), 4096)
    return text.decode()


def wait_until(condition: Callable[[], bool], within_s: float = 10.0) -> None:
    """Poll until it is true."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.02)


def descendants(pid: int) -> set[int]:
    """Every process below `pid`, however deep."""
    found: set[int] = set()
    frontier = [pid]
    while frontier:
        parent = frontier.pop()
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = path.read_text().rpartition(")")[2].split()
                child = int(path.parent.name)
                if int(fields[1]) == parent and child not in found:
                    found.add(child)
                    frontier.append(child)
    return found


def alive(pids: set[int]) -> set[int]:
    """Those of `pids` that still run; zombies do not."""
    running = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                running.add(pid)
    return running


def command_line(pid: int) -> str:
    """How a process was started."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


class Terminal:
    """A pseudo-terminal with a command in it and a screen to read."""

    def __init__(self, words: list[str], env: dict[str, str], cwd: Path, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(words[0], words, env)
        self.resize(columns, rows)
        self.exit_code: int | None = None

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def redraw(self) -> None:
        """Forget the picture, and have all of it drawn again."""
        columns, rows = self.screen.columns, self.screen.lines
        self.drain(0.1)
        self.screen.reset()
        self.resize(columns - 1, rows)
        self.drain(0.3)
        self.screen.reset()
        self.resize(columns, rows)

    def press(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def read(self, for_s: float = 0.05) -> None:
        """Take what was drawn."""
        ready, _, _ = select.select([self._fd], [], [], for_s)
        if ready:
            try:
                piece = os.read(self._fd, 65_536)
            except OSError:
                return
            self.raw += piece
            self._stream.feed(piece)

    def drain(self, for_s: float) -> None:
        """Take what is drawn without looking at it: cheaper than any terminal, so it slows nothing down."""
        until = time.monotonic() + for_s
        while (left_s := until - time.monotonic()) > 0:
            if select.select([self._fd], [], [], left_s)[0]:
                os.read(self._fd, 1 << 20)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def wait_for(self, condition: Callable[[str], bool], within_s: float = 25.0) -> str:
        """Read until the screen's text satisfies `condition`."""
        deadline = time.monotonic() + within_s
        while not condition(self.text):
            assert time.monotonic() < deadline, f"never seen; the screen is\n{self.text}"
            self.read()
        return self.text

    def wait_for_end(self, within_s: float = 10.0) -> int:
        """Read until the command is gone; returns its exit code (128 + n for a signal)."""
        deadline = time.monotonic() + within_s
        while self.exit_code is None:
            assert time.monotonic() < deadline, f"still running; the screen is\n{self.text}"
            self.read()
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                self.exit_code = code if code >= 0 else 128 - code
        for _ in range(20):
            self.read(0.01)
        return self.exit_code

    @property
    def alternate_screen(self) -> bool:
        return self.raw.rfind(b"\x1b[?1049h") > self.raw.rfind(b"\x1b[?1049l")

    @property
    def mouse_reports(self) -> bool:
        return self.raw.rfind(b"\x1b[?1003h") > self.raw.rfind(b"\x1b[?1003l")

    @property
    def is_cooked(self) -> bool:
        return bool(termios.tcgetattr(self._fd)[3] & (termios.ICANON | termios.ECHO))

    def close(self) -> None:
        for pid in descendants(self.pid) | {self.pid}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.exit_code is None:
            os.waitpid(self.pid, 0)
        os.close(self._fd)
