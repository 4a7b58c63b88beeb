"""bench_hud: a whole watch in a terminal of its own, at 5,000 updates a second: what its HUD costs, how soon
it answers, what a slow link shows, and what the engine pays for a HUD, a pipe and a sink that have stopped.

Before it: `kairos bench hud`. After it: bench_load (the venues), bench_hud_watch (`kairos watch` in a pty).
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

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
from kairos_tui.runtime.bench_hud_start import first_frame_ms
from kairos_tui.runtime.bench_hud_watch import Watch
from kairos_tui.runtime.bench_leaving import ends_once
from kairos_tui.runtime.bench_machine import this_machine, why_no_proc, why_no_processes
from kairos_tui.sim.load import LoadPlan

MARKETS, SWING_EVERY, PER_S, MANY_PER_S = 3, 200, 5_000, 20_000
SIZE = (160, 45)
LINK_BYTES_PER_S = 100_000
_WARM_S, _MEASURED_S = 3.0, 5.0
"""The window over which the engine keeps its percentiles."""
_SETTLE_S, _APART_S, _PRESSES = 1.0, 0.25, 10
_FREEZE, _FROZEN, _THAWED = b" ", b"PAUSED", b"KAIROS"
"""The key that freezes the view, and what the header says before and after."""

Found = dict[str, list[float]]

NOTES = (
    f"`kairos watch` as it is run, in a pty of {SIZE[0]}x{SIZE[1]} whose other end reads all; frames are "
    "counted there, as synchronised updates.",
    "first frame: from just before exec to the first panel at the other end, the disk warm. key: from the "
    "byte that freezes the view to the header that says so, ten times a round.",
    "link: the other end reads so much a second and no more; age: from a signal's opening, as its card has "
    "it, to the card's arrival there. RSS counts pages that are shared with other processes.",
    "frozen: the HUD's process and a file sink's are stopped, and nobody reads the JSON lines of --tee; the "
    "engine's p99 is from a tick's arrival to the decision, of all ticks of its last five seconds.",
)


def measure(plan: BenchPlan, progress: Progress) -> BenchReport:
    """Frozen and not, in turn; the HUD is measured while nothing is frozen."""
    machine, began_s = this_machine({}), time.monotonic()
    if (reason := why_no_processes() or why_no_proc()) is not None:
        return unmeasured("hud", machine, reason)
    found: Found = defaultdict(list)
    with ends_once(), own_folder() as folder, Load(folder, LoadPlan(MARKETS, SWING_EVERY)) as load:
        for number in range(plan.rounds):
            progress(f"start {number + 1} of {plan.rounds}")
            found["first frame"].append(first_frame_ms(folder, load, size=SIZE))
        load.speak(PER_S)
        with Watch(folder, load, size=SIZE) as watch:
            watch.look_on(_WARM_S)
            for number in range(plan.rounds):
                progress(f"round {number + 1} of {plan.rounds}: nothing frozen")
                seen = watch.look_on(_MEASURED_S * plan.work)
                for name, figure in seen.items():
                    found[name].append(figure)
                found["p99 free"].append(watch.engine_p99_us())
                progress(f"round {number + 1} of {plan.rounds}: keys, a slow link, {MANY_PER_S:,} a second")
                _look_closer(watch, load, plan.work, found)
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


def _look_closer(watch: Watch, load: Load, work: float, found: Found) -> None:
    """What takes another load, or another terminal, than the usual one; then all is as it was."""
    found["lag p99"].append(watch.hud_lag_p99_ms())
    found["rss"].append(watch.hud_rss_mb())
    pressed = []
    for _ in range(max(2, round(_PRESSES * work))):
        pressed.append(watch.press(_FREEZE, _FROZEN))
        watch.press(_FREEZE, _THAWED)
        watch.look_on(_APART_S)
    found["key"].append(quantile(pressed, 0.95))
    watch.look_on_by_link(_SETTLE_S, LINK_BYTES_PER_S)
    ages_ms = watch.look_on_by_link(max(1.0, _MEASURED_S * work), LINK_BYTES_PER_S)
    found["link"].append(quantile(ages_ms, 0.95))
    load.speak(MANY_PER_S)
    watch.look_on(_SETTLE_S)
    found["cpu % of many"].append(watch.look_on(_MEASURED_S * work)["cpu %"])
    load.speak(PER_S)
    watch.look_on(_SETTLE_S)


def quantile(figures: Sequence[float], share: float) -> float:
    """The figure of that rank, none between two. Raises ValueError without any."""
    if not figures:
        raise ValueError("nothing was measured")
    return sorted(figures)[max(0, ceil(share * len(figures)) - 1)]


def _rows(found: Found) -> Iterator[BenchRow]:
    budget = Budget(name="HUD", limit=20.0)
    yield row(f"HUD at {PER_S:,} ticks/s, of a core", "%", found["cpu %"], budget=budget)
    many = f"HUD at {MANY_PER_S:,} ticks/s, of a core"
    yield row(many, "%", found["cpu % of many"], budget=Budget(name="HUD", limit=30.0))
    yield row("frames", "/s", found["frames/s"], against="boards", theirs=found["boards/s"])
    yield row("CPU a frame", "ms", found["ms a frame"])
    yield row("to the terminal", "kB/s", found["kB/s"])
    yield row("first frame after exec", "ms", found["first frame"], budget=Budget(name="HUD", limit=1_000.0))
    yield row("key to paint p95", "ms", found["key"], budget=Budget(name="HUD", limit=50.0))
    slow = f"news on a link of {LINK_BYTES_PER_S // 1_000} kB/s, p95 of its age"
    yield row(slow, "ms", found["link"], budget=Budget(name="HUD", limit=350.0))
    yield row("loop lag p99", "ms", found["lag p99"], budget=Budget(name="HUD", limit=15.0))
    yield row("memory of the HUD, RSS", "MB", found["rss"], budget=Budget(name="HUD", limit=80.0))
    yield row(
        "engine p99 with HUD, pipe and sink frozen",
        "us",
        found["p99 frozen"],
        against="none frozen",
        theirs=found["p99 free"],
        is_cost=True,
        budget=Budget(name="B11", most=1.1),
    )
