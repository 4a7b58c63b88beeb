"""Folder of a recording: the names in it, who may write there, and what is removed to keep it small.

Before it: Recorder. After it: the file system. Nothing is touched but what is named as ours.
"""

import errno
import fcntl
import os
import re
from pathlib import Path

import msgspec

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal.container.header import Header

SUFFIX = ".kzs"
LOCK = "lock"
MOST_NAMES = 100_000
_SEGMENT = re.compile(r"(\d{1,4})-(\d{6,9})\.kzs")
_HOLDER_BYTES = 4_096


class Holder(msgspec.Struct, frozen=True):
    """Who writes there, as it stands in a lock."""

    pid: int
    run: str
    since_us: int


def segment_name(engine: int, number: int) -> str:
    """`0-000001.kzs`: the first segment of the first engine."""
    return f"{engine}-{number:06d}{SUFFIX}"


def parse_name(name: str) -> tuple[int, int] | None:
    """(engine, number), or None for what is not a segment's name."""
    match = _SEGMENT.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None


def open_folder(path: Path) -> int:
    """A descriptor of the folder, made 0700 when it is not there. Raises RecordingRefused."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileExistsError, NotADirectoryError) as error:
        raise RecordingRefused(f"{path}: a recording is a folder, and this is not one") from error
    except OSError as error:
        raise RecordingRefused(f"{path}: cannot record there: {error.strerror}") from error


class FolderLock:
    """A folder, held for a run by the launcher before it starts engines. `release` or death gives it back."""

    def __init__(self, path: Path, run: str, since_us: int) -> None:
        folder = open_folder(path)
        try:
            self._file: int | None = _take(folder, LOCK, Holder(os.getpid(), run, since_us), path)
        finally:
            os.close(folder)

    def release(self) -> None:
        """Let others record there. May be repeated."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def lock_series(folder: int, path: Path, header: Header) -> int:
    """The right to write one engine's segments, held by the descriptor. Raises RecordingRefused.

    A launcher's lock of the same run lets its engines in, and keeps every other run's out.
    """
    holder = Holder(os.getpid(), header.run, header.started_us)
    taken = _take(folder, f"{LOCK}-{header.engine}", holder, path)
    launcher = _foreign_holder(folder)
    if launcher is not None and launcher.run != header.run:
        os.close(taken)
        raise RecordingRefused(_refusal(path, launcher))
    return taken


def next_number(folder: int, engine: int) -> int:
    """A restarted engine goes on behind its predecessor's segments."""
    return max([number for of, number, _ in segments_in(folder) if of == engine], default=0) + 1


def segments_in(folder: int) -> list[tuple[int, int, str]]:
    """(engine, number, name) of all segments, in that order. Other names are nobody's business."""
    found = []
    with os.scandir(folder) as listing:
        for count, each in enumerate(listing):
            if count >= MOST_NAMES:
                break
            parsed = parse_name(each.name)
            if parsed is not None:
                found.append((*parsed, each.name))
    return sorted(found)


def prune(folder: int, engine: int, keep: str, *, keep_bytes: int, keep_s: float) -> int:
    """Remove this engine's oldest segments beyond the limits (0 = none), never `keep`; how many went."""
    stats = [
        (name, os.stat(name, dir_fd=folder, follow_symlinks=False))
        for of, _, name in segments_in(folder)
        if of == engine
    ]
    written_ns = max((stat.st_mtime_ns for _, stat in stats), default=0)
    total = sum(stat.st_size for _, stat in stats)
    removed = 0
    for name, stat in stats:
        too_many = keep_bytes and total > keep_bytes
        too_old = keep_s and stat.st_mtime_ns < written_ns - int(keep_s * 1e9)
        if name == keep or not (too_many or too_old):
            break
        os.unlink(name, dir_fd=folder)
        total -= stat.st_size
        removed += 1
    return removed


def _take(folder: int, name: str, holder: Holder, path: Path) -> int:
    try:
        file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    except OSError as error:
        raise RecordingRefused(f"{path}: cannot record there: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(file, 0)
        os.pwrite(file, msgspec.json.encode(holder), 0)
    except OSError as error:
        known = _read_holder(file)
        os.close(file)
        if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
            raise RecordingRefused(f"{path}: cannot record there: {error.strerror}") from error
        raise RecordingRefused(_refusal(path, known)) from error
    return file


def _foreign_holder(folder: int) -> Holder | None:
    """Who holds the folder's own lock, or None where nobody does."""
    try:
        file = os.open(LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _read_holder(file) or Holder(0, "", 0)
    else:
        return None
    finally:
        os.close(file)


def _read_holder(file: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(file, _HOLDER_BYTES, 0), type=Holder)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None


def _refusal(path: Path, holder: Holder | None) -> str:
    if holder is None or not holder.pid:
        return f"{path}: another process records there"
    return f"{path}: process {holder.pid} (run {holder.run}) records there since {_clock(holder.since_us)}"


def _clock(us: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(us / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
