"""RemoteClock: another machine's monotonic stamps as this machine's, so that ages are ages here too.

Before it: sources. After it: the HUD and the mirror, which subtract such stamps from their own clock.
"""

from msgspec.structs import replace

from kairos_tui.market import (
    Board,
    FeedStatus,
    Fill,
    LatencyTrace,
    Leg,
    Markout,
    Opportunity,
    Quote,
    Signal,
    SymbolBoard,
)
from kairos_tui.wire import Body, Published

_WINDOW_NS = 10_000_000_000


class RemoteClock:
    """The difference between two monotonic clocks: the least that a board's way has taken lately.

    A board that was late on its way is then as old as it was late. Wall-clock stamps stay as they came.
    """

    def __init__(self) -> None:
        self._run = ""
        self._now_ns: int | None = None
        self._before_ns: int | None = None
        self._since_ns = 0

    def on_board(self, published: Published, arrived_ns: int) -> None:
        """A board is live by nature, which a stream's entry is not: it may have waited there for hours."""
        ahead_ns = arrived_ns - published.published_ns
        if published.run != self._run:
            self._run, self._now_ns, self._before_ns, self._since_ns = published.run, None, None, arrived_ns
        if arrived_ns - self._since_ns > _WINDOW_NS:
            self._before_ns, self._now_ns, self._since_ns = self._now_ns, None, arrived_ns
        self._now_ns = ahead_ns if self._now_ns is None else min(self._now_ns, ahead_ns)

    def here(self, published: Published, arrived_ns: int) -> Published:
        """The same with this machine's monotonic stamps. Of a run without boards it has happened just now."""
        known = [ns for ns in (self._now_ns, self._before_ns) if ns is not None]
        ahead_ns = min(known) if known and published.run == self._run else arrived_ns - published.published_ns
        return moved_by(published, ahead_ns)


def moved_by(published: Published, by_ns: int) -> Published:
    """The same with every monotonic stamp so much later."""
    at_ns = published.published_ns + by_ns
    return replace(published, published_ns=at_ns, body=_body(published.body, by_ns))


def _body(body: Body, by_ns: int) -> Body:
    moved: Body
    match body:
        case Signal():
            moved = _signal(body, by_ns)
        case Quote():
            moved = replace(body, received_ns=body.received_ns + by_ns)
        case FeedStatus():
            retry_ns = None if body.retry_ns is None else body.retry_ns + by_ns
            changed_ns = None if body.at_ns is None else body.at_ns + by_ns
            moved = replace(body, since_ns=body.since_ns + by_ns, retry_ns=retry_ns, at_ns=changed_ns)
        case Markout():
            moved = replace(body, at_ns=body.at_ns + by_ns)
        case Fill():
            moved = _fill(body, by_ns)
        case Board():
            symbols = tuple(_symbol(one, by_ns) for one in body.symbols)
            oldest_ns = None if body.oldest_ns is None else body.oldest_ns + by_ns
            moved = replace(body, at_ns=body.at_ns + by_ns, oldest_ns=oldest_ns, symbols=symbols)
    return moved


def _symbol(one: SymbolBoard, by_ns: int) -> SymbolBoard:
    return replace(
        one,
        sized=None if one.sized is None else _opportunity(one.sized, by_ns),
        open_signals=tuple(_signal(signal, by_ns) for signal in one.open_signals),
    )


def _signal(signal: Signal, by_ns: int) -> Signal:
    return replace(
        signal,
        opportunity=_opportunity(signal.opportunity, by_ns),
        opened_ns=signal.opened_ns + by_ns,
        at_ns=signal.at_ns + by_ns,
        trace=_trace(signal.trace, by_ns),
    )


def _fill(fill: Fill, by_ns: int) -> Fill:
    orders = tuple(replace(order, at_ns=order.at_ns + by_ns) for order in fill.orders)
    return replace(fill, opened_ns=fill.opened_ns + by_ns, at_ns=fill.at_ns + by_ns, orders=orders)


def _opportunity(found: Opportunity, by_ns: int) -> Opportunity:
    return replace(
        found,
        buy=_leg(found.buy, by_ns),
        sell=_leg(found.sell, by_ns),
        conversions=tuple(_leg(leg, by_ns) for leg in found.conversions),
    )


def _leg(leg: Leg, by_ns: int) -> Leg:
    return replace(leg, received_ns=leg.received_ns + by_ns)


def _trace(trace: LatencyTrace, by_ns: int) -> LatencyTrace:
    """0 is no stamp: that stage was not reached."""
    stamps = {name: getattr(trace, name) for name in trace.__struct_fields__}
    return replace(trace, **{name: at_ns and at_ns + by_ns for name, at_ns in stamps.items()})
