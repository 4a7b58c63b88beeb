"""Session: one client's WebSocket, written to directly. Before it: server. After it: the client's socket."""

import asyncio
import socket
from itertools import count
from struct import pack

import orjson

from kairos_tui.sim.frames import TEXT, frame

_MOST_UNREAD = 4 * 1024 * 1024
"""A client that leaves this much unread is cut off, as the real venues do."""


class Session:
    """Who is connected: `numbers` counts its messages (Coinbase), `keys` are the streams it follows."""

    def __init__(self, transport: asyncio.Transport, *, path: str) -> None:
        self.path = path
        self.keys: set[str] = set()
        self.numbers = count()
        self._transport = transport

    def send(self, message: object) -> None:
        """An answer of the protocol: never tampered with by faults."""
        self.send_text(orjson.dumps(message))

    def send_text(self, text: bytes) -> None:
        self.write(frame(TEXT, text))

    def write(self, frames: bytes) -> None:
        if not frames or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > _MOST_UNREAD:
            self._transport.abort()
        else:
            self._transport.write(frames)

    def reset(self) -> None:
        """Ends the connection with a TCP reset instead of a goodbye."""
        raw = self._transport.get_extra_info("socket")
        if raw is not None and not self._transport.is_closing():
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
        self._transport.abort()
