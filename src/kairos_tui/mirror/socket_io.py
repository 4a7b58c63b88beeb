"""Socket.IO: handshake, pings and farewells by python-socketio; what is said by either side by us.

The one file that knows the untyped library. Its queues stay empty: boards are written to the transport,
once encoded for all, and of what clients say only what is allowed gets in.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
import socketio
from aiohttp import WSMsgType, web
from engineio.async_drivers import aiohttp as driver

from kairos_tui.mirror.audience import MOST_VIEWERS, Audience
from kairos_tui.mirror.socket_buffers import keep_small
from kairos_tui.mirror.viewer import Viewer

PATH: Final = "/socket.io/"
MOST_MESSAGE_BYTES: Final = 64 * 1024
_MOST_WISH_CHARS: Final = 512
_MOST_HELLO_CHARS: Final = 4_096
_PONG, _CONNECT, _LEAVE, _EVENT = "3", "40", "41", "42["

_decode = msgspec.json.Decoder(tuple[str, dict[str, str | bool | None]]).decode


class ViewersDoor:
    """`handle` is the route of `PATH`."""

    def __init__(self, audience: Audience) -> None:
        self._server = socketio.AsyncServer(
            async_mode="aiohttp",
            transports=["websocket"],
            cors_allowed_origins=[],  # neither judged nor answered there: Guard has done it
            max_http_buffer_size=MOST_MESSAGE_BYTES,
            http_compression=False,
            allow_upgrades=False,
            async_handlers=False,
            ping_interval=10,
            ping_timeout=15,
            namespaces=["/"],
        )
        self._server.on("connect", _let_in)
        self._audience = audience
        self._server.eio._async = {**driver._async, "websocket": self._open}

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection, from handshake to farewell."""
        if len(self._audience.viewers) >= MOST_VIEWERS:
            raise web.HTTPServiceUnavailable(text="too many viewers\n")
        response = await self._server.handle_request(request)
        assert isinstance(response, web.StreamResponse)
        return response

    async def close(self) -> None:
        """Stop the library's own tasks."""
        await self._server.shutdown()

    def _open(self, handler: Callable[["ViewerSocket"], Awaitable[None]], _server: object) -> "ViewerSocket":
        return ViewerSocket(handler, self._audience)


def _let_in(_sid: str, _environ: dict[str, Any], _auth: object = None) -> None:
    """Guard has judged the request: whoever comes here may see the board."""


class ViewerSocket:
    """What engineio takes for its WebSocket: uncompressed, small of buffer, deaf to all but a few words."""

    def __init__(self, handler: Callable[["ViewerSocket"], Awaitable[None]], audience: Audience) -> None:
        self._handler = handler
        self._audience = audience
        # Compressing is done per client: fifty of them would take a core for what loopback does not need.
        self._socket = web.WebSocketResponse(max_msg_size=MOST_MESSAGE_BYTES, compress=False)
        self._viewer: Viewer | None = None
        self._asked = False

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        request: web.Request = environ["aiohttp.request"]
        await self._socket.prepare(request)
        transport = request.transport
        if transport is None:
            return self._socket
        keep_small(transport)
        self._viewer = Viewer(transport, asyncio.get_running_loop().time())
        self._audience.viewers.add(self._viewer)
        try:
            await self._handler(self)
        finally:
            self._audience.viewers.discard(self._viewer)
        return self._socket

    async def send(self, message: str) -> None:
        """The library's own packets: open, ping, the answer to a connect."""
        await self._socket.send_str(message)
        assert self._viewer is not None
        if message.startswith(_CONNECT) and not self._viewer.leaving:
            self._audience.join(self._viewer)

    async def wait(self) -> str:
        """The next packet that concerns the library. Raises OSError when the connection is over."""
        assert self._viewer is not None
        while True:
            message = await self._socket.receive()
            if message.type is not WSMsgType.TEXT:
                raise OSError
            said: str = message.data
            if not self._viewer.may_speak(asyncio.get_running_loop().time()):
                self._tire_of(self._viewer)
            elif said.startswith(_EVENT):
                self._hear(self._viewer, said)
            elif self._is_for_library(said):
                return said
            else:
                self._audience.kick(self._viewer, "malformed", "said what no viewer says")
                raise OSError

    async def close(self) -> None:
        await self._socket.close()

    def _is_for_library(self, said: str) -> bool:
        if said == _CONNECT or (said.startswith(_CONNECT + "{") and len(said) <= _MOST_HELLO_CHARS):
            first, self._asked = not self._asked, True
            return first
        return said in (_PONG, _LEAVE)

    def _hear(self, viewer: Viewer, said: str) -> None:
        try:
            event, wish = _decode(said[2:] if len(said) <= _MOST_WISH_CHARS else "")
        except (msgspec.MsgspecError, ValueError, RecursionError):
            viewer.refused += 1
        else:
            if not (viewer.joined and self._audience.steer(viewer, event, wish)):
                viewer.refused += 1
        self._tire_of(viewer)

    def _tire_of(self, viewer: Viewer) -> None:
        if viewer.floods:
            self._audience.kick(viewer, "flood", "spoke too much")
            raise OSError
