"""Line source: a file that should hold our JSON lines -> its lines. Regular files only, memory bounded.

Before it: a path that somebody typed. After it: told_reader, explain. What is broken is counted and skipped.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from kairos_tui.errors import LinesRefused

LONGEST_LINE = 256 * 1024
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY


class Lines(Protocol):
    """Where lines come from: a file, or a recording told as lines.

    `lost`: what is known to be missing, counted by why. It is whole when the iterator has ended.
    """

    path: str
    lost: dict[str, int]

    def __iter__(self) -> Iterator[bytes]: ...


class LineFileSource:
    """Reads a file from its beginning, each time it is iterated."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.lost: dict[str, int] = {}
        with _open_plain(path) as file:
            if not file.read(1):
                raise LinesRefused(f"{path}: is empty")

    def __iter__(self) -> Iterator[bytes]:
        self.lost.clear()
        with _open_plain(Path(self.path)) as file:
            while line := file.readline(LONGEST_LINE):
                if line.endswith(b"\n") or len(line) < LONGEST_LINE:
                    yield line.rstrip(b"\r\n")
                else:
                    self._skip(file)

    def _skip(self, file: BinaryIO) -> None:
        """To the end of a line that is longer than any of ours."""
        self.lost["lines too long"] = self.lost.get("lines too long", 0) + 1
        while (piece := file.readline(LONGEST_LINE)) and not piece.endswith(b"\n"):
            pass


class RotatedLines:
    """A file and those it was rotated into, `.1` the youngest of them: the oldest lines first."""

    def __init__(self, path: Path, *, keep: int) -> None:
        self.path = str(path)
        self.lost: dict[str, int] = {}
        older = [path.with_name(f"{path.name}.{number}") for number in range(keep, 0, -1)]
        there = [each for each in (*older, path) if _has_lines(each)]
        self._sources = [LineFileSource(each) for each in there or (path,)]

    def __iter__(self) -> Iterator[bytes]:
        self.lost.clear()
        for source in self._sources:
            yield from source
            for why, count in source.lost.items():
                self.lost[why] = self.lost.get(why, 0) + count


def _has_lines(path: Path) -> bool:
    """A rotation that a full disk cut short leaves nothing, or no file, under a name."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _open_plain(path: Path) -> BinaryIO:
    """Raises LinesRefused for what is no regular file, or cannot be read."""
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise LinesRefused(f"{path}: {(error.strerror or str(error)).lower()}") from error
    except ValueError as error:  # a null byte in it, in the words of this Python
        raise LinesRefused(f"{path}: no file can have that name") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise LinesRefused(f"{path}: is no regular file")
    return os.fdopen(descriptor, "rb", buffering=1 << 20)
