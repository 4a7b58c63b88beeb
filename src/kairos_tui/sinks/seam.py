"""SEAM Sink: where signals go besides stdout. To add one: a module, a line in `urls`; or an entry point.

Before it: Courier, which queues, retries and counts. After it: a file, a webhook, a command, Redis.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

from msgspec import Struct

from kairos_tui.market import Board
from kairos_tui.sinks.any_line import AnyLine


class Told(Struct, frozen=True, gc=False):
    """One line on its way out. `body` is its JSON with the newline; `seq` counts this sink's lines.

    `packed` is the message of the signal wire it was made from, for readers that are Kairos themselves;
    empty for lines that no message brought (hello, gap, heartbeat, bye).
    """

    line: AnyLine
    body: bytes
    packed: bytes = b""


class Sink(Protocol):
    """One place to deliver to. It does not queue, does not count and does not retry: Courier does.

    `emit` delivers in order and returns when the other side has taken all of it. Raises SinkDown (with how
    many of the batch were taken) to be called again later with the rest, and SinkRefused for lines that will
    never be taken: they are counted as lost, and named in a gap line. It must end when it is cancelled.
    """

    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    async def emit(self, told: Sequence[Told]) -> None: ...


@runtime_checkable
class ShowsBoards(Protocol):
    """A sink that also keeps the newest board. A board that cannot be shown now is skipped, not kept."""

    async def show(self, board: Board, packed: bytes) -> None: ...


class Pace(Struct, frozen=True, kw_only=True):
    """How a sink wants to be called. `per_s` 0: as fast as it takes; else what is over it is dropped.

    One token of `per_s` pays for one `emit`; `burst` of them may be saved up.
    """

    most_at_once: int = 256
    deadline_s: float = 5.0
    per_s: float = 0.0
    burst: int = 1


@runtime_checkable
class Paced(Protocol):
    """A sink that says its pace; without one it gets `Pace()`."""

    @property
    def pace(self) -> Pace: ...


@runtime_checkable
class Ails(Protocol):
    """A sink that takes lines, and yet something is wrong with them: said to people, not retried."""

    def ailment(self) -> str | None: ...
