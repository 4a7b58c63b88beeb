"""Wire: a Line without a socket, which notes what is done to it."""

from collections.abc import Coroutine
from typing import Any


class Wire:
    """Stands, and is silent."""

    def __init__(self) -> None:
        self.url, self.up_ns, self.received_ns, self.alive_ns = "ws://x", 1, 0, 0
        self.has_ponged = False
        self.note: str | None = None
        self.is_unheard = False
        self.last_retry_after: float | None = None
        self.dropped: list[str | Exception] = []
        self.knocks = 0

    def drop(self, reason: str | Exception) -> None:
        self.dropped.append(reason)

    def release(self, stream: object, reason: str) -> None: ...

    def knock(self) -> None:
        self.knocks += 1

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        work.close()

    async def say(self, message: Any) -> None: ...
