"""SimMarket: the true book of every venue at every instant, a pure function of (plan, time).

Before it: paths, dislocations, quote_times, ladder. After it: streams and REST answers, which show it
through each venue's protocol and delay. Time is nanoseconds since the market began.
"""

from itertools import islice
from math import exp, floor

from msgspec import Struct

from kairos_tui.sim.dice import dice, scramble
from kairos_tui.sim.dislocations import Dislocations
from kairos_tui.sim.ladder import Ladder, cell_width
from kairos_tui.sim.listings import Listed, listings_of
from kairos_tui.sim.paths import CommonPath, OffsetPath
from kairos_tui.sim.plan import SimPlan
from kairos_tui.sim.quote_times import Quote, QuoteTimes

DEPTH = 100
"""Levels of each side of every book."""

START_USD = {
    "BTC": 67_000.0,
    "ETH": 2_650.0,
    "SOL": 155.0,
    "USDT": 0.9997,
    "USDC": 0.9999,
    "USD": 1.0,
    "EUR": 1.08,
    "PEPE": 1.05e-5,
    "NEIRO": 4.2e-4,
    "NEIROETH": 0.09,
    "SATS": 1.8e-7,
}
_MINUTE_SD_BPS = {
    "BTC": 6.0,
    "ETH": 7.5,
    "SOL": 9.0,
    "USDT": 0.02,
    "USDC": 0.01,
    "EUR": 1.0,
    "PEPE": 14.0,
    "NEIRO": 18.0,
    "NEIROETH": 18.0,
    "SATS": 16.0,
}
_MEDIAN_USD = {
    "BTC": 9_000.0,
    "ETH": 7_000.0,
    "SOL": 5_000.0,
    "USDT": 60_000.0,
    "USDC": 60_000.0,
    "EUR": 30_000.0,
}
"""Median money in one price level; `_SMALL_USD` where none is named."""

_SMALL_USD = 1_500.0
_CELL_BPS = {"BTC": 0.15, "ETH": 0.25, "SOL": 0.6, "USDT": 1.0, "USDC": 1.0, "EUR": 0.5}
"""Usual distance of levels; `_SMALL_CELL_BPS` where none is named."""

_SMALL_CELL_BPS = 6.0
DELAY_MS = {
    "binance": 24,
    "bybit": 32,
    "okx": 28,
    "kraken": 45,
    "coinbase": 38,
    "kucoin": 52,
    "gate": 60,
    "bitget": 42,
}
"""From the matching engine to us: a venue's frames show, and are stamped, so long ago."""

_SPREAD_BUCKET_NS = 250_000_000
KEPT_BOOKS = 32
"""Several streams, REST and a checker look at the same instants of a market."""


class Book(Struct, frozen=True, gc=False):
    """price in ticks -> size in lots, best first, as of quote `number` at `at_ns`."""

    number: int
    at_ns: int
    bids: dict[int, int]
    asks: dict[int, int]

    def top(self, depth: int) -> "Book":
        """The same book, at most `depth` levels of a side."""
        if depth >= DEPTH:
            return self
        bids, asks = islice(self.bids.items(), depth), islice(self.asks.items(), depth)
        return Book(self.number, self.at_ns, dict(bids), dict(asks))


class ListedMarket:
    """One venue's market for one symbol."""

    def __init__(self, plan: SimPlan, listed: Listed, base: CommonPath, quote: CommonPath) -> None:
        key = (plan.seed, listed.venue, listed.symbol)
        self.listed = listed
        self._base, self._quote = base, quote
        self._dislocations: Dislocations | None = None
        self._offset = OffsetPath(*key, sd_bps=0.5, half_life_s=dice(*key, "half-life").uniform(0.5, 1.5))
        self._constant_bps = dice(*key, "constant").gauss(0.0, 0.4)
        unit_usd = START_USD[listed.coin] * listed.coins
        self._ticks = unit_usd / START_USD[listed.quote] * 10.0**listed.price_decimals
        self._spread_salt = dice(*key, "spread").getrandbits(64)
        self.times = QuoteTimes(*key, per_s=listed.quotes_per_s * plan.rate)
        lots = _MEDIAN_USD.get(listed.coin, _SMALL_USD) / unit_usd * 10.0**listed.lot_decimals
        cell = cell_width(self._ticks, _CELL_BPS.get(listed.coin, _SMALL_CELL_BPS))
        self._bids = Ladder(*key, is_bid=True, cell=cell, median_lots=lots, depth=DEPTH)
        self._asks = Ladder(*key, is_bid=False, cell=cell, median_lots=lots, depth=DEPTH)
        self._cache: dict[int, Book] = {}

    def dislocate(self, dislocations: Dislocations) -> None:
        self._dislocations = dislocations

    def mid_ticks(self, at_ns: int) -> float:
        bps = self._base.at(at_ns) - self._quote.at(at_ns) + self._constant_bps + self._offset.at(at_ns)
        if self._dislocations is not None:
            bps += self._dislocations.at(self.listed.venue, at_ns)
        return self._ticks * exp(bps * 1e-4)

    def best(self, at_ns: int) -> tuple[int, int]:
        """Best bid and ask in ticks: one tick apart most of the time, with a fat tail."""
        bits = scramble(at_ns // _SPREAD_BUCKET_NS, self._spread_salt)
        rare = bits % 1000
        spread_bps = 0.0 if rare < 850 else (bits >> 10 & 1023) / 1023 * (0.8 if rare < 985 else 3.0)
        spread = max(1, round(self._ticks * spread_bps * 1e-4))
        bid = floor(self.mid_ticks(at_ns) - (spread - 1) / 2)
        return bid, bid + spread

    def book(self, at_ns: int) -> Book:
        """The book as of the last quote at or before `at_ns`."""
        return self.book_of(self.times.last(at_ns))

    def book_of(self, quote: Quote) -> Book:
        number, quoted_ns = quote
        book = self._cache.get(number)
        if book is None:
            bid, ask = self.best(quoted_ns)
            bids, asks = self._bids.levels(bid, quote), self._asks.levels(ask, quote)
            book = self._cache[number] = Book(number, quoted_ns, bids, asks)
            while len(self._cache) > KEPT_BOOKS:
                del self._cache[next(iter(self._cache))]
        return book


class SimMarket:
    """Every market of every venue of a plan. Built at once, computed only where somebody looks."""

    def __init__(self, plan: SimPlan) -> None:
        paths = {
            asset: CommonPath(plan.seed, asset, minute_sd_bps=_MINUTE_SD_BPS.get(asset, 0.0))
            for asset in START_USD
        }
        jumps = {
            base: Dislocations(plan.seed, base, venues=plan.venues, mood=plan.mood)
            for base in ("BTC", "ETH", "SOL")
        }
        self._markets: dict[tuple[str, str], ListedMarket] = {}
        for venue in plan.venues:
            for listed in listings_of(venue).values():
                market = ListedMarket(plan, listed, paths[listed.coin], paths[listed.quote])
                if listed.base in jumps:
                    market.dislocate(jumps[listed.base])
                self._markets[venue, listed.symbol] = market

    def of(self, venue: str, symbol: str) -> ListedMarket:
        return self._markets[venue, symbol]
