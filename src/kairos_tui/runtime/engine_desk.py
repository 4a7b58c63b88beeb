"""EngineDesk: all that an engine's process does between its sockets. Every instant is an argument.

Before it: the engine's role with arrivals from a socket, or a replay with those of a recording. After it:
`publish`, which it is given. It reads `clock_ns` only for stamps that no decision depends on.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from kairos_tui.engine import Engine, Paper, Told
from kairos_tui.market import (
    Board,
    CloseReason,
    FeedCounts,
    FeedState,
    FeedStatus,
    Fill,
    Listing,
    Markout,
    PackedTick,
    Pulse,
    Quote,
    RecordingView,
    Shard,
    Venue,
    split_symbol,
)
from kairos_tui.runtime.engine_asides import EngineAsides
from kairos_tui.runtime.engine_costs import EngineCosts
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.engine_rates import Hop, rates_of
from kairos_tui.runtime.signal_teller import NEVER_NS, Publish, SignalTeller
from kairos_tui.runtime.stream_words import StreamWords
from kairos_tui.runtime.venue_leads import VenueLeads
from kairos_tui.wire import Arrival, OutboxCounts, RecordOrder, RoleReport


class EngineDesk:
    """`apply` what arrived, then `decide` once; `board` is the picture in between.

    `thresholds` are those in force, `asides` what launchers have said, `mask` what of all it serves.
    """

    def __init__(
        self, plan: EnginePlan, publish: Publish, *, clock_ns: Callable[[], int], started_ns: int
    ) -> None:
        self._plan = plan
        self.thresholds = plan.thresholds
        self._send = publish
        self._clock_ns = clock_ns
        self._started_ns = started_ns
        self._engine = Engine(
            run=plan.run,
            epoch=plan.epoch,
            symbols=plan.shard.symbols,
            conversions=plan.shard.conversions,
            venues=plan.venues,
            thresholds=plan.thresholds,
        )
        self._paper = Paper(self._engine.slot_of, plan.paper, plan.thresholds) if plan.paper else None
        self._streams = StreamWords(plan.shard if plan.serves else None)
        if not plan.serves:
            self._engine.mask.serve(frozenset(), started_ns)
        self._teller = SignalTeller(publish, clock_ns, self._engine.stages)
        self.asides, self.leads, self.mask = EngineAsides(plan), VenueLeads(), self._engine.mask
        self.costs = EngineCosts(self._engine.stages, with_cells=plan.shard.of > 1)

    def serve(self, shard: Shard | None, now_ns: int, *, until_ns: int, anew: bool = False) -> None:
        """Speak for these streams and assets until then, None: for none. What is no longer its own is closed.

        `anew`: others may have spoken meanwhile, so all is closed that was open. What it now speaks for it
        tells once, as it is; what was found too late to be said before is said now, or never.
        """
        engine, teller = self._engine, self._teller
        teller.until_ns = until_ns
        if anew:
            teller.tell(teller.renounce(engine.mask.serve(frozenset(), now_ns)))
            self._tell(engine.grading.end_all(now_ns))
        assets = {split_symbol(symbol)[0] for symbol in shard.symbols} if shard is not None else set()
        teller.tell([*teller.release(), *engine.mask.serve(assets, now_ns)])
        self._tell(engine.grading.end_all(now_ns, engine.mask.unserved))
        for status in self._streams.serve(shard):
            self._publish(status)

    def renew(self, until_ns: int) -> None:
        """It may go on until then."""
        self._teller.until_ns = until_ns

    def hush(self) -> None:
        """Its time is over: it says nothing until it is told to serve again. What is open stays open."""
        self._streams.serve(None)

    def apply(self, arrivals: Iterable[Arrival], *, is_quoted: bool) -> None:
        """What came, in order. `is_quoted`: someone reads quotes."""
        sole = self.leads.sole
        for arrival in arrivals:
            if self._paper is not None and arrival.arrived_ns > self._paper.due_ns:
                # Orders that were due by then met the books as they were before it.
                self._tell(self._paper.settle(arrival.arrived_ns - 1))
            if arrival.sender in sole or self.leads.admit(arrival):
                self._apply(arrival, is_quoted)
            if self.leads.switches:
                self._follow_leads(is_quoted)

    def decide(self, now_ns: int, *, is_heard: bool = True) -> None:
        """What the engine finds of streams, and once someone hears it, of routes: unheard, none may open."""
        self.leads.due(now_ns)
        if self.leads.switches:
            self._follow_leads(is_quoted=False)
        for status in self._engine.new_statuses(now_ns):
            if self._streams.on_found(status):
                self._publish(status)
        if is_heard:
            self._decide(now_ns)

    def next_check_ns(self, now_ns: int) -> int | None:
        """When to decide even if nothing arrives; None = never."""
        check_ns = self._engine.next_check_ns(now_ns)
        if self._paper is None or not self._paper.is_busy:
            return check_ns
        return self._paper.due_ns if check_ns is None else min(check_ns, self._paper.due_ns)

    def welcome(self) -> None:
        """Every stream's state again, for who has just come."""
        for status in self._streams.all():
            self._publish(status)

    def withdraw(self, venue: Venue, reason: str, now_ns: int) -> None:
        """Nobody sends this venue any more: each of its streams is down until its feed says otherwise."""
        for symbol in self._streams.usable_of(venue):
            self._hear(FeedStatus(venue, symbol, FeedState.DOWN, now_ns, reason), now_ns)

    def known(self) -> Iterator[tuple[Told, ...]]:
        """What it has been told and still holds, a stream at a time, each as it is when asked for."""
        return self._engine.known()

    def close(self, now_ns: int) -> None:
        """Close every open signal, and say so; what is left of markouts and paper ends there."""
        self._teller.until_ns = NEVER_NS
        self._teller.tell(self._teller.renounce(self._engine.close_all(now_ns, CloseReason.SHUTDOWN)))
        self._tell(self._engine.grading.end_all(now_ns))
        if self._paper is not None:
            self._tell(self._paper.finish(now_ns))

    def board(
        self,
        now_ns: int,
        *,
        wall_ns: int,
        hop: Hop,
        is_last: bool = False,
        recording: RecordingView | None = None,
    ) -> Board:
        """The whole picture, as of now."""
        plan = self._plan
        self._engine.mask.show_leads(self.leads.views)
        return Board(
            run=plan.run,
            feed=plan.feed,
            epoch=plan.epoch,
            at_ns=now_ns,
            at_us=wall_ns // 1000,
            uptime_us=(now_ns - self._started_ns) // 1000,
            thresholds=self.thresholds,
            symbols=self._engine.symbol_boards(now_ns, wall_offset_ns=wall_ns - now_ns),
            rates=rates_of(
                self._engine,
                self.asides.outboxes,
                self.costs.latency,
                hop,
                standby=self.leads.standby,
                now_ns=now_ns,
            ),
            roles=self.asides.roles,
            mood=plan.mood,
            seed=plan.seed,
            conversions=self._engine.conversion_views(now_ns),
            stages=self.costs.views,
            is_last=is_last,
            paper=self._paper.view() if self._paper is not None else None,
            recording=recording,
            calibration=self._engine.grading.grades.calibration,
            told=self._teller.told,
        )

    def _decide(self, now_ns: int) -> None:
        """The engine reads no clock: what its parts take is seen from here, twice a decision."""
        engine = self._engine
        used, gated_ns = engine.used, self._clock_ns()
        signals = engine.decide(now_ns)
        if engine.used != used:
            detected_ns = self._clock_ns()
            engine.stages.on_decision(gated_ns - now_ns, detected_ns - gated_ns, now_ns)
        self._teller.tell(signals, gated_ns=gated_ns)
        self._tell(engine.grading.take(now_ns))
        if self._paper is not None:
            self._paper.follow(signals, now_ns)
            self._tell(self._paper.settle(now_ns))

    def _tell(self, bodies: Iterable[Fill] | Iterable[Markout]) -> None:
        for body in bodies:
            self._publish(body)

    def _apply(self, arrival: Arrival, is_quoted: bool) -> None:
        match arrival.record:
            case PackedTick() as tick:
                self._apply_tick(tick, arrival, is_quoted)
            case Pulse() as pulse:
                self._engine.on_pulse(pulse, arrival.arrived_ns)
            case FeedStatus() as status:
                self._apply_status(status, arrival.arrived_ns)
            case Listing() as listing:
                self._engine.on_listing(listing, arrival.arrived_ns)
            case FeedCounts() as counts:
                self._engine.on_counts(counts)
            case OutboxCounts() | RoleReport() | RecordOrder() as aside:
                self.asides.take(aside, arrival.sender)
                if self.thresholds is not (thresholds := self.asides.thresholds):
                    self.thresholds = thresholds
                    self._engine.open_at(thresholds)
            case other:
                assert_never(other)

    def _follow_leads(self, is_quoted: bool) -> None:
        """A venue has another lead: its books and states take the place of the first one's, as they came."""
        for switch in self.leads.take():
            self._engine.change_source(switch.venue, switch.symbols)
            for arrival in switch.arrivals:
                self._apply(arrival, is_quoted)
            for status in switch.statuses:
                self._hear(status, switch.at_ns)

    def _apply_tick(self, tick: PackedTick, arrival: Arrival, is_quoted: bool) -> None:
        quote = self._engine.on_tick(
            tick, sent_ns=arrival.sent_ns, arrived_ns=arrival.arrived_ns, is_quoted=is_quoted
        )
        if quote is not None and self._streams.speaks_for(quote.symbol):
            self._publish(quote)

    def _apply_status(self, status: FeedStatus, arrived_ns: int) -> None:
        if not self._streams.is_known(status):
            self._hear(status, arrived_ns)

    def _hear(self, status: FeedStatus, arrived_ns: int) -> None:
        self._engine.on_status(status, arrived_ns)
        if self._streams.on_told(status):
            self._publish(status)

    def _publish(self, body: Quote | FeedStatus | Fill | Markout) -> None:
        self._send(body, self._clock_ns())
