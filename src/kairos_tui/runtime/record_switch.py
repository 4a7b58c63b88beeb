"""RecordSwitch: where a run records to, as its user said, or as the viewer turns it on and off.

Before it: launcher. After it: the plans of engines to come, an order to those that run, a lock on the folder.
"""

import os
import shlex
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kairos_tui.errors import RecordingRefused, SettingsInvalid
from kairos_tui.journal import FolderLock, Limits, Recording
from kairos_tui.runtime.cast import Cast
from kairos_tui.runtime.log_file import state_dir
from kairos_tui.wire import RecordOrder


class RecordSwitch:
    """Not for use from two threads. `path` is the folder, None while nothing is recorded."""

    def __init__(self, cast: Cast, order: Callable[[RecordOrder], None]) -> None:
        self.path: Path | None = None
        self._cast = cast
        self._order = order
        self._lock: FolderLock | None = None
        self._given: Path | None = None

    def start(self, wanted: str) -> None:
        """Before any engine starts: a new folder, or nothing. Raises what new_folder raises."""
        if wanted:
            self._given = new_folder(wanted)
            self._begin(self._given)

    def turn(self) -> None:
        """On or off. An engine that cannot record there says so on its board."""
        if self.path is None:
            with suppress(RecordingRefused):
                self._begin(_own_folder(self._cast.run))
        else:
            self._end()
        self._order(RecordOrder(self._cast.record_to))

    def feed_changed(self) -> None:
        """What is recorded so far is of another market: before its engines start, a folder of its own."""
        if self.path is not None:
            before = self.path
            self._end()
            with suppress(RecordingRefused):
                self._begin(before.with_name(f"{before.stem}-sim{before.suffix}"))
        # Also after an order of the viewer's: the wire tells engines that come back the last one anew.
        self._order(RecordOrder(self._cast.record_to))

    @property
    def summary(self) -> str:
        """What was written, once all engines have ended."""
        assert self.path is not None
        name = _from_here(self.path)
        try:
            written = Recording.open(self.path)
        except RecordingRefused as error:
            return str(error)
        span_s, lost = (written.to_ns - written.from_ns) / 1e9, written.lost
        told = (
            f"{span_s:.1f} s, {bytes_said(written.bytes)}, {f'{lost:,} entries' if lost else 'nothing'} lost"
        )
        return f"{name}: {told}; kairos replay {shlex.quote(name)} shows it again"

    def close(self) -> None:
        """Let others record there."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _begin(self, folder: Path) -> None:
        self.path, self._cast.record_to = folder, str(folder)
        self._lock = FolderLock(folder, self._cast.run, time.time_ns() // 1_000)

    def _end(self) -> None:
        self.close()
        self.path, self._cast.record_to = None, ""


def new_folder(wanted: str, *, floor_bytes: int = Limits().free_floor_bytes) -> Path:
    """Where nothing is yet: `{time}` in it is now, UTC. So much of the disk must be left.

    Raises SettingsInvalid for a place that is not fit.
    """
    path = Path(wanted.replace("{time}", _stamp())).expanduser().absolute()
    problem = None
    try:
        if path.is_symlink():
            problem = "is a link"
        elif path.exists() and not path.is_dir():
            problem = "is a file"
        elif path.is_dir() and any(path.iterdir()):
            problem = "is a folder with something in it"
        elif not path.parent.is_dir():
            problem = f"cannot be made: {path.parent} is no folder"
        else:
            problem = _too_full(path.parent, floor_bytes)
            if problem is None:
                path.mkdir(mode=0o700, exist_ok=True)
    except (OSError, ValueError) as error:
        problem = f"cannot be made: {(error.strerror if isinstance(error, OSError) else None) or error}"
    if problem:
        raise SettingsInvalid(f"--record {path}: {problem}; name a new folder, as in --record btc.kz")
    return path


def _too_full(path: Path, floor_bytes: int) -> str | None:
    disk = os.statvfs(path)
    free = disk.f_bavail * disk.f_frsize
    said = f"is on a disk with {bytes_said(free)} left, of which {bytes_said(floor_bytes)} stay free"
    return said if free < floor_bytes else None


def _own_folder(run: str) -> Path:
    return own_recordings() / f"{run}-{_stamp()}.kz"


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def _from_here(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def own_recordings() -> Path:
    """Where those are that a key began."""
    return state_dir() / "recordings"


def bytes_said(count: int) -> str:
    """`412 kB`, `12.4 MB`."""
    return f"{count / 1e6:,.1f} MB" if count >= 999_500 else f"{count / 1e3:.0f} kB"
