"""Endings: which watched routes are over, why, and at what price. One close per open, made here.

Before it: detectors, whose silence about a route that was looked at means it is gone. After it: engine.
"""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet

from kairos_tui.engine.conversions import Conversions, Turn
from kairos_tui.engine.gates import Limits, close_reason, find_route_block
from kairos_tui.engine.repricing import Repricer
from kairos_tui.engine.route_slots import RouteSlots, caused_by_the_clock
from kairos_tui.engine.signal_gate import SignalGate
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.watch import Watch
from kairos_tui.market import FINISHED, CloseReason, Opportunity, Route, Signal, Symbol, Thresholds


class Endings:
    """Takes routes out of the signal gate. A candidate leaves without a word."""

    def __init__(
        self,
        gate: SignalGate,
        slots: RouteSlots,
        conversions: Conversions,
        repricer: Repricer,
        thresholds: Thresholds,
    ) -> None:
        self._gate = gate
        self._slots = slots
        self._conversions = conversions
        self._repricer = repricer
        self._limits = Limits.of(thresholds)
        self._close_net_bps = max(thresholds.close_net_bps, 0.0)

    def withdraw_repriced(
        self, moved: Sequence[Watch], repriced: AbstractSet[Slot], fresh: AbstractSet[Slot], now_ns: int
    ) -> list[Signal]:
        """What was opened on fees that no longer hold ends; it may open again at once, as another signal."""
        if not repriced:
            return []
        routes = [watch.priced.route for watch in moved if not repriced.isdisjoint(self._used(watch))]
        return self._withdraw(dict.fromkeys(routes, CloseReason.FEE_CHANGE), fresh, now_ns)

    def withdraw_lost(
        self, moved: Sequence[Watch], found: Collection[Route], fresh: AbstractSet[Slot], now_ns: int
    ) -> list[Signal]:
        """Of the watched routes that were looked at, those still watched that were not found again."""
        routes = [watch.priced.route for watch in moved if watch.priced.route not in found]
        lost = {route: self._why_lost(route, now_ns) for route in routes if self._gate.watch(route)}
        return self._withdraw(lost, fresh, now_ns)

    def withdraw_all(
        self, now_ns: int, reason: CloseReason, symbols: Collection[Symbol] | None = None
    ) -> list[Signal]:
        """Every watched route, oldest first; or those that buy one of these markets."""
        trace = caused_by_the_clock(now_ns)
        routes = [watch.priced.route for watch in self._gate.watches]
        routes = [route for route in routes if symbols is None or route.symbol in symbols]
        closed = [self._gate.withdraw(route, reason, trace, now_ns) for route in routes]
        return [signal for signal in closed if signal is not None]

    def _withdraw(
        self, reasons: dict[Route, CloseReason], fresh: AbstractSet[Slot], now_ns: int
    ) -> list[Signal]:
        closed = []
        for route, reason in reasons.items():
            # Both books are believed: the end has a price of its own. Otherwise the last one stands.
            ended = self._price_again(route, now_ns) if reason in FINISHED else None
            trace = self._slots.trace(route, fresh, now_ns)
            closed.append(self._gate.withdraw(route, reason, trace, now_ns, ended))
        return [signal for signal in closed if signal is not None]

    def _price_again(self, route: Route, now_ns: int) -> Opportunity | None:
        """The last size at the present books, at whatever loss; None when they no longer hold that much."""
        watch = self._gate.watch(route)
        if watch is None:
            return None
        return self._repricer.price(route, watch.priced.size, now_ns)

    def _why_lost(self, route: Route, now_ns: int) -> CloseReason:
        blocked = find_route_block(*self._slots.legs(route), now_ns, self._limits)
        if blocked is not None:
            return close_reason(*blocked)
        chains = self._repricer.chains(route, now_ns)
        if not chains:
            return self._why_not_converted(route, now_ns)
        top_bps = (max(chain.top_rate for chain in chains) - 1.0) * 10_000.0
        stands = top_bps >= self._close_net_bps and top_bps > 0.0
        return CloseReason.DEPTH_GONE if stands else CloseReason.REVERTED

    def _why_not_converted(self, route: Route, now_ns: int) -> CloseReason:
        watch = self._gate.watch(route)
        used = self._slots.used_by(watch.priced) if watch is not None else ()
        obstacle = self._conversions.why_none(Turn.of(route.symbol, route.sold_as), used, now_ns)
        return obstacle.reason if obstacle is not None else CloseReason.DOWN

    def _used(self, watch: Watch) -> tuple[Slot, ...]:
        """The slots whose fees are in the price: what is parked pays none yet."""
        route = watch.priced.route
        return self._slots.used_by(watch.priced) if route.mode == "closed" else self._slots.legs(route)
