"""bench_decode_stage: ways to read one kind of frame, side by side in one process, each in its turn.

Before it: a loopback exchange in its own process. After it: bench_decode. All lanes are open at once and each
burst reaches one of them; what counts is the CPU time of this process until its books are where the burst
ends, and it counts only where they equal the market's.
"""

import asyncio
import gc
from collections.abc import Callable, Mapping, Sequence
from time import process_time_ns, time_ns
from typing import Any

from msgspec import Struct

from kairos_tui.errors import Fatal
from kairos_tui.feeds.bench_lanes import BookWatchLane, FeedLane, Lane, RawTickerLane, TickerWatchLane
from kairos_tui.market import Proof, Symbol
from kairos_tui.runtime.bench_budget import Progress
from kairos_tui.runtime.bench_decode_market import MARKETS, Burst, MadeMarket, made_markets
from kairos_tui.runtime.bench_decode_venue import Venue

TYPED, TAPPED, WATCHED, RAW = "typed lane", "tap lane", "ccxt.pro watch loop", "aiohttp + msgspec"
LOOK_EVERY_S = 0.002
READ_WITHIN_S = 30.0
WORKERS_GC = (50_000, 20, 100)
"""As an ingest worker sets the collector once its markets are loaded; here it serves every lane."""

SYMBOLS = tuple(MARKETS.values())

Shares = list[float]


class Course(Struct, frozen=True):
    """One kind of frame: who reads it, how deep, what a burst of it is, and who `waits` for snapshots."""

    frame: str
    lanes: tuple[str, ...]
    waits: tuple[str, ...]
    depths: Mapping[str, int]
    each: int
    burst_of: Callable[[Sequence[MadeMarket], int], Burst]
    per_s: float | None = None


class Stage:
    """A course under way. By lane and round: CPU in us per frame, and the share of frames handed on."""

    def __init__(self, course: Course, progress: Progress) -> None:
        self.course = course
        self.costs: dict[str, list[float]] = {name: [] for name in course.lanes}
        self.shares: dict[str, Shares] = {name: [] for name in course.lanes}
        self._markets = made_markets(seed=7)
        self._progress = progress
        self._lanes: dict[str, Lane] = {}
        self._first_place = 0
        self._exchange: Venue | None = None

    @property
    def answers(self) -> dict[str, Any]:
        """The snapshots that REST gives, of the markets after the last burst made."""
        return {f"/api/v3/depth?symbol={each.market_id}": each.snapshot() for each in self._markets}

    def enter(self, exchange: Venue, first_place: int) -> list[Lane]:
        """Its lanes, ready to run."""
        self._exchange, self._first_place = exchange, first_place
        is_ticker = TAPPED not in self.course.lanes
        for number, name in enumerate(self.course.lanes):
            place = exchange.places[first_place + number]
            if name == RAW:
                self._lanes[name] = RawTickerLane(place, SYMBOLS)
            elif name == WATCHED:
                self._lanes[name] = (TickerWatchLane if is_ticker else BookWatchLane)(place, SYMBOLS)
            else:
                is_typed = name == TYPED
                depth = self.course.depths[name]
                self._lanes[name] = FeedLane(place, SYMBOLS, depth, is_typed=is_typed)
        return list(self._lanes.values())

    async def stand(self) -> None:
        """Until every lane has what it begins with, and has read a burst."""
        ids = {MARKETS[market.market_id]: market.update_id for market in self._markets}
        for name in self.course.waits:
            await self._until(name, ids)
        await self._round(0)
        for each in (*self.costs.values(), *self.shares.values()):
            each.clear()

    async def run(self, rounds: int) -> None:
        for turn in range(rounds):
            self._progress(f"{self.course.frame}, round {turn + 1} of {rounds}")
            await self._round(turn)

    async def _round(self, turn: int) -> None:
        """The same burst to every lane; who begins changes from round to round."""
        burst = self.course.burst_of(self._markets, self.course.each)
        names = list(self._lanes)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            before = self._lanes[name].handed_on
            self.costs[name].append(await self._burst(name, burst))
            self.shares[name].append((self._lanes[name].handed_on - before) / len(burst.frames))

    async def _burst(self, name: str, burst: Burst) -> float:
        assert self._exchange is not None
        place = self._first_place + self.course.lanes.index(name)
        frames, after = burst.stamped(time_ns() // 1_000_000), self.answers
        async with asyncio.timeout(READ_WITHIN_S):
            while not self._exchange.load(place, frames, after):  # noqa: ASYNC110  another process sets no event
                await asyncio.sleep(LOOK_EVERY_S)
        before_ns = process_time_ns()
        self._exchange.go(self.course.per_s)
        await self._until(name, burst.last_ids, burst)
        return (process_time_ns() - before_ns) / 1_000 / len(frames)

    async def _until(self, name: str, ids: Mapping[Symbol, int], burst: Burst | None = None) -> None:
        """Raises Fatal where it does not come so far, or its books are not what they should be."""
        lane = self._lanes[name]
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                while not lane.has_reached(ids) or (burst and self._wrong(name, burst)):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_EVERY_S)  # what a lane holds sets no event
        except TimeoutError as error:
            wrong = burst is not None and lane.has_reached(ids) and self._wrong(name, burst)
            what = f"its {wrong} is not the market's" if wrong else "it did not read all that was sent"
            raise Fatal(f"{name}: {what} within {READ_WITHIN_S:g} s") from error

    def _wrong(self, name: str, burst: Burst) -> str | None:
        """Of which market the lane's book, or its proof, is not what the market's is."""
        lane, depth = self._lanes[name], self.course.depths[name]
        for symbol, (bids, asks) in burst.books.items():
            if lane.top(symbol, depth) != (bids[:depth], asks[:depth]):
                return symbol
        proof = Proof.SEQUENCE if name == TYPED else Proof.UNPROVEN
        return "proof" if isinstance(lane, FeedLane) and lane.proofs != {proof} else None


async def play(stages: Sequence[Stage], exchange: Venue, rounds: int) -> None:
    """One stage after the other. They are set up together: ccxt fetches snapshots at the venue's pace."""
    before = gc.get_threshold()
    try:
        async with asyncio.TaskGroup() as tasks:
            running, place = [], 0
            for stage in stages:
                running += [tasks.create_task(lane.run()) for lane in stage.enter(exchange, place)]
                place += len(stage.course.lanes)
            for stage in stages:
                await stage.stand()
            gc.collect()
            gc.freeze()
            gc.set_threshold(*WORKERS_GC)
            for stage in stages:
                await stage.run(rounds)
            for task in running:
                task.cancel()
    except* Fatal as fatal:
        raise fatal.exceptions[0] from None
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
