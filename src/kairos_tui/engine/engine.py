"""Engine: ticks, statuses and listings in; signals and boards out. Synchronous; every instant is an argument.

The engine role drives it: on_* for everything that arrived, then decide once, then next_check_ns to sleep.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import partial

from kairos_tui.engine.agenda import NEVER_NS, Agenda
from kairos_tui.engine.board_painter import BoardPainter
from kairos_tui.engine.conversion_views import view_conversions
from kairos_tui.engine.conversions import Conversions
from kairos_tui.engine.convert_routes import ConvertRoutes, find_crossings, that_buy
from kairos_tui.engine.cross_venue import CrossVenue
from kairos_tui.engine.detector import Detector
from kairos_tui.engine.endings import Endings
from kairos_tui.engine.gates import Limits, expires_ns
from kairos_tui.engine.grading import Grading
from kairos_tui.engine.known import Told, known_on
from kairos_tui.engine.mask import Mask
from kairos_tui.engine.quote_board import QuoteBoard
from kairos_tui.engine.route_slots import RouteSlots
from kairos_tui.engine.signal_gate import SignalGate
from kairos_tui.engine.slot import Slot
from kairos_tui.engine.stages import LatencyFigures, Stages
from kairos_tui.engine.top_change import changed_top
from kairos_tui.engine.watch import Watch
from kairos_tui.engine.watchlist import Watchlist
from kairos_tui.market import (
    CloseReason,
    ConversionView,
    FeedCounts,
    FeedStatus,
    Listing,
    Opportunity,
    PackedTick,
    Pulse,
    Quote,
    Route,
    Signal,
    Symbol,
    SymbolBoard,
    Thresholds,
    Venue,
)


class Engine:
    """Everything between the tick wire and the signal wire, for a fixed set of symbols and venues.

    `grading` is asked after each decide, once its signals are told. `mask`: of which assets there are any.
    Ledger: every tick given to on_tick is one of used, conflated, rejected, or pending until decide.
    """

    def __init__(
        self,
        *,
        run: str,
        epoch: int,
        symbols: tuple[Symbol, ...],
        venues: tuple[Venue, ...],
        thresholds: Thresholds,
        conversions: tuple[Symbol, ...] = (),
    ) -> None:
        self._limits = Limits.of(thresholds)
        self._board = QuoteBoard(tuple(dict.fromkeys((*symbols, *conversions))), venues, thresholds)
        self.slot_of, self.change_source = self._board.slot, self._board.change_source
        self._conversions = Conversions(self._board, conversions, thresholds)
        self._pegs = self._conversions.pegs
        crossings = find_crossings(self._board, symbols)
        self._detectors: list[Detector] = [
            CrossVenue(thresholds, converting=set(conversions).difference(symbols))
        ]
        if crossings:
            self._detectors.append(ConvertRoutes(self._conversions, crossings, thresholds))
        self._slots = RouteSlots(self._board, self._conversions)
        self._watchlist = Watchlist(self._slots)
        self.grading = Grading(self._slots, self._conversions, thresholds)
        self._gate = SignalGate(
            run=run,
            epoch=epoch,
            thresholds=thresholds,
            watchlist=self._watchlist,
            lifetimes=self.grading.lifetimes,
        )
        self._endings = Endings(self._gate, self._slots, self._conversions, self.grading.repricer, thresholds)
        self._painter = BoardPainter(
            self._board,
            self._gate,
            self._watchlist,
            self._conversions,
            self.grading.grades,
            {symbol: that_buy(symbol, crossings) for symbol in symbols},
            thresholds,
        )
        self.mask = Mask(self._board, crossings, self._detectors, self._endings, self._painter, self._limits)
        self.open_at = self._gate.open_at
        self.stages, self._agenda = Stages(), Agenda(self._due_ns_of)

    def on_listing(self, listing: Listing, now_ns: int) -> None:
        """A market's facts: without them no tick of it is taken. Judged at the next decide."""
        self._board.apply_listing(listing)

    def on_status(self, status: FeedStatus, now_ns: int) -> bool:
        """A feed's state, judged at the next decide. True when it says something new."""
        return self._board.apply_status(status)

    def on_counts(self, counts: FeedCounts) -> None:
        """A feed's totals, for its venue's rows."""
        self._painter.on_counts(counts)

    def on_pulse(self, pulse: Pulse, now_ns: int) -> None:
        """Streams whose books still hold. One leg's alone may take it too far from the other of its route."""
        vouched = self._board.apply_pulse(pulse, now_ns)
        parted = self._watchlist.parted(vouched, self._limits.max_asynchrony_ns)
        self._board.touched.update(dict.fromkeys(parted))

    def on_tick(
        self, tick: PackedTick, *, sent_ns: int, arrived_ns: int, is_quoted: bool = True
    ) -> Quote | None:
        """Put a tick into its slot; if `is_quoted`, a Quote when it is taken and its top differs."""
        if not is_quoted:
            self._board.apply_tick(tick, sent_ns=sent_ns, arrived_ns=arrived_ns)
            return None
        slot = self._board.slot(tick.venue, tick.symbol)
        held = slot.tick if slot is not None else None
        if self._board.apply_tick(tick, sent_ns=sent_ns, arrived_ns=arrived_ns) is None:
            return None
        return changed_top(held, tick)

    def decide(self, now_ns: int) -> list[Signal]:
        """Judge the routes that changed since the last call, and those that time alone has changed."""
        if now_ns >= self._agenda.first_ns:
            self._touch_due(now_ns)
        if self._pegs.watches:
            self._judge_pegs(now_ns)
        touched, fresh, repriced = self._board.take_touched(now_ns)
        if not touched:
            return []
        for slot in fresh:
            slot.latencies_us.append((now_ns - slot.received_ns) // 1000)
        self.stages.on_ticks(fresh, now_ns)
        found: dict[Route, Opportunity] = {}
        for detector in self._detectors:
            for priced in detector.detect(touched, self._board, now_ns):
                found[priced.route] = priced
        moved = self._watchlist.moved_by(touched)
        if not found and not moved:
            return []
        ticked = frozenset(fresh)
        signals = self._endings.withdraw_repriced(moved, repriced, ticked, now_ns)
        signals += self._endings.withdraw_lost(moved, found.keys(), ticked, now_ns)
        signals += self._consider(found.values(), ticked, now_ns)
        self.grading.follow(signals)
        return signals

    def next_check_ns(self, now_ns: int) -> int | None:
        """When decide, and grading, must be asked even if nothing arrives; None = never."""
        if self._board.touched:
            return now_ns
        route_ns, peg_ns = self._agenda.next_ns() or NEVER_NS, self._pegs.due_ns or NEVER_NS
        due_ns = min(route_ns, peg_ns, self.grading.due_ns)
        return due_ns if due_ns < NEVER_NS else None

    def new_statuses(self, now_ns: int) -> list[FeedStatus]:
        """What the engine itself has found of a stream since the last call: a quarantine, or its end."""
        if self._pegs.watches:
            self._judge_pegs(now_ns)
        return self._board.new_statuses(now_ns)

    def symbol_boards(self, now_ns: int, wall_offset_ns: int | None = None) -> tuple[SymbolBoard, ...]:
        """The picture of every symbol. `wall_offset_ns`: wall clock minus monotonic, to show wire delay."""
        return self._painter.paint(now_ns, wall_offset_ns)

    def conversion_views(self, now_ns: int) -> tuple[ConversionView, ...]:
        """The books that convert one watched quote into another, and which of them are the cheapest now."""
        return view_conversions(self.mask.crossings, self._conversions, now_ns)

    def close_all(self, now_ns: int, reason: CloseReason) -> list[Signal]:
        """Close every open signal, oldest first."""
        return self._endings.withdraw_all(now_ns, reason)

    def known(self) -> Iterator[tuple[Told, ...]]:
        """What it has been told and still holds, a stream at a time, each as it is when asked for."""
        return known_on(self._board)

    @property
    def used(self) -> int:
        """Ticks a decision was made on."""
        return self._board.used

    @property
    def conflated(self) -> int:
        """Ticks replaced by a newer one of their slot before a decision."""
        return self._board.conflated

    @property
    def pending(self) -> int:
        """Ticks in their slots, waiting for decide."""
        return self._board.pending

    @property
    def rejected(self) -> int:
        """Ticks that entered no slot."""
        return self._board.rejected

    @property
    def signals(self) -> int:
        """Signals opened since start."""
        return self._gate.opened

    def ticks_per_s(self, now_ns: int) -> float:
        """Accepted ticks over the last second, all slots."""
        return self._board.rates.of_all(now_ns)

    def latency(self, now_ns: int) -> LatencyFigures:
        """Socket read to decision (p50, p99) and arrival to decision (p99), of recently used ticks."""
        return self.stages.latency(now_ns)

    def _judge_pegs(self, now_ns: int) -> None:
        """Before anything is priced: what just left its peg converts nothing, what came back does."""
        self._board.retell(self._pegs.judge(self._board.touched, now_ns))

    def _consider(self, found: Iterable[Opportunity], fresh: AbstractSet[Slot], now_ns: int) -> list[Signal]:
        said, trace_of = [], partial(self._slots.trace, fresh=fresh, now_ns=now_ns)
        for priced in found:
            signal = self._gate.consider(priced, trace_of, now_ns)
            if signal is not None:
                said.append(signal)
            watch = self._watchlist.of(priced.route)
            # Of the same books and with nothing said it is due later than planned, if anything.
            if watch is not None and (watch.due_ns is None or signal is not None or priced.conversions):
                self._agenda.plan(watch)
        return said

    def _due_ns_of(self, watch: Watch) -> int:
        """When to look again if nothing arrives: as the gate says, or once a slot it stands on is too old."""
        oldest = min(self._slots.used_by(watch.priced), key=_alive_ns)
        return min(self._gate.next_check_ns(watch), expires_ns(oldest, oldest, self._limits))

    def _touch_due(self, now_ns: int) -> None:
        for watch in self._agenda.take_due(now_ns):
            self._board.touched.update(dict.fromkeys(self._slots.legs(watch.priced.route)))


def _alive_ns(slot: Slot) -> int:
    return slot.alive_ns
