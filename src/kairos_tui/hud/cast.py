"""Cast: what is drawn in the next ten seconds, as an asciicast (version 2) that asciinema plays.

Before it: canvas gives it each frame's rows. After it: taking writes the file. What else goes to the terminal
(clipboard, bell, title) is no part of it. Bounded: at its most bytes it ends early.
"""

import json
from collections.abc import Iterable
from typing import Final

LASTS_NS: Final = 10_000_000_000
_MOST_BYTES: Final = 32 << 20
_CLEAR: Final = "\x1b[?25l\x1b[2J"

Drawn = Iterable[tuple[int, str]]
"""Rows from above, counted from 0, as a terminal takes them."""


class Cast:
    """One recording; it begins with the whole picture."""

    def __init__(self, title: str, width: int, height: int, at_us: int, at_ns: int) -> None:
        head = {
            "version": 2,
            "width": width,
            "height": height,
            "timestamp": at_us // 1_000_000,
            "title": title,
        }
        self._lines = [json.dumps(head)]
        self._size = (width, height)
        self._begun_ns = at_ns
        self._bytes = 0
        self.frames = 0

    def take(self, rows: Drawn, width: int, height: int, at_ns: int) -> None:
        """A frame: its rows that changed, all of them where the size did."""
        if (width, height) != self._size:
            self._size = (width, height)
            self._add(at_ns, "r", f"{width}x{height}")
        text = "".join(f"\x1b[{y + 1};1H{row}" for y, row in rows)
        if text:
            self._add(at_ns, "o", text if self.frames else _CLEAR + text)
            self.frames += 1

    def is_over(self, at_ns: int) -> bool:
        """Whether its time is up, or its room."""
        return at_ns - self._begun_ns >= LASTS_NS or self._bytes >= _MOST_BYTES

    def text(self, at_ns: int) -> str:
        """The file; the last picture stands until the end."""
        self._add(at_ns, "o", "\x1b[0m")
        return "".join(f"{line}\n" for line in self._lines)

    def _add(self, at_ns: int, kind: str, data: str) -> None:
        line = json.dumps([round(max(0, at_ns - self._begun_ns) / 1e9, 6), kind, data])
        self._bytes += len(line)
        self._lines.append(line)
