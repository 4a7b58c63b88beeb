"""Sparing: one line a second of each event and venue, the rest counted. A flood shall not fill a disk.

Before it: logging. After it: the handler that writes (log_file).
"""

import logging
import time
from collections.abc import Callable
from typing import Final

from kairos_tui.runtime.log_event import LogEvent, read_event

EVERY_NS: Final = 1_000_000_000
_MOST_KINDS: Final = 256
_OTHERS: Final = LogEvent("other events", ())


class _Kind:
    """Of one event and what it is about: when it was last written, and how many were not since."""

    __slots__ = ("event", "left_out", "level", "name", "written_ns")

    def __init__(self, event: LogEvent, now_ns: int) -> None:
        self.event, self.written_ns, self.left_out = event, now_ns, 0
        self.level, self.name = logging.INFO, ""


class Sparing(logging.Handler):
    """In front of the handler that writes. No count is lost: the next line has it, or one at the close."""

    def __init__(self, writer: logging.Handler, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        super().__init__()
        self._writer = writer
        self._clock_ns = clock_ns
        self._kinds: dict[tuple[str, str], _Kind] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, or count it. What is critical is always written."""
        event, now_ns = read_event(record), self._clock_ns()
        kind = self._kind(event, now_ns)
        if kind is not None:
            if now_ns - kind.written_ns < EVERY_NS and record.levelno < logging.CRITICAL:
                kind.left_out += 1
                kind.level, kind.name = max(kind.level, record.levelno), record.name
                return
            record.suppressed, kind.left_out, kind.written_ns = kind.left_out, 0, now_ns
        self._writer.handle(record)

    def close(self) -> None:
        """Say what was left out and had no next line."""
        self.acquire()
        try:
            kinds, self._kinds = list(self._kinds.values()), {}
        finally:
            self.release()
        for kind in kinds:
            self._tell(kind)
        self._writer.close()
        super().close()

    def _kind(self, event: LogEvent, now_ns: int) -> _Kind | None:
        """None: it is the first of its kind, and now known."""
        key = (event.text, event.about)
        if key not in self._kinds and len(self._kinds) >= _MOST_KINDS:
            self._forget_the_quiet(now_ns)
        if key not in self._kinds and len(self._kinds) >= _MOST_KINDS:
            event, key = _OTHERS, ("", "")
        known = self._kinds.get(key)
        if known is None:
            self._kinds[key] = _Kind(event, now_ns)
        return known

    def _forget_the_quiet(self, now_ns: int) -> None:
        for key, kind in list(self._kinds.items()):
            if now_ns - kind.written_ns >= EVERY_NS:
                self._tell(kind)
                del self._kinds[key]

    def _tell(self, kind: _Kind) -> None:
        if not kind.left_out:
            return
        about = tuple(each for each in kind.event.fields if each[0] in ("venue", "role"))
        words = " ".join([kind.event.text, *(f"{name}={value}" for name, value in about)])
        record = logging.LogRecord(kind.name, kind.level, "", 0, words, None, None)
        record.kairos_event = LogEvent(kind.event.text, about)
        record.suppressed, kind.left_out = kind.left_out, 0
        self._writer.handle(record)
