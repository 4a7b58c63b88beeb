"""serve_sim: `kairos sim`. Exchanges in the foreground, and the config that points a Kairos at them."""

import asyncio
import errno
import os
import signal
from pathlib import Path

from kairos_tui.errors import PortTaken
from kairos_tui.market import Mood
from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges
from kairos_tui.sim.fault_script import read_fault_script


def serve_sim(
    *, venues: tuple[str, ...], seed: int, mood: Mood, rate: float, faults: Path | None, port: int = 0
) -> int:
    """Serve until INT or TERM; prints the configuration on stdout once every port is bound.

    `faults` is a script of what goes wrong when; from `port` on, 0 = anywhere, the venues have one each.
    Raises SettingsInvalid for a bad script, PortTaken.
    """
    script = () if faults is None else read_fault_script(faults, venues)
    plan = SimPlan(venues=venues, seed=seed, mood=mood, rate=rate, control=True, faults=script, port=port)
    with asyncio.Runner() as runner:
        try:
            return runner.run(_serve(plan))
        except* OSError as several:
            raise _refusal(port, several) from None


async def _serve(plan: SimPlan) -> int:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, stopped.set)
    async with SimExchanges(plan) as exchanges:
        lines = [f"# simulated exchanges, mood {plan.mood}, seed {plan.seed}; serving until Ctrl-C"]
        names = ", ".join(f'"{venue}"' for venue in exchanges.origins)
        lines.append(f"venues = [{names}]")
        for venue, origin in exchanges.origins.items():
            lines += ["", f"[venue.{venue}]", f'origin_rest = "{origin.rest}"', f'origin_ws = "{origin.ws}"']
        os.write(1, ("\n".join(lines) + "\n").encode())
        await stopped.wait()
    return 0


def _refusal(port: int, several: BaseExceptionGroup[OSError]) -> BaseException:
    """A port that somebody has is said in one line; what else the system refused is a crash."""
    taken = several.subgroup(lambda error: isinstance(error, OSError) and error.errno == errno.EADDRINUSE)
    if taken is None:
        return several
    return PortTaken(
        f"--port {port}: it, or one of those after it, is in use; choose another, or leave it out"
    )
