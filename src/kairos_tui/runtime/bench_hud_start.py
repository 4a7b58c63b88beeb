"""bench_hud_start: `kairos watch` started in a pty of its own, and how soon its first frame is there.

Before it: bench_hud, bench_hud_watch. After it: the command itself, on bench_load's venues. It reads no
settings of the user's.
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
from pathlib import Path

from kairos_tui.errors import Retryable
from kairos_tui.runtime.bench_e2e_stage import THRESHOLDS, VENUES, Load

HAS_FRAMES = b"\x1b[?2026;2$y"
ASKS_FOR_FRAMES = b"\x1b[?2026$p"
"""Synchronised updates, which a terminal is asked for and says that it has."""
_FIRST_PANEL = b"VENUES"
_START_WITHIN_S = 40.0
_LEAVE_WITHIN_S = 5.0


class WatchFailed(Retryable):
    """The watch did not come up, or has ended."""


class Started:
    """The command, the terminal's end that we hold, and its stdout; `began_s` is just before the start."""

    def __init__(
        self, folder: Path, load: Load, *, size: tuple[int, int], words: tuple[str, ...] = ()
    ) -> None:
        (folder / "kairos.toml").write_text(_config(load), encoding="utf-8")
        self.runtime = folder / "r"
        self.runtime.mkdir(mode=0o700, exist_ok=True)
        self.terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.lines, lines_write = os.pipe()
        given = ["watch", *load.plan.symbols, "--tee", "--config", str(folder / "kairos.toml"), *words]
        self.began_s = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-P", "-m", "kairos_tui", *given],
            stdin=theirs,
            stdout=lines_write,
            stderr=theirs,
            cwd=folder,
            env=_environment(self.runtime, folder),
            start_new_session=True,
        )
        os.close(theirs)
        os.close(lines_write)

    def read(self, for_s: float, most: int = 1 << 16) -> bytes:
        """What the terminal is given within that time, its question answered; the lines are thrown away."""
        drawn = b""
        for ready in select.select([self.terminal, self.lines], [], [], for_s)[0]:
            with contextlib.suppress(OSError):  # a pty whose program has ended
                piece = os.read(ready, most if ready == self.terminal else 1 << 16)
                drawn += piece if ready == self.terminal else b""
        if ASKS_FOR_FRAMES in drawn:
            os.write(self.terminal, HAS_FRAMES)
        return drawn

    def end(self) -> None:
        """Ask it, and then no more; read meanwhile, for it may have something to say."""
        self.process.send_signal(signal.SIGTERM)
        until_s = time.monotonic() + _LEAVE_WITHIN_S
        while self.process.poll() is None and time.monotonic() < until_s:
            self.read(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.terminal)
        os.close(self.lines)


def first_frame_ms(folder: Path, load: Load, *, size: tuple[int, int]) -> float:
    """From just before exec until the terminal has the first frame of panels. Raises WatchFailed."""
    started, drawn = Started(folder, load, size=size), b""
    try:
        while _FIRST_PANEL not in drawn:
            drawn = drawn[-len(_FIRST_PANEL) :] + started.read(0.05)
            if time.monotonic() - started.began_s > _START_WITHIN_S or started.process.poll() is not None:
                raise WatchFailed("the HUD drew nothing")
        return (time.monotonic() - started.began_s) * 1_000
    finally:
        started.end()


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
