"""The mirror on a stage: a market in memory, a source to play, viewers who do as told, all on loopback."""

import asyncio
import contextlib
import json
import queue
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import aiohttp

from kairos_tui.market import (
    Board,
    FeedState,
    Proof,
    Rates,
    RoleView,
    RouteView,
    StageView,
    Symbol,
    SymbolBoard,
    Thresholds,
    Venue,
    VenueView,
)
from kairos_tui.mirror import Line, MirrorPlan, Place, Themes, serve

VENUES = ("binance", "coinbase", "kraken", "okx", "bybit")
SYMBOLS = (Symbol("BTC/USDT"), Symbol("ETH/USDT"))
BOARD_US = 1_795_342_351_123_456


def venue_row(name: str, number: int = 0, **changed: Any) -> VenueView:
    known: dict[str, Any] = {
        "bid": 67_110.1 + number,
        "bid_size": 0.31,
        "ask": 67_111.2 + number,
        "ask_size": 0.27,
        "age_us": 1_200,
        "alive_us": 900,
        "usable": True,
        "proof": Proof.CHECKSUM,
        "taker": 0.001,
        "fee_source": "ccxt",
        "ticks": 1_000 + number,
        "ticks_per_s": 41.0,
        "latency_us": 410,
        "reconnects": 1,
    }
    return VenueView(Venue(name), FeedState.LIVE, **(known | changed))


def board(
    number: int = 0,
    *,
    symbols: Sequence[str] = SYMBOLS,
    venues: Sequence[str] = VENUES,
    net_bps: float = -12.5,
    **changed: Any,
) -> Board:
    """Every figure moves with `number`."""

    def of(symbol: str) -> SymbolBoard:
        rows = tuple(venue_row(name, number) for name in venues)
        routes = tuple(
            RouteView(Venue(a), Venue(b), 7.5, 10.0, 10.0, net_bps + number, 0.27, 1_000, 300)
            for a in venues
            for b in venues
            if a != b
        )
        best = max(routes, key=lambda route: route.net_bps or 0.0, default=None)
        return SymbolBoard(Symbol(symbol), rows, routes, best, signals=number)

    known: dict[str, Any] = {
        "run": "k7f3",
        "feed": "sim",
        "epoch": 0,
        "at_ns": time.monotonic_ns(),
        "at_us": BOARD_US + number * 100_000,
        "uptime_us": 5_000_000 + number * 100_000,
        "thresholds": Thresholds(),
        "symbols": tuple(of(symbol) for symbol in symbols),
        "rates": Rates(ticks_per_s=205.0, offered=1_000, used=990, rejected=3, lost=2, signals=4),
        "roles": (
            RoleView("engine", "running", 1, 0, None, 0.25, 25_000_000, 2_300),
            RoleView("mirror", "running", 2),
        ),
        "stages": (StageView("hop", 96_000, 512_000, 2_048_000, 1_000), StageView("signal")),
        "mood": "lively",
        "seed": 1,
    }
    return Board(**(known | changed))


def signal_line(seq: int, name: str = "k7f3-1", event: str = "open") -> Line:
    body = {"type": "signal", "seq": seq, "id": name, "event": event, "net_bps": 9.6}
    return Line(seq, "signal", json.dumps(body).encode(), name, event != "close")


def venue_line(seq: int, venue: str = "kraken", state: str = "live") -> Line:
    body = {"type": "venue", "seq": seq, "venue": venue, "state": state}
    return Line(seq, "venue", json.dumps(body).encode(), venue)


class PlayedSource:
    """What `play` puts in comes out of `drain`, in the thread that drains."""

    def __init__(self) -> None:
        self._acts: queue.Queue[Board | Line | BaseException] = queue.Queue()
        self.closed = False

    def play(self, *acts: Board | Line | BaseException) -> None:
        for act in acts:
            self._acts.put(act)

    def drain(self, timeout_ms: int) -> Sequence[Board | Line]:
        heard: list[Board | Line] = []
        try:
            act = self._acts.get(timeout=timeout_ms / 1e3)
            while True:
                if isinstance(act, BaseException):
                    raise act
                heard.append(act)
                act = self._acts.get_nowait()
        except queue.Empty:
            return heard

    def last_words(self, reason: str, within_s: float) -> Sequence[Board | Line]:
        return [Line(1_000_000, "bye", json.dumps({"type": "bye", "reason": reason}).encode())]

    def close(self) -> None:
        self.closed = True


class PlainWords:
    """Hello and gap with only what the tests look at."""

    def hello(self, board: Board | None, seq: int) -> bytes:
        return json.dumps({"type": "hello", "seq": seq, "run": board.run if board else "k7f3"}).encode()

    def gap(self, board: Board | None, from_seq: int, to_seq: int, reason: str) -> bytes:
        said = {"type": "gap", "seq": to_seq, "from_seq": from_seq, "to_seq": to_seq, "reason": reason}
        said |= {"ts_us": board.at_us} if board else {}
        return json.dumps(said).encode()


class Served:
    """A running mirror."""

    def __init__(self, source: PlayedSource, http: aiohttp.ClientSession) -> None:
        self.source = source
        self.http = http
        self.beats = 0
        self.mirror: Place | None = None
        self.metrics: Place | None = None
        self.wardrobe: Themes | None = None
        self.stopping = asyncio.Event()
        self.opened = asyncio.Event()

    def on_open(self, mirror: Place | None, metrics: Place | None) -> None:
        self.mirror, self.metrics = mirror, metrics
        self.opened.set()

    def new_themes(self) -> Themes | None:
        taken, self.wardrobe = self.wardrobe, None
        return taken

    def beat(self) -> None:
        self.beats += 1

    @property
    def port(self) -> int:
        assert self.mirror is not None
        return self.mirror.port

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        async with self.http.get(self.url(path), headers=headers) as response:
            return response.status, await response.text()

    async def metric(self, start: str) -> float:
        """The value of the first sample whose name and labels begin with `start`."""
        _, text = await self.get("/metrics")
        line = next(line for line in text.splitlines() if line.startswith(start))
        return float(line.rpartition(" ")[2])

    @contextlib.asynccontextmanager
    async def viewer(self, **how: Any) -> AsyncIterator["Watcher"]:
        """A raw WebSocket that has been let in."""
        async with self.socket(**how) as ws:
            watcher = Watcher(ws)
            await watcher.join()
            yield watcher

    def socket(self, path: str = "/socket.io/?EIO=4&transport=websocket", **how: Any) -> Any:
        return self.http.ws_connect(self.url(path), max_msg_size=0, **how)


class Watcher:
    """Speaks Engine.IO and Socket.IO by hand, so that it can also speak them wrongly."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.pings = 0

    async def join(self) -> None:
        assert (await self.packet()).startswith("0")
        await self.ws.send_str("40")
        assert (await self.packet()).startswith("40")

    async def packet(self, within_s: float = 5.0) -> str:
        """The next one; raises ConnectionError when the server has closed."""
        message = await asyncio.wait_for(self.ws.receive(), within_s)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise ConnectionError(message.extra or message.type)
        return str(message.data)

    async def event(self, *names: str, within_s: float = 5.0) -> Any:
        """The argument of the next event with one of these names; pings are answered meanwhile."""
        async with asyncio.timeout(within_s):
            while True:
                packet = await self.packet(within_s)
                if packet == "2":
                    self.pings += 1
                    await self.ws.send_str("3")
                elif packet.startswith("42"):
                    name, argument = json.loads(packet[2:])
                    if name in names:
                        return argument

    async def say(self, name: str, argument: object) -> None:
        await self.ws.send_str("42" + json.dumps([name, argument]))

    async def closing(self, within_s: float = 5.0) -> tuple[int | None, str | None]:
        """Reads until the server closes; close code and reason."""
        async with asyncio.timeout(within_s):
            while True:
                message = await self.ws.receive()
                if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
                    return self.ws.close_code, message.extra
                if message.type is aiohttp.WSMsgType.ERROR:
                    return None, "cut"


@contextlib.asynccontextmanager
async def mirror(**changed: Any) -> AsyncIterator[Served]:
    """A mirror that serves a played source until the test is over."""
    known: dict[str, Any] = {
        "run": "k7f3",
        "feed": "sim",
        "version": "0.1.0",
        "symbols": SYMBOLS,
        "mirror": "127.0.0.1:0",
        "themes": Themes({"neon": {"primary": "#00f0ff"}}, "neon"),
    }
    source = PlayedSource()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        served = Served(source, http)
        async with asyncio.timeout(25), asyncio.TaskGroup() as tasks:
            serving = serve(
                MirrorPlan(**(known | changed)),
                source,
                PlainWords(),
                stopping=served.stopping,
                on_open=served.on_open,
                beat=served.beat,
                new_themes=served.new_themes,
            )
            task = tasks.create_task(serving)
            opened = tasks.create_task(served.opened.wait())
            await asyncio.wait((task, opened), return_when=asyncio.FIRST_COMPLETED)
            try:
                yield served
            finally:
                served.stopping.set()
                opened.cancel()


async def until(condition: Callable[[], bool], within_s: float = 5.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  what it waits for has no event
            await asyncio.sleep(0.01)


async def until_board(served: Served) -> None:
    """A board has come through."""
    async with asyncio.timeout(5):
        while (await served.get("/readyz"))[0] != 200:  # noqa: ASYNC110  asked as a probe asks
            await asyncio.sleep(0.01)


async def raw(port: int, request: bytes, *, read_for_s: float = 2.0) -> bytes:
    """What comes back for these bytes, until the server closes; fails when it does not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        async with asyncio.timeout(read_for_s):
            return await reader.read()
    finally:
        writer.close()


def deaf_client(port: int) -> socket.socket:
    """Lets itself in, then never reads again, with the smallest buffer the kernel gives."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.connect(("127.0.0.1", port))
    client.sendall(
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Version: 13\r\n\r\n" % port
    )
    client.sendall(b"\x81\x82\0\0\0\0" + b"40")
    return client
