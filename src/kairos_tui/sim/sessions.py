"""Session: one client's WebSocket, written to directly. Before it: server. After it: the client's socket."""

import asyncio
import socket
from collections.abc import Iterable
from itertools import count
from struct import pack

import orjson

from kairos_tui.sim.frames import CLOSE, TEXT, frame

_MOST_UNREAD = 4 * 1024 * 1024
"""A client that leaves this much unread is cut off, as the real venues do."""


class Session:
    """Who is connected: `numbers` counts its messages (Coinbase), `keys` are the streams it follows,
    `number` tells it from the venue's other connections.

    `transport` None: nobody is behind it; who wants its frames overrides `send_parts`."""

    def __init__(self, transport: asyncio.Transport | None, *, path: str) -> None:
        self.path = path
        self.number = 0
        self.keys: set[str] = set()
        self.numbers = count()
        self.is_open = True
        self._transport = transport

    def send(self, message: object) -> None:
        """An answer of the protocol: never tampered with by faults."""
        self.send_text(orjson.dumps(message))

    def send_text(self, text: bytes) -> None:
        self.send_parts(((TEXT, text),))

    def send_parts(self, parts: Iterable[tuple[int, bytes]]) -> None:
        """Frames in one segment. After a close nothing is said any more."""
        frames = b""
        for opcode, payload in parts:
            if not self.is_open:
                break
            frames += frame(opcode, payload)
            self.is_open = opcode != CLOSE
        self.write(frames)

    def write(self, frames: bytes) -> None:
        transport = self._transport
        if not frames or transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > _MOST_UNREAD:
            transport.abort()
        else:
            transport.write(frames)

    def reset(self) -> None:
        """Ends the connection with a TCP reset instead of a goodbye."""
        self.is_open = False
        if self._transport is None:
            return
        raw = self._transport.get_extra_info("socket")
        if raw is not None and not self._transport.is_closing():
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
        self._transport.abort()
