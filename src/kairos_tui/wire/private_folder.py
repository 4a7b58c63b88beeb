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

from kairos_tui.wire.address import private_dir

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


def _sweep(ours: Path) -> None:
    for folder in ours.parent.glob("kairos-*"):
        if folder != ours and _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """True for a run's folder, ours by user, whose owner is no more: the dead hold no lock."""
    try:
        seen = folder.lstat()
        if seen.st_uid != os.getuid() or time.time_ns() / 1e9 - seen.st_mtime < _SETTLED_AFTER_S:
            return False
        owner = os.open(folder / _OWNER, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(owner)
    return True
