"""United: the boards of several engines as the one picture that displays draw. Pure.

Before it: each engine's own boards, by way of the reader of the signal wire. After it: whoever draws.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from kairos_tui.market.board import Board, ConversionView, Rates, RouteView, SymbolBoard, VenueView
from kairos_tui.market.feed_status import FeedState
from kairos_tui.market.latency import StageView, add_views
from kairos_tui.market.names import Symbol, Venue

SILENT_AFTER_US = 1_000_000
"""An engine paints four times a second or more: after so long a silence nothing of it is shown as live."""
_SILENT = "its engine is silent"
_SUMMED = (
    "ticks_per_s",
    "offered",
    "used",
    "conflated",
    "rejected",
    "lost",
    "signals",
    "dropped",
    "received",
)


class UnitedBoards:
    """Keeps each engine's last board. A picture is complete once all have spoken since the last one.

    One that speaks twice, or for the last time, waits for nobody: what a silent engine said last is shown
    as old as it is.
    """

    def __init__(self, engines: int, order: Sequence[Symbol] = ()) -> None:
        self._engines = engines
        self._order = {symbol: place for place, symbol in enumerate(order)}
        self._last: dict[int, Board] = {}
        self._fresh: set[int] = set()

    def take(self, engine: int, board: Board) -> Board | None:
        """One engine's board; the whole picture if it completes one. None until every engine has spoken."""
        is_due = engine in self._fresh or board.is_last
        self._last[engine] = board
        self._fresh.add(engine)
        if len(self._last) < self._engines or not (is_due or len(self._fresh) == self._engines):
            return None
        self._fresh = {engine} if is_due else set()
        return unite([last for _, last in sorted(self._last.items())], self._order)


def unite(boards: Sequence[Board], order: dict[Symbol, int]) -> Board:
    """One picture at the newest board's instant, its symbols in the viewer's order.

    Totals and rates are sums: a book that several engines need was sent to, and counts in, each of them.
    """
    first, newest = boards[0], max(boards, key=lambda board: board.at_ns)
    symbols = [_aged(one, (newest.at_ns - board.at_ns) // 1_000) for board in boards for one in board.symbols]
    stages = _add_stages(boards)
    return replace(
        newest,
        epoch=max(board.epoch for board in boards),
        uptime_us=max(board.uptime_us for board in boards),
        symbols=tuple(sorted(symbols, key=lambda one: order.get(one.symbol, len(order)))),
        rates=_add_rates(boards, {stage.stage: stage for stage in stages}),
        mood=first.mood,
        seed=first.seed,
        conversions=_join_conversions(boards, newest.at_ns),
        stages=stages,
    )


def _add_stages(boards: Sequence[Board]) -> tuple[StageView, ...]:
    return tuple(add_views(views) for views in zip(*(board.stages for board in boards), strict=False))


def _add_rates(boards: Sequence[Board], stages: dict[str, StageView]) -> Rates:
    sums = {name: sum(getattr(board.rates, name) for board in boards) for name in _SUMMED}
    decision, slot = stages.get("decision"), stages.get("slot")
    return Rates(
        **sums,
        latency_p50_us=_us(decision.p50_ns if decision else None),
        latency_p99_us=_us(decision.p99_ns if decision else None),
        engine_p99_us=_us(slot.p99_ns if slot else None),
    )


def _us(ns: int | None) -> int | None:
    return None if ns is None else ns // 1_000


def _join_conversions(boards: Sequence[Board], at_ns: int) -> tuple[ConversionView, ...]:
    """A book that several engines use is told by the first of them; chosen is what any of them has chosen."""
    joined: dict[tuple[Venue, Symbol], ConversionView] = {}
    for board in boards:
        for told in board.conversions:
            key = (told.venue, told.symbol)
            by_us = (at_ns - board.at_ns) // 1_000
            view = replace(told, age_us=_older(told.age_us, by_us))
            if by_us >= SILENT_AFTER_US:
                view = replace(view, chosen=False, blocked=_SILENT)
            known = joined.get(key)
            joined[key] = view if known is None else replace(known, chosen=known.chosen or view.chosen)
    return tuple(joined.values())


def _aged(one: SymbolBoard, by_us: int) -> SymbolBoard:
    """The same so much later, with nothing newer known; not to be traded on once its engine is silent."""
    if by_us < 1_000:
        return one
    is_silent = by_us >= SILENT_AFTER_US
    return replace(
        one,
        venues=tuple(_aged_venue(venue, by_us, is_silent=is_silent) for venue in one.venues),
        routes=tuple(_aged_route(route, by_us, is_silent=is_silent) for route in one.routes),
        converted=() if is_silent else tuple(_aged_route(route, by_us) for route in one.converted),
        best=None if is_silent or one.best is None else _aged_route(one.best, by_us),
        sized=None if is_silent else one.sized,
        last_signal_age_us=_older(one.last_signal_age_us, by_us),
    )


def _aged_venue(venue: VenueView, by_us: int, *, is_silent: bool) -> VenueView:
    aged = replace(
        venue,
        age_us=_older(venue.age_us, by_us),
        alive_us=_older(venue.alive_us, by_us),
        state_age_us=venue.state_age_us + by_us,
        retry_in_us=None if venue.retry_in_us is None else max(venue.retry_in_us - by_us, 0),
    )
    if not is_silent:
        return aged
    state = FeedState.STALE if venue.usable else venue.state
    return replace(aged, usable=False, state=state, reason=_SILENT if venue.usable else venue.reason)


def _aged_route(route: RouteView, by_us: int, *, is_silent: bool = False) -> RouteView:
    aged = replace(route, age_us=_older(route.age_us, by_us))
    return replace(aged, net_bps=None, blocked=_SILENT) if is_silent else aged


def _older(age_us: int | None, by_us: int) -> int | None:
    return None if age_us is None else age_us + by_us
