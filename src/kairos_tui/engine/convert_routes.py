"""ConvertRoutes: buy for one quote, sell for another, bring the proceeds back; on one venue or on two.

The Detector of routes of three and four legs. Tops and the best conversion are compared first; books are
walked only within reach.
"""

from collections.abc import Iterable, Iterator
from itertools import permutations

from msgspec import Struct

from kairos_tui.engine.chain import Chain, Way
from kairos_tui.engine.conversions import Conversions, Rates, Turn, is_spot
from kairos_tui.engine.gates import Limits, find_route_block
from kairos_tui.engine.pricing import price_chain
from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.top_prices import MarketQuotes
from kairos_tui.market import Asset, Mode, Opportunity, Route, Symbol, Thresholds, common_step

_SLACK = 1e-9
"""A pair this close below the reach is walked all the same: the exact verdict is made there."""

MODES: tuple[Mode, ...] = ("closed", "inventory")


class Crossing(Struct, frozen=True, gc=False):
    """Two markets of one base in different quotes: where it is bought, where sold, what that converts.

    `quotes`: given and wanted, of the turn.
    """

    bought: MarketQuotes
    sold: MarketQuotes
    turn: Turn
    quotes: tuple[Asset, Asset]

    @classmethod
    def of(cls, bought: MarketQuotes, sold: MarketQuotes) -> "Crossing":
        """Buy the one, sell the other."""
        turn = Turn.of(bought.slots[0].symbol, sold.slots[0].symbol)
        return cls(bought, sold, turn, (turn.given, turn.wanted))


Near = tuple[Crossing, tuple[Slot, ...], tuple[Slot, ...]]
"""A crossing within reach, and which slots of it have to be looked at: to buy, to sell."""


def find_crossings(board: QuoteBoard, symbols: Iterable[Symbol]) -> tuple[Crossing, ...]:
    """Every ordered pair of watched spot markets that differ in their quote only."""
    spots = [symbol for symbol in symbols if is_spot(symbol)]
    return tuple(
        Crossing.of(board.markets[bought], board.markets[sold])
        for bought, sold in permutations(spots, 2)
        if bought.partition("/")[0] == sold.partition("/")[0]
    )


def that_buy(symbol: Symbol, crossings: Iterable[Crossing]) -> tuple[Crossing, ...]:
    """Of these, those that buy this market."""
    return tuple(crossing for crossing in crossings if crossing.bought.slots[0].symbol == symbol)


class ConvertRoutes:
    """Yields, in both modes, the pairs whose net at the best size keeps a signal open."""

    def __init__(
        self, conversions: Conversions, crossings: Iterable[Crossing], thresholds: Thresholds
    ) -> None:
        self._conversions = conversions
        self._limits = Limits.of(thresholds)
        self._max_notional = thresholds.max_notional
        self._floor_bps = min(thresholds.close_net_bps, thresholds.min_net_bps)
        self._reach = (1.0 + self._floor_bps / 10_000.0) * (1.0 - _SLACK)
        self._buying: dict[Symbol, list[Crossing]] = {}
        self._selling: dict[Symbol, list[Crossing]] = {}
        self._converting: dict[Symbol, list[Crossing]] = {}
        self._crossings = tuple(crossings)
        self.pass_over(frozenset())

    def detect(self, touched: Iterable[Slot], board: QuoteBoard, now_ns: int) -> Iterable[Opportunity]:
        """Each route at most once, in the order the slots were touched."""
        slots = list(touched)
        moved = dict.fromkeys([slot.symbol for slot in slots if slot.symbol in self._converting])
        for symbol in moved:
            self._conversions.note(board.markets[symbol])
        near = self._near(slots)
        return self._price_near(near, now_ns) if near else ()

    def pass_over(self, symbols: frozenset[Symbol]) -> None:
        """Crossings of other engines' coins are not looked at; books that convert are noted all the same."""
        for indexed in (self._buying, self._selling, self._converting):
            for found in indexed.values():
                found.clear()
        for crossing in self._crossings:
            self._index(crossing, is_served=crossing.bought.slots[0].symbol not in symbols)

    def _price_near(self, near: Iterable[Near], now_ns: int) -> Iterator[Opportunity]:
        ways: dict[Turn, list[Way]] = {}
        for buy, sell, turn in dict.fromkeys(self._pairs_within_reach(near)):
            if find_route_block(buy, sell, now_ns, self._limits) is None:
                if turn not in ways:
                    ways[turn] = self._conversions.find_ways(turn, now_ns)
                yield from self._price(buy, sell, turn, ways[turn], now_ns)

    def _price(
        self, buy: Slot, sell: Slot, turn: Turn, ways: list[Way], now_ns: int
    ) -> Iterator[Opportunity]:
        rates = self._conversions.bound(turn)
        for mode in MODES:
            if ways and sell.net_bid * _rate(rates, mode) >= buy.net_ask * self._reach:
                route = Route(buy.symbol, buy.venue, sell.venue, sell.symbol, mode)
                priced = self._price_best(self._conversions.chains(route, buy, sell, ways), now_ns)
                if priced is not None:
                    yield priced

    def _price_best(self, chains: list[Chain], now_ns: int) -> Opportunity | None:
        """The way with the most profit at its own best size. Chains come with the best top first."""
        best: Opportunity | None = None
        for chain in chains:
            if chain.top_rate < self._reach:
                break
            priced = price_chain(
                chain, floor_bps=self._floor_bps, max_notional=self._max_notional, now_ns=now_ns
            )
            if priced is not None and (best is None or priced.profit > best.profit):
                best = priced
            if priced is not None and _is_unlimited(priced, chain):
                break
        return best

    def _near(self, touched: Iterable[Slot]) -> list[Near]:
        """Net prices only fall with depth, so a crossing out of reach at the tops is out of reach.

        A book that converts touches every coin: 0.2 us for each that is out of reach, most often all.
        """
        near: list[Near] = []
        for slot in touched:
            buying, selling = self._buying.get(slot.symbol, ()), self._selling.get(slot.symbol, ())
            converting = self._converting.get(slot.symbol, ())
            near += [(each, (slot,), each.sold.slots) for each in buying if self._is_near(each)]
            near += [(each, each.bought.slots, (slot,)) for each in selling if self._is_near(each)]
            near += [(each, each.bought.slots, each.sold.slots) for each in converting if self._is_near(each)]
        return near

    def _is_near(self, crossing: Crossing) -> bool:
        dearest = crossing.sold.best_bid * self._conversions.best_rate(crossing.quotes) / self._reach
        return dearest >= crossing.bought.best_ask

    def _pairs_within_reach(self, near: Iterable[Near]) -> Iterator[tuple[Slot, Slot, Turn]]:
        for crossing, buys, sells in near:
            rate = self._conversions.best_rate(crossing.quotes)
            dearest = crossing.sold.best_bid * rate / self._reach
            for buy in buys:
                if buy.net_ask <= dearest:
                    for sell in sells:
                        if sell.net_bid * rate >= buy.net_ask * self._reach:
                            yield buy, sell, crossing.turn

    def _index(self, crossing: Crossing, *, is_served: bool) -> None:
        each = (crossing,) if is_served else ()
        self._buying.setdefault(crossing.bought.slots[0].symbol, []).extend(each)
        self._selling.setdefault(crossing.sold.slots[0].symbol, []).extend(each)
        for symbol in dict.fromkeys(slot.symbol for slot in self._conversions.slots(crossing.turn)):
            self._converting.setdefault(symbol, []).extend(each)


def _rate(rates: Rates, mode: Mode) -> float:
    return rates.closed if mode == "closed" else rates.inventory


def _is_unlimited(priced: Opportunity, chain: Chain) -> bool:
    """True when every conversion's best level had room for one more lot: no worse top can do better."""
    lots = [slot.listing.instrument.lot for slot in chain.slots if slot.listing is not None]
    more = 1.0 + common_step((lots[0], lots[1])) / priced.size
    for leg, hop, lot in zip(priced.conversions, chain.way, lots[2:], strict=True):
        best = hop.slot.ask if hop.side == "buy" else hop.slot.bid
        if (leg.size + lot) * more >= best[1]:
            return False
    return True
