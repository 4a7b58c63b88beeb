"""Where the roles' log lines go: one file in the state directory, bounded, or stderr for a service manager.

Before it: json_log, log_sparing. After it: every role's first lines.
"""

import contextlib
import logging
import os
import select
import tempfile
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from kairos_tui.errors import SettingsInvalid
from kairos_tui.runtime.json_log import MOST_CHARS, JsonForm, LogForm, TextForm
from kairos_tui.runtime.log_sparing import Sparing

STDERR: Final = "stderr"
_MOST_BYTES = 1 << 20
_NAMES: Final[dict[LogForm, str]] = {"text": "kairos.log", "json": "kairos.log.jsonl"}


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


def log_file(form: LogForm = "text") -> Path:
    """Where the log of this user's Kairos is."""
    return state_dir() / _NAMES[form]


def output_file(where: str) -> str:
    """Where that goes which a role prints beside its log: between lines of JSON nothing else may stand."""
    return str(log_file()) if where == STDERR else where.removesuffix(".jsonl")


def log_place(where: str) -> str:
    """What `--log-to` names, as `log_to` wants it. Raises SettingsInvalid when no line could go there."""
    path = Path(where).expanduser()
    if where == STDERR:
        return where
    if not where or path.is_dir() or not path.parent.is_dir():
        raise SettingsInvalid(f"--log-to: {where[:200]!r} is no file that can be written, nor stderr")
    place = path if path.exists() else path.parent
    if not os.access(place, os.W_OK):
        raise SettingsInvalid(f"--log-to: {where[:200]!r} may not be written")
    return str(path.absolute())


def log_to(where: str, level: int, *, role: str, form: LogForm | None = None) -> None:
    """Send this process's log lines to a file or to `stderr`, with the role's name on each.

    Without a `form` it is that of the file's name: JSON in `*.jsonl`, sentences elsewhere.
    """
    is_json = form == "json" or (form is None and where.endswith(".jsonl"))
    writer: logging.Handler = StderrLines() if where == STDERR else FileLines(where)
    writer.setFormatter(JsonForm(role) if is_json else TextForm(role))
    root = logging.getLogger()
    former, root.handlers[:] = root.handlers[:], [Sparing(writer)]
    for handler in former:
        if isinstance(handler, Sparing):  # a fork's, or of an earlier call: what it left out is told
            handler.close()
    root.setLevel(level)


class FileLines(RotatingFileHandler):
    """Lines to a bounded file. What a full disk does not take is lost, counted; no terminal hears of it."""

    def __init__(self, path: str) -> None:
        super().__init__(
            path, maxBytes=_MOST_BYTES, backupCount=1, delay=True, encoding="utf-8", errors="backslashreplace"
        )
        self._lost = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Never raises."""
        record.lost = before = self._lost
        super().emit(record)
        if self._lost == before:
            self._lost = 0

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the library's name
        """Begin anew with the next line: what is half in a buffer would be tried for ever."""
        self._lost += 1
        with contextlib.suppress(OSError):
            self.close()  # it opens again by itself


class StderrLines(logging.Handler):
    """Whole lines to what may be a pipe nobody reads: what it does not take at once is lost, and counted."""

    def __init__(self, fd: int = 2) -> None:
        super().__init__()
        self._fd = fd
        self._lost = 0
        self._poll = select.poll()
        self._poll.register(fd, select.POLLOUT)

    def emit(self, record: logging.LogRecord) -> None:
        """Never waits: a pipe that polls as writable takes a line of this length whole."""
        record.lost = self._lost
        try:
            line = self.format(record).encode("utf-8", "backslashreplace")
            if any(events & select.POLLOUT for _, events in self._poll.poll(0)):
                os.write(self._fd, line[:MOST_CHARS] + b"\n")
                self._lost = 0
                return
        except OSError:
            pass
        self._lost += 1
