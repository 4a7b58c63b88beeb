"""bench_engine_market: a made-up market as the engine meets it, tick by tick, and the engine that listens.

Before it: bench_engine, which says how many venues and symbols. After it: the sides that are measured.
"""

from collections.abc import Iterator
from random import Random

import msgspec
from msgspec.structs import force_setattr

from kairos_tui.engine import Engine
from kairos_tui.market import (
    Asset,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Level,
    Listing,
    PackedTick,
    Symbol,
    Thresholds,
    Tick,
    Venue,
)

DEPTH = 20
"""Levels a side that a feed emits."""

TICKS_PER_S = 5_000
START_NS = 10**12
TAKER, LOT, MIN_COST = 0.001, 0.00001, 5.0

_STEP_NS = 1_000_000_000 // TICKS_PER_S
_PER_FRAME = 16
_MID, _NOISE_BPS, _LEVEL_SIZE = 60_000.0, 1.5, 0.05

_decoder = msgspec.msgpack.Decoder(list[PackedTick])


class MadeMarket:
    """So many ticks of venues x symbols, 5,000 a second. Every mid is within 1.5 bps of the others', but
    where a venue is off for a few of its ticks, by 22 to 40 bps: that pays both fees and opens signals.

    `shocks`: how many of 10,000 ticks begin such a spell.
    """

    def __init__(
        self, venues: int, symbols: int, ticks: int, *, shocks: float = 0.0, depth: int = DEPTH
    ) -> None:
        self.venues = tuple(Venue(f"v{number}") for number in range(venues))
        self.symbols = tuple(Symbol(f"C{number}/USDT") for number in range(symbols))
        self.count = ticks
        self._span_ns = ticks * _STEP_NS
        random = Random(venues * 1_000 + symbols)  # noqa: S311  the same market every time
        made = list(self._make(random, ticks, shocks / 10_000, depth))
        self._frames = [
            msgspec.msgpack.encode(made[first : first + _PER_FRAME]) for first in range(0, ticks, _PER_FRAME)
        ]

    def opening(self) -> Iterator[PackedTick]:
        """A book of every leg, all at once and all alike, before the first of the ticks."""
        bids, asks = _ladder(_MID - 0.5, -1.0, DEPTH), _ladder(_MID + 0.5, 1.0, DEPTH)
        for venue in self.venues:
            for symbol in self.symbols:
                yield PackedTick.of(Tick(venue, symbol, bids, asks, START_NS, START_NS))

    def frames(self, lap: int = 0) -> Iterator[list[PackedTick]]:
        """The ticks as they come out of the wire, a frame at a time; later by its whole length every lap."""
        for frame in self._frames:
            ticks = _decoder.decode(frame)
            for tick in ticks:
                force_setattr(tick, "received_ns", tick.received_ns + lap * self._span_ns)
            yield ticks

    def engine(self, thresholds: Thresholds) -> Engine:
        """With every market listed and every venue live."""
        engine = Engine(run="bench", epoch=0, symbols=self.symbols, venues=self.venues, thresholds=thresholds)
        for venue in self.venues:
            for symbol in self.symbols:
                engine.on_listing(listing_of(venue, symbol), START_NS)
            engine.on_status(FeedStatus(venue, None, FeedState.LIVE, START_NS), START_NS)
        engine.decide(START_NS)
        return engine

    def _make(self, random: Random, ticks: int, shocks: float, depth: int) -> Iterator[PackedTick]:
        off: dict[tuple[Venue, Symbol], tuple[float, int]] = {}
        for number in range(ticks):
            leg = random.choice(self.venues), random.choice(self.symbols)
            off_bps, left = off.get(leg, (0.0, 0))
            if left == 0:
                is_off = random.random() < shocks
                off_bps, left = (random.uniform(22, 40), random.randint(2, 5)) if is_off else (0.0, 1)
            off[leg] = off_bps, left - 1
            mid = _MID * (1 + (off_bps + random.uniform(-_NOISE_BPS, _NOISE_BPS)) / 10_000)
            at_ns = START_NS + (number + 1) * _STEP_NS
            bids, asks = _ladder(mid - 0.5, -1.0, depth), _ladder(mid + 0.5, 1.0, depth)
            yield PackedTick.of(Tick(*leg, bids, asks, at_ns, at_ns))


def listing_of(venue: Venue, symbol: Symbol) -> Listing:
    """A market's facts, ten bps of taker fee among them."""
    base = Asset(symbol.partition("/")[0])
    market = Instrument(venue, symbol, symbol, base, Asset("USDT"), lot=LOT, min_cost=MIN_COST)
    return Listing(market, Fees(TAKER, "market", 0))


def _ladder(first: float, step: float, depth: int) -> tuple[Level, ...]:
    return tuple((round(first + step * level, 2), _LEVEL_SIZE) for level in range(depth))
