"""RecordingPlace: the folders recordings are written into, and how large they are said to be.

Before it: nobody. After it: record_switch, the status line, doctor.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from kairos_tui.errors import SettingsInvalid
from kairos_tui.runtime.log_file import state_dir


def new_folder(wanted: str, *, floor_bytes: int | None = None) -> Path:
    """Where nothing is yet: `{time}` in it is now, UTC. So much of the disk must be left; None: as recorders
    leave it.

    Raises SettingsInvalid for a place that is not fit.
    """
    path = Path(wanted.replace("{time}", stamp())).expanduser().absolute()
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


def _too_full(path: Path, floor_bytes: int | None) -> str | None:
    if floor_bytes is None:
        from kairos_tui.journal import Limits  # a launcher that records nothing does without

        floor_bytes = Limits().free_floor_bytes
    disk = os.statvfs(path)
    free = disk.f_bavail * disk.f_frsize
    said = f"is on a disk with {bytes_said(free)} left, of which {bytes_said(floor_bytes)} stay free"
    return said if free < floor_bytes else None


def stamp() -> str:
    """Now, as names of files have it."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


def from_here(path: Path) -> str:
    """As it is named in this folder, or in full."""
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
