"""Events: the contract's JSON lines as server-sent events, resumable by Last-Event-ID. Made for curl.

Before it: ring. After it: one listener's transport; a slow one is told what it missed.
"""

import asyncio
from typing import Final

from aiohttp import web

from kairos_tui.mirror.ring import Ring
from kairos_tui.mirror.scene import Scene
from kairos_tui.mirror.seam import Line, Words
from kairos_tui.mirror.socket_buffers import keep_small

MOST_LISTENERS: Final = 64
_MOST_AT_ONCE: Final = 100
_STUCK_AFTER_S: Final = 30.0
_LARGEST_SEQ: Final = 2**53


class Events:
    """`handle` is the route; `ring_changed` wakes every listener."""

    def __init__(self, ring: Ring, scene: Scene, words: Words) -> None:
        self.listeners = 0
        self.kicked = 0
        self._ring = ring
        self._scene = scene
        self._words = words
        self._news = asyncio.Event()
        self._over = False

    def ring_changed(self) -> None:
        """There are new lines."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    def end(self) -> None:
        """Everything that will be said is in the ring."""
        self._over = True
        self.ring_changed()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One listener, until it leaves, takes nothing for too long, or all is said."""
        if self.listeners >= MOST_LISTENERS:
            raise web.HTTPServiceUnavailable(text="too many listeners\n")
        headers = {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        if request.transport is not None:
            keep_small(request.transport)
        self.listeners += 1
        try:
            await self._tell(response, self._start(request))
        except (TimeoutError, ConnectionError):
            self._let_go(request)
        finally:
            self.listeners -= 1
        return response

    def _start(self, request: web.Request) -> int:
        """The number of the last line the listener knows."""
        said = request.headers.get("Last-Event-ID", "") or request.query.get("last_event_id", "")
        if not (said.isascii() and said.isdigit() and 0 < int(said[:20]) < _LARGEST_SEQ):
            return max(1, self._ring.last_seq)
        # A number we have not come to is of another life: everything of this one is new.
        return int(said) if int(said) <= self._ring.last_seq else 1

    async def _tell(self, response: web.StreamResponse, seq: int) -> None:
        await self._write(response, [Line(seq, "hello", self._words.hello(self._scene.board, seq))])
        while True:
            news = self._news
            lines = self._ring.after(seq, _MOST_AT_ONCE)
            if lines:
                await self._write(response, lines)
                seq = lines[-1].seq
            elif self._over:
                await response.write_eof()
                return
            else:
                await news.wait()

    async def _write(self, response: web.StreamResponse, lines: list[Line]) -> None:
        async with asyncio.timeout(_STUCK_AFTER_S):
            await response.write(b"".join(b"id: %d\ndata: %b\n\n" % (line.seq, line.body) for line in lines))

    def _let_go(self, request: web.Request) -> None:
        if request.transport is not None:
            self.kicked += 1
            request.transport.abort()
