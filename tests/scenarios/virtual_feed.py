"""One venue of a virtual run: the part that sockets, Connections and Interpreter play in the real feed.

Before it: VirtualVenue, the bytes of a simulated exchange. After it: each leg's stream, on the run's clock.
"""

import json
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from heapq import heappop, heappush
from typing import Any

from msgspec import MsgspecError
from tests.scenarios.virtual_truth import MS, Leg, Run

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.backoff import Backoff
from kairos_tui.feeds.connections import RENEWALS_PER_MINUTE
from kairos_tui.feeds.dialects.dialect import Believed, Dialect, Doubted, Outcome, Seen, Wanted
from kairos_tui.feeds.health.budget import RestBudget
from kairos_tui.feeds.interpreter import FIRST_PAUSE_S
from kairos_tui.feeds.tick_maker import Sighting
from kairos_tui.market import Pulse, Symbol, Venue
from kairos_tui.sim.client_words import CLIENT_WORDS
from kairos_tui.sim.market import SimMarket
from kairos_tui.sim.plan import SimPlan
from kairos_tui.sim.virtual import EPOCH_NS, VirtualVenue

SECOND = 1_000 * MS
WIRE_NS = 2 * MS
"""From a venue to us, and from us to a venue."""

LOOK_EVERY_NS = 50 * MS

Dialects = Callable[[str], Dialect | None]
"""A new one for a venue."""


class VirtualFeed:
    """It is its streams' Line too."""

    url = "ws://virtual"
    last_retry_after: float | None = None

    def __init__(
        self,
        run: Run,
        name: str,
        plan: SimPlan,
        market: SimMarket,
        symbols: Sequence[str],
        dialects: Dialects,
    ) -> None:
        self._run, self.name, self._dialects = run, name, dialects
        self.venue = VirtualVenue(plan, name, (), channels=(), market=market)
        legs = (Leg(run, self.venue, name, Symbol(symbol)) for symbol in symbols)
        self.legs = {leg.listed.market_id: leg for leg in legs}
        self.incidents: Counter[str] = Counter()
        self.up_ns = self.received_ns = self.alive_ns = 0
        self.has_ponged = True
        self.note: str | None = None
        self.is_unheard = False
        self._backoff = Backoff(lambda: 0.5)
        self._renewals = RestBudget(plan.seed, RENEWALS_PER_MINUTE)
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._turn = 0
        self._connected = False
        self._dialect = self._new_dialect()
        self._connect()
        self._look()

    def _new_dialect(self) -> Dialect:
        dialect = self._dialects(self.name)
        assert dialect is not None
        return dialect

    # the connection

    def drop(self, reason: str | Exception) -> None:
        """It ends here, and is dialled anew after the backoff."""
        if not self._connected:
            return
        self._connected = False
        self.incidents[f"dropped: {kind_of(str(reason))}"] += 1
        now_ns = self._run.now_ns
        good_s = max(leg.stream.served_s(now_ns) for leg in self.legs.values())
        delay_ns = int(self._backoff.delay_s(good_s) * SECOND)
        for leg in self.legs.values():
            leg.stream.on_lost(str(reason), now_ns, now_ns + delay_ns)
            leg.outbox.flush()
        self.after(delay_ns + 2 * WIRE_NS, self._connect)

    def release(self, stream: object, reason: str) -> None: ...

    def knock(self) -> None: ...

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        work.close()

    async def say(self, message: Any) -> None: ...

    def after(self, delay_ns: int, act: Callable[[], None]) -> None:
        self._turn += 1
        heappush(self._due, (self._run.now_ns + delay_ns, self._turn, act))

    def next_ns(self) -> int:
        at_ns = self._due[0][0]
        if self._connected and (due_ns := self.venue.due_ns()) is not None and due_ns < at_ns:
            at_ns = due_ns
        return max(self._run.now_ns, at_ns)

    def step(self) -> None:
        """All that is due now."""
        while self._due and self._due[0][0] <= self._run.now_ns:
            heappop(self._due)[2]()
        if self._connected:
            self._listen()

    def _listen(self) -> None:
        for _, payload in self.venue.messages(self._run.now_ns):
            self._hear(payload)
            if not self._connected:
                return
        if not self.venue.is_open:
            self.drop("closed by the venue")

    def _connect(self) -> None:
        now_ns = self._run.now_ns
        if not self.venue.connect(now_ns):
            self.after(SECOND, self._connect)
            return
        self._connected = True
        self._dialect = self._new_dialect()
        for leg in self.legs.values():
            leg.busy = False
            if not leg.stream.quarantined:
                self._watch(leg)
        self._listen()

    def _watch(self, leg: Leg) -> None:
        leg.stream.attach(self, self._run.now_ns, up=True)
        self._dialect.open(leg.stream.market, 20)
        self._ask(leg)
        leg.stream.on_asked(self._run.now_ns)
        leg.outbox.flush()

    def _ask(self, leg: Leg) -> None:
        for message in self._dialect.requests(leg.stream.market, leg.asked):
            self.venue.say(json.dumps(message), self._run.now_ns)

    def _leave(self, leg: Leg) -> None:
        """It is quarantined: not asked before the time that it was given."""
        for message in self._dialect.cancels(leg.stream.market, leg.asked):
            self.venue.say(json.dumps(message), self._run.now_ns)
        self.incidents["quarantined"] += 1
        self.after(leg.stream.retry_ns - self._run.now_ns, lambda: self._return(leg))

    def _return(self, leg: Leg) -> None:
        if self._connected and leg.stream.line is None:
            self._watch(leg)

    # what comes from it

    def _hear(self, payload: bytes) -> None:
        """What is not the dialect's would be ccxt's, which reads answers and refuses what cannot be read."""
        try:
            outcomes = self._dialect.take(payload)
            if outcomes is None and payload != b"pong":
                json.loads(payload)
        except (FrameRefused, MsgspecError, ValueError) as error:
            self._on_bad_frame(f"bad frame: {error}")
        else:
            if outcomes:
                self._act(outcomes)

    def _on_bad_frame(self, reason: str) -> None:
        if all(leg.stream.awaiting for leg in self.legs.values()):
            self.drop(reason)
            return
        for leg in self.legs.values():
            leg.outbox.drop_ticks()
            self._dialect.forget(leg.listed.market_id)
            self._act((Doubted(leg.listed.market_id, reason),))

    def _act(self, outcomes: tuple[Outcome, ...]) -> None:
        """Of a market that is doubted in the same frame nothing else is heard."""
        doubted = {outcome.market_id for outcome in outcomes if isinstance(outcome, Doubted)}
        for outcome in outcomes:
            leg = self.legs.get(outcome.market_id)
            if leg is None or leg.stream.line is not self:
                continue
            if outcome.market_id not in doubted or isinstance(outcome, Doubted):
                self._on_outcome(leg, outcome)
                leg.outbox.flush()

    def _on_outcome(self, leg: Leg, outcome: Outcome) -> None:
        now_ns = self._run.now_ns
        match outcome:
            case Believed(_, bids, asks, proof, timestamp_ms, nonce, is_best):
                wall_ms = (EPOCH_NS + now_ns) // MS
                stamps = (now_ns, now_ns, wall_ms, timestamp_ms, nonce)
                leg.stream.on_book(Sighting(bids, asks, *stamps, proof, is_best))
            case Seen():
                leg.stream.on_seen(now_ns, now_ns)
            case Doubted(_, reason):
                self.incidents[kind_of(reason)] += 1
                leg.stream.on_doubted(reason, now_ns)
                self._leave(leg) if leg.stream.quarantined else self._resync(leg)
            case Wanted(_, is_early):
                leg.stream.on_wanted(now_ns)
                if not is_early or (not leg.busy and self._renewals.take(now_ns)):
                    self._fetch(leg)

    # what a dialect wants of the venue

    def _resync(self, leg: Leg) -> None:
        if self._dialect.snapshot_call(leg.stream.market) is not None:
            self._fetch(leg)
            return
        wait_ns = max(0, leg.stream.retry_ns - self._run.now_ns)
        self.after(wait_ns + WIRE_NS, lambda: self._resubscribe(leg, self._dialect))

    def _resubscribe(self, leg: Leg, dialect: Dialect) -> None:
        if not self._serves(leg, dialect) or not leg.stream.awaiting:
            return
        for message in self._dialect.cancels(leg.stream.market, leg.asked):
            self.venue.say(json.dumps(message), self._run.now_ns)
        self._ask(leg)

    def _fetch(self, leg: Leg) -> None:
        if not leg.busy:
            leg.busy = True
            wait_ns = max(0, leg.stream.retry_ns - self._run.now_ns) if leg.stream.awaiting else 0
            self.after(wait_ns + WIRE_NS, lambda: self._answer(leg, self._dialect))

    def _answer(self, leg: Leg, dialect: Dialect) -> None:
        """The request is at the venue now; its answer is back here after the wire."""
        call = dialect.snapshot_call(leg.stream.market)
        if call is not None and self._serves(leg, dialect):
            reply = self.venue.get(CLIENT_WORDS[self.name].rest_path, _texts(call.params), self._run.now_ns)
            self.after(WIRE_NS, lambda: self._restore(leg, dialect, reply.body))

    def _restore(self, leg: Leg, dialect: Dialect, body: bytes) -> None:
        if not self._serves(leg, dialect):
            return
        leg.busy = False
        outcomes = dialect.take_snapshot(leg.listed.market_id, json.loads(body))
        if leg.stream.awaiting and any(isinstance(outcome, Wanted) for outcome in outcomes):
            leg.busy = True
            self.after(int(FIRST_PAUSE_S * SECOND), lambda: self._answer(leg, dialect))
            return
        self._act(outcomes)

    def _serves(self, leg: Leg, dialect: Dialect) -> bool:
        return self._connected and dialect is self._dialect and leg.stream.line is self

    def _look(self) -> None:
        for leg in self.legs.values():
            reason = leg.stream.overdue(self._run.now_ns)
            if reason is not None:
                self.drop(reason)
            leg.outbox.flush()
        symbols = tuple(leg.symbol for leg in self.legs.values() if leg.stream.believed)
        self._run.engine.on_pulse(Pulse(Venue(self.name), symbols, self._run.now_ns), self._run.now_ns)
        self.after(LOOK_EVERY_NS, self._look)


def kind_of(reason: str) -> str:
    """A reason without what differs from case to case."""
    words = [word for word in reason.split() if not any(sign.isdigit() for sign in word)]
    return " ".join(words).split(": ")[0].removesuffix(" at update")


def _texts(params: object) -> dict[str, str]:
    assert isinstance(params, dict)
    return {str(name): str(value) for name, value in params.items()}
