"""SignalGate: a flicker of opportunities -> opened, updated, closed. One route, one open; one close per open.

Before it: detectors, through engine. After it: the signal wire. Market-math section 8.
"""

from collections.abc import Callable

from kairos_tui.engine.exact import reaches
from kairos_tui.engine.lifetimes import Lifetimes
from kairos_tui.engine.restless import Restless
from kairos_tui.engine.watch import Watch
from kairos_tui.engine.watchlist import Watchlist
from kairos_tui.market import CloseReason, LatencyTrace, Opportunity, Route, Signal, Symbol, Thresholds

TraceOf = Callable[[Route], LatencyTrace]
"""The stamps of the tick that moved a route."""

HEARTBEAT_NS = 1_000_000_000
"""An open signal speaks at least this often."""

_NET_STEP_BPS = 0.5
_SIZE_STEP = 0.2 - 1e-9
"""A fifth; 0.12 is a fifth more than 0.1, whatever floats say."""


class SignalGate:
    """Candidates stand for the dwell, then open; they stay open until the net falls below the close level."""

    def __init__(
        self, *, run: str, epoch: int, thresholds: Thresholds, watchlist: Watchlist, lifetimes: Lifetimes
    ) -> None:
        self._prefix = f"{run}-{epoch}-" if epoch else f"{run}-"
        self._thresholds = thresholds
        self._dwell_ns = thresholds.dwell_ms * 1_000_000
        self._watchlist = watchlist
        self._lifetimes = lifetimes
        self._restless = Restless()
        self.opened = 0
        self.opened_by_symbol: dict[Symbol, int] = {}
        self.last_event_ns: dict[Symbol, int] = {}

    def open_at(self, thresholds: Thresholds) -> None:
        """From now on signals open at another net; those that are open stay so until they close."""
        self._thresholds = thresholds

    @property
    def watches(self) -> list[Watch]:
        """What is remembered of each route with a signal open or a candidate standing, oldest first."""
        return self._watchlist.all()

    def watch(self, route: Route) -> Watch | None:
        """What is remembered of a route, if anything."""
        return self._watchlist.of(route)

    def open_signals(self, symbol: Symbol, now_ns: int) -> tuple[Signal, ...]:
        """The symbol's open signals as last priced, oldest first."""
        return tuple(
            [
                watch.speak("open" if watch.told_ns == watch.opened_ns else "update", now_ns)
                for watch in self._watchlist.of_symbol(symbol)
                if watch.signal_id is not None
            ]
        )

    def next_check_ns(self, watch: Watch) -> int:
        """When a route must be looked at even if nothing moves: its heartbeat, or its dwell's end."""
        if watch.signal_id is not None:
            return watch.told_ns + HEARTBEAT_NS
        return watch.since_ns + self._dwell_ns_of(watch.priced.route, watch.since_ns)

    def consider(self, priced: Opportunity, trace_of: TraceOf, now_ns: int) -> Signal | None:
        """A healthy route was priced now, at or above the level that keeps a signal open.

        `trace_of` it is asked for only when there is something to say: most looks end in silence.
        """
        watch = self._watchlist.of(priced.route)
        if watch is not None and watch.signal_id is not None:
            return self._follow(watch, priced, trace_of, now_ns)
        if not reaches(priced, self._thresholds.min_net_bps):
            self._forget(priced.route, CloseReason.REVERTED, now_ns)
            return None
        if watch is None:
            watch = Watch(priced, now_ns)
            self._watchlist.add(watch)
            self._lifetimes.begin(watch)
        # Also of a candidate: a book that it no longer stands on must not go on calling for a look.
        watch.priced = priced
        has_stood = now_ns - watch.since_ns >= self._dwell_ns_of(priced.route, watch.since_ns)
        return self._open(watch, priced, trace_of(priced.route), now_ns) if has_stood else None

    def withdraw(
        self,
        route: Route,
        reason: CloseReason,
        trace: LatencyTrace,
        now_ns: int,
        ended: Opportunity | None = None,
    ) -> Signal | None:
        """A watched route is no longer worth keeping; a candidate leaves without a word.

        `ended` is the route as priced at its end, if it could be; else the close repeats the last price.
        """
        watch = self._forget(route, reason, now_ns)
        if reason is CloseReason.STALE:
            self._restless.on_stale(route, now_ns)
        if watch is None or watch.signal_id is None:
            return None
        if ended is not None:
            watch.reprice(ended)
        self.last_event_ns[route.symbol] = now_ns
        return watch.close(reason, trace, now_ns)

    def _forget(self, route: Route, reason: CloseReason, now_ns: int) -> Watch | None:
        watch = self._watchlist.drop(route)
        if watch is not None:
            self._lifetimes.end(watch, reason, now_ns)
        return watch

    def _dwell_ns_of(self, route: Route, since_ns: int) -> int:
        """Longer for one whose books grow too old, or too far apart, again and again."""
        return max(self._dwell_ns, self._restless.dwell_ns(route, since_ns))

    def _open(self, watch: Watch, priced: Opportunity, trace: LatencyTrace, now_ns: int) -> Signal:
        self.opened += 1
        symbol = priced.route.symbol
        self.opened_by_symbol[symbol] = self.opened_by_symbol.get(symbol, 0) + 1
        self.last_event_ns[symbol] = now_ns
        watch.chance = self._lifetimes.chance(watch, now_ns)
        return watch.open(f"{self._prefix}{self.opened}", priced, trace, now_ns)

    def _follow(self, watch: Watch, priced: Opportunity, trace_of: TraceOf, now_ns: int) -> Signal | None:
        watch.reprice(priced)
        if not _worth_telling(watch, now_ns):
            return None
        self.last_event_ns[priced.route.symbol] = now_ns
        watch.chance = self._lifetimes.chance(watch, now_ns)
        return watch.update(trace_of(priced.route), now_ns)


def _worth_telling(watch: Watch, now_ns: int) -> bool:
    """The net moved by half a bp, the size by a fifth, or a second has passed since the last event."""
    priced, told = watch.priced, watch.told
    return (
        abs(priced.net_bps - told.net_bps) >= _NET_STEP_BPS
        or abs(priced.size - told.size) >= told.size * _SIZE_STEP
        or now_ns - watch.told_ns >= HEARTBEAT_NS
    )
