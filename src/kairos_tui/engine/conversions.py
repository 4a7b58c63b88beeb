"""Conversions: the books that bring one quote back into another, and which of them may be used now.

Market-math section 4. Before it: quote_board, gates, peg_gate. After it: convert_routes, endings, views.
A direct book is used where one may be; through a third quote only where none may.
"""

from collections.abc import Iterable
from math import inf

from msgspec import Struct

from kairos_tui.engine.block import Block
from kairos_tui.engine.chain import Chain, Hop, Way, mid_rate, top_rate
from kairos_tui.engine.gates import Limits, close_reason, find_leg_block
from kairos_tui.engine.peg_gate import PegGate
from kairos_tui.engine.pegs import are_pegged, is_off, off_bps
from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.top_prices import MarketQuotes
from kairos_tui.market import Asset, CloseReason, Route, Symbol, Thresholds, split_symbol


class Turn(Struct, frozen=True):
    """What has to be converted: `given` into `wanted`, for a route of `base`, which cannot be the third."""

    given: Asset
    wanted: Asset
    base: Asset

    @classmethod
    def of(cls, bought: Symbol, sold: Symbol) -> "Turn":
        """What a route that buys one market and sells another must convert."""
        base, wanted = split_symbol(bought)
        return cls(split_symbol(sold)[1], wanted, base)


class Obstacle(Struct, frozen=True, gc=False):
    """Why a book may not convert now; `block` None says that it is off the peg, by so many bps."""

    slot: Slot
    block: Block | None
    off_bps: float = 0.0

    @property
    def reason(self) -> CloseReason:
        """What it means to the life of a signal: always a censored end."""
        return CloseReason.DEPEG if self.block is None else close_reason(self.slot, self.block)


class Rates(Struct, frozen=True, gc=False):
    """The best that one unit can become, converted now or marked: bounds, never verdicts."""

    closed: float
    inventory: float

    @property
    def best(self) -> float:
        """In whichever mode."""
        return max(self.closed, self.inventory)


_NO_TOPS = (Rates(0.0, 0.0), Rates(0.0, 0.0))


class Conversions:
    """Finds ways. Slots are judged when they are asked for; only bounds are kept, until a book moves.

    Conversion books are quiet ones: they are held to the age limit, not to the distance of the two legs.
    """

    def __init__(self, board: QuoteBoard, conversions: Iterable[Symbol], thresholds: Thresholds) -> None:
        self._limits = Limits.of(thresholds)
        self._depeg_bps, self._haircut_bps = thresholds.depeg_bps, thresholds.haircut_bps
        self.pegs = PegGate(self._limits, thresholds.depeg_bps)
        self._quotes = _find_quotes(board.markets, conversions)
        self._hops: dict[tuple[Asset, Asset], tuple[Hop, ...]] = {}
        self._ways: dict[Turn, tuple[tuple[Way, ...], tuple[Way, ...]]] = {}
        self._slots: dict[Turn, tuple[Slot, ...]] = {}
        self._tops: dict[str, tuple[Rates, Rates]] = {}
        self._bounds: dict[tuple[Asset, Asset], Rates] = {}
        self._best_rates: dict[tuple[Asset, Asset], float] = {}
        self.markets: dict[Symbol, tuple[Slot, ...]] = {}
        for symbol, quoted in board.markets.items():
            if is_spot(symbol) and self._quotes.issuperset(split_symbol(symbol)):
                self._learn(symbol, quoted.slots)

    def bound(self, turn: Turn) -> Rates:
        """What no way can beat, after its fees."""
        return self._bound((turn.given, turn.wanted))

    def best_rate(self, quotes: tuple[Asset, Asset]) -> float:
        """The better of both bounds, from the given to the wanted."""
        rate = self._best_rates.get(quotes)
        if rate is None:
            rate = self._best_rates[quotes] = self._bound(quotes).best
        return rate

    def note(self, quoted: MarketQuotes) -> None:
        """A book of this market has moved: if its best is another, so are the bounds."""
        symbol = quoted.slots[0].symbol
        mids = [slot.mid for slot in quoted.slots if slot.net_bid > 0.0]
        sold = Rates(quoted.best_bid, max(mids, default=0.0))
        bought = Rates(1.0 / quoted.best_ask, 1.0 / min(mids, default=inf))
        if self._tops.get(symbol) != (sold, bought):
            self._tops[symbol] = sold, bought
            self._bounds.clear()
            self._best_rates.clear()

    def find_ways(self, turn: Turn, now_ns: int) -> list[Way]:
        """Those that may be used now, the one with the best top after fees first."""
        for ways in self._ways_of(turn):
            usable = [way for way in ways if self.find_obstacle(turn, way, now_ns) is None]
            if usable:
                return sorted(usable, key=top_rate, reverse=True)
        return []

    def find_obstacle(self, turn: Turn, way: Way, now_ns: int) -> Obstacle | None:
        """The first reason why this way may not be used now."""
        for hop in way:
            obstacle = self.find_obstacle_of(hop.slot, now_ns)
            if obstacle is not None:
                return obstacle
        is_around = len(way) > 1 and are_pegged(turn.given, turn.wanted)
        if is_around and self.pegs.is_shut(way):
            return Obstacle(way[0].slot, None, off_bps(mid_rate(way)))
        return None

    def find_obstacle_of(self, slot: Slot, now_ns: int) -> Obstacle | None:
        """Why this book may not convert now: what blocks any leg, or its peg."""
        block = find_leg_block(slot, now_ns, self._limits)
        if block is not None:
            return Obstacle(slot, block)
        is_beyond = are_pegged(*split_symbol(slot.symbol)) and is_off(slot.mid, self._depeg_bps)
        if is_beyond or slot.depeg is not None:
            return Obstacle(slot, None, off_bps(slot.mid))
        return None

    def why_none(self, turn: Turn, used: Iterable[Slot], now_ns: int) -> Obstacle | None:
        """What stops the way that was used, else the first that has books; None where no market converts."""
        ways = [way for ways in self._ways_of(turn) for way in ways]
        before = set(used)
        ways.sort(key=lambda way: (not before.issuperset(_slots(way)), not _has_books(way)))
        return self.find_obstacle(turn, ways[0], now_ns) if ways else None

    def chains(self, route: Route, buy: Slot, sell: Slot, ways: list[Way]) -> list[Chain]:
        """The route over each way that it may take. What is parked is marked where converting is cheapest."""
        if route.mode == "closed":
            return [Chain(route, buy, sell, way) for way in ways]
        return [Chain(route, buy, sell, way, self._haircut_bps) for way in ways[:1]]

    def slots(self, turn: Turn) -> tuple[Slot, ...]:
        """Every slot that can be on a way."""
        if turn not in self._slots:
            ways = [way for ways in self._ways_of(turn) for way in ways]
            self._slots[turn] = tuple(dict.fromkeys(hop.slot for way in ways for hop in way))
        return self._slots[turn]

    def _learn(self, symbol: Symbol, slots: tuple[Slot, ...]) -> None:
        base, quote = split_symbol(symbol)
        self.markets[symbol] = slots
        if are_pegged(base, quote):
            self.pegs.watch_markets(slots)
        bought, sold = self._hops.get((quote, base), ()), self._hops.get((base, quote), ())
        self._hops[quote, base] = (*bought, *(Hop(slot, "buy") for slot in slots))
        self._hops[base, quote] = (*sold, *(Hop(slot, "sell") for slot in slots))

    def _ways_of(self, turn: Turn) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
        """Direct ways, and those through a third quote."""
        if turn not in self._ways:
            direct = tuple((hop,) for hop in self._hops.get((turn.given, turn.wanted), ()))
            around = tuple(
                (first, second)
                for third in sorted(self._quotes - {turn.given, turn.wanted, turn.base})
                for first in self._hops.get((turn.given, third), ())
                for second in self._hops.get((third, turn.wanted), ())
            )
            if are_pegged(turn.given, turn.wanted):
                self.pegs.watch_ways(around)
            self._ways[turn] = direct, around
        return self._ways[turn]

    def _bound(self, quotes: tuple[Asset, Asset]) -> Rates:
        held = self._bounds.get(quotes)
        if held is None:
            held = self._bounds[quotes] = self._find_bound(*quotes)
        return held

    def _find_bound(self, given: Asset, wanted: Asset) -> Rates:
        best = self._best_of(given, wanted)
        closed, marked = best.closed, best.inventory
        for third in self._quotes - {given, wanted}:
            first, second = self._best_of(given, third), self._best_of(third, wanted)
            closed = max(closed, first.closed * second.closed)
            marked = max(marked, first.inventory * second.inventory)
        return Rates(closed, marked * (1.0 - self._haircut_bps / 10_000.0))

    def _best_of(self, given: Asset, wanted: Asset) -> Rates:
        """Over the books of two quotes, before any haircut."""
        sold = self._tops.get(f"{given}/{wanted}", _NO_TOPS)[0]
        bought = self._tops.get(f"{wanted}/{given}", _NO_TOPS)[1]
        return Rates(max(sold.closed, bought.closed), max(sold.inventory, bought.inventory))


def _slots(way: Way) -> list[Slot]:
    return [hop.slot for hop in way]


def _has_books(way: Way) -> bool:
    return all(slot.tick is not None for slot in _slots(way))


def is_spot(symbol: Symbol) -> bool:
    """False for a contract, and for a name that is no BASE/QUOTE."""
    base, slash, quote = symbol.partition("/")
    return bool(base and slash and quote) and ":" not in symbol


def _find_quotes(followed: Iterable[Symbol], conversions: Iterable[Symbol]) -> frozenset[Asset]:
    """The assets that proceeds can be in on their way back."""
    paid = {split_symbol(symbol)[1] for symbol in followed if is_spot(symbol)}
    return frozenset(paid.union(*(split_symbol(symbol) for symbol in conversions if is_spot(symbol))))
