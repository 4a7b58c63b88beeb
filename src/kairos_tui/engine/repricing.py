"""Repricing: what a route that was found once costs now, at a size it had then; or why that cannot be said.

Before it: route_slots, conversions, gates. After it: endings, for the price of an end; markouts.
"""

from kairos_tui.engine.chain import Chain
from kairos_tui.engine.conversions import Conversions, Turn
from kairos_tui.engine.converted_view import say_no_way
from kairos_tui.engine.gates import Limits, find_route_block
from kairos_tui.engine.pricing import price_at
from kairos_tui.engine.route_slots import RouteSlots
from kairos_tui.engine.words import say_block
from kairos_tui.market import Opportunity, Route, Thresholds


class Repricer:
    """Looks at the books of the moment; keeps nothing."""

    def __init__(self, slots: RouteSlots, conversions: Conversions, thresholds: Thresholds) -> None:
        self._slots = slots
        self._conversions = conversions
        self._limits = Limits.of(thresholds)

    def chains(self, route: Route, now_ns: int) -> list[Chain]:
        """What the route may run through now; none when its proceeds cannot be converted."""
        buy, sell = self._slots.legs(route)
        if route.sell_symbol is None:
            return [Chain(route, buy, sell)]
        ways = self._conversions.find_ways(Turn.of(route.symbol, route.sell_symbol), now_ns)
        return self._conversions.chains(route, buy, sell, ways)

    def price(self, route: Route, size: float, now_ns: int) -> Opportunity | None:
        """That size at the present books, at whatever loss; None when they no longer hold that much."""
        priced = [price_at(chain, size, now_ns) for chain in self.chains(route, now_ns)]
        return max((each for each in priced if each is not None), key=_profit, default=None)

    def why_blocked(self, route: Route, now_ns: int) -> str | None:
        """Why no price of it would be believed now, in words; None when one would."""
        buy, sell = self._slots.legs(route)
        blocked = find_route_block(buy, sell, now_ns, self._limits)
        if blocked is not None:
            return say_block(*blocked, buy, sell, now_ns)
        if route.sell_symbol is None or self.chains(route, now_ns):
            return None
        return say_no_way(Turn.of(route.symbol, route.sell_symbol), self._conversions, now_ns)


def _profit(priced: Opportunity) -> float:
    return priced.profit
