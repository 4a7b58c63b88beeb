"""Where the roles' log lines go: one file in the state directory, bounded, never the terminal."""

import logging
import os
import tempfile
from logging.handlers import RotatingFileHandler
from pathlib import Path

_MOST_BYTES = 1 << 20


def state_dir() -> Path:
    """`$XDG_STATE_HOME/kairos`, made for this user alone; the temp folder where that cannot be."""
    home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    try:
        path = Path(home).expanduser() / "kairos"
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(path, os.W_OK):
            return path
    except (OSError, RuntimeError):  # no home, not a folder, read-only: no reason not to run
        pass
    return Path(tempfile.gettempdir())


def has_state_dir() -> bool:
    """False where only the temp folder takes our files: logs may lie there, what is to be kept may not."""
    return state_dir().name == "kairos"


def log_to(path: str, level: int, *, role: str) -> None:
    """Send this process's log lines to `path`, with the role's name on each."""
    handler = RotatingFileHandler(path, maxBytes=_MOST_BYTES, backupCount=1, delay=True)
    handler.setFormatter(
        logging.Formatter(f"%(asctime)s %(levelname)s {role}[%(process)d] %(name)s: %(message)s")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
