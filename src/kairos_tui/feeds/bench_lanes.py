"""bench_lanes: the ways from a socket to a book that `kairos bench decode` compares, all in one process.

Before it: an exchange on loopback that speaks Binance's format. After it: runtime/bench_decode, which counts
the CPU. Ours is the whole feed, typed or tapped; beside it ccxt.pro as its manual says, and aiohttp alone.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

import aiohttp
from msgspec import Struct
from msgspec.json import Decoder

from kairos_tui.feeds.bench_watch import CCXT_CLASS, open_alone
from kairos_tui.feeds.ccxt_feed import CcxtFeed
from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.origins import Origins
from kairos_tui.market import FeedStatus, Level, Listing, Proof, Pulse, Symbol, Tick, Venue

PATIENT_S = 60.0
"""A lane is idle while the others have their turn, and must not take that for silence."""

Side = tuple[Level, ...]


class Lane(Protocol):
    """One way to read. `run` lasts until it is cancelled."""

    async def run(self) -> None: ...

    def has_reached(self, ids: Mapping[Symbol, int]) -> bool:
        """Does it stand at these update ids of its markets?"""
        ...

    def top(self, symbol: Symbol, depth: int) -> tuple[Side, Side]:
        """The book it has now: the best levels."""
        ...

    @property
    def handed_on(self) -> int:
        """Books or tickers that reached whoever reads them."""
        ...


class FeedLane:
    """Our feed, from the dial to its receiver: `is_typed`, or with ccxt's parser and the tap."""

    def __init__(self, place: str, symbols: tuple[Symbol, ...], depth: int, *, is_typed: bool) -> None:
        self._plan = FeedPlan(
            Venue(CCXT_CLASS),
            symbols,
            CCXT_CLASS,
            origin_rest=f"http://{place}",
            origin_ws=f"ws://{place}",
            depth=depth,
            silence_after_s=PATIENT_S,
            ping_after_s=PATIENT_S,
            pong_within_s=PATIENT_S,
        )
        self._dialect_of = dialect_of if is_typed else lambda _: None
        self._newest: dict[Symbol, Tick] = {}
        self.handed_on = 0

    async def run(self) -> None:
        async with CcxtFeed(self._plan, self, self._dialect_of) as feed:
            await feed.run()

    def has_reached(self, ids: Mapping[Symbol, int]) -> bool:
        newest = self._newest
        return all(symbol in newest and newest[symbol].nonce == number for symbol, number in ids.items())

    def top(self, symbol: Symbol, depth: int) -> tuple[Side, Side]:
        tick = self._newest[symbol]
        return tick.bids[:depth], tick.asks[:depth]

    @property
    def proofs(self) -> set[Proof]:
        """Why its newest books are believed."""
        return {tick.proof for tick in self._newest.values()}

    def on_tick(self, tick: Tick) -> None:
        self.handed_on += 1
        self._newest[tick.symbol] = tick

    def on_status(self, status: FeedStatus) -> None:
        """Not looked at: what is not live reaches no id."""

    def on_listing(self, listing: Listing) -> None:
        """Nor what the market is."""

    def on_pulse(self, pulse: Pulse) -> None:
        """Nor signs of life."""


class _Watch(ABC):
    """ccxt.pro's own class on loopback, not one line of it changed."""

    def __init__(self, place: str, symbols: tuple[Symbol, ...]) -> None:
        self._symbols = symbols
        self._exchange = open_alone(Origins(f"http://{place}", f"ws://{place}"))
        self.handed_on = 0

    async def run(self) -> None:
        try:
            await self._exchange.load_markets()
            async with asyncio.TaskGroup() as tasks:
                for group in self._groups():
                    tasks.create_task(self._watch(group))
        finally:
            await self._exchange.close()

    @abstractmethod
    def _groups(self) -> list[list[Symbol]]:
        """A task watches each of them."""

    @abstractmethod
    async def _watch(self, symbols: list[Symbol]) -> None:
        """Until cancelled."""


class TickerWatchLane(_Watch):
    """`while True: await watch_bids_asks(symbols)`."""

    def _groups(self) -> list[list[Symbol]]:
        return [list(self._symbols)]

    async def _watch(self, symbols: list[Symbol]) -> None:
        watch = self._exchange.watch_bids_asks
        while True:
            await watch(symbols)
            self.handed_on += 1

    def has_reached(self, ids: Mapping[Symbol, int]) -> bool:
        held = self._exchange.bidsasks
        return all(symbol in held and held[symbol]["info"]["u"] == number for symbol, number in ids.items())

    def top(self, symbol: Symbol, depth: int) -> tuple[Side, Side]:
        best = self._exchange.bidsasks[symbol]
        return ((best["bid"], best["bidVolume"]),), ((best["ask"], best["askVolume"]),)


class BookWatchLane(_Watch):
    """`while True: await watch_order_book(symbol)`, a task for each symbol."""

    def _groups(self) -> list[list[Symbol]]:
        return [[symbol] for symbol in self._symbols]

    async def _watch(self, symbols: list[Symbol]) -> None:
        watch, (symbol,) = self._exchange.watch_order_book, symbols
        while True:
            await watch(symbol)
            self.handed_on += 1

    def has_reached(self, ids: Mapping[Symbol, int]) -> bool:
        held = self._exchange.orderbooks
        return all(symbol in held and held[symbol]["nonce"] == number for symbol, number in ids.items())

    def top(self, symbol: Symbol, depth: int) -> tuple[Side, Side]:
        book = self._exchange.orderbooks[symbol]
        bids, asks = (tuple((price, size) for price, size in book[side][:depth]) for side in ("bids", "asks"))
        return bids, asks


class RawTicker(Struct, gc=False):
    """Binance's best bid/ask under its own names."""

    u: int
    s: str
    b: float
    B: float
    a: float
    A: float


class RawTickerLane:
    """aiohttp and msgspec: what reading and decoding cost where nothing is checked and no book is kept."""

    def __init__(self, place: str, symbols: tuple[Symbol, ...]) -> None:
        self._place = place
        self._ids = {symbol: symbol.replace("/", "") for symbol in symbols}
        self._newest: dict[str, RawTicker] = {}
        self.handed_on = 0

    async def run(self) -> None:
        decode = Decoder(RawTicker, strict=False).decode
        newest = self._newest
        streams = [f"{market_id.lower()}@bookTicker" for market_id in self._ids.values()]
        async with aiohttp.ClientSession() as session, session.ws_connect(f"ws://{self._place}/ws") as socket:
            await socket.send_json({"method": "SUBSCRIBE", "params": streams, "id": 1})
            await socket.receive()
            async for message in socket:
                if message.data.startswith('{"u"'):
                    ticker = decode(message.data)
                    newest[ticker.s] = ticker
                    self.handed_on += 1

    def has_reached(self, ids: Mapping[Symbol, int]) -> bool:
        with suppress(KeyError):
            return all(self._newest[self._ids[symbol]].u == number for symbol, number in ids.items())
        return False

    def top(self, symbol: Symbol, depth: int) -> tuple[Side, Side]:
        best = self._newest[self._ids[symbol]]
        return ((best.b, best.B),), ((best.a, best.A),)
