"""B2: the CPU of a best bid/ask, beside cryptofeed 3, which needs Python 3.13: the same bursts, in turn.

cryptofeed is given the raw stream, which saves it the wrapper of Binance's combined one, and a plain socket;
its symbols are set by hand. Its ticker has no sizes and is checked against nothing. Run alone, where a Python
3.13 has `cryptofeed==3.0.1`:  pytest -m bench tests/benchmarks/bench_cryptofeed.py -s
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import uvloop

from kairos_tui.feeds.bench_lanes import FeedLane, Lane
from kairos_tui.market import Symbol
from kairos_tui.runtime.bench_budget import Budget, row, shown
from kairos_tui.runtime.bench_decode_market import MARKETS, burst_of_tickers, exchange_info
from kairos_tui.runtime.bench_decode_stage import SYMBOLS, TYPED, Course, Stage, play
from kairos_tui.runtime.bench_decode_venue import Venue, venue

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

B2 = Budget(name="B2", least=3.0)
CRYPTOFEED = "cryptofeed"
ROUNDS = 7
EACH = 1_000


def loopback_class(place: str) -> type[Any]:
    """cryptofeed's Binance, on one raw stream of a loopback exchange."""
    binance: Any = pytest.importorskip(
        "cryptofeed.exchanges.binance", reason="needs cryptofeed 3, Python 3.13"
    )
    symbols = pytest.importorskip("cryptofeed.symbols", reason="needs cryptofeed 3").Symbols
    normalized = {symbol.replace("/", "-"): market_id for market_id, symbol in MARKETS.items()}
    symbols.set(
        "BINANCE", normalized, {"instrument_type": dict.fromkeys(normalized, "spot"), "tick_size": {}}
    )

    class Loopback(binance.Binance):  # type: ignore[misc]  # it is untyped
        def _address(self) -> str:
            return f"wss://{place}/ws"

        def _wrap_connection(self, conn: Any) -> Any:
            conn.address = conn.address.replace("wss://", "ws://")
            return conn

        async def subscribe(self, conn: Any) -> None:
            await conn.write(json.dumps({"method": "SUBSCRIBE", "params": self._stream_names(), "id": 1}))

        async def message_handler(self, msg: str, conn: Any, timestamp: float) -> None:
            message = binance.json.loads(msg, parse_float=binance.Decimal)
            if "B" in message:
                await self._ticker(message, timestamp)

    return Loopback


class CryptofeedLane:
    """`Feed.run` with a callback for tickers."""

    def __init__(self, place: str) -> None:
        self._feed_class = loopback_class(place)
        self._newest: dict[str, Any] = {}
        self.handed_on = 0

    async def run(self) -> None:
        names = [symbol.replace("/", "-") for symbol in SYMBOLS]
        feed = self._feed_class(symbols=names, channels=["ticker"], callbacks={"ticker": self._on_ticker})
        await feed.run(asyncio.Event())

    async def _on_ticker(self, ticker: Any, receipt_timestamp: float) -> None:
        self.handed_on += 1
        self._newest[ticker.symbol] = ticker

    def has_reached(self, ids: Mapping[Symbol, int]) -> bool:
        held = {name: ticker.raw["u"] for name, ticker in self._newest.items()}
        return all(held.get(symbol.replace("/", "-")) == number for symbol, number in ids.items())

    def top(self, symbol: Symbol, depth: int) -> tuple[Any, Any]:
        ticker = self._newest[symbol.replace("/", "-")]
        raw = ticker.raw
        return ((float(ticker.bid), float(raw["B"])),), ((float(ticker.ask), float(raw["A"])),)


class Beside(Stage):
    """Our typed lane and cryptofeed."""

    def enter(self, exchange: Venue, first_place: int) -> list[Lane]:
        self._exchange, self._first_place = exchange, first_place
        ours, theirs = exchange.places[first_place : first_place + 2]
        depth = self.course.depths[TYPED]
        self._lanes = {
            TYPED: FeedLane(ours, SYMBOLS, depth, is_typed=True),
            CRYPTOFEED: CryptofeedLane(theirs),
        }
        return list(self._lanes.values())


def test_a_best_bid_ask_beside_cryptofeed() -> None:
    pytest.importorskip("cryptofeed", reason="needs cryptofeed 3, Python 3.13")
    course = Course(
        frame="bookTicker",
        lanes=(TYPED, CRYPTOFEED),
        waits=(TYPED,),
        depths={TYPED: 20, CRYPTOFEED: 1},
        each=EACH,
        burst_of=burst_of_tickers,
    )
    stage = Beside(course, lambda _: None)
    table: dict[str, Any] = {"/api/v3/exchangeInfo": exchange_info(), "/api/v3/time": {"serverTime": 1}}
    answers: Sequence[dict[str, Any]] = [stage.answers | table] * 2
    with venue(answers) as exchange, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(play([stage], exchange, ROUNDS))
    ours, theirs = stage.costs[TYPED], stage.costs[CRYPTOFEED]
    said = row("bookTicker", "us", ours, against=CRYPTOFEED, theirs=theirs, budget=B2)
    assert said.theirs is not None
    assert said.ratio is not None
    print(
        f"\n{shown(said.ours)} us, cryptofeed {shown(said.theirs)} us: x{shown(said.ratio)} ({said.budget})"
    )
    assert said.verdict is not None
