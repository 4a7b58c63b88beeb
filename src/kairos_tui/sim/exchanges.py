"""SimExchanges: all the venues of a plan, served on loopback ports: chosen by the system, or in a row.

Before it: server and the dialects, joined to one market. After it: whoever asks for the origins.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sim.dialects import DIALECTS
from kairos_tui.sim.faults import Faults
from kairos_tui.sim.hub import Hub
from kairos_tui.sim.market import SimMarket
from kairos_tui.sim.plan import Origin, SimPlan
from kairos_tui.sim.server import VenueServer


class SimExchanges:
    """Async context. The market's time starts at 0 when it is entered."""

    def __init__(self, plan: SimPlan, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        strangers = [venue for venue in plan.venues if venue not in DIALECTS]
        if strangers:
            raise SettingsInvalid(f"no simulated {strangers[0]!r}: there are {', '.join(DIALECTS)}")
        self._plan, self._clock_ns = plan, clock_ns
        self._started_ns = clock_ns()
        self._stack = AsyncExitStack()
        self.market = SimMarket(plan)
        self.origins: dict[str, Origin] = {}
        self.faults: dict[str, Faults] = {}

    def now_ns(self) -> int:
        """The market's time."""
        return self._clock_ns() - self._started_ns

    async def __aenter__(self) -> "SimExchanges":
        self._started_ns = self._clock_ns()
        async with AsyncExitStack() as stack:
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            servers = [
                await stack.enter_async_context(self._server(venue, place))
                for place, venue in enumerate(self._plan.venues)
            ]
            for venue, server in zip(self._plan.venues, servers, strict=True):
                self.origins[venue], self.faults[venue] = server.origin, server.faults
                task = tasks.create_task(server.run(), name=f"sim {venue}")
                stack.callback(task.cancel)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    def _server(self, venue: str, place: int) -> VenueServer:
        epoch_ns = time.time_ns() - self.now_ns()
        hub = Hub(
            venue, self.market, self.now_ns, epoch_ns=epoch_ns, rate=self._plan.rate, seed=self._plan.seed
        )
        plan, port = self._plan, self._plan.port and self._plan.port + place
        return VenueServer(DIALECTS[venue](hub), control=plan.control, script=plan.faults, port=port)
