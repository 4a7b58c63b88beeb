"""run_sim: the process of the simulated exchanges. It tells the launcher the origins it serves at."""

import asyncio
import signal

from kairos_tui.runtime.child import News, Post, post_from_argv
from kairos_tui.runtime.loop_lag import LoopLag
from kairos_tui.runtime.plans import SimRolePlan
from kairos_tui.sim import SimPlan
from kairos_tui.sim.exchanges import SimExchanges

_BEAT_EVERY_S = 0.5


async def serve(plan: SimRolePlan, post: Post) -> None:
    """Serve until cancelled; the origins go out as soon as every port is bound."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    for signum in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(signum, task.cancel)
    sim_plan = SimPlan(venues=plan.venues, seed=plan.seed, mood=plan.mood, rate=plan.rate)
    async with SimExchanges(sim_plan) as exchanges:
        origins = {str(venue): (origin.rest, origin.ws) for venue, origin in exchanges.origins.items()}
        post.tell(News(origins=origins))
        LoopLag(loop, post.is_late)
        while True:
            post.beat()
            await asyncio.sleep(_BEAT_EVERY_S)


def main() -> None:
    """Enter the simulator's process."""
    post = Post(*post_from_argv())
    plan = post.read_plan(SimRolePlan)
    with asyncio.Runner() as runner:
        try:
            runner.run(serve(plan, post))
        except asyncio.CancelledError:
            return


if __name__ == "__main__":
    main()
