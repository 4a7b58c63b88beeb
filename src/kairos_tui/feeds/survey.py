"""Survey: one venue asked over REST what it lists, at which fee, and what time it is. Opens no WebSocket.

Before it: a FeedPlan, as a feed gets it. After it: Survey, which `kairos venues --ask` prints. The markets go
through the feed's own Catalogue, so what is said of a symbol here is what a feed would say of it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic_ns, time_ns
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.errors import FeedDown, FeedRefused
from kairos_tui.feeds.catalogue import Catalogue
from kairos_tui.feeds.class_facts import ChargedFrom, charged_from
from kairos_tui.feeds.connections import Connections
from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.health.clock import ClockOffset
from kairos_tui.feeds.keeper import REST_ASKED_NS, REST_NS, Keeper
from kairos_tui.feeds.market_table import load_market_table, why_unread
from kairos_tui.feeds.origins import Origins
from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.reasons import one_line, why
from kairos_tui.feeds.session import open_session, tls_context
from kairos_tui.feeds.tapped_exchange import build_exchange
from kairos_tui.market import FeedStatus, Listing, Pulse, Symbol, Tick, Venue

CLOCK_TRIES = 2
NO_TIME = "the venue tells no time"
SHORT_TRIP_MS = 200.0
"""After an answer as quick as this the time is not asked again."""


class Answer(Struct, frozen=True):
    """One symbol: its `listing` and who says what its fee is charged in, or the problem.

    What is `listed` may still be nothing to compare; `nearest` names what is traded in place of what is not.
    """

    symbol: Symbol
    listed: bool = True
    listing: Listing | None = None
    charged_from: ChargedFrom | None = None
    problem: str | None = None
    nearest: tuple[Symbol, ...] = ()


class Survey(Struct, frozen=True):
    """One venue: `problem` is why REST gave no markets, None when it did, all `markets` of them.

    `clock_offset_us` is the venue's clock minus ours, right within `clock_uncertainty_us`; None when it was
    not measured, which `clock_problem` explains. `took_us` is the time that the markets took.
    """

    venue: Venue
    problem: str | None = None
    took_us: int = 0
    markets: int = 0
    clock_offset_us: int | None = None
    clock_uncertainty_us: int | None = None
    clock_problem: str | None = None
    answers: tuple[Answer, ...] = ()


async def survey(plan: FeedPlan) -> Survey:
    """Markets and clock, each within the plan's connect timeout. What goes wrong is part of the answer."""
    asked_ns = monotonic_ns()
    heard = _Heard()
    outbox = Outbox(heard)
    try:
        async with _exchange(
            plan, Connections(plan.venue, outbox, timeout_s=plan.connect_timeout_s)
        ) as exchange:
            await load_market_table(exchange, within_s=plan.connect_timeout_s)
            took_us = (monotonic_ns() - asked_ns) // 1_000
            count = len(exchange.markets)
            Catalogue(plan, exchange, outbox).streams(monotonic_ns())
            outbox.flush()
            answers = tuple(_answer(plan, exchange.markets, heard, symbol) for symbol in plan.symbols)
            found = Survey(plan.venue, took_us=took_us, markets=count, answers=answers)
            return await _with_clock(found, plan, exchange)
    except (FeedRefused, FeedDown) as error:
        problem = one_line(str(error).removeprefix(f"{plan.venue}: "))
    except Exception as error:  # noqa: BLE001  the containment door: any error of any venue's parser
        problem = why_unread(error, timeout_s=plan.connect_timeout_s)
    return Survey(plan.venue, problem, took_us=(monotonic_ns() - asked_ns) // 1_000)


@asynccontextmanager
async def _exchange(plan: FeedPlan, keeper: Keeper) -> AsyncIterator[Any]:
    origins = Origins(plan.origin_rest, plan.origin_ws)
    ssl_context = tls_context(origins)
    async with open_session(origins, ssl_context) as session:
        exchange = build_exchange(plan, keeper, session, ssl_context)
        try:
            yield exchange
        finally:
            await exchange.close()


def _answer(plan: FeedPlan, markets: dict[str, Any], heard: "_Heard", symbol: Symbol) -> Answer:
    listing = heard.listings.get(symbol)
    if listing is None:
        said = heard.statuses[symbol]
        return Answer(symbol, said.listed, problem=said.reason, nearest=said.nearest)
    market = markets[plan.market_ids.get(symbol, symbol)]
    return Answer(
        symbol, listing=listing, charged_from=charged_from(market, plan.fee_currency, plan.ccxt_class)
    )


async def _with_clock(found: Survey, plan: FeedPlan, exchange: Any) -> Survey:  # noqa: ANN401  ccxt is untyped
    if exchange.has.get("fetchTime") is not True:
        return replace(found, clock_problem=NO_TIME)
    clock = ClockOffset()
    problem = None
    try:
        async with asyncio.timeout(plan.connect_timeout_s):
            problem = await _ask_time(exchange, clock)
    except Exception as error:  # noqa: BLE001  the containment door: any error of any venue's REST
        problem = why(error, timeout_s=plan.connect_timeout_s)
    now_ns = monotonic_ns()
    offset_us, uncertainty_us = clock.offset_us(now_ns), clock.uncertainty_us(now_ns)
    return replace(
        found,
        clock_offset_us=offset_us,
        clock_uncertainty_us=uncertainty_us,
        clock_problem=problem if offset_us is None else None,
    )


async def _ask_time(exchange: Any, clock: ClockOffset) -> str | None:  # noqa: ANN401  ccxt is untyped
    """Why the last sample was refused, or None. The stamps are the request's own, without ccxt's pacing."""
    refusal = None
    for _ in range(CLOCK_TRIES):
        server_ms = await exchange.fetch_time()
        if not isinstance(server_ms, int | float):
            return NO_TIME
        wall_ns = time_ns() - monotonic_ns()
        asked_ms, answered_ms = ((at.get() + wall_ns) / 1e6 for at in (REST_ASKED_NS, REST_NS))
        refusal = clock.add(asked_ms, float(server_ms), answered_ms, monotonic_ns())
        if answered_ms - asked_ms <= SHORT_TRIP_MS:
            break
    return refusal


class _Heard:
    """A Receiver: what the catalogue says of each symbol."""

    def __init__(self) -> None:
        self.listings: dict[Symbol, Listing] = {}
        self.statuses: dict[Symbol, FeedStatus] = {}

    def on_listing(self, listing: Listing) -> None:
        self.listings[listing.instrument.symbol] = listing

    def on_status(self, status: FeedStatus) -> None:
        if status.symbol is not None:
            self.statuses[status.symbol] = status

    def on_tick(self, tick: Tick) -> None:
        """None comes without a WebSocket."""

    def on_pulse(self, pulse: Pulse) -> None:
        """Nor does a sign of life."""
