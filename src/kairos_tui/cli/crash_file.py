"""crash_file: what went wrong, for whoever will fix it; the user sees only its path."""

import os
import platform
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import kairos_tui

_MOST_KEPT = 20
_URL_USER = re.compile(r"//[^/?#\s'\"]*@")
"""Whose password might be in it."""


def write_crash_file(error: BaseException, words: Sequence[str]) -> Path | None:
    """Write the traceback under the state directory, else under the temp one; None when neither takes it."""
    from kairos_tui.runtime.log_file import state_dir

    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    name = f"crash-{stamp}-{os.getpid()}.txt"
    facts = [
        f"kairos {kairos_tui.__version__}, Python {platform.python_version()}, {sys.platform}",
        f"command: {['kairos', *words]!r}",
        "",
        *(line.rstrip("\n") for line in traceback.format_exception(error)),
    ]
    for folder_of in (state_dir, tempfile.gettempdir):
        try:
            folder = Path(folder_of())
            path = folder / name
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(_URL_USER.sub("//***@", "\n".join(facts)) + "\n")
            _forget_old(folder)
        except OSError:
            continue
        return path
    return None


def _forget_old(folder: Path) -> None:
    """Keep the newest few: a crash loop shall not fill a disk. Names sort by time."""
    for old in sorted(folder.glob("crash-*.txt"))[:-_MOST_KEPT]:
        old.unlink(missing_ok=True)
