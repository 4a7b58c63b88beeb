"""Survey: all the venues of the settings asked at once over REST, for `kairos venues --ask`.

Before it: settings. After it: one Survey of feeds per venue, in their order.
"""

import asyncio

from msgspec.structs import replace

from kairos_tui.feeds.feed_plan import FeedPlan
from kairos_tui.feeds.survey import Answer as Answer
from kairos_tui.feeds.survey import Survey as Survey
from kairos_tui.feeds.survey import survey
from kairos_tui.market import Symbol, Venue
from kairos_tui.runtime.venue_plans import Origins, feed_plan
from kairos_tui.settings import Settings
from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges


def ask_venues(settings: Settings, symbols: tuple[Symbol, ...], *, sim: bool) -> tuple[Survey, ...]:
    """What every venue of the settings says of `symbols`; with `sim`, its simulated exchange."""
    with asyncio.Runner() as runner:
        return runner.run(_ask_simulated(settings, symbols) if sim else _ask(settings, symbols, {}))


async def _ask_simulated(settings: Settings, symbols: tuple[Symbol, ...]) -> tuple[Survey, ...]:
    classes = tuple(dict.fromkeys(map(settings.ccxt_class, settings.venues)))
    async with SimExchanges(SimPlan(venues=classes, seed=settings.seed, mood=settings.mood)) as exchanges:
        origins = {name: (origin.rest, origin.ws) for name, origin in exchanges.origins.items()}
        return await _ask(settings, symbols, origins)


async def _ask(settings: Settings, symbols: tuple[Symbol, ...], origins: Origins) -> tuple[Survey, ...]:
    plans = [_plan(settings, venue, symbols, origins) for venue in settings.venues]
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(survey(plan)) for plan in plans]
    return tuple(task.result() for task in asked)


def _plan(settings: Settings, venue: Venue, symbols: tuple[Symbol, ...], origins: Origins) -> FeedPlan:
    """As a feed's, but for the symbols that nobody asked for and for its patience."""
    plan = feed_plan(settings, venue, symbols, origins.get(settings.ccxt_class(venue)))
    return replace(plan, conversions=(), connect_timeout_s=settings.connect_timeout_s)
