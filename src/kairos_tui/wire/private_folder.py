"""private_folder: one run's folder for its sockets, gone when the run is, even if the run was killed.

Before it: address makes the folder. After it: the launcher, which holds it for its whole life.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from kairos_tui.wire.address import parents, private_dir

_OWNER = "owner.lock"
_SETTLED_AFTER_S = 10.0
"""A younger folder may belong to a run that has not locked it yet."""


@contextmanager
def private_folder() -> Iterator[Path]:
    """A new folder that only this user may enter, removed on leaving; sweeps what killed runs left behind."""
    folder = private_dir()
    owner = os.open(folder / _OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    _sweep(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(owner)


def running_folders() -> list[Path]:
    """The folders of this user's runs that are still at it, wherever a run may have made one."""
    folders = [folder for parent in parents() if parent.is_dir() for folder in parent.glob("kairos-*")]
    return [folder for folder in dict.fromkeys(folders) if _owner_of(folder) == "living"]


def _sweep(ours: Path) -> None:
    for folder in ours.parent.glob("kairos-*"):
        if folder != ours and _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """True for a run's folder, ours by user, whose owner is no more."""
    try:
        age_s = time.time_ns() / 1e9 - folder.lstat().st_mtime
    except OSError:
        return False
    return age_s >= _SETTLED_AFTER_S and _owner_of(folder) == "dead"


def _owner_of(folder: Path) -> Literal["living", "dead", "unknown"]:
    """The dead hold no lock. Unknown: another user's, or no run's folder at all."""
    try:
        if folder.lstat().st_uid != os.getuid():
            return "unknown"
        owner = os.open(folder / _OWNER, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return "unknown"
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return "living"
    finally:
        os.close(owner)
    return "dead"
