"""VenueServer: one simulated venue on one loopback port, REST and WebSocket at their original paths.

Before it: a dialect and its hub, rest. After it: any client that redirects the venue's hosts here.
"""

import asyncio
from collections.abc import Iterable

from aiohttp import WSMsgType, web

from kairos_tui.sim import rest
from kairos_tui.sim.dialect import Answer, Dialect, Routes
from kairos_tui.sim.fault_orders import ScriptedFault, order_from_json
from kairos_tui.sim.faults import Faults
from kairos_tui.sim.plan import Origin
from kairos_tui.sim.sessions import Session

__all__ = ["Answer", "Dialect", "Routes", "VenueServer"]

_HOST = "127.0.0.1"
_OUR_NAMES = (_HOST, "localhost")
_FAULT_PATH = "/_sim/fault"
_FAULT_HEADER = ("X-Kairos-Sim", "fault")
"""No web page can send it elsewhere without asking first, and such questions are not answered here."""

_MOST_REQUEST_BYTES = 64 * 1024


class VenueServer:
    """Async context: listening inside. `port` stays the same through a fault that stops listening."""

    def __init__(
        self,
        dialect: Dialect,
        *,
        control: bool = False,
        script: Iterable[ScriptedFault] = (),
        port: int = 0,
    ) -> None:
        self._dialect, self._hub, self._control = dialect, dialect.hub, control
        self.faults = Faults(self._hub, self, script)
        self.port = port
        app = web.Application(client_max_size=_MOST_REQUEST_BYTES)
        app.router.add_route("*", "/{path:.*}", self._on_request)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handle_signals=False)
        self._listening: asyncio.Server | None = None

    @property
    def origin(self) -> Origin:
        return Origin(rest=f"http://{_HOST}:{self.port}", ws=f"ws://{_HOST}:{self.port}")

    async def __aenter__(self) -> "VenueServer":
        await self._runner.setup()
        await self.listen()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.deafen()
        for session in tuple(self._hub.sessions):
            session.reset()
        await self._runner.cleanup()

    async def run(self) -> None:
        """Publishes, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hub.run())
            tasks.create_task(self.faults.run())

    async def listen(self) -> None:
        if self._listening is None and self._runner.server is not None:
            loop = asyncio.get_running_loop()
            self._listening = await loop.create_server(
                self._runner.server, _HOST, self.port, reuse_address=True
            )
            self.port = self._listening.sockets[0].getsockname()[1]

    def deafen(self) -> None:
        """Stops accepting: connecting is refused."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    async def _on_request(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._on_websocket(request)
        if self._control and request.path == _FAULT_PATH and request.method == "POST":
            return await self._on_fault(request)
        return _response(rest.answer(self._dialect, request.path, request.query))

    async def _on_fault(self, request: web.Request) -> web.Response:
        if not _meant_for_us(request):
            name, value = _FAULT_HEADER
            return web.json_response({"error": f"needs a loopback Host and {name}: {value}"}, status=403)
        order = order_from_json(await request.read(), self._hub.venue)
        if isinstance(order, str):
            return web.json_response({"error": order}, status=400)
        self.faults.inject(order)
        return web.json_response({"venue": self._hub.venue, "kind": order.kind})

    async def _on_websocket(self, request: web.Request) -> web.StreamResponse:
        if not self._dialect.takes(request.path):
            return web.Response(status=404)
        refusal = rest.refused(self._dialect)
        if refusal is not None:
            return _response(refusal)
        socket = web.WebSocketResponse(
            compress=False, heartbeat=self._dialect.ping_every_s, max_msg_size=_MOST_REQUEST_BYTES
        )
        await socket.prepare(request)
        if request.transport is None:
            return socket
        session = Session(request.transport, path=request.path)
        self._hub.admit(session)
        try:
            self._dialect.on_open(session)
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._dialect.on_text(session, message.data)
        finally:
            self._hub.leave(session)
        return socket


def _response(reply: rest.Reply) -> web.Response:
    headers = {} if reply.retry_after_s is None else {"Retry-After": str(reply.retry_after_s)}
    return web.Response(
        status=reply.status, body=reply.body, content_type="application/json", headers=headers
    )


def _meant_for_us(request: web.Request) -> bool:
    """Not a web page's doing: neither sent across origins nor through a name that was made to point here."""
    name, value = _FAULT_HEADER
    return request.headers.get(name) == value and request.host.partition(":")[0] in _OUR_NAMES
