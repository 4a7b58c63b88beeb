"""run_engine: the engine's process. Wire's receiver before it, wire's publisher after it, no asyncio.

One loop: wait for arrivals or for the next thing due, apply all of them, decide once, publish. What is done
with them is the desk's; the sockets, the clock and the waiting are here.
"""

import logging
import sys
import time
from collections import Counter
from pathlib import Path

from kairos_tui import __version__
from kairos_tui.errors import PortTaken, SettingsInvalid
from kairos_tui.market import FeedStatus, Quote
from kairos_tui.runtime.absent_ingesters import AbsentIngesters
from kairos_tui.runtime.child import Post, on_terminate, post_from_argv
from kairos_tui.runtime.collector import freeze_start_up
from kairos_tui.runtime.engine_desk import EngineDesk
from kairos_tui.runtime.engine_orders import EngineOrders, OrderLines
from kairos_tui.runtime.engine_plan import EnginePlan
from kairos_tui.runtime.engine_rates import Hop
from kairos_tui.runtime.engine_recording import EngineRecording
from kairos_tui.runtime.log_file import log_to
from kairos_tui.wire import Body, Door, SignalPublisher, TickReceiver, Topic, Welcome
from kairos_tui.wire.version import VERSION

_LONGEST_WAIT_MS = 50
_AUDIENCE_WITHIN_NS = 1_000_000_000
_REMOTE_AUDIENCE_WITHIN_NS = 2_000_000_000
"""Readers on other machines knock once a second at an engine that was away."""

log = logging.getLogger(__name__)


class EngineRole:
    """The engine between its two sockets."""

    def __init__(self, plan: EnginePlan, lines: OrderLines) -> None:
        self._plan = plan
        ledger = Path(plan.ledger) if plan.ledger else None
        self._receiver = TickReceiver(plan.ticks, ring=plan.ring, ledger=ledger)
        self._publisher = SignalPublisher(
            plan.signals, run=plan.run, epoch=plan.epoch, engine=plan.shard.number, ring=plan.ring
        )
        self._absent = AbsentIngesters()
        self._refusals: tuple[str | None, ...] = ()
        self._door = Door(plan.door, self._welcome, ring=plan.ring) if plan.door else None
        self._started_ns = time.monotonic_ns()
        self._desk = EngineDesk(plan, self._publish, clock_ns=time.monotonic_ns, started_ns=self._started_ns)
        self._orders = EngineOrders(self._desk, plan.shard.symbols, lines, serves=plan.serves)
        self._published: Counter[str] = Counter()
        self._recording = EngineRecording(plan, self._desk, self._receiver)
        self._board_every_ns = 1_000_000_000 // plan.boards_per_s
        self._next_board_ns = 0
        self._stopping = self._heard = False

    def stop(self) -> None:
        """Leave the loop after the current turn."""
        self._stopping = True

    def run(self, post: Post) -> None:
        """Turn until stopped, then close every open signal and say so."""
        post.count_books = lambda: self._desk.mask.books if self._orders.is_warming else None
        if self._door is not None:
            post.count_live = lambda: self._desk.mask.live_venues(time.monotonic_ns())
        while not self._stopping:
            self._turn()
            post.lag_us = self._desk.costs.lag_us
            post.serve(self._orders.serving)
            post.beat()
        self._desk.close(time.monotonic_ns())
        self._publish_board(time.monotonic_ns(), is_last=True)
        told = " ".join(f"{kind.lower()}={count}" for kind, count in sorted(self._published.items()))
        log.info("engine ended run=%s epoch=%s %s", self._plan.run, self._plan.epoch, told)
        if self._door is not None:
            self._door.close()
        self._recording.close()
        self._receiver.close()
        self._publisher.close()

    def _turn(self) -> None:
        desk, now_ns = self._desk, time.monotonic_ns()
        desk.costs.on_rest(now_ns)
        arrivals = self._receiver.drain(self._wait_ms(now_ns))
        desk.costs.on_wake(time.monotonic_ns())
        may_decide = self._orders.look(time.monotonic_ns())
        is_quoted = self._publisher.wanted(Topic.QUOTE)  # once a turn: it looks at its socket
        desk.apply(arrivals, is_quoted=is_quoted)
        now_ns = time.monotonic_ns()
        if self._door is not None and self._absent.is_due(now_ns):
            self._look_at(self._door, now_ns)
        is_heard = may_decide and self._is_heard(now_ns)
        self._recording.on_turn(now_ns, is_heard=is_heard)
        desk.decide(now_ns, is_heard=is_heard)
        self._recording.go_on(now_ns, desk.asides.record_to)
        if self._publisher.newcomers():
            desk.welcome()
            self._publish_board(now_ns)
        if now_ns >= self._next_board_ns and may_decide:
            # Counted from when it was due: by being late each time, thirty a second would be twenty-seven.
            self._next_board_ns = max(self._next_board_ns, now_ns - self._board_every_ns // 2)
            self._next_board_ns += self._board_every_ns
            self._publish_board(now_ns)

    def _look_at(self, door: Door, now_ns: int) -> None:
        """Who is gone, and who was not let in: without a key that lies here, or of another version."""
        frames = {sender: each.heard for sender, each in self._receiver.ledger.accounts.items()}
        for venue in self._absent.look(door.clients(), now_ns, frames):
            self._desk.withdraw(venue, "its ingester is gone", now_ns)
        refusals = (self._receiver.last_refusal, self._publisher.last_refusal, door.last_refusal)
        for why in filter(None, set(refusals) - set(self._refusals)):
            log.warning("peer refused reason=%s", why)
        self._refusals = refusals

    def _is_heard(self, now_ns: int) -> bool:
        # Readers take a moment to find a restarted engine; what opened before would open unheard.
        if not self._heard:
            waited_ns = now_ns - self._started_ns
            within_ns = _REMOTE_AUDIENCE_WITHIN_NS if self._door is not None else _AUDIENCE_WITHIN_NS
            self._heard = waited_ns > within_ns or self._publisher.wanted(Topic.SIGNAL)
        return self._heard

    def _wait_ms(self, now_ns: int) -> int:
        if not self._orders.speaks:
            return _LONGEST_WAIT_MS  # nothing is due before an order comes
        due_ns = self._next_board_ns
        check_ns = self._desk.next_check_ns(now_ns) if self._heard else None
        if check_ns is not None:
            due_ns = min(due_ns, check_ns)
        # Rounded up: waking before the deadline would spin until it.
        return max(0, min(_LONGEST_WAIT_MS, -(-(due_ns - now_ns) // 1_000_000)))

    def _welcome(self) -> Welcome:
        """What is said at the door to whoever fits."""
        plan, shard = self._plan, self._plan.shard
        return Welcome(
            run=plan.run,
            epoch=plan.epoch,
            engine=shard.number,
            feed=plan.feed,
            wire=VERSION,
            version=__version__,
            symbols=shard.symbols,
        )

    def _publish(self, body: Body, at_ns: int) -> None:
        if type(body) is FeedStatus and self._door is not None and not self._publisher.wanted(Topic.STATUS):
            return  # who comes from elsewhere comes late: it is told all states then, and has missed none
        self._published[type(body).__name__] += 1
        message = self._publisher.publish(body, ts_us=time.time_ns() // 1000, published_ns=at_ns)
        if type(body) is not Quote:  # they are the ticks again
            self._recording.on_output(at_ns, message)

    def _publish_board(self, now_ns: int, *, is_last: bool = False) -> None:
        # Without a mandate it shows nothing: what it would show, another may be showing.
        may_show = is_last or self._orders.may_speak(now_ns)
        if not may_show or not self._publisher.wanted(Topic.BOARD):
            return
        wall_ns = time.time_ns()
        hop = Hop(self._receiver.ledger.ticks, self._publisher.dropped)
        recording = self._recording.view
        board = self._desk.board(now_ns, wall_ns=wall_ns, hop=hop, is_last=is_last, recording=recording)
        self._published["Board"] += 1
        self._publisher.publish(board, ts_us=wall_ns // 1000, published_ns=time.monotonic_ns())


def main() -> None:
    """Enter the engine's process."""
    post = Post(*post_from_argv())
    post.on_line = (lines := OrderLines()).put
    plan = post.read_plan(EnginePlan)
    if plan.log_path:
        log_to(plan.log_path, plan.log_level, role="engine", form=plan.log_form)
    try:
        role = EngineRole(plan, lines)
    except (PortTaken, SettingsInvalid) as error:
        post.give_up(str(error))
        sys.exit(1)
    on_terminate(role.stop)
    freeze_start_up()
    role.run(post)


if __name__ == "__main__":
    main()
