"""bench_json: JSON objects over zmq.asyncio, one a message, as most programs send ticks. To measure against.

Used by benches alone. The product's own hop is TickSender and TickReceiver.
"""

from typing import Any

import zmq
import zmq.asyncio

from kairos_tui.wire.address import path_of

_LINGER_MS = 5_000
"""Thousands of ticks may still be queued in it when a sender is done."""


class JsonEnd:
    """One end. `PUSH` and `SUB` connect, `PULL` and `PUB` bind. Create it in a running loop."""

    def __init__(self, kind: str, endpoint: str) -> None:
        path_of(endpoint)  # refuses anything but ipc
        self._context = zmq.asyncio.Context()
        self._socket = self._context.socket(getattr(zmq, kind))
        if kind == "SUB":
            self._socket.subscribe(b"")
        if kind in ("PULL", "PUB"):
            self._socket.bind(endpoint)
        else:
            self._socket.connect(endpoint)

    async def send(self, body: dict[str, Any]) -> None:
        await self._socket.send_json(body)

    async def receive(self) -> Any:  # noqa: ANN401  whatever was sent
        return await self._socket.recv_json()

    def close(self) -> None:
        self._context.destroy(linger=_LINGER_MS)


class JsonReader:
    """A blocking subscriber: the reader who measures should not be what is slow."""

    def __init__(self, endpoint: str) -> None:
        path_of(endpoint)
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.SUB)
        self._socket.subscribe(b"")
        self._socket.connect(endpoint)

    def receive(self, timeout_ms: int) -> Any:  # noqa: ANN401  whatever was sent
        """The next, or None."""
        return self._socket.recv_json() if self._socket.poll(timeout_ms) else None

    def close(self) -> None:
        self._context.destroy(linger=0)
