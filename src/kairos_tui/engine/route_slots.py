"""RouteSlots: from a route back to the slots it is made of, and to the tick that moved it last.

Before it: quote_board. After it: engine and endings, which ask when to look at a route and what caused it.
"""

from collections.abc import Set as AbstractSet

from kairos_tui.engine.conversions import Conversions, Turn
from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.engine.slot import Slot
from kairos_tui.market import LatencyTrace, Opportunity, Route


class RouteSlots:
    """Looks slots up; keeps nothing."""

    def __init__(self, board: QuoteBoard, conversions: Conversions) -> None:
        self._board = board
        self._conversions = conversions

    def legs(self, route: Route) -> tuple[Slot, Slot]:
        """Where the route buys and where it sells."""
        buy = self._board.slot(route.buy_venue, route.symbol)
        sell = self._board.slot(route.sell_venue, route.sold_as)
        assert buy is not None
        assert sell is not None
        return buy, sell

    def all_of(self, route: Route) -> tuple[Slot, ...]:
        """The legs, and every book that can convert the proceeds: what may change the route's price."""
        if route.sell_symbol is None:
            return self.legs(route)
        return *self.legs(route), *self._conversions.slots(Turn.of(route.symbol, route.sell_symbol))

    def used_by(self, priced: Opportunity) -> tuple[Slot, ...]:
        """The slots it was priced on, the conversions last."""
        if not priced.conversions:
            return self.legs(priced.route)
        hops = [self._board.slot(leg.venue, leg.symbol) for leg in priced.conversions]
        return *self.legs(priced.route), *(slot for slot in hops if slot is not None)

    def trace(self, route: Route, fresh: AbstractSet[Slot], now_ns: int) -> LatencyTrace:
        """The stamps of the newest tick among the slots that ticked; of this instant when none did."""
        ticked = [slot for slot in self.all_of(route) if slot in fresh and slot.tick is not None]
        newest = max(ticked, key=_received_ns, default=None)
        if newest is None or newest.tick is None:
            return caused_by_the_clock(now_ns)
        return LatencyTrace(
            newest.received_ns, newest.tick.decoded_ns, newest.sent_ns, newest.arrived_ns, now_ns
        )


def caused_by_the_clock(now_ns: int) -> LatencyTrace:
    """No tick caused it but an age, a dwell, a status or the end: every stage is the decision's instant."""
    return LatencyTrace(now_ns, now_ns, now_ns, now_ns, now_ns)


def _received_ns(slot: Slot) -> int:
    return slot.received_ns
