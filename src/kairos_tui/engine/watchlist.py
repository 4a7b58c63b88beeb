"""Watchlist: every watched route, oldest first, found again by what can move it and by its symbol.

Before it: signal_gate, which adds and drops. After it: engine and endings, once a decision, and boards.
Asking each route whether it was touched took half a microsecond apiece, on every tick of any market.
"""

from collections.abc import Iterable

from kairos_tui.engine.route_slots import RouteSlots
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.watch import Watch
from kairos_tui.market import Route, Symbol


class Watchlist:
    """Routes with a signal open or a candidate standing."""

    def __init__(self, slots: RouteSlots) -> None:
        self._slots = slots
        self._watches: dict[Route, Watch] = {}
        self._moved_by: dict[Slot, dict[Watch, None]] = {}
        self._of_symbol: dict[Symbol, dict[Watch, None]] = {}
        self._added = 0

    def __len__(self) -> int:
        return len(self._watches)

    def of(self, route: Route) -> Watch | None:
        """What is remembered of a route, if anything."""
        return self._watches.get(route)

    def all(self) -> list[Watch]:
        """Oldest first."""
        return list(self._watches.values())

    def of_symbol(self, symbol: Symbol) -> Iterable[Watch]:
        """Of the routes that buy this market, oldest first."""
        return self._of_symbol.get(symbol, ())

    def moved_by(self, touched: Iterable[Slot]) -> list[Watch]:
        """Those whose price a touched slot may have changed, oldest first."""
        if not self._watches:
            return []
        moved: dict[Watch, None] = {}
        for slot in touched:
            if held := self._moved_by.get(slot):
                moved |= held
        return sorted(moved, key=_number) if len(moved) > 1 else list(moved)

    def parted(self, slots: Iterable[Slot], most_apart_ns: int) -> list[Slot]:
        """Those of the slots that are now too far from the other leg of a route."""
        if not self._watches:
            return []
        return [
            slot
            for slot in slots
            for watch in self._moved_by.get(slot, ())
            if _apart_ns(self._slots.legs(watch.priced.route)) > most_apart_ns
        ]

    def add(self, watch: Watch) -> None:
        """From now on it is asked for."""
        route = watch.priced.route
        self._added += 1
        watch.number = self._added
        self._watches[route] = watch
        self._of_symbol.setdefault(route.symbol, {})[watch] = None
        for slot in self._slots.all_of(route):
            self._moved_by.setdefault(slot, {})[watch] = None

    def drop(self, route: Route) -> Watch | None:
        """It is over; None when it was not watched."""
        watch = self._watches.pop(route, None)
        if watch is not None:
            watch.due_ns = None
            del self._of_symbol[route.symbol][watch]
            for slot in self._slots.all_of(route):
                del self._moved_by[slot][watch]
        return watch


def _apart_ns(legs: tuple[Slot, Slot]) -> int:
    return abs(legs[0].alive_ns - legs[1].alive_ns)


def _number(watch: Watch) -> int:
    return watch.number
