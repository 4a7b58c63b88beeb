"""json_log: a log record as one line of text: JSON for machines, a sentence for people.

Before it: log_event. After it: log_file's handlers.
"""

import json
import logging
import time
import traceback
from typing import Final, Literal

from kairos_tui.runtime.log_event import read_event, visible, whole_message, without_secrets

LogForm = Literal["json", "text"]

MOST_CHARS: Final = 4_000
"""Of a line. What is written at once to a pipe, and must not stand half in another's line."""
_MOST_TRACE: Final = 2_400
_MOST_FIELDS: Final = 24
_LONGEST_NAME: Final = 24
_SHORT: Final = ("ts", "level")
_OWN: Final = ("ts", "level", "role", "pid", "event", "logger", "suppressed", "lost", "error")


class JsonForm(logging.Formatter):
    """`{"ts":…,"level":…,"role":…,"pid":…,"event":…,"logger":…}` and the event's own fields.

    `suppressed`: like events of the last second that were left out. `lost`: lines stderr did not take.
    """

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """One object without its newline; never longer than MOST_CHARS."""
        event = read_event(record)
        said: dict[str, object] = {
            "ts": stamp(record.created),
            "level": record.levelname.lower(),
            "role": self._role,
            "pid": record.process,
            "event": event.text,
            "logger": record.name,
        }
        said |= {(f"{name}_" if name in _OWN else name): value for name, value in event.fields}
        said |= {name: count for name in ("suppressed", "lost") if (count := getattr(record, name, 0))}
        if record.exc_info:
            said["error"] = _trace(record)
        line = _encoded(said)
        return line if len(line) <= MOST_CHARS else _encoded(_shortened(said))


class TextForm(logging.Formatter):
    """`2026-11-22T10:12:31.123456Z WARNING launcher[4711] kairos_tui.x: line down venue=okx`."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows behind bars, so that nothing in it looks like a line of ours."""
        head = f"{stamp(record.created)} {record.levelname} {self._role}[{record.process}] {record.name}:"
        counts = [
            f" {name}={count}" for name in ("suppressed", "lost") if (count := getattr(record, name, 0))
        ]
        line = f"{head} {whole_message(record)}"[:MOST_CHARS] + "".join(counts)
        if not record.exc_info:
            return line
        return "\n".join([line, *(f"  | {visible(each)}" for each in _trace(record).splitlines())])


def stamp(epoch_s: float) -> str:
    """`2026-11-22T10:12:31.123456Z`."""
    seconds, micros = divmod(round(epoch_s * 1e6), 1_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{micros:06d}Z"


def _trace(record: logging.LogRecord) -> str:
    """Its end, where it is long: that is where it says what happened."""
    assert record.exc_info
    text = without_secrets("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
    return text if len(text) <= _MOST_TRACE else "..." + text[-_MOST_TRACE:]


def _shortened(said: dict[str, object]) -> dict[str, object]:
    """Each text to what surely fits: an escape takes up to twelve signs."""
    known = list(said.items())[:_MOST_FIELDS]
    longest = MOST_CHARS // (16 * len(known))
    return {
        name[:_LONGEST_NAME]: value[:longest] if isinstance(value, str) and name not in _SHORT else value
        for name, value in known
    }


def _encoded(said: dict[str, object]) -> str:
    return json.dumps(said, ensure_ascii=True, allow_nan=False, separators=(",", ":")).replace(
        "\x7f", "\\u007f"
    )
