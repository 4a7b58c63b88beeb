"""A scripted venue for the tests of feeds: raw sockets that own every byte, speaking enough of OKX.

It shares no code with feeds or with the simulated exchanges. A test says what goes over the wire and when.
"""

import asyncio
import base64
import hashlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from time import monotonic_ns, time_ns
from typing import Any

import pytest

from kairos_tui.feeds.ccxt_feed import CcxtFeed
from kairos_tui.feeds.dialects.dialect import Dialect
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.market import FeedStatus, Listing, Pulse, Symbol, Tick, Venue

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

Message = dict[str, Any]
Levels = Sequence[tuple[object, object]]


def frame(op: int, payload: bytes | str = b"", rsv: int = 0) -> bytes:
    raw = payload.encode() if isinstance(payload, str) else payload
    first = 0x80 | (rsv << 4) | op
    if len(raw) < 126:
        return bytes([first, len(raw)]) + raw
    if len(raw) < 65_536:
        return bytes([first, 126]) + struct.pack(">H", len(raw)) + raw
    return bytes([first, 127]) + struct.pack(">Q", len(raw)) + raw


def text(message: object) -> bytes:
    return frame(TEXT, message if isinstance(message, str) else json.dumps(message))


class Socket:
    """One WebSocket as the venue sees it."""

    def __init__(self, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.path, self.reader, self.writer = path, reader, writer
        self.heard: list[Message] = []
        self.seq: dict[str, int] = {}
        self.gone = False

    def send(self, *frames: bytes) -> int:
        """In one write, so in one TCP segment when it fits; returns when (monotonic ns)."""
        self.writer.write(b"".join(frames))
        return monotonic_ns()

    def close(self, code: int) -> int:
        return self.send(frame(CLOSE, struct.pack(">H", code)))

    def fin(self) -> int:
        self.writer.close()
        return monotonic_ns()

    def rst(self) -> int:
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
        return monotonic_ns()


class ScriptedVenue:
    """HTTP and WebSocket on one loopback port. `on_message` scripts what a subscription gets."""

    def __init__(self) -> None:
        self.sockets: list[Socket] = []
        self.dials = 0
        self.rest: dict[str, object] = {}
        self.rest_heard: list[str] = []
        self.on_open: Callable[[Socket], None] = lambda _: None
        self.on_message: Callable[[Socket, Message], None] = okx_subscribed
        self.answers_pings, self.pings_heard = True, 0
        self.on_pong: Callable[[bytes], object] = lambda _: None
        self.refuse_with: bytes | None = None
        self._closing: AsyncExitStack | None = None

    @property
    def here(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def socket(self) -> Socket:
        return self.sockets[-1]

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.server.close()
        for ours in self.sockets:
            ours.writer.transport.abort()
        await self.server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode()
            if b"upgrade: websocket" not in head.lower():
                self._answer(path, writer)
            elif self.refuse_with is not None:
                self.dials += 1
                writer.write(self.refuse_with)
            else:
                await self._websocket(head, path, reader, writer)
        writer.close()

    def _answer(self, path: str, writer: asyncio.StreamWriter) -> None:
        self.rest_heard.append(path)
        found = next((body for prefix, body in self.rest.items() if path.startswith(prefix)), None)
        if isinstance(found, bytes):
            writer.write(found)
            return
        body = json.dumps(found if found is not None else {"code": "0", "data": []}).encode()
        status = b"200 OK" if found is not None else b"404 Not Found"
        head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nConnection: close\r\n" % status
        writer.write(b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body))

    async def _websocket(
        self, head: bytes, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.dials += 1
        key = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key"))
        accept = base64.b64encode(hashlib.sha1(key.split(b": ")[1].strip() + GUID).digest())
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        ours = Socket(path, reader, writer)
        self.sockets.append(ours)
        self.on_open(ours)
        try:
            await self._listen(ours)
        finally:
            ours.gone = True

    async def _listen(self, ours: Socket) -> None:
        while True:
            first, second = await ours.reader.readexactly(2)
            size = second & 127
            if size == 126:
                size = struct.unpack(">H", await ours.reader.readexactly(2))[0]
            key = await ours.reader.readexactly(4)
            masked = await ours.reader.readexactly(size)
            payload = bytes(byte ^ key[index % 4] for index, byte in enumerate(masked))
            op = first & 15
            if op == PING:
                self.pings_heard += 1
                if self.answers_pings:
                    ours.send(frame(PONG, payload))
            elif op == PONG:
                self.on_pong(payload)
            elif op == CLOSE:
                ours.send(frame(CLOSE, payload))
                return
            elif op == TEXT and payload == b"ping":
                ours.send(text("pong"))
            elif op == TEXT:
                message = json.loads(payload)
                ours.heard.append(message)
                self.on_message(ours, message)


# OKX, as far as ccxt.pro uses it: docs-v5 "Order book channel"


def okx_market(base: str, quote: str) -> Message:
    return {
        "instType": "SPOT",
        "instId": f"{base}-{quote}",
        "baseCcy": base,
        "quoteCcy": quote,
        "lotSz": "0.00001",
        "tickSz": "0.1",
        "minSz": "0.0001",
        "maxLmtSz": "9999",
        "state": "live",
    }


def okx_markets(*symbols: str) -> Message:
    return {"code": "0", "msg": "", "data": [okx_market(*symbol.split("/")) for symbol in symbols]}


def okx_book(
    ours: Socket,
    bids: Levels | None = None,
    asks: Levels | None = None,
    *,
    symbol: str = "BTC-USDT",
    action: str = "update",
    previous: int | None = None,
) -> bytes:
    """Prices and sizes as given: a string goes over the wire as it is."""
    now = ours.seq.get(symbol, 100)
    before = (-1 if action == "snapshot" else now) if previous is None else previous
    ours.seq[symbol] = now + 1
    data = {
        "bids": [[str(price), str(size), "0", "1"] for price, size in bids or []],
        "asks": [[str(price), str(size), "0", "1"] for price, size in asks or []],
        "ts": str(time_ns() // 1_000_000),
        "prevSeqId": before,
        "seqId": ours.seq[symbol],
    }
    return text({"arg": {"channel": "books", "instId": symbol}, "action": action, "data": [data]})


def okx_snapshot(ours: Socket, symbol: str = "BTC-USDT", mid: float = 100.0) -> bytes:
    bids = [(round(mid - 0.5 - step, 1), 1 + step) for step in range(5)]
    asks = [(round(mid + 0.5 + step, 1), 1 + step) for step in range(5)]
    return okx_book(ours, bids, asks, symbol=symbol, action="snapshot")


def okx_subscribed(ours: Socket, message: Message) -> None:
    """Ack and snapshot at once."""
    for arg in message.get("args", []):
        ours.send(text({"event": message["op"], "arg": arg, "connId": "t"}))
        if message["op"] == "subscribe":
            ours.send(okx_snapshot(ours, arg["instId"]))


# the feed's side


class Recorder:
    """A Receiver that keeps everything, with when it came."""

    def __init__(self) -> None:
        self.ticks: list[Tick] = []
        self.statuses: list[FeedStatus] = []
        self.listings: list[Listing] = []
        self.pulses: list[Pulse] = []
        self.at_ns: dict[int, int] = {}

    def on_tick(self, tick: Tick) -> None:
        self.ticks.append(tick)

    def on_status(self, status: FeedStatus) -> None:
        self.at_ns[len(self.statuses)] = monotonic_ns()
        self.statuses.append(status)

    def on_listing(self, listing: Listing) -> None:
        self.listings.append(listing)

    def on_pulse(self, pulse: Pulse) -> None:
        self.pulses.append(pulse)

    def states(self, symbol: str | None = "BTC/USDT") -> list[str]:
        return [str(status.state) for status in self.statuses if status.symbol == symbol]

    def last(self, symbol: str | None = "BTC/USDT") -> FeedStatus:
        return next(status for status in reversed(self.statuses) if status.symbol == symbol)

    def since(self, mark: int, state: str, symbol: str = "BTC/USDT") -> FeedStatus | None:
        """The first such status after the first `mark` of all."""
        later = self.statuses[mark:]
        return next((status for status in later if (status.state, status.symbol) == (state, symbol)), None)

    def is_live(self, symbol: str = "BTC/USDT") -> bool:
        return bool(self.states(symbol)) and self.states(symbol)[-1] == "live"


class Fault:
    """What one injected fault did to a stream, in ms from the moment it was sent."""

    def __init__(self, detected_ms: float, recovered_ms: float, reason: str | None) -> None:
        self.detected_ms, self.recovered_ms, self.reason = detected_ms, recovered_ms, reason


async def inject(recorder: Recorder, act: Callable[[], int], within_s: float = 15.0) -> Fault:
    """Do harm, wait until the stream was withdrawn and is live again on a new connection."""
    mark = len(recorder.statuses)
    generation = recorder.ticks[-1].generation
    sent_ns = act()
    await until(lambda: recorder.is_live() and recorder.ticks[-1].generation > generation, within_s)
    down = recorder.since(mark, "down") or recorder.since(mark, "stale")
    assert down is not None
    recovered = next(tick for tick in recorder.ticks if tick.generation > generation)
    return Fault((down.since_ns - sent_ns) / 1e6, (recovered.decoded_ns - sent_ns) / 1e6, down.reason)


async def until(condition: Callable[[], object], within_s: float = 15.0) -> None:
    """Wait for a condition, never for a duration."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  conditions of many kinds, none of which sets an event
            await asyncio.sleep(0.002)


@pytest.fixture
async def venue() -> AsyncIterator[ScriptedVenue]:
    scripted = ScriptedVenue()
    await scripted.start()
    scripted.rest["/api/v5/public/instruments"] = okx_markets("BTC/USDT", "ETH/USDT", "BTC/USDC")
    yield scripted
    await scripted.stop()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def plan_for() -> Callable[..., FeedPlan]:
    def build(place: str, *symbols: str, ccxt_class: str = "okx", **settings: object) -> FeedPlan:
        return FeedPlan(
            venue=Venue("okx"),
            symbols=tuple(Symbol(symbol) for symbol in symbols or ("BTC/USDT",)),
            ccxt_class=ccxt_class,
            origin_rest=f"http://{place}",
            origin_ws=f"ws://{place}",
            **{"connect_timeout_s": 2.0, **settings},  # type: ignore[arg-type]
        )

    return build


def no_dialect(ccxt_class: str) -> None:
    return None


@pytest.fixture
def running() -> Callable[..., object]:
    """`async with running(plan, recorder) as feed`: it runs in a task until the block ends.

    Without a dialect it is the generic tap, whatever the class.
    """

    @asynccontextmanager
    async def run(
        plan: FeedPlan, recorder: Recorder, dialect_of: Callable[[str], Dialect | None] = no_dialect
    ) -> AsyncIterator[CcxtFeed]:
        async with CcxtFeed(plan, recorder, dialect_of) as feed, asyncio.TaskGroup() as tasks:
            task = tasks.create_task(feed.run())
            try:
                yield feed
            finally:
                task.cancel()

    return run


class Kit:
    """The above by name, because test modules of this project cannot import each other."""

    frame, text, until, inject = (
        staticmethod(frame),
        staticmethod(text),
        staticmethod(until),
        staticmethod(inject),
    )
    TEXT, BINARY, PING = TEXT, BINARY, PING
    okx_book, okx_snapshot = staticmethod(okx_book), staticmethod(okx_snapshot)
    okx_subscribed, okx_markets = staticmethod(okx_subscribed), staticmethod(okx_markets)


@pytest.fixture
def kit() -> type[Kit]:
    return Kit
