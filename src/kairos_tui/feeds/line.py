"""Line: one connection as the rest of the room sees it. TappedClient is the real one."""

from collections.abc import Coroutine
from typing import Any, Protocol


class Line(Protocol):
    """`received_ns` is the stamp of the frame in hand, 0 between frames; `up_ns` 0 until it stands.

    `alive_ns` is the stamp of its last sign of life: a frame or a pong. `note` is to be said of its books.
    `is_unheard`: it says much, and nothing that its dialect knows.
    """

    url: str
    up_ns: int
    received_ns: int
    alive_ns: int
    has_ponged: bool
    note: str | None
    last_retry_after: float | None

    @property
    def is_unheard(self) -> bool: ...
    def drop(self, reason: str | Exception) -> None: ...
    def release(self, stream: object, reason: str) -> None: ...
    def knock(self) -> None: ...
    def keep(self, work: Coroutine[Any, Any, None]) -> None: ...
    async def say(self, message: Any) -> None: ...  # noqa: ANN401  whatever the venue reads
