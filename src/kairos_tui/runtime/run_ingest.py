"""run_ingest: one venue's process. A feed before it, wire's sender after it; uvloop in between.

Ticks leave in the same turn of the loop in which they were made. Facts (listings, statuses, counts) are
said again twice a second, so that a restarted engine knows them without asking.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine
from functools import partial

import msgspec
import uvloop

from kairos_tui.errors import FeedRefused
from kairos_tui.feeds.ccxt_feed import CcxtFeed
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.market import (
    USABLE,
    FeedCounts,
    FeedState,
    FeedStatus,
    Listing,
    Pulse,
    Symbol,
    Tick,
    Venue,
)
from kairos_tui.runtime.child import Post
from kairos_tui.runtime.collector import freeze_start_up
from kairos_tui.runtime.engine_links import EngineLinks
from kairos_tui.runtime.ingest_plan import IngestOrder, IngestPlan
from kairos_tui.runtime.log_file import log_to
from kairos_tui.wire import TickFan

_FACTS_EVERY_S = 0.5
_RETRY_FLUSH_S = 0.005
_TEND_EVERY_S = 0.05


class Outlet:
    """The feed's receiver: hands each record to the wire and flushes once a turn.

    With `links` the engines are elsewhere, and may come and go.
    """

    def __init__(
        self, plan: IngestPlan, loop: asyncio.AbstractEventLoop, links: EngineLinks | None = None
    ) -> None:
        sender = f"ingest:{plan.feed.venue}"
        if links is None:
            self._sender = TickFan(plan.ticks, plan.homes, sender=sender, epoch=plan.epoch)
        else:
            sender, clocks = f"{sender}@{plan.member}", links.clock_of
            self._sender = TickFan((), {}, sender=sender, epoch=wall_ms, ring=plan.ring, clocks=clocks)
            links.start(self._sender)
        self._links, self._loop = links, loop
        self._flush_is_due = self._retry_is_due = self._is_closed = False
        self._venue = plan.feed.venue
        self._listings: dict[Symbol, Listing] = {}
        self._statuses: dict[Symbol | None, FeedStatus] = {}

    def on_tick(self, tick: Tick) -> None:
        """A changed book: to the engine this turn."""
        self._sender.offer(tick)
        self._flush_soon()

    def on_status(self, status: FeedStatus) -> None:
        """A stream's new state: remembered, and sent this turn."""
        self._statuses[status.symbol] = status
        self._sender.offer(status)
        self._flush_soon()

    def on_listing(self, listing: Listing) -> None:
        """A market's facts: remembered, and sent this turn."""
        self._listings[listing.instrument.symbol] = listing
        self._sender.offer(listing)
        self._flush_soon()

    def on_pulse(self, pulse: Pulse) -> None:
        """Streams that live without news: sent this turn, and forgotten."""
        self._sender.offer(pulse)
        self._flush_soon()

    def say_facts(self, counts: FeedCounts) -> None:
        """Everything a fresh engine would need, and the counters."""
        for listing in self._listings.values():
            self._sender.offer(listing)
        for status in self._statuses.values():
            self._sender.offer(status)
        self._sender.offer(counts)
        self._sender.offer_counts()
        self._flush_soon()

    @property
    def is_linked(self) -> bool:
        """Whether its engines are elsewhere."""
        return self._links is not None

    def count_live(self) -> int:
        """How many streams are, as their feed says."""
        return sum(status.symbol is not None and status.state in USABLE for status in self._statuses.values())

    def tend_links(self) -> None:
        """Look whether engines have come or gone."""
        if self._links is not None:
            self._links.tend(self._sender)
            self._flush_soon()

    def close(self) -> None:
        """Send what is pending if it can be, then close. Engines elsewhere hear that the venue is left."""
        self._is_closed = True
        if self._links is not None:
            self._sender.offer(_down(self._venue, "its ingester has left"))
        self._sender.offer_counts()
        self._sender.flush()
        self._sender.close()
        if self._links is not None:
            self._links.close()

    def _flush_soon(self) -> None:
        if not self._flush_is_due:
            self._flush_is_due = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        if self._is_closed:
            return
        self._flush_is_due = False
        if self._sender.flush() and not self._retry_is_due:
            # An engine is away: keep the newest per book and knock again. The others wait for nobody.
            self._retry_is_due = True
            self._loop.call_later(_RETRY_FLUSH_S, self._retry)

    def _retry(self) -> None:
        self._retry_is_due = False
        self._flush()


async def ingest(plan: IngestPlan, post: Post) -> None:
    """Serve one venue until cancelled."""
    links = EngineLinks(plan, post.note, post.give_up) if plan.member else None
    outlet = Outlet(plan, asyncio.get_running_loop(), links)
    try:
        async with asyncio.TaskGroup() as tasks:
            tending = tasks.create_task(_keep_tending(outlet))
            await _serve(plan.feed, outlet, post)
            tending.cancel()
    finally:
        outlet.close()


async def _serve(plan: FeedPlan, outlet: Outlet, post: Post) -> None:
    try:
        async with CcxtFeed(plan, outlet) as feed, asyncio.TaskGroup() as tasks:
            post.on_line = partial(_obey, asyncio.get_running_loop(), feed)
            tasks.create_task(_keep_telling(outlet, feed.counts, post))
            await feed.run()
    except* FeedRefused as refused:
        # A refused feed stays visible as down; the worker goes on saying so until it is stopped.
        outlet.on_status(_down(plan.venue, str(refused.exceptions[0])))
        await _keep_telling(outlet, lambda: FeedCounts(plan.venue), post)


async def _keep_tending(outlet: Outlet) -> None:
    while outlet.is_linked:
        outlet.tend_links()
        await asyncio.sleep(_TEND_EVERY_S)


def _obey(loop: asyncio.AbstractEventLoop, feed: CcxtFeed, line: bytes) -> None:
    """On the post's thread. What is no order is an older launcher's, or a newer one's."""
    try:
        order = msgspec.json.decode(line, type=IngestOrder)
    except msgspec.MsgspecError:
        return
    if order.retry and not loop.is_closed():
        loop.call_soon_threadsafe(feed.retry_now)


async def _keep_telling(outlet: Outlet, counts: Callable[[], FeedCounts], post: Post) -> None:
    is_settled = False
    if outlet.is_linked:
        post.count_live = outlet.count_live
    while True:
        told = counts()
        post.lag_us = told.loop_lag_p99_us
        post.beat()
        outlet.say_facts(told)
        if told.ticks and not is_settled:
            is_settled = True
            freeze_start_up()
        await asyncio.sleep(_FACTS_EVERY_S)


def _down(venue: Venue, reason: str) -> FeedStatus:
    return FeedStatus(venue, None, FeedState.DOWN, time.monotonic_ns(), reason=reason)


def run(plan_fd: int, report_fd: int) -> None:
    """Enter an ingest worker's process, forked or fresh."""
    post = Post(plan_fd, report_fd)
    plan = post.read_plan(IngestPlan)
    log_to(plan.log_path, plan.log_level, role=f"ingest:{plan.feed.venue}", form=plan.log_form)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(_until_terminated(ingest(plan, post)))
        except asyncio.CancelledError:
            return


async def _until_terminated(work: Coroutine[None, None, None]) -> None:
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    for signum in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, task.cancel)
    await work


def wall_ms() -> int:
    """An epoch above all that this sender ever had, in whatever process."""
    return time.time_ns() // 1_000_000
