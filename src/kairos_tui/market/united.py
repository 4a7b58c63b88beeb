"""United: the boards of several engines as the one picture that displays draw. Pure.

Before it: each engine's own boards, by way of the reader of the signal wire. After it: whoever draws.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from kairos_tui.market.board import Board, ConversionView, Rates, RouteView, SymbolBoard, VenueView
from kairos_tui.market.calibration import Calibration, CalibrationCount
from kairos_tui.market.feed_status import FeedState
from kairos_tui.market.latency import StageView, add_views
from kairos_tui.market.names import Symbol, Venue
from kairos_tui.market.recorded import add_recordings

SILENT_AFTER_NS = 1_000_000_000
"""An engine paints four times a second or more: after so long a silence nothing of it is shown as live."""
_SILENT = "its engine is silent"
_SUMMED = (
    "offered",
    "used",
    "conflated",
    "rejected",
    "lost",
    "signals",
    "dropped",
    "received",
    "standby",
)


class UnitedBoards:
    """Keeps each engine's last board. A picture is complete once all have spoken since the last one.

    One that speaks twice, or for the last time, waits for nobody: what a silent engine said last is shown as
    old as it is. The first picture waits a second for those that have said nothing yet; whoever is expected
    later is waited for no longer than the others' next board. All boards' stamps are of one clock.
    """

    def __init__(self, engines: int | Iterable[int], order: Sequence[Symbol] = ()) -> None:
        self._order = {symbol: place for place, symbol in enumerate(order)}
        self._numbers: tuple[int, ...] = ()
        self._last: dict[int, Board] = {}
        self._fresh: set[int] = set()
        self._since_ns = 0
        self._begun = False
        self.expect(range(engines) if isinstance(engines, int) else engines)

    def expect(self, numbers: Iterable[int]) -> None:
        """From here on these are the engines. Who is not among them leaves the picture, totals and all."""
        self._numbers = tuple(sorted(set(numbers)))
        self._last = {number: board for number, board in self._last.items() if number in self._numbers}
        self._fresh &= self._last.keys()

    def take(self, engine: int, board: Board) -> Board | None:
        """One engine's board; the whole picture if it completes one. Who is not expected is not shown."""
        if engine not in self._numbers:
            return None
        if any((held.run, held.feed) != (board.run, board.feed) for held in self._last.values()):
            # Live turned sim: not a word of the one belongs to the other.
            self._last, self._fresh, self._begun = {}, set(), False
        if not self._last:
            self._since_ns = board.at_ns
        is_due = engine in self._fresh or board.is_last
        self._last[engine] = board
        self._fresh.add(engine)
        self._begun |= (
            len(self._last) == len(self._numbers) or board.at_ns - self._since_ns >= SILENT_AFTER_NS
        )
        if not self._begun or not (is_due or self._awaited <= self._fresh):
            return None
        self._fresh = {engine} if is_due else set()
        return unite({number: self._last.get(number) for number in self._numbers}, self._order)

    @property
    def _awaited(self) -> set[int]:
        """Who is not heard of for good."""
        return {
            number for number in self._numbers if number not in self._last or not self._last[number].is_last
        }


def unite(parts: Mapping[int, Board | None], order: Mapping[Symbol, int]) -> Board:
    """One picture at the newest board's instant, its symbols in the viewer's order. None has yet to speak.

    Totals and rates are sums: a book that several engines need was sent to, and counts in, each of them. Of
    one that ended while others go on only the totals are told.
    """
    boards = sorted((part for part in parts.values() if part is not None), key=_at_ns, reverse=True)
    newest = boards[0]
    present = [board for board in boards if newest.is_last or not board.is_last]
    speaking = [board for board in present if newest.at_ns - board.at_ns < SILENT_AFTER_NS]
    symbols = [
        _aged(one, (newest.at_ns - board.at_ns) // 1_000) for board in present for one in board.symbols
    ]
    stages = tuple(add_views(views) for views in zip(*(board.stages for board in speaking), strict=False))
    return replace(
        newest,
        epoch=max(board.epoch for board in boards),
        epochs=tuple(-1 if part is None else part.epoch for part in parts.values()),
        engines=() if tuple(parts) == tuple(range(len(parts))) else tuple(parts),
        oldest_ns=speaking[-1].at_ns,
        uptime_us=max(board.uptime_us for board in boards),
        symbols=tuple(sorted(symbols, key=lambda one: (order.get(one.symbol, len(order)), one.symbol))),
        rates=_add_rates(boards, speaking, {stage.stage: stage for stage in stages}),
        # A restarted engine has not been told of them yet.
        roles=next((board.roles for board in boards if board.roles), ()),
        conversions=_join_conversions(present, newest.at_ns),
        stages=stages,
        is_last=all(part is not None and part.is_last for part in parts.values()),
        recording=add_recordings([board.recording for board in boards]),
        calibration=_add_calibrations(boards),
        told=sum(board.told for board in boards),
    )


def _at_ns(board: Board) -> int:
    return board.at_ns


def _add_rates(boards: Sequence[Board], speaking: Sequence[Board], stages: dict[str, StageView]) -> Rates:
    sums = {name: sum(getattr(board.rates, name) for board in boards) for name in _SUMMED}
    decision, slot = stages.get("decision"), stages.get("slot")
    return Rates(
        **sums,
        ticks_per_s=sum(board.rates.ticks_per_s for board in speaking),
        latency_p50_us=_us(decision.p50_ns if decision else None),
        latency_p99_us=_us(decision.p99_ns if decision else None),
        engine_p99_us=_us(slot.p99_ns if slot else None),
    )


def _add_calibrations(boards: Sequence[Board]) -> Calibration | None:
    """Of a silent engine too: what it told has been told."""
    known = [board.calibration for board in boards if board.calibration is not None]
    count = CalibrationCount()
    for calibration in known:
        count.add(calibration)
    return count.calibration if known else None


def _us(ns: int | None) -> int | None:
    return None if ns is None else ns // 1_000


def _join_conversions(boards: Sequence[Board], at_ns: int) -> tuple[ConversionView, ...]:
    """A book that several engines use is told by the one that spoke last; chosen is what any has chosen."""
    joined: dict[tuple[Venue, Symbol], ConversionView] = {}
    for board in boards:
        by_us = (at_ns - board.at_ns) // 1_000
        for told in board.conversions:
            view = replace(told, age_us=_older(told.age_us, by_us))
            if by_us * 1_000 >= SILENT_AFTER_NS:
                view = replace(view, chosen=False, blocked=_SILENT)
            known = joined.setdefault((told.venue, told.symbol), view)
            if view.chosen and known.blocked is None:
                joined[told.venue, told.symbol] = replace(known, chosen=True)
    return tuple(joined.values())


def _aged(one: SymbolBoard, by_us: int) -> SymbolBoard:
    """The same so much later, with nothing newer known; not to be traded on once its engine is silent."""
    if by_us < 1_000:
        return one
    is_silent = by_us * 1_000 >= SILENT_AFTER_NS
    return replace(
        one,
        venues=tuple(_aged_venue(venue, by_us, is_silent=is_silent) for venue in one.venues),
        routes=tuple(_aged_route(route, by_us, is_silent=is_silent) for route in one.routes),
        converted=() if is_silent else tuple(_aged_route(route, by_us) for route in one.converted),
        best=None if is_silent or one.best is None else _aged_route(one.best, by_us),
        sized=None if is_silent else one.sized,
        open_signals=() if is_silent else one.open_signals,
        books=() if is_silent else one.books,
        suspended=0 if is_silent else one.suspended,
        suspended_why=None if is_silent else one.suspended_why,
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
    reason = _SILENT if venue.usable else venue.reason
    return replace(aged, usable=False, state=state, reason=reason, ticks_per_s=0.0)


def _aged_route(route: RouteView, by_us: int, *, is_silent: bool = False) -> RouteView:
    aged = replace(route, age_us=_older(route.age_us, by_us))
    return replace(aged, net_bps=None, blocked=_SILENT, open_id=None) if is_silent else aged


def _older(age_us: int | None, by_us: int) -> int | None:
    return None if age_us is None else age_us + by_us
