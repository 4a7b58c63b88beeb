"""Stream words: what a reader of another machine's stream hands on, and what such a reader is.

Before it: redis_reader. After it: runtime's sources and tap. No library is loaded for them.
"""

from typing import Protocol

from msgspec import Struct

from kairos_tui.errors import KairosError
from kairos_tui.sinks.any_line import AnyLine


class Entry(Struct, frozen=True):
    """One line of ours out of the stream; `wire` is the engine's message behind it, unread, or empty.

    `past`: it was there before the reader came, and is only counted. `again`: the stream began anew, so this
    line may have come before. `arrived_ns` is this machine's monotonic clock.
    """

    line: AnyLine
    body: bytes
    wire: bytes
    arrived_ns: int
    past: bool = False
    again: bool = False

    @property
    def size(self) -> int:
        """Bytes, as they came."""
        return len(self.body) + len(self.wire)


class BoardSeen(Struct, frozen=True):
    """The board's key as it stood, unread."""

    wire: bytes
    arrived_ns: int


class StreamReader(Protocol):
    """Reads in a thread of its own; what it holds is bounded, for the stream keeps the rest.

    `trouble` is what keeps it from reading now, `reached` whether it ever read; `fatal` is why it never will.
    `foreign` counts entries that are no line of ours.
    """

    trouble: str | None
    fatal: KairosError | None
    reached: bool
    foreign: int

    @property
    def notes(self) -> list[str]: ...
    def drain(self, timeout_ms: int, most: int) -> list[Entry | BoardSeen]: ...
    def close(self) -> None: ...
