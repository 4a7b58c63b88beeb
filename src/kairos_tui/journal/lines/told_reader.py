"""Told reader: lines -> what they tell. What is broken, newer or of another kind is counted and skipped.

Before it: line_source. After it: scoring, tables.
"""

from collections.abc import Iterator

import msgspec
from msgspec import Struct

from kairos_tui.errors import LinesRefused
from kairos_tui.journal.lines.line_source import Lines
from kairos_tui.journal.lines.told import AnyTold

VERSION = 1
_LOOKS_FOREIGN_AFTER = 1_000
"""Lines without one of ours."""
_UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)


class _Head(Struct):
    type: str
    v: int = 0


_told: msgspec.json.Decoder[AnyTold] = msgspec.json.Decoder(AnyTold)
_head = msgspec.json.Decoder(_Head)


class ToldReader:
    """Iterate it once. `skipped`, and the source's own `lost`, are whole when it has ended."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.path = lines.path
        self.read = 0
        self.skipped = {"lines broken": 0, "lines of a newer version": 0, "lines of another kind": 0}

    def __iter__(self) -> Iterator[AnyTold]:
        """Raises LinesRefused for a file of something else."""
        for line in self._lines:
            told = self._read(line) if line else None
            if told is not None:
                self.read += 1
                yield told
            elif not self.read and sum(self.skipped.values()) >= _LOOKS_FOREIGN_AFTER:
                break
        if not self.read:
            raise LinesRefused(self._why_foreign())

    @property
    def lost(self) -> dict[str, int]:
        """What could not be read, by why."""
        return {why: count for why, count in (self.skipped | self._lines.lost).items() if count}

    def _read(self, line: bytes) -> AnyTold | None:
        try:
            told = _told.decode(line)
        except _UNREADABLE:
            self.skipped[_kind_of(line)] += 1
            return None
        if told.v == VERSION:
            return told
        self.skipped["lines of a newer version"] += 1
        return None

    def _why_foreign(self) -> str:
        if self.skipped["lines of a newer version"]:
            return f"{self.path}: was written by another version of Kairos, which this one cannot read"
        return f"{self.path}: holds no line of Kairos"


def _kind_of(line: bytes) -> str:
    """A line of ours that is broken, or one that a newer Kairos writes."""
    try:
        head = _head.decode(line)
    except _UNREADABLE:
        return "lines broken"
    if head.v > VERSION:
        return "lines of a newer version"
    known = {str(told.__struct_config__.tag) for told in AnyTold.__args__}
    return "lines broken" if head.type in known or head.v != VERSION else "lines of another kind"
