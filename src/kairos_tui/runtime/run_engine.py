"""run_engine: the engine's process. Wire's receiver before it, wire's publisher after it, no asyncio.

One loop: wait for arrivals or for the next thing due, apply all of them, decide once, publish.
"""

import time
from collections.abc import Iterable
from typing import assert_never

from msgspec.structs import replace

from kairos_tui.engine import Engine
from kairos_tui.market import (
    Board,
    CloseReason,
    FeedCounts,
    FeedStatus,
    Listing,
    PackedTick,
    Pulse,
    Quote,
    Rates,
    RoleView,
    Signal,
)
from kairos_tui.runtime.child import Post, on_terminate, post_from_argv
from kairos_tui.runtime.collector import freeze_start_up
from kairos_tui.runtime.engine_costs import EngineCosts
from kairos_tui.runtime.outbox_totals import OutboxTotals
from kairos_tui.runtime.plans import EnginePlan
from kairos_tui.runtime.stream_words import StreamWords
from kairos_tui.wire import Arrival, OutboxCounts, RoleReport, SignalPublisher, TickReceiver, Topic

_LONGEST_WAIT_MS = 50
_AUDIENCE_WITHIN_NS = 1_000_000_000


class EngineRole:
    """The engine between its two sockets."""

    def __init__(self, plan: EnginePlan) -> None:
        self._plan = plan
        self._engine = Engine(
            run=plan.run,
            epoch=plan.epoch,
            symbols=plan.shard.symbols,
            conversions=plan.shard.conversions,
            venues=plan.venues,
            thresholds=plan.thresholds,
        )
        self._receiver = TickReceiver(plan.ticks)
        shard = plan.shard
        self._publisher = SignalPublisher(plan.signals, run=plan.run, epoch=plan.epoch, engine=shard.number)
        self._streams = StreamWords(shard)
        self._outboxes = OutboxTotals()
        self._roles: tuple[RoleView, ...] = ()
        self._started_ns = time.monotonic_ns()
        self._board_every_ns = 1_000_000_000 // plan.boards_per_s
        self._next_board_ns = 0
        self._costs = EngineCosts(self._engine.stages, with_cells=shard.of > 1)
        self._stopping = self._heard = self._is_quoted = False

    def stop(self) -> None:
        """Leave the loop after the current turn."""
        self._stopping = True

    def run(self, post: Post) -> None:
        """Turn until stopped, then close every open signal and say so."""
        while not self._stopping:
            self._turn()
            post.lag_us = self._costs.lag_us
            post.beat()
        self._publish_signals(self._engine.close_all(time.monotonic_ns(), CloseReason.SHUTDOWN))
        self._publish_board(time.monotonic_ns(), is_last=True)
        self._receiver.close()
        self._publisher.close()

    def _turn(self) -> None:
        now_ns = time.monotonic_ns()
        self._costs.on_rest(now_ns)
        arrivals = self._receiver.drain(self._wait_ms(now_ns))
        self._costs.on_wake(time.monotonic_ns())
        self._is_quoted = self._publisher.wanted(Topic.QUOTE)  # once a turn: it looks at its socket
        for arrival in arrivals:
            self._apply(arrival)
        now_ns = time.monotonic_ns()
        for status in self._engine.new_statuses(now_ns):
            if self._streams.on_found(status):
                self._publish(status)
        if self._is_heard(now_ns):
            self._decide(now_ns)
        if self._publisher.newcomers():
            self._welcome(now_ns)
        if now_ns >= self._next_board_ns:
            self._next_board_ns = now_ns + self._board_every_ns
            self._publish_board(now_ns)

    def _decide(self, now_ns: int) -> None:
        """The engine reads no clock: what its parts take is seen from here, twice a decision."""
        engine = self._engine
        used, gated_ns = engine.used, time.monotonic_ns()
        signals = engine.decide(now_ns)
        if engine.used != used:
            detected_ns = time.monotonic_ns()
            engine.stages.on_decision(gated_ns - now_ns, detected_ns - gated_ns, now_ns)
        self._publish_signals(signals, gated_ns=gated_ns)

    def _is_heard(self, now_ns: int) -> bool:
        # Readers take a moment to find a restarted engine; what opened before would open unheard.
        if not self._heard:
            waited_ns = now_ns - self._started_ns
            self._heard = waited_ns > _AUDIENCE_WITHIN_NS or self._publisher.wanted(Topic.SIGNAL)
        return self._heard

    def _wait_ms(self, now_ns: int) -> int:
        due_ns = self._next_board_ns
        check_ns = self._engine.next_check_ns(now_ns) if self._heard else None
        if check_ns is not None:
            due_ns = min(due_ns, check_ns)
        # Rounded up: waking before the deadline would spin until it.
        return max(0, min(_LONGEST_WAIT_MS, -(-(due_ns - now_ns) // 1_000_000)))

    def _apply(self, arrival: Arrival) -> None:
        match arrival.record:
            case PackedTick() as tick:
                self._apply_tick(tick, arrival)
            case Pulse() as pulse:
                self._engine.on_pulse(pulse, arrival.arrived_ns)
            case FeedStatus() as status:
                self._apply_status(status, arrival.arrived_ns)
            case Listing() as listing:
                self._engine.on_listing(listing, arrival.arrived_ns)
            case FeedCounts() as counts:
                self._engine.on_counts(counts)
            case RoleReport() as report:
                self._roles = report.roles
            case OutboxCounts() as counts:
                self._outboxes.take(counts)
            case other:
                assert_never(other)

    def _apply_tick(self, tick: PackedTick, arrival: Arrival) -> None:
        quote = self._engine.on_tick(
            tick, sent_ns=arrival.sent_ns, arrived_ns=arrival.arrived_ns, is_quoted=self._is_quoted
        )
        if quote is not None and self._plan.shard.speaks_for(quote.symbol):
            self._publish(quote)

    def _apply_status(self, status: FeedStatus, arrived_ns: int) -> None:
        if self._streams.is_known(status):
            return
        self._engine.on_status(status, arrived_ns)
        if self._streams.on_told(status):
            self._publish(status)

    def _welcome(self, now_ns: int) -> None:
        for status in self._streams.all():
            self._publish(status)
        self._publish_board(now_ns)

    def _publish_signals(self, signals: Iterable[Signal], gated_ns: int = 0) -> None:
        """One after the other: what comes later in a decision is published later."""
        detected_ns = time.monotonic_ns()
        for signal in signals:
            now_ns = time.monotonic_ns()
            trace = replace(signal.trace, gated_ns=gated_ns, detected_ns=detected_ns, published_ns=now_ns)
            self._engine.stages.on_signal(trace)
            self._publish(replace(signal, trace=trace), now_ns)

    def _publish(self, body: Signal | Quote | FeedStatus | Board, now_ns: int | None = None) -> None:
        published_ns = time.monotonic_ns() if now_ns is None else now_ns
        self._publisher.publish(body, ts_us=time.time_ns() // 1000, published_ns=published_ns)

    def _publish_board(self, now_ns: int, *, is_last: bool = False) -> None:
        if not self._publisher.wanted(Topic.BOARD):
            return
        wall_ns = time.time_ns()
        plan = self._plan
        self._publish(
            Board(
                run=plan.run,
                feed=plan.feed,
                epoch=plan.epoch,
                at_ns=now_ns,
                at_us=wall_ns // 1000,
                uptime_us=(now_ns - self._started_ns) // 1000,
                thresholds=plan.thresholds,
                symbols=self._engine.symbol_boards(now_ns, wall_offset_ns=wall_ns - now_ns),
                rates=self._rates(now_ns),
                roles=self._roles,
                mood=plan.mood,
                seed=plan.seed,
                conversions=self._engine.conversion_views(now_ns),
                stages=self._costs.views,
                is_last=is_last,
            )
        )

    def _rates(self, now_ns: int) -> Rates:
        engine, ledger = self._engine, self._receiver.ledger.ticks
        latency = self._costs.latency
        return Rates(
            ticks_per_s=engine.ticks_per_s(now_ns),
            offered=self._outboxes.offered,
            # The ledger outlives an engine that was killed; what its predecessor was given counts as used.
            used=ledger.received - engine.conflated - engine.rejected - engine.pending,
            conflated=engine.conflated + self._outboxes.conflated,
            rejected=engine.rejected + ledger.refused + self._outboxes.senseless,
            lost=ledger.lost + self._outboxes.dropped,
            signals=engine.signals,
            dropped=self._publisher.dropped,
            latency_p50_us=latency.p50_us,
            latency_p99_us=latency.p99_us,
            engine_p99_us=latency.engine_p99_us,
            received=ledger.received,
        )


def main() -> None:
    """Enter the engine's process."""
    post = Post(*post_from_argv())
    role = EngineRole(post.read_plan(EnginePlan))
    on_terminate(role.stop)
    freeze_start_up()
    role.run(post)


if __name__ == "__main__":
    main()
