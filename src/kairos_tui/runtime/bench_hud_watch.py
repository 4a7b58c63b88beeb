"""bench_hud_watch: `kairos watch` in a pty of its own, looked at from outside, its readers frozen at will.

Before it: bench_hud. After it: bench_hud_start, bench_hud_screen. Linux: it reads /proc.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from kairos_tui.market import Board
from kairos_tui.runtime.bench_e2e_stage import VENUES, Load
from kairos_tui.runtime.bench_hud_screen import newest_clock_us, tail
from kairos_tui.runtime.bench_hud_start import Started, WatchFailed
from kairos_tui.wire import Published, SignalReader, Topic

_START_WITHIN_S = 40.0
_PAINT_WITHIN_S = 20.0
_FRAME_BEGINS: Final = b"\x1b[?2026h"
_PIECE = 1_024
"""Bytes that a slow link takes at once."""


class Watch:
    """A HUD, JSON lines into a pipe and a file sink, all of one watch, with no settings of the user's."""

    def __init__(self, folder: Path, load: Load, *, size: tuple[int, int]) -> None:
        self._started = Started(folder, load, size=size, words=("--sink", f"file:{folder}/lines.jsonl"))
        self._process = self._started.process
        self._drawn = bytearray()
        self._reader = SignalReader(self._signals_of(self._started.runtime), topics=(Topic.BOARD,))
        self._board: Board | None = None
        self._wait_until_live(load)

    def look_on(self, seconds: float) -> dict[str, float]:
        """Read all that it writes for so long; what the HUD drew and cost meanwhile."""
        hud = self._pids("run_hud")
        self._learn(0)
        before_s, began_s, boards = _cpu_s(hud), time.monotonic(), 0
        self._drawn.clear()
        while time.monotonic() - began_s < seconds:
            self._take(0.05)
            boards += self._learn(0)
        took_s, used_s = time.monotonic() - began_s, _cpu_s(hud) - before_s
        frames = self._drawn.count(_FRAME_BEGINS)
        return {
            "cpu %": 100 * used_s / took_s,
            "frames/s": frames / took_s,
            "boards/s": boards / took_s,
            "ticks/s": self._board.rates.ticks_per_s if self._board is not None else 0.0,
            "ms a frame": 1_000 * used_s / max(1, frames),
            "kB/s": len(self._drawn) / took_s / 1_000,
        }

    def press(self, key: bytes, until: bytes) -> float:
        """Until the terminal has been given these bytes after the key, in ms."""
        self._take(0.0)
        self._drawn.clear()
        began_s = time.monotonic()
        os.write(self._started.terminal, key)
        while until not in self._drawn:
            self._take(0.05)
            if time.monotonic() - began_s > _PAINT_WITHIN_S:
                raise WatchFailed(f"nothing came of the key {key!r}")
        return (time.monotonic() - began_s) * 1_000

    def look_on_by_link(self, seconds: float, bytes_per_s: int) -> list[float]:
        """Read so much a second and no more: how old, in ms, each newest signal was when it could be read."""
        began_s, taken, drawn = time.monotonic(), 0, b""
        ages_ms: list[float] = []
        seen_us = 0
        while (passed_s := time.monotonic() - began_s) < seconds or not ages_ms:
            if passed_s > seconds + _PAINT_WITHIN_S:
                raise WatchFailed("no signal was shown")
            if taken > passed_s * bytes_per_s:
                time.sleep(taken / bytes_per_s - passed_s)
            piece = self._started.read(0.02, most=_PIECE)
            taken += len(piece)
            drawn = tail(drawn) + piece
            at_us = newest_clock_us(drawn, time.time_ns() // 1_000)
            if at_us > seen_us:
                ages_ms.append((time.time_ns() // 1_000 - at_us) / 1_000)
                seen_us = at_us
        return ages_ms

    def hud_lag_p99_ms(self) -> float:
        """Of the HUD's loop over its last 20 s, as the newest board says."""
        self._board = None
        until_s = time.monotonic() + _START_WITHIN_S
        while (lag_us := self._lag_us()) is None:
            self._take(0.0)
            self._learn()
            if time.monotonic() > until_s:
                raise WatchFailed("the HUD says nothing of its loop")
        return lag_us / 1_000

    def hud_rss_mb(self) -> float:
        """What of the HUD is in memory, pages shared with others included, in MB of 10^6 bytes."""
        pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._pids("run_hud")]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

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
        self._started.end()

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

    def _lag_us(self) -> int | None:
        roles = self._board.roles if self._board is not None else ()
        return next((role.lag_p99_us for role in roles if role.name == "hud"), None)

    def _learn(self, wait_ms: int = 20) -> int:
        boards = 0
        for item in self._reader.drain(wait_ms):
            if isinstance(item, Published) and isinstance(item.body, Board):
                self._board = item.body
                boards += 1
        return boards

    def _take(self, for_s: float) -> None:
        self._drawn += self._started.read(for_s)

    def _signals_of(self, runtime: Path) -> str:
        until_s = time.monotonic() + _START_WITHIN_S
        while not (found := list(runtime.glob("kairos/*/signals"))):
            self._take(0.05)
            if time.monotonic() > until_s or self._process.poll() is not None:
                raise WatchFailed("the watch did not start")
        return f"ipc://{max(found, key=lambda path: path.stat().st_mtime)}"

    def _pids(self, role: str) -> list[int]:
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                pid = int(path.parent.name)
                if role.encode() in path.read_bytes() and os.getsid(pid) == self._process.pid:
                    found.append(pid)
        return found


def _cpu_s(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        fields = (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
