"""FileSink: `file:PATH` gets the lines appended. `max_mb` and `keep` rotate it.

Before it: courier. After it: line_file, in a thread of its own: a disk that hangs must not stop the loop.
"""

import asyncio
import errno
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from kairos_tui.errors import SettingsInvalid, SinkDown
from kairos_tui.sinks.line_file import PASSING, LineFile
from kairos_tui.sinks.seam import Told
from kairos_tui.sinks.sink_url import SinkUrl

_CLOSE_WITHIN_S = 0.2


def open_file(url: SinkUrl) -> "FileSink":
    """The sink of a `file:` URL."""
    return FileSink(path_of(url), most_bytes=int(url.number("max_mb") * 1e6), keep=url.whole("keep"))


def path_of(url: SinkUrl) -> Path:
    """`file:PATH` is meant as it stands; in `file:///PATH` %20 is a space, as in any URL."""
    if url.target.startswith("//"):
        return Path(unquote(url.target.removeprefix("//").removeprefix("localhost")))
    return Path(url.target).expanduser()


class FileSink:
    """One file, kept open."""

    def __init__(self, path: Path, *, most_bytes: int = 0, keep: int = 3) -> None:
        self._path = path
        self._file = LineFile(path, most_bytes=most_bytes, keep=keep)
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="file")
        self._work: asyncio.Future[int] | None = None

    async def __aenter__(self) -> Self:
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._file.open)
        except OSError as error:
            if error.errno in PASSING:
                raise SinkDown(_said(error)) from error
            raise SettingsInvalid(f"{self._path}: {_said(error)}") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The lock goes with the descriptor: who opens the file next must not find it held.
        closing = asyncio.get_running_loop().run_in_executor(self._writer, self._file.close)
        self._writer.shutdown(wait=False)
        with suppress(TimeoutError, OSError):  # a disk that does not answer holds up no exit
            async with asyncio.timeout(_CLOSE_WITHIN_S):
                await asyncio.shield(closing)

    async def emit(self, told: Sequence[Told]) -> None:
        """A write that outlasts its deadline is not stopped by it: none begins before it has ended."""
        if self._work and not self._work.done():
            raise SinkDown("the disk does not answer")
        lines = [each.body for each in told]
        self._work = asyncio.get_running_loop().run_in_executor(self._writer, self._file.append, lines)
        try:
            written = await asyncio.shield(self._work)
        except OSError as error:
            raise SinkDown(_said(error)) from error
        if written < len(told):
            raise SinkDown(os.strerror(errno.ENOSPC).lower(), taken=written)


def _said(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
