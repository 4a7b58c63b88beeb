"""Reading: one connection's frames in order, each with the moment it was first seen here.

Before it: aiohttp's buffer. After it: TappedClient. `receive` costs a coroutine, 0.7 us a message, a third of
what aiohttp takes in all; after a burst hundreds wait, and they are taken without it.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic_ns
from typing import Any, Protocol

from aiohttp import WSMessage, WSMsgType
from aiohttp._websocket import reader_py

YIELD_EVERY = 32
"""Frames of a burst between two turns of the event loop."""

TEXT, BINARY = WSMsgType.TEXT, WSMsgType.BINARY

OVERHEAD: int = getattr(reader_py, "MSG_SIZE_OVERHEAD", 0)
"""What aiohttp counts for each waiting message on top of its size, from 3.14.4 on."""


class Reader(Protocol):
    """A connection: `take` is for any message, `contain` for text and binary ones, `flush` ends a turn."""

    lost: bool
    connection: Any
    flush: Callable[[], None]

    @property
    def buffer(self) -> Any: ...  # noqa: ANN401  aiohttp's, found anew each time; None without a connection
    def take(self, message: WSMessage, seen_ns: int) -> None: ...
    def contain(self, message: WSMessage, seen_ns: int) -> None: ...


async def read(line: Reader) -> None:
    """Until it is lost. What waits is as old as the first of it, so a burst ages while it is worked off."""
    seen_ns = backlog = turn = 0
    receive, buffer = line.connection.receive, line.buffer
    if buffer is None:  # gone already: the first `receive` will say so
        buffer = deque()
    while not line.lost:
        message = await receive()
        if backlog:
            backlog -= 1
        else:
            seen_ns, backlog = monotonic_ns(), len(buffer)
        line.take(message, seen_ns)
        turn += 1
        if backlog and not line.lost:
            for waiting in waiting_in(buffer, min(backlog, YIELD_EVERY - turn)):
                backlog, turn = backlog - 1, turn + 1
                line.contain(waiting, seen_ns)
                if line.lost:
                    break
        line.flush()
        if turn >= YIELD_EVERY:
            turn = 0
            await asyncio.sleep(0)


def waiting_in(buffer: Any, most: int) -> Iterator[WSMessage]:  # noqa: ANN401  aiohttp keeps it to itself
    """Text and binary messages, up to the first that is neither, and one always left for `receive`.

    `receive` alone counts the buffer down and resumes a socket that was paused because it was full, so the
    sizes of what is taken here are told to it as part of the next message's, as ccxt does.
    """
    size = 0
    try:
        while most > 0 and len(buffer) > 1:
            message, length = buffer[0]
            kind = message[0]
            if kind is not TEXT and kind is not BINARY:
                break
            buffer.popleft()
            most -= 1
            size += length + OVERHEAD
            yield message
    finally:
        if size:
            message, length = buffer[0]
            buffer[0] = (message, length + size)
