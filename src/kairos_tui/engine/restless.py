"""Restless: routes that time gates took away twice in a short while have to stand before they open again.

An age or a distance of two books does not creep back over its limit, it falls to nothing with the next
message: no second limit helps, only time. Before it: signal_gate, which asks how long. Market-math section 8.
"""

from kairos_tui.market import Route

WITHIN_NS = 10_000_000_000
"""Twice within this is restless, and it is forgotten after so long without another."""

STAND_NS = WITHIN_NS
"""So long a restless route must stand: less, and one taken away each time it has stood would flap on."""


class Restless:
    """One interruption costs nothing: the route is back with the next message."""

    def __init__(self) -> None:
        self._last_ns: dict[Route, int] = {}
        self._restless: set[Route] = set()

    def on_stale(self, route: Route, now_ns: int) -> None:
        """A leg of it grew too old, or its legs too far apart."""
        last_ns = self._last_ns.get(route)
        if last_ns is not None and now_ns - last_ns <= WITHIN_NS:
            self._restless.add(route)
        else:
            self._restless.discard(route)
        self._last_ns[route] = now_ns

    def dwell_ns(self, route: Route, since_ns: int) -> int:
        """How long a route that came back at `since_ns` has to stand."""
        is_restless = route in self._restless and since_ns - self._last_ns[route] <= WITHIN_NS
        return STAND_NS if is_restless else 0
