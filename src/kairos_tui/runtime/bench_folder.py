"""bench_folder: a private folder for as long as a bench runs, where a unix socket's path has room."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kairos_tui.wire import private_dir


@contextmanager
def own_folder() -> Iterator[Path]:
    """Gone afterwards, with all that is in it."""
    folder = private_dir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
