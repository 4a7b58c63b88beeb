"""CcxtFeed: one venue, from nothing to ticks, for as long as it runs. Retries all that time can cure.

Before it: a FeedPlan. After it: a Receiver. It loads the markets, then keeps one watch pending per symbol;
the ticks come from below, through the tap.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from time import monotonic_ns
from types import TracebackType
from typing import Any, NoReturn, Self

import aiohttp
import ccxt

from kairos_tui.errors import FeedDown, FeedRefused
from kairos_tui.feeds.backoff import Backoff
from kairos_tui.feeds.catalogue import Catalogue
from kairos_tui.feeds.connections import Connections
from kairos_tui.feeds.dial import TOLD
from kairos_tui.feeds.dialects.dialect import Dialect
from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.feeds.feed_plan import FeedPlan, Receiver
from kairos_tui.feeds.keeper import ASKING, LineLost, StreamTold
from kairos_tui.feeds.loop_lag import PERIOD_S, LoopLag
from kairos_tui.feeds.market_table import load_market_table, why_unread
from kairos_tui.feeds.origins import Origins
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.patience import SECOND_NS
from kairos_tui.feeds.reasons import one_line
from kairos_tui.feeds.session import open_session, tls_context
from kairos_tui.feeds.stream import Stream
from kairos_tui.feeds.tapped_exchange import build_exchange
from kairos_tui.feeds.venue_facts import BOOK_LIMITS, NAMES_COINS
from kairos_tui.feeds.venue_health import VenueHealth
from kairos_tui.market import FeedCounts, FeedState, FeedStatus

log = logging.getLogger(__name__)

MARKETS_WITHIN = 3
"""Loading markets may take this many connect timeouts: some venues need several requests."""


HURRY_EVERY_NS = 2 * SECOND_NS
"""No more often does somebody's wish end a wait: else it would be no backoff."""


class CcxtFeed:
    """`async with CcxtFeed(plan, receiver) as feed: await feed.run()`."""

    def __init__(
        self, plan: FeedPlan, receiver: Receiver, dialect_of: Callable[[str], Dialect | None] = dialect_of
    ) -> None:
        self._plan = plan
        self._outbox = Outbox(receiver)
        self._lines = Connections(
            plan.venue,
            self._outbox,
            timeout_s=plan.connect_timeout_s,
            depth=plan.depth,
            new_dialect=partial(dialect_of, plan.ccxt_class),
        )
        self._lag = LoopLag()
        self._hurried_ns = self._markets_ns = self._down_ns = 0
        self._no_markets = ""
        self._exchange: Any = None
        self._health: VenueHealth | None = None
        self._session: aiohttp.ClientSession | None = None

    def counts(self) -> FeedCounts:
        """Totals since start."""
        now_ns = monotonic_ns()
        counts = self._outbox.tally.counts(self._plan.venue, self._lag.p99_us(), now_ns)
        return counts if self._health is None else self._health.counts(counts, now_ns)

    def retry_now(self) -> None:
        """Whatever waits to try again does so at once; once in two seconds, and not where the venue itself
        asked to be left alone."""
        now_ns = monotonic_ns()
        if now_ns - self._hurried_ns < HURRY_EVERY_NS:
            return
        self._hurried_ns = now_ns
        retry_ns = self._lines.hurry(now_ns)
        if self._markets_ns > now_ns:
            self._markets_ns = min(self._markets_ns, retry_ns)
            reason = TOLD if retry_ns > now_ns else self._no_markets
            self._tell_venue(FeedState.DOWN, self._down_ns, reason, self._markets_ns)
            self._lines.pauses.look_again()

    async def __aenter__(self) -> Self:
        origins = Origins(self._plan.origin_rest, self._plan.origin_ws)
        ssl_context = tls_context(origins)
        self._session = open_session(origins, ssl_context)
        try:
            self._exchange = build_exchange(self._plan, self._lines, self._session, ssl_context)
        except FeedRefused:
            await self._session.close()
            raise
        self._exchange.orderbooks = self._lines.orderbooks
        self._health = VenueHealth(self._plan, self._exchange, self._lines, self._outbox)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()
        await self._exchange.close()
        if self._session is not None:
            await self._session.close()

    async def run(self) -> None:
        """Until cancelled. Raises FeedRefused for what will never work."""
        self._tell_venue(FeedState.CONNECTING, monotonic_ns())
        try:
            async with asyncio.TaskGroup() as tasks:
                self._lines.open(tasks)
                tasks.create_task(self._look_after())
                catalogue = await self._load_markets()
                self._outbox.flush()
                for stream in self._lines.streams:
                    tasks.create_task(self._follow(stream))
                if self._plan.ccxt_class in NAMES_COINS:
                    tasks.create_task(self._ask_names(catalogue))
        except* FeedRefused as refused:
            raise refused.exceptions[0] from None
        finally:
            self._lines.close()

    # markets

    async def _load_markets(self) -> Catalogue:
        """Until they are there. All tries in vain are one outage, down since the first of them."""
        backoff = Backoff()
        while True:
            try:
                catalogue = await self._try_markets()
            except FeedDown as down:
                now_ns, self._no_markets = monotonic_ns(), str(down)
                delay_s = max(backoff.delay_s(0.0), self._lines.ban.left_s(now_ns))
                self._down_ns, self._markets_ns = self._down_ns or now_ns, now_ns + int(delay_s * SECOND_NS)
                self._tell_venue(FeedState.DOWN, self._down_ns, self._no_markets, self._markets_ns)
                await self._lines.pauses.over(lambda: _left_s(self._markets_ns))
            else:
                self._tell_venue(FeedState.CONNECTING, monotonic_ns())
                return catalogue

    async def _try_markets(self) -> Catalogue:
        """What a venue lists may be stranger than anyone thought: then it is down, and asked again."""
        within_s = MARKETS_WITHIN * self._plan.connect_timeout_s
        await load_market_table(self._exchange, within_s=within_s)
        catalogue = Catalogue(self._plan, self._exchange, self._outbox)
        try:
            watched = catalogue.streams(monotonic_ns())
        except Exception as error:  # the containment door: any shape of any venue's market
            log.exception("markets not understood venue=%s", self._plan.venue)
            raise FeedDown(why_unread(error, timeout_s=within_s)) from error
        self._lines.streams.extend(watched)
        return catalogue

    async def _ask_names(self, catalogue: Catalogue) -> None:
        """Evidence of identity is welcome and nothing waits for it: else a coin is known by its price."""
        try:
            async with asyncio.timeout(MARKETS_WITHIN * self._plan.connect_timeout_s):
                catalogue.name_coins(await self._exchange.fetch_currencies())
        except Exception as error:  # noqa: BLE001  the containment door: any error of any venue's parser
            log.info("no coin names venue=%s reason=%s", self._plan.venue, one_line(str(error)))
        self._outbox.flush()

    # streams

    async def _follow(self, stream: Stream) -> NoReturn:
        """Keep a watch pending. It wakes only when its connection or its subscription ended."""
        ASKING.set(stream)
        limit = BOOK_LIMITS.get(self._plan.ccxt_class)
        while True:
            await asyncio.sleep(0)
            await self._lines.pauses.over(lambda: _left_s(stream.retry_ns))
            try:
                await self._exchange.watch_order_book(stream.market.symbol, limit)
            except (LineLost, StreamTold):
                continue  # Connections has told the stream, and paces what comes next
            except asyncio.CancelledError:
                if (task := asyncio.current_task()) is None or task.cancelling():
                    raise
                self._lines.on_refused(stream, ccxt.NetworkError("cancelled by ccxt"), by_venue=False)
            except Exception as error:  # noqa: BLE001  the containment door: any error of any venue's watch
                self._lines.on_refused(stream, error, by_venue=False)

    async def _look_after(self) -> NoReturn:
        """Ages are looked at often; that the look itself is late is the loop's lag."""
        while True:
            before_ns = monotonic_ns()
            await asyncio.sleep(PERIOD_S)
            now_ns = monotonic_ns()
            self._lag.add(now_ns - before_ns)
            if self._health is not None:
                self._health.look(now_ns)

    def _tell_venue(
        self, state: FeedState, since_ns: int, reason: str | None = None, retry_ns: int | None = None
    ) -> None:
        self._outbox.put(FeedStatus(self._plan.venue, None, state, since_ns, reason, retry_ns))
        self._outbox.flush()


def _left_s(until_ns: int) -> float:
    return max(0, until_ns - monotonic_ns()) / SECOND_NS
