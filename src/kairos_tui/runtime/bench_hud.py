"""bench_hud: a whole watch in a terminal of its own, at 5,000 updates a second: what its HUD costs, and what
the engine pays for a HUD, a pipe and a sink that have stopped.

Before it: `kairos bench hud`. After it: bench_load (the venues), bench_hud_watch (`kairos watch` in a pty).
"""

import time
from collections import defaultdict
from collections.abc import Iterator

from kairos_tui.runtime.bench_budget import (
    BenchPlan,
    BenchReport,
    BenchRow,
    Budget,
    Progress,
    row,
    unmeasured,
)
from kairos_tui.runtime.bench_e2e_stage import Load
from kairos_tui.runtime.bench_folder import own_folder
from kairos_tui.runtime.bench_hud_watch import Watch
from kairos_tui.runtime.bench_leaving import ends_once
from kairos_tui.runtime.bench_machine import this_machine, why_no_proc, why_no_processes
from kairos_tui.sim.load import LoadPlan

MARKETS, SWING_EVERY, PER_S = 3, 200, 5_000
SIZE = (160, 45)
_WARM_S, _MEASURED_S = 3.0, 5.0
"""The window over which the engine keeps its percentiles."""

NOTES = (
    f"`kairos watch` as it is run, in a pty of {SIZE[0]}x{SIZE[1]} whose other end reads all; frames are "
    "counted there, as synchronised updates.",
    "frozen: the HUD's process and a file sink's are stopped, and nobody reads the JSON lines of --tee; the "
    "engine's p99 is from a tick's arrival to the decision, of all ticks of its last five seconds.",
)


def measure(plan: BenchPlan, progress: Progress) -> BenchReport:
    """Frozen and not, in turn; the HUD is measured while nothing is frozen."""
    machine, began_s = this_machine({}), time.monotonic()
    if (reason := why_no_processes() or why_no_proc()) is not None:
        return unmeasured("hud", machine, reason)
    found: dict[str, list[float]] = defaultdict(list)
    with ends_once(), own_folder() as folder, Load(folder, LoadPlan(MARKETS, SWING_EVERY)) as load:
        load.speak(PER_S)
        with Watch(folder, load, size=SIZE) as watch:
            watch.look_on(_WARM_S)
            for number in range(plan.rounds):
                progress(f"round {number + 1} of {plan.rounds}: nothing frozen")
                seen = watch.look_on(_MEASURED_S * plan.work)
                for name, figure in seen.items():
                    found[name].append(figure)
                found["p99 free"].append(watch.engine_p99_us())
                progress(f"round {number + 1} of {plan.rounds}: frozen")
                with watch.frozen():
                    time.sleep(_MEASURED_S * plan.work)
                    found["p99 frozen"].append(watch.engine_p99_us())
                watch.look_on(_WARM_S)
    return BenchReport(
        bench="hud",
        machine=machine,
        rounds=plan.rounds,
        took_s=round(time.monotonic() - began_s, 1),
        rows=tuple(_rows(found)),
        notes=NOTES,
    )


def _rows(found: dict[str, list[float]]) -> Iterator[BenchRow]:
    budget = Budget(name="HUD", limit=20.0)
    yield row(f"HUD at {PER_S:,} ticks/s, of a core", "%", found["cpu %"], budget=budget)
    yield row("frames", "/s", found["frames/s"])
    yield row("CPU a frame", "ms", found["ms a frame"])
    yield row("to the terminal", "kB/s", found["kB/s"])
    yield row(
        "engine p99 with HUD, pipe and sink frozen",
        "us",
        found["p99 frozen"],
        against="none frozen",
        theirs=found["p99 free"],
        is_cost=True,
        budget=Budget(name="B11", most=1.1),
    )
