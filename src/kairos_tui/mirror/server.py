"""Server: the mirror's addresses, routes and life. Everything is refused or answered here.

Before it: runtime, which gives a plan, a source and words. After it: browsers, curl, Prometheus.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from aiohttp import web

from kairos_tui.mirror.guard import Guard
from kairos_tui.mirror.listening import Place, listen
from kairos_tui.mirror.routes import app_of, mirror_routes, watched_routes
from kairos_tui.mirror.seam import MirrorPlan, NewThemes, Source, Words
from kairos_tui.mirror.served import Served

log = logging.getLogger(__name__)

_TURN_S: Final = 0.25
_HEALTH_EVERY_TURNS: Final = 4
_CLOSE_WITHIN_S: Final = 0.1


async def serve(
    plan: MirrorPlan,
    source: Source,
    words: Words,
    *,
    stopping: asyncio.Event,
    on_open: Callable[[Place | None, Place | None], None],
    beat: Callable[[], None],
    new_themes: NewThemes = lambda: None,
) -> None:
    """Serve until `stopping`, then say bye. `on_open` is told where the mirror and the metrics are.

    Raises PortTaken when an address cannot be had, and what ended the reading thread, if something did.
    """
    mirror = listen(plan.mirror) if plan.mirror else None
    metrics = listen(plan.metrics) if plan.metrics else None
    served = Served(plan, source, words)
    runners = []
    for place, routes in ((mirror, mirror_routes), (metrics, watched_routes)):
        if place is not None:
            guard = Guard(place.host, place.port, origins=plan.origins, token=plan.token)
            runners.append(await _open(app_of(routes(plan, served), guard, served.refused), place))
    on_open(mirror, metrics)
    served.intake.start()
    try:
        await _live(served, stopping, beat, new_themes)
    finally:
        for runner in runners:
            await runner.cleanup()


async def _open(app: web.Application, place: Place) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_CLOSE_WITHIN_S, handle_signals=False)
    await runner.setup()
    await web.SockSite(runner, place.listener).start()
    return runner


async def _live(
    served: Served, stopping: asyncio.Event, beat: Callable[[], None], new_themes: NewThemes
) -> None:
    async with asyncio.TaskGroup() as tasks:
        watch = _watch(served, beat, new_themes)
        running = [tasks.create_task(served.run_batches()), tasks.create_task(watch)]
        ended = tasks.create_task(served.intake.ended.wait())
        asked = tasks.create_task(stopping.wait())
        await asyncio.wait((ended, asked), return_when=asyncio.FIRST_COMPLETED)
        served.intake.finish("done")
        await ended
        for task in (*running, asked):
            task.cancel()
    if served.intake.failure is not None:
        raise served.intake.failure
    served.events.end()
    served.audience.tell()
    await asyncio.sleep(0)  # what was written leaves, and listeners of /events take their last lines
    served.audience.dismiss("the run is over")


async def _watch(served: Served, beat: Callable[[], None], new_themes: NewThemes) -> None:
    """Beat, sweep, look for other themes, and once a second tell viewers how the mirror is."""
    loop = asyncio.get_running_loop()
    turns = 0
    while True:
        due_s = loop.time() + _TURN_S
        await asyncio.sleep(_TURN_S)
        served.health.loop_lag_s = max(0.0, loop.time() - due_s)
        served.audience.sweep()
        if (themes := new_themes()) is not None:
            served.dress(themes)
        turns += 1
        if served.health.not_alive() is None:
            beat()
        if turns % _HEALTH_EVERY_TURNS == 0:
            served.audience.health(served.health.facts() | served.audience.counts())
