"""LoadVenue: a venue in Binance's format that speaks as often as it is told to. To measure with.

Every update moves the best prices by a millionth, so a price tells which update it was: `number_in`; and
their sizes by a hundredth, so that there is something to see. Every `swing_every`th moves one of two venues
so far up that buying on the other pays, or back.
Before it: runtime's bench_e2e. After it: any client that redirects Binance's hosts here.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import orjson
from aiohttp import WSMsgType, web
from msgspec import Struct

from kairos_tui.sim.binance import describe
from kairos_tui.sim.frames import TEXT, frame
from kairos_tui.sim.listings import Listed
from kairos_tui.sim.plan import Origin

_HOST = "127.0.0.1"
_FLOOR, _SWING, _STEP, _SPREAD = 60_000.0, 60.0, 1e-6, 0.5
_HALF_SWING = _SWING / 2
_LEVELS = 30
_BELOW, _ABOVE = 59_990.0, 60_100.0
_SIZE = "1.00000000"
_SIZES = 100
"""So many, one after another, from one unit to just below two."""


class LoadPlan(Struct, frozen=True):
    """`markets` symbols C0/USDT, C1/USDT, ... on each venue."""

    markets: int
    swing_every: int

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(f"C{number}/USDT" for number in range(self.markets))


def number_in(price: float) -> int:
    """Which update this best bid came in."""
    above = price - _FLOOR
    return round((above - _SWING if above > _HALF_SWING else above) / _STEP)


class LoadMarket:
    """One book: a best that moves, and levels behind it that stand still."""

    def __init__(self, listed: Listed) -> None:
        self.listed = listed
        stream = listed.market_id.lower()
        self.best_stream = f"{stream}@bookTicker"
        self.depth_streams = (f"{stream}@depth", f"{stream}@depth@100ms")
        self._bid, self._ask = _FLOOR, _FLOOR + _SPREAD
        self._size = self._told_size = _SIZE
        self._told = (self._bid, self._ask)
        self._update_id = self._told_id = 1

    def move(self, number: int, *, up: bool) -> bytes:
        """The update with this number, as `bookTicker` says it."""
        self._update_id += 1
        self._bid = _FLOOR + (_SWING if up else 0.0) + number * _STEP
        self._ask = self._bid + _SPREAD
        self._size = f"{1 + number % _SIZES / _SIZES:.8f}"
        return (
            f'{{"u":{self._update_id},"s":"{self.listed.market_id}","b":"{self._bid:.8f}",'
            f'"B":"{self._size}","a":"{self._ask:.8f}","A":"{self._size}"}}'
        ).encode()

    def depth(self, wall_ms: int) -> bytes | None:
        """All changes since the last one, as `depthUpdate` says them; None where there were none."""
        if self._update_id == self._told_id:
            return None
        (bid, ask), self._told = self._told, (self._bid, self._ask)
        self._told_size = self._size
        first, self._told_id = self._told_id + 1, self._update_id
        return orjson.dumps(
            {
                "e": "depthUpdate",
                "E": wall_ms,
                "s": self.listed.market_id,
                "U": first,
                "u": self._update_id,
                "b": [(f"{bid:.8f}", "0.00000000"), (f"{self._bid:.8f}", self._size)],
                "a": [(f"{ask:.8f}", "0.00000000"), (f"{self._ask:.8f}", self._size)],
            }
        )

    def snapshot(self) -> dict[str, Any]:
        """The whole book, as of the last `depth`."""
        bid, ask = self._told
        bids = [
            (f"{bid:.8f}", self._told_size),
            *((f"{_BELOW - each:.8f}", _SIZE) for each in range(_LEVELS)),
        ]
        asks = [
            (f"{ask:.8f}", self._told_size),
            *((f"{_ABOVE + each:.8f}", _SIZE) for each in range(_LEVELS)),
        ]
        return {"lastUpdateId": self._told_id, "bids": bids, "asks": asks}


class LoadVenue:
    """Async context: listening inside. What it says, `say_best` and `say_depth` say."""

    def __init__(self, plan: LoadPlan, wall_ms: Callable[[], int]) -> None:
        listings = [
            Listed("binance", symbol, symbol.replace("/", ""), 8, 5, "0.00001", "5")
            for symbol in plan.symbols
        ]
        self.markets = {listed.market_id: LoadMarket(listed) for listed in listings}
        self._wall_ms = wall_ms
        self._followers: dict[str, list[Any]] = {}
        self._stack = AsyncExitStack()
        self.port = 0

    @property
    def origin(self) -> Origin:
        return Origin(rest=f"http://{_HOST}:{self.port}", ws=f"ws://{_HOST}:{self.port}")

    async def __aenter__(self) -> "LoadVenue":
        app = web.Application()
        app.router.add_get("/{path:.*}", self._on_request)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handle_signals=False)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, _HOST, 0).start()
        self.port = runner.addresses[0][1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    def say_best(self, market: LoadMarket, update: bytes) -> int:
        """To whoever follows it; so many frames."""
        return self._say(market.best_stream, update)

    def say_depth(self) -> int:
        """Of every market that moved; so many frames."""
        frames = 0
        for market in self.markets.values():
            update = market.depth(self._wall_ms())
            if update is not None:
                frames += sum(self._say(stream, update) for stream in market.depth_streams)
        return frames

    def _say(self, stream: str, update: bytes) -> int:
        followers = self._followers.get(stream)
        if not followers:
            return 0
        body, there = frame(TEXT, update), [each for each in followers if not each.is_closing()]
        for transport in there:
            transport.write(body)
        return len(there)

    async def _on_request(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._on_websocket(request)
        if request.path == "/api/v3/depth":
            market = self.markets.get(request.query.get("symbol", ""))
            return web.json_response({"code": -1121} if market is None else market.snapshot())
        symbols = [describe(market.listed) for market in self.markets.values()]
        is_spot = request.path == "/api/v3/exchangeInfo"
        return web.json_response({"serverTime": self._wall_ms(), "symbols": symbols if is_spot else []})

    async def _on_websocket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False, heartbeat=20.0)
        await socket.prepare(request)
        transport = request.transport
        self._follow(transport, [request.path.rpartition("/")[2]])
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and transport is not None:
                    asked = orjson.loads(message.data)
                    transport.write(frame(TEXT, orjson.dumps({"result": None, "id": asked.get("id")})))
                    self._follow(transport, asked.get("params") or [])
        finally:
            for followers in self._followers.values():
                if transport in followers:
                    followers.remove(transport)
        return socket

    def _follow(self, transport: Any, streams: list[str]) -> None:  # noqa: ANN401  uvloop's is none by descent
        for stream in streams:
            if "@" in stream and transport is not None:
                self._followers.setdefault(stream, []).append(transport)
