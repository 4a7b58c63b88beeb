"""What the engine's tests share: a Desk that drives an Engine in virtual time, and an exact Oracle.

The Oracle is brute force in fractions: it tries every break of both ladders instead of walking them, and
It shares no arithmetic with the engine.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import Any

import pytest

from kairos_tui.engine import Engine
from kairos_tui.market import (
    Asset,
    FeeCharged,
    FeedState,
    FeedStatus,
    Instrument,
    Level,
    Listing,
    Markout,
    PackedTick,
    Quote,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
    split_symbol,
)
from kairos_tui.market import Fees as MarketFees

MS = 1_000_000
PAIR = Symbol("BTC/USDT")


def exact(decimal: float) -> Fraction:
    return Fraction(repr(decimal))


class Desk:
    """An engine with listed, live venues and a clock that moves only when told."""

    def __init__(
        self,
        venues: Sequence[str] = ("alpha", "beta"),
        *,
        symbols: Sequence[str] = (PAIR,),
        conversions: Sequence[str] = (),
        taker: float = 0.001,
        lot: float = 0.00001,
        live: bool = True,
        epoch: int = 0,
        thresholds: Thresholds | None = None,
        kind: type[Engine] = Engine,
        **market: Any,
    ) -> None:
        self.venues = tuple(Venue(venue) for venue in venues)
        self.symbols = tuple(Symbol(symbol) for symbol in symbols)
        self.conversions = tuple(Symbol(symbol) for symbol in conversions)
        self.thresholds = thresholds or Thresholds(max_age_ms=1_000)
        self.now_ns = 1_000_000 * MS
        self.engine = kind(
            run="k7f3",
            epoch=epoch,
            symbols=self.symbols,
            venues=self.venues,
            thresholds=self.thresholds,
            conversions=self.conversions,
        )
        self.said: list[Signal] = []
        self.marked: list[Markout] = []
        for venue in self.venues if live else ():
            for symbol in (*self.symbols, *self.conversions):
                self.list_market(venue, symbol, taker=taker, lot=lot, **market)
                self.state(venue, FeedState.LIVE, symbol=symbol)

    def list_market(
        self,
        venue: str,
        symbol: str = PAIR,
        *,
        taker: float = 0.001,
        lot: float = 0.00001,
        charged: FeeCharged = "quote",
        **market: Any,
    ) -> Listing:
        name, pair = Venue(venue), Symbol(symbol)
        base, quote = split_symbol(pair)
        instrument = Instrument(name, pair, symbol, Asset(base), Asset(quote), lot=lot, **market)
        listing = Listing(instrument, MarketFees(taker, "market", 0, charged))
        self.engine.on_listing(listing, self.now_ns)
        return listing

    def state(self, venue: str, state: FeedState, *, symbol: str | None = PAIR, **facts: Any) -> bool:
        scope = None if symbol is None else Symbol(symbol)
        status = FeedStatus(Venue(venue), scope, state, self.now_ns, **facts)
        return self.engine.on_status(status, self.now_ns)

    def wait(self, milliseconds: float) -> None:
        self.now_ns += int(milliseconds * MS)

    def tick(
        self,
        venue: str,
        bids: Sequence[Level],
        asks: Sequence[Level],
        *,
        symbol: str = PAIR,
        age_ms: float = 0,
        **facts: Any,
    ) -> Quote | None:
        received_ns = self.now_ns - int(age_ms * MS)
        tick = Tick(
            Venue(venue), Symbol(symbol), tuple(bids), tuple(asks), received_ns, received_ns + 100, **facts
        )
        return self.engine.on_tick(PackedTick.of(tick), sent_ns=received_ns + 200, arrived_ns=self.now_ns)

    def quote(self, venue: str, bid: float, ask: float, *, size: float = 0.01, **facts: Any) -> Quote | None:
        return self.tick(venue, [(bid, size)], [(ask, size)], **facts)

    def decide(self) -> list[Signal]:
        said = self.engine.decide(self.now_ns)
        self.said += said
        self.marked += self.engine.grading.take(self.now_ns)
        return said

    def edge(self, net_bps: float, *, size: float = 0.01, ask: float = 60_000.0) -> list[Signal]:
        """Both venues tick now; buying on the first and selling on the second nets `net_bps`."""
        buy, sell = self.venues[:2]
        bid = ask * 1.001 * (1 + net_bps / 10_000) / 0.999
        self.quote(buy, ask - 1, ask, size=size)
        self.quote(sell, bid, bid * 1.01, size=size)
        return self.decide()

    def board(self, symbol: str = PAIR, **facts: Any) -> Any:
        boards = self.engine.symbol_boards(self.now_ns, **facts)
        return next(board for board in boards if board.symbol == symbol)

    def route(self, buy: str, sell: str, symbol: str = PAIR) -> Any:
        return next(
            route for route in self.board(symbol).routes if (route.buy_venue, route.sell_venue) == (buy, sell)
        )

    def events(self) -> list[str]:
        return [signal.event for signal in self.said]


class Oracle:
    """Brute force in exact arithmetic: best size of a pair, and which routes should be open."""

    @staticmethod
    def filled(levels: Sequence[Level], size: Fraction) -> Fraction | None:
        """Quote moved by `size`; None when the book ends before it."""
        moved, rest = Fraction(0), size
        for price, available in levels:
            taken = min(rest, exact(available))
            moved, rest = moved + taken * exact(price), rest - taken
        return moved if rest == 0 else None

    @classmethod
    def profit(
        cls, asks: Sequence[Level], bids: Sequence[Level], size: Fraction, fees: tuple[float, float]
    ) -> Fraction:
        spent, earned = cls.filled(asks, size), cls.filled(bids, size)
        assert spent is not None
        assert earned is not None
        return earned * (1 - exact(fees[1])) - spent * (1 + exact(fees[0]))

    @classmethod
    def best_size(
        cls,
        asks: Sequence[Level],
        bids: Sequence[Level],
        fees: tuple[float, float],
        max_notional: float,
        max_sizes: Sequence[float | None] = (),
    ) -> Fraction:
        """Profit is concave and piecewise linear, so its maximum lies at a break of a ladder or at a cap."""
        depth = min(sum((exact(size) for _, size in side), Fraction(0)) for side in (asks, bids))
        limit = min([depth, *(exact(size) for size in max_sizes if size is not None)])
        limit = min(limit, cls.affordable(asks, exact(max_notional)))
        breaks = {total for side in (asks, bids) for total in accumulate(exact(size) for _, size in side)}
        sizes = sorted({Fraction(0), limit, *(at for at in breaks if at <= limit)})
        return max(sizes, key=lambda size: (cls.profit(asks, bids, size, fees), -size))

    @staticmethod
    def affordable(asks: Sequence[Level], budget: Fraction) -> Fraction:
        size = Fraction(0)
        for price, available in asks:
            taken = min(exact(available), budget / exact(price))
            size, budget = size + taken, budget - taken * exact(price)
        return size

    @staticmethod
    def floored(size: Fraction, lots: Sequence[float]) -> Fraction:
        steps = [exact(lot) for lot in lots if lot]
        if not steps:
            return size
        common = lcm(*(step.denominator for step in steps))
        step = Fraction(lcm(*(int(step * common) for step in steps)), common)
        return size // step * step

    @classmethod
    def net_bps(
        cls, asks: Sequence[Level], bids: Sequence[Level], buy: Listing, sell: Listing, max_notional: float
    ) -> tuple[Fraction, Fraction] | None:
        """(size, net in bps) of the pair's best trade that both venues accept; None when there is none."""
        fees, markets = (buy.fees.taker, sell.fees.taker), (buy.instrument, sell.instrument)
        best = cls.best_size(asks, bids, fees, max_notional, [market.max_size for market in markets])
        size = cls.floored(best, [market.lot for market in markets])
        if size <= 0 or size < max(exact(market.min_size) for market in markets):
            return None
        spent, earned = cls.filled(asks, size), cls.filled(bids, size)
        assert spent is not None
        assert earned is not None
        if spent < exact(markets[0].min_cost) or earned < exact(markets[1].min_cost):
            return None
        outlay, proceeds = spent * (1 + exact(fees[0])), earned * (1 - exact(fees[1]))
        return (size, (proceeds / outlay - 1) * 10_000) if proceeds > outlay else None


@pytest.fixture(scope="session")
def build_desk() -> type[Desk]:
    return Desk


@pytest.fixture(scope="session")
def oracle() -> type[Oracle]:
    return Oracle


@pytest.fixture
def desk() -> Desk:
    """Two live venues, 10 bps taker each, default thresholds."""
    return Desk()
