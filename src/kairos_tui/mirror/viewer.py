"""Viewer: one browser, and what it has not been sent. Nothing queues for it: a slow one gets the newest.

Before it: audience. After it: a transport, whose buffer is all that waits for a client.
"""

import asyncio
from typing import Final

from kairos_tui.market import Symbol
from kairos_tui.mirror.frames import POLICY, close_frame

KICKED_AFTER_S: Final = 30.0
_BURST: Final = 40
_MESSAGES_PER_S: Final = 20.0
_MOST_REFUSED: Final = 200


class Viewer:
    """`behind` since something could not be sent; then the next thing it gets is a whole snapshot."""

    def __init__(self, transport: asyncio.Transport, now_s: float) -> None:
        self.focus: Symbol | None = None
        self.paused = False
        self.behind = True
        self.joined = False
        self.leaving = False
        self.refused = 0
        self.arrived_s = now_s
        self._transport = transport
        self._took_s = now_s
        self._waiting_bytes = 0
        self._tokens = float(_BURST)
        self._counted_s = now_s

    @property
    def drained(self) -> bool:
        """Whether all that was sent has left this process."""
        return self._transport.get_write_buffer_size() == 0

    def send(self, frame: bytes) -> None:
        """Never waits; the caller has asked whether it is drained."""
        if not self._transport.is_closing():
            self._transport.write(frame)
            self._waiting_bytes = 0

    def is_stuck(self, now_s: float) -> bool:
        """Whether it has taken nothing for too long."""
        before, self._waiting_bytes = self._waiting_bytes, self._transport.get_write_buffer_size()
        if self._waiting_bytes == 0 or not 0 < before <= self._waiting_bytes:
            self._took_s = now_s
        return now_s - self._took_s > KICKED_AFTER_S

    def may_speak(self, now_s: float) -> bool:
        """Whether one more message of its own is within the limit."""
        self._tokens = min(_BURST, self._tokens + (now_s - self._counted_s) * _MESSAGES_PER_S)
        self._counted_s = now_s
        if self._tokens < 1.0:
            self.refused += 1
            return False
        self._tokens -= 1.0
        return True

    @property
    def floods(self) -> bool:
        """It goes on and on."""
        return self.refused > _MOST_REFUSED

    def leave(self, why: str, code: int = POLICY) -> None:
        """Say why it is sent away, and close once that is out."""
        self.leaving = True
        self.joined = False
        self.send(close_frame(code, why))
        self._transport.close()

    def abort(self) -> None:
        """Close the transport now; what waits in it is lost."""
        self._transport.abort()
