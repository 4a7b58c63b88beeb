"""sole_holder: one process at a time under a name on a state directory; the second is told who holds it.

Before it: engine_station, ingest_station. The dead hold nothing.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kairos_tui.errors import SettingsInvalid

_MOST = 32


@contextmanager
def sole_holder(path: Path, what: str) -> Iterator[None]:
    """Hold it until the end. Raises SettingsInvalid, which names the process that does."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, _MOST, 0).decode(errors="replace").strip()
            who = f"process {holder}" if holder.isdigit() else "another process"
            raise SettingsInvalid(
                f"{what} runs here already, as {who} ({path}): stop it, or give this one another --name"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)
