"""bench_hud_watch: `kairos watch` in a pty of its own, looked at from outside, its readers frozen at will.

Before it: bench_hud. After it: the command itself, on bench_load's venues. Linux: it reads /proc.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from kairos_tui.errors import Retryable
from kairos_tui.market import Board
from kairos_tui.runtime.bench_e2e_stage import THRESHOLDS, VENUES, Load
from kairos_tui.wire import Published, SignalReader, Topic

_START_WITHIN_S = 40.0
_LEAVE_WITHIN_S = 5.0
_FRAME_BEGINS, _ASKS_FOR_FRAMES, _HAS_FRAMES = b"\x1b[?2026h", b"\x1b[?2026$p", b"\x1b[?2026;2$y"
"""Synchronised updates, which a terminal is asked for and says that it has."""


class WatchFailed(Retryable):
    """The watch did not come up, or has ended."""


class Watch:
    """A HUD, JSON lines into a pipe and a file sink, all of one watch, with no settings of the user's."""

    def __init__(self, folder: Path, load: Load, *, size: tuple[int, int]) -> None:
        self._folder = folder
        (folder / "kairos.toml").write_text(_config(load), encoding="utf-8")
        runtime = folder / "r"
        runtime.mkdir(mode=0o700)
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self._lines, lines_write = os.pipe()
        words = ["watch", *load.plan.symbols, "--tee", "--config", str(folder / "kairos.toml")]
        self._process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-P", "-m", "kairos_tui", *words, "--sink", f"file:{folder}/lines.jsonl"],
            stdin=theirs,
            stdout=lines_write,
            stderr=theirs,
            cwd=folder,
            env=_environment(runtime, folder),
            start_new_session=True,
        )
        os.close(theirs)
        os.close(lines_write)
        self._drawn = bytearray()
        self._reader = SignalReader(self._signals_of(runtime), topics=(Topic.BOARD,))
        self._board: Board | None = None
        self._wait_until_live(load)

    def look_on(self, seconds: float) -> dict[str, float]:
        """Read all that it writes for so long; what the HUD drew and cost meanwhile."""
        hud = self._pids("run_hud")
        before_s, began_s = _cpu_s(hud), time.monotonic()
        self._drawn.clear()
        while time.monotonic() - began_s < seconds:
            self._take(0.05)
        took_s, used_s = time.monotonic() - began_s, _cpu_s(hud) - before_s
        frames = self._drawn.count(_FRAME_BEGINS)
        return {
            "cpu %": 100 * used_s / took_s,
            "frames/s": frames / took_s,
            "ms a frame": 1_000 * used_s / max(1, frames),
            "kB/s": len(self._drawn) / took_s / 1_000,
        }

    def engine_p99_us(self) -> float:
        """As the newest board says."""
        self._board = None
        until_s = time.monotonic() + _START_WITHIN_S
        while self._board is None or self._board.rates.engine_p99_us is None:
            self._learn()
            if time.monotonic() > until_s:
                raise WatchFailed("the engine says nothing")
        return float(self._board.rates.engine_p99_us)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """HUD and sink stopped; meanwhile nobody reads what is written."""
        stopped = [*self._pids("run_hud"), *self._pids("run_sink")]
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in stopped:
                with contextlib.suppress(ProcessLookupError):  # stopped for too long, and replaced
                    os.kill(pid, signal.SIGCONT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()
        self._process.send_signal(signal.SIGTERM)
        until_s = time.monotonic() + _LEAVE_WITHIN_S
        while self._process.poll() is None and time.monotonic() < until_s:
            self._take(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._ours)
        os.close(self._lines)

    def _wait_until_live(self, load: Load) -> None:
        until_s, wanted = time.monotonic() + _START_WITHIN_S, len(VENUES) * load.plan.markets
        while self._live() < wanted:
            self._take(0.05)
            self._learn()
            if time.monotonic() > until_s or self._process.poll() is not None:
                raise WatchFailed(f"{self._live()} of {wanted} streams live within {_START_WITHIN_S:g} s")

    def _live(self) -> int:
        symbols = self._board.symbols if self._board else ()
        return sum(row.usable for symbol in symbols for row in symbol.venues)

    def _learn(self) -> None:
        for item in self._reader.drain(20):
            if isinstance(item, Published) and isinstance(item.body, Board):
                self._board = item.body

    def _take(self, for_s: float) -> None:
        for ready in select.select([self._ours, self._lines], [], [], for_s)[0]:
            with contextlib.suppress(OSError):  # a pty whose program has ended
                piece = os.read(ready, 1 << 16)
                if ready == self._ours:
                    self._drawn += piece
                    if _ASKS_FOR_FRAMES in piece:
                        os.write(self._ours, _HAS_FRAMES)

    def _signals_of(self, runtime: Path) -> str:
        until_s = time.monotonic() + _START_WITHIN_S
        while not (found := list(runtime.glob("kairos/*/signals"))):
            self._take(0.05)
            if time.monotonic() > until_s or self._process.poll() is not None:
                raise WatchFailed("the watch did not start")
        return f"ipc://{found[0]}"

    def _pids(self, role: str) -> list[int]:
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                pid = int(path.parent.name)
                if role.encode() in path.read_bytes() and os.getsid(pid) == self._process.pid:
                    found.append(pid)
        return found


def _config(load: Load) -> str:
    names = ", ".join(f'"{venue}"' for venue in VENUES)
    tables = [
        f'[venue.{venue}]\nclass = "binance"\norigin_rest = "{rest}"\norigin_ws = "{ws}"\ntaker_bps = 0.0\n'
        for venue, (rest, ws) in zip(VENUES, load.origins, strict=True)
    ]
    head = f"venues = [{names}]\nmin_net_bps = {THRESHOLDS.min_net_bps}\n"
    return head + f"close_net_bps = {THRESHOLDS.close_net_bps}\n" + "".join(tables)


def _environment(runtime: Path, folder: Path) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("KAIROS_", "XDG_"))}
    kept.pop("NO_COLOR", None)
    ours = {"XDG_RUNTIME_DIR": str(runtime), "XDG_STATE_HOME": str(folder / "state")}
    return kept | ours | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _cpu_s(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
