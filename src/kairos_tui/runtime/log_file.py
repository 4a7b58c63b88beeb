"""Where the roles' log lines go: one file in the state directory, bounded, never the terminal."""

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

_MOST_BYTES = 1 << 20


def state_dir() -> Path:
    """`$XDG_STATE_HOME/kairos`, made if missing."""
    home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    path = Path(home).expanduser() / "kairos"
    path.mkdir(parents=True, exist_ok=True)
    return path


def log_to(path: str, level: int, *, role: str) -> None:
    """Send this process's log lines to `path`, with the role's name on each."""
    handler = RotatingFileHandler(path, maxBytes=_MOST_BYTES, backupCount=1, delay=True)
    handler.setFormatter(
        logging.Formatter(f"%(asctime)s %(levelname)s {role}[%(process)d] %(name)s: %(message)s")
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
