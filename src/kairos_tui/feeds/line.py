"""Line: one connection as the rest of the room sees it. TappedClient is the real one."""

from typing import Protocol


class Line(Protocol):
    """`received_ns` is the stamp of the frame in hand, 0 between frames; `up_ns` 0 until it stands."""

    url: str
    up_ns: int
    received_ns: int
    last_retry_after: float | None

    def drop(self, reason: str | Exception) -> None: ...
    def release(self, stream: object, reason: str) -> None: ...
