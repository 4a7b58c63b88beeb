"""Rounds: health's own REST requests, within the venue's budget: are the books right, and what time is it?

Before it: VenueHealth, many times a second. After it: Stream, the tally and FeedCounts. A book is inspected
when its stream is half silent, and each in its turn.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from random import getrandbits
from time import monotonic_ns, time_ns
from typing import Any

import ccxt

from kairos_tui.feeds.ban import Ban
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.health.budget import RestBudget
from kairos_tui.feeds.health.check_rota import CheckRota
from kairos_tui.feeds.health.clock import ClockOffset
from kairos_tui.feeds.health.cross_check import Answer, Verdict, confirms
from kairos_tui.feeds.health.score import Incident
from kairos_tui.feeds.inspection import inspect
from kairos_tui.feeds.keeper import REST_ASKED_NS, REST_NS, Keeper
from kairos_tui.feeds.outbox import Tally
from kairos_tui.feeds.patience import SECOND_NS
from kairos_tui.feeds.stream import Stream
from kairos_tui.feeds.venue_facts import CHECK_LIMITS
from kairos_tui.market import FeedState, Symbol

log = logging.getLogger(__name__)

TELLING = (ccxt.DDoSProtection, ccxt.RateLimitExceeded)
"""A venue without a working clock is asked for books all the same, unless it says that it is too much."""

CLOCK_EVERY_NS = 60 * SECOND_NS


class Rounds:
    """One venue's. `clock` is what its server says of the time."""

    def __init__(self, plan: FeedPlan, exchange: Any, keeper: Keeper, tally: Tally, ban: Ban) -> None:  # noqa: ANN401
        self.clock = ClockOffset()
        self._plan, self._exchange, self._keeper, self._tally, self._ban = plan, exchange, keeper, tally, ban
        self._budget = RestBudget(getrandbits(32))
        self._rota = CheckRota(getrandbits(32), self._budget.spacing_ns)
        self._booked: set[Symbol] = set()
        self._busy: set[Symbol | None] = set()
        self._first: dict[Symbol, tuple[int, Verdict]] = {}
        self._timed_ns = 0

    def look(self, streams: Iterable[Stream], now_ns: int) -> None:
        """Begin what is due and may be asked."""
        booked = {stream.symbol: stream for stream in streams if not stream.awaiting}
        self._enrol(set(booked), now_ns)
        if not self._exchange.has.get("fetchOrderBook"):
            booked = {}
        is_shut = self._budget.is_paused(now_ns) or self._ban.left_s(now_ns) > 0
        quiet_ns = {}
        for symbol, stream in booked.items():
            vigil = stream.leg.vigil
            quiet_ns[symbol] = vigil.silent_ns(now_ns)
            vigil.waits_for_check = symbol not in self._busy and vigil.wants_check(now_ns) and not is_shut
            if vigil.waits_for_check:
                self._rota.want(symbol, now_ns)
        if is_shut or self._budget.wait_ns(now_ns):
            return
        chosen = self._rota.next(now_ns, quiet_ns)
        if chosen in booked and chosen not in self._busy:
            self._rota.checked(chosen, now_ns)
            booked[chosen].leg.vigil.checked_ns = now_ns
            stream = booked[chosen]
            self._begin(chosen, lambda: self._check(stream), now_ns)
        elif self._is_time_due(now_ns):
            self._timed_ns = now_ns
            asked = list(streams)
            self._begin(None, lambda: self._sample(asked), now_ns)

    def _enrol(self, booked: set[Symbol], now_ns: int) -> None:
        for symbol in self._booked - booked:
            self._rota.drop(symbol)
        for symbol in booked - self._booked:
            self._rota.add(symbol, now_ns)
        self._booked = booked

    def _is_time_due(self, now_ns: int) -> bool:
        is_known = self._exchange.has.get("fetchTime") is True
        is_due = not self._timed_ns or now_ns - self._timed_ns > CLOCK_EVERY_NS
        return is_known and is_due and None not in self._busy

    def _begin(self, what: Symbol | None, work: Callable[[], Awaitable[None]], now_ns: int) -> None:
        self._budget.take(now_ns)
        self._busy.add(what)
        self._keeper.start(self._ask(what, work))

    async def _ask(self, what: Symbol | None, work: Callable[[], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(self._plan.connect_timeout_s):
                await work()
            self._budget.on_answer()
        except Exception as error:  # noqa: BLE001  the containment door: any error of any venue's REST
            if isinstance(error, TELLING if what is None else (TimeoutError, ccxt.NetworkError)):
                now_ns = monotonic_ns()
                self._budget.on_refused(now_ns, int(self._ban.left_s(now_ns) * SECOND_NS))
            log.debug("no answer venue=%s what=%s error=%s", self._plan.venue, what or "time", type(error))
        finally:
            self._busy.discard(what)
            self._keeper.flush()

    async def _sample(self, streams: list[Stream]) -> None:
        """Between request and answer as they left and came: ccxt may hold a request back for seconds."""
        steps = self.clock.steps
        server_ms = await self._exchange.fetch_time()
        wall_ns = time_ns() - monotonic_ns()
        asked_ms, answered_ms = ((at.get() + wall_ns) / 1e6 for at in (REST_ASKED_NS, REST_NS))
        self.clock.add(asked_ms, float(server_ms), answered_ms, monotonic_ns())
        if self.clock.steps != steps:
            for stream in streams:
                stream.leg.vigil.lag.restart()

    async def _check(self, stream: Stream) -> None:
        generation = stream.generation
        verdict = await inspect(self._exchange, stream, CHECK_LIMITS.get(self._plan.ccxt_class))
        if verdict is None:
            return
        if verdict.answer is Answer.AGREES:
            self._tally.checks += 1
            self._first.pop(stream.symbol, None)
            stream.leg.agree(REST_ASKED_NS.get(), monotonic_ns())
        elif verdict.answer is Answer.DIFFERS:
            self._on_difference(stream, generation, verdict, monotonic_ns())

    def _on_difference(self, stream: Stream, generation: int, verdict: Verdict, now_ns: int) -> None:
        """One may be the market's doing; the same price wrong twice is not."""
        self._tally.disagreements += 1
        at, first = self._first.pop(stream.symbol, (0, verdict))
        log.warning("book differs venue=%s symbol=%s at=%s", self._plan.venue, stream.symbol, verdict.reason)
        if at == generation and confirms(verdict, first) and stream.line is not None:
            self._tally.on_incident(Incident.CROSS_CHECK, now_ns)
            reason = f"cross-check: {verdict.reason}"
            stream.tell(FeedState.STALE, now_ns, reason)
            stream.line.drop(reason)
            return
        self._first[stream.symbol] = generation, verdict
        self._rota.want(stream.symbol, now_ns)
