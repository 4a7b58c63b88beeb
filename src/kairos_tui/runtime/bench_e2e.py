"""bench_e2e: from an update's leaving a venue to the signal's arrival in a third process, all processes real.

Ours against the stack that everybody writes first, in turn, on the same two venues; then what is lost when
they speak as fast as they can. Before it: `kairos bench e2e`. After it: bench_e2e_stage.
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
from kairos_tui.runtime.bench_e2e_stage import Load, Naive, Ours, Pipeline, StageFailed
from kairos_tui.runtime.bench_figures import quantile
from kairos_tui.runtime.bench_folder import own_folder
from kairos_tui.runtime.bench_leaving import ends_once
from kairos_tui.runtime.bench_machine import this_machine, why_no_processes
from kairos_tui.sim.load import LoadPlan

MARKETS, SWING_EVERY = 5, 10
RATES = {1_000: Budget(name="B6", least=4.0), 5_000: Budget(name="B6", least=8.0)}
FLOOD_PER_S = 20_000
ENGINES, ENGINES_PER_S = 2, 5_000
_WARM_S, _MEASURED_S, _FLOOD_S, _QUIET_S = 1.0, 3.0, 10.0, 1.0
_MOST_BEHIND = 4
"""Times the measured time that is waited for the first signal."""

NOTES = (
    "from the moment a venue writes an update to its socket until the signal it causes is in the reader's "
    "hands: the venues, two ingest workers, the engine and the reader are processes of their own.",
    "naive: `await watch_bids_asks` loops, JSON dicts over zmq.asyncio, every pair of venues priced on each "
    "tick; no depth, no fees, no gates, no proofs. Ours does all of that, at 20 levels a side.",
    "an update that was overtaken before a decision counts by the one that overtook it, on both sides; what "
    "a stack never saw is in no percentile, but missing from the signals due, one a swing of a market.",
    "ticks above 100 %: ours makes some of the calm venue's updates, and of depth, too.",
)


def measure(plan: BenchPlan, progress: Progress) -> BenchReport:
    """Both stacks in turn in each round, at each rate."""
    machine, began_s = this_machine({}), time.monotonic()
    if (reason := why_no_processes()) is not None:
        return unmeasured("e2e", machine, reason)
    found: dict[tuple[int, str, str], list[float]] = defaultdict(list)
    seconds = _MEASURED_S * plan.work
    with ends_once(), own_folder() as folder, Load(folder, LoadPlan(MARKETS, SWING_EVERY)) as load:
        for number in range(plan.rounds):
            for name, stack in (("ours", Ours), ("naive", Naive)):
                progress(f"round {number + 1} of {plan.rounds}: {name}")
                load.speak(200)
                with stack(folder / f"{name}{number}", load) as pipeline:
                    rates = [*RATES, FLOOD_PER_S] if name == "ours" else list(RATES)
                    for per_s in rates:
                        _note(found, name, per_s, seconds, _hear_at(pipeline, load, per_s, seconds))
            progress(f"round {number + 1} of {plan.rounds}: {ENGINES} engines")
            load.speak(200)
            with Ours(folder / f"shared{number}", load, ENGINES) as shared:
                heard = _hear_at(shared, load, ENGINES_PER_S, seconds)
                _note(found, "shared", ENGINES_PER_S, seconds, heard)
        progress(f"{FLOOD_PER_S:,} a second for {_FLOOD_S * plan.work:g} s")
        with Ours(folder / "flood", load) as flooded:
            lost = _lost_in_flood(flooded, load, _FLOOD_S * plan.work)
    return BenchReport(
        bench="e2e",
        machine=machine,
        rounds=plan.rounds,
        took_s=round(time.monotonic() - began_s, 1),
        rows=(*_latency_rows(found), *_shared_rows(found), *_flood_rows(found, lost)),
        notes=NOTES,
    )


def _hear_at(pipeline: Pipeline, load: Load, per_s: int, seconds: float) -> tuple[list[int], float]:
    """The ages of its signals in ns, and which share of what was said reached the engine."""
    load.speak(per_s)
    pipeline.hear(_WARM_S)
    said, taken = load.ledger.updates, pipeline.taken()
    ages_ns = pipeline.hear(seconds)
    waited_s = seconds
    while not ages_ns and waited_s < _MOST_BEHIND * seconds:
        waited_s += seconds
        ages_ns = pipeline.hear(seconds)
    # A stack that says nothing is at least so far behind.
    ages_ns = ages_ns or [int(waited_s * 1e9)]
    return ages_ns, (pipeline.taken() - taken) / max(1, load.ledger.updates - said)


def _note(
    found: dict[tuple[int, str, str], list[float]],
    name: str,
    per_s: int,
    seconds: float,
    heard: tuple[list[int], float],
) -> None:
    ages_ns, share = heard
    found[per_s, name, "heard"].append(100 * len(ages_ns) / (per_s * seconds / SWING_EVERY))
    found[per_s, name, "p50"].append((quantile(ages_ns, 0.5) or 0) / 1_000)
    found[per_s, name, "p99"].append((quantile(ages_ns, 0.99) or max(ages_ns)) / 1_000)
    found[per_s, name, "share"].append(100 * share)


def _lost_in_flood(flooded: Ours, load: Load, seconds: float) -> dict[str, int]:
    """Counted from quiet to quiet, so that nothing is on its way."""
    before = _counted(flooded, load)
    load.speak(FLOOD_PER_S)
    flooded.hear(seconds)
    after = _counted(flooded, load)
    told = {name: after[name] - before[name] for name in after}
    told["unread"] = told["frames said"] - told["frames read"]
    told["unaccounted"] = told["offered"] - told["used"] - told["conflated"] - told["lost"]
    return told


def _counted(flooded: Ours, load: Load) -> dict[str, int]:
    load.speak(0)
    flooded.hear(_QUIET_S)
    rates = flooded.rates
    if rates is None:
        raise StageFailed("the engine said nothing")
    return {
        "frames said": load.ledger.frames,
        "frames read": flooded.frames,
        "offered": rates.offered,
        "used": rates.used,
        "conflated": rates.conflated,
        "lost": rates.lost + rates.rejected,
    }


def _latency_rows(found: dict[tuple[int, str, str], list[float]]) -> Iterator[BenchRow]:
    for per_s, budget in RATES.items():
        for part, kept in (("p50", budget), ("p99", None)):
            yield row(
                f"tick to signal {part}, {per_s:,} ticks/s",
                "us",
                found[per_s, "ours", part],
                against="watch_* + zmq.asyncio JSON",
                theirs=found[per_s, "naive", part],
                budget=kept,
            )
        for what, part in (("ticks that reached the engine", "share"), ("signals of those due", "heard")):
            yield row(
                f"{what}, {per_s:,} ticks/s",
                "%",
                found[per_s, "ours", part],
                against="watch_* + zmq.asyncio JSON",
                theirs=found[per_s, "naive", part],
                more_is_better=True,
            )


def _shared_rows(found: dict[tuple[int, str, str], list[float]]) -> Iterator[BenchRow]:
    for part in ("p50", "p99"):
        yield row(
            f"tick to signal {part}, {ENGINES_PER_S:,} ticks/s, {ENGINES} engines",
            "us",
            found[ENGINES_PER_S, "shared", part],
            against="one engine",
            theirs=found[ENGINES_PER_S, "ours", part],
            is_cost=True,
        )


def _flood_rows(found: dict[tuple[int, str, str], list[float]], lost: dict[str, int]) -> Iterator[BenchRow]:
    yield row(
        f"tick to signal p50, {FLOOD_PER_S:,} ticks/s",
        "us",
        found[FLOOD_PER_S, "ours", "p50"],
        against="ours at 5,000",
        theirs=found[5_000, "ours", "p50"],
        is_cost=True,
        budget=Budget(name="B7", most=2.0),
    )
    yield row(f"tick to signal p99, {FLOOD_PER_S:,} ticks/s", "us", found[FLOOD_PER_S, "ours", "p99"])
    yield row(
        f"overtaken on the way to the engine, {FLOOD_PER_S:,} ticks/s",
        "%",
        [max(0.0, 100.0 - share) for share in found[FLOOD_PER_S, "ours", "share"]],
        budget=Budget(name="B7", limit=1.0),
        note="boards come four times a second: a round's share is known to 1 %",
    )
    conflated = lost["conflated"]
    yield row(
        f"frames unread, ticks lost or unaccounted, {FLOOD_PER_S:,} ticks/s",
        "ticks",
        [float(abs(lost["unread"]) + lost["lost"] + abs(lost["unaccounted"]))],
        budget=Budget(name="B5", limit=0.0),
        note=f"{lost['frames said']:,} frames said, {lost['offered']:,} ticks made, {lost['used']:,} used, "
        f"{conflated:,} overtaken by a newer one of their book, and counted",
    )
