"""What the simulator's tests share: a clock that can stand still, ccxt.pro pointed at it, bare sockets."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import ccxt.pro
import pytest

from kairos_tui.sim.market import DELAY_MS
from kairos_tui.sim.plan import Origin

WS_PATHS = {
    "binance": "/ws/0",
    "bybit": "/v5/public/spot",
    "okx": "/ws/v5/public",
    "kraken": "/v2",
    "coinbase": "/",
}


class StoppableClock:
    """Stands still at 0 until started; can be stopped where every stream has just published."""

    def __init__(self) -> None:
        self._stopped_ns: int | None = 0
        self._lead_ns = 0

    def __call__(self) -> int:
        return time.monotonic_ns() + self._lead_ns if self._stopped_ns is None else self._stopped_ns

    def go_on(self) -> None:
        assert self._stopped_ns is not None
        self._lead_ns = self._stopped_ns - time.monotonic_ns()
        self._stopped_ns = None

    def stop(self, venue: str) -> int:
        """Jumps to the next whole second of what the venue shows; returns that time of the market."""
        delay_ns = DELAY_MS[venue] * 1_000_000
        shown_ns = -(-(self() - delay_ns) // 1_000_000_000) * 1_000_000_000
        self._stopped_ns = shown_ns + delay_ns
        return shown_ns


class BareSocket:
    """A WebSocket client that speaks a venue's protocol by hand."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, message: object) -> None:
        await self.socket.send_str(message if isinstance(message, str) else json.dumps(message))

    async def hear(self) -> object:
        """The next message; numbers stay text, as a checksum wants them."""
        async with asyncio.timeout(10):
            text = await self.socket.receive_str()
        return text if not text.startswith("{") else json.loads(text, parse_float=str)

    async def hear_until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            heard = await self.hear()
            if isinstance(heard, dict) and wanted(heard):
                return heard


def redirected(urls: object, origin: Origin) -> object:
    if isinstance(urls, dict):
        return {key: redirected(inner, origin) for key, inner in urls.items()}
    if not isinstance(urls, str) or "://" not in urls:
        return urls
    parts = urlsplit(urls.replace("{hostname}", "host"))
    return (origin.ws if parts.scheme == "wss" else origin.rest) + parts.path


@pytest.fixture
def stoppable_clock() -> StoppableClock:
    return StoppableClock()


@pytest.fixture
def ccxt_client():
    @asynccontextmanager
    async def open_client(venue: str, origin: Origin) -> AsyncIterator[ccxt.pro.Exchange]:
        exchange = getattr(ccxt.pro, venue)({"enableRateLimit": False, "timeout_on_exit": 1})
        exchange.urls["api"] = redirected(exchange.urls["api"], origin)
        try:
            yield exchange
        finally:
            await exchange.close()

    return open_client


@pytest.fixture
def bare_socket():
    @asynccontextmanager
    async def connect(venue: str, origin: Origin) -> AsyncIterator[BareSocket]:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(origin.ws + WS_PATHS[venue], autoping=False) as socket,
        ):
            yield BareSocket(socket)

    return connect
