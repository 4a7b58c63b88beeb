"""CrossVenue: buy on one venue, sell on another; every ordered pair with a venue that changed.

The Detector of two-leg routes. Tops are compared first, after fees; books are walked only within reach.
"""

from collections.abc import Iterable, Iterator

from kairos_tui.engine.gates import Limits, find_route_block
from kairos_tui.engine.pricing import price_pair
from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.top_prices import MarketQuotes
from kairos_tui.market import Opportunity, Symbol, Thresholds

_SLACK = 1e-9
"""A pair this close below the reach is walked all the same: the exact verdict is made there."""


class CrossVenue:
    """Yields the pairs whose net at the best size is at least the level that keeps a signal open.

    A market that is followed only to convert (`converting`) makes no routes of its own.
    """

    def __init__(self, thresholds: Thresholds, converting: Iterable[Symbol] = ()) -> None:
        self._converting = self._silent = frozenset(converting)
        self._limits = Limits.of(thresholds)
        self._max_notional = thresholds.max_notional
        self._floor_bps = min(thresholds.close_net_bps, thresholds.min_net_bps)
        self._reach = (1.0 + self._floor_bps / 10_000.0) * (1.0 - _SLACK)

    def detect(self, touched: Iterable[Slot], board: QuoteBoard, now_ns: int) -> Iterable[Opportunity]:
        """Each ordered pair at most once, in the order the slots were touched."""
        markets, reach = board.markets, self._reach
        near: list[tuple[Slot, MarketQuotes]] = []
        for slot in touched:
            quoted = markets[slot.symbol]
            if quoted.best_bid >= quoted.best_ask * reach and slot.symbol not in self._silent:
                near.append((slot, quoted))
        return self._price(near, now_ns) if near else ()

    def pass_over(self, symbols: frozenset[Symbol]) -> None:
        """Other engines' markets make no routes here either."""
        self._silent = self._converting | symbols

    def _price(self, near: Iterable[tuple[Slot, MarketQuotes]], now_ns: int) -> Iterator[Opportunity]:
        for buy, sell in dict.fromkeys(self._pairs_within_reach(near)):
            if find_route_block(buy, sell, now_ns, self._limits) is None:
                priced = price_pair(
                    buy, sell, floor_bps=self._floor_bps, max_notional=self._max_notional, now_ns=now_ns
                )
                if priced is not None:
                    yield priced

    def _pairs_within_reach(self, near: Iterable[tuple[Slot, MarketQuotes]]) -> Iterator[tuple[Slot, Slot]]:
        """Net prices only fall with depth, so a pair out of reach at the top is out of reach."""
        for slot, quoted in near:
            dearest, cheapest = slot.net_ask * self._reach, slot.net_bid / self._reach
            if quoted.best_bid < dearest and quoted.best_ask > cheapest:
                continue
            for other in quoted.slots:
                if other is not slot and other.net_bid >= dearest:
                    yield slot, other
                if other is not slot and other.net_ask <= cheapest:
                    yield other, slot
