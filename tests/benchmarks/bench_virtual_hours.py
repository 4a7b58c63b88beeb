"""Ten hours of faults on eight simulated venues, on a virtual clock: is what is believed true, and there?

Run alone:  pytest -m bench -s tests/benchmarks/bench_virtual_hours.py. It prints the tables
of docs/detection.md. KAIROS_HOURS (10), KAIROS_SEED (1) and KAIROS_PROCESSES (one per core) change the run.
"""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from statistics import median

import pytest
from msgspec import Struct
from tests.scenarios.virtual_hours import (
    VISIBLE,
    WITHOUT_CHECKSUM,
    Mix,
    Tally,
    VenueTally,
    run_for,
    sum_of,
)

from kairos_tui.sim.fault_orders import WITH_CHECKSUM, FaultKind
from kairos_tui.sim.listings import all_sim_venues

pytestmark = [pytest.mark.bench, pytest.mark.timeout(6 * 3600)]

HOURS = float(os.environ.get("KAIROS_HOURS", "10"))
SEED = int(os.environ.get("KAIROS_SEED", "1"))
PROCESSES = int(os.environ.get("KAIROS_PROCESSES", os.cpu_count() or 1))
SLICE_S = 900.0
HOUR_NS = 3_600_000_000_000

EVERY_KIND: tuple[FaultKind, ...] = (*VISIBLE, "corrupt")
SEEN = Mix("what a frame or the next one shows", VISIBLE)
CORRUPT = Mix("corrupt", ("corrupt",))
LITERAL = Mix(
    "lost, duplicate, reorder and corrupt, 1 % each", ("lost", "duplicate", "reorder", "corrupt"), 0.04
)
PLAN: tuple[tuple[Mix, float], ...] = (
    (SEEN, 1.0),
    (CORRUPT, 0.2),
    (LITERAL, 0.1),
    *((Mix(kind, (kind,)), 0.05) for kind in VISIBLE),
)
"""Each with its share of HOURS."""


class Slice(Struct, frozen=True):
    """What one process runs at a time. Each has a market of its own."""

    mix: Mix
    seed: int
    seconds: float

    def run(self) -> Tally:
        return run_for(self.mix, seed=self.seed, seconds=self.seconds)


def slices() -> Iterable[Slice]:
    seed = SEED
    for mix, share in PLAN:
        left_s = HOURS * 3600 * share
        while left_s > 0.0:
            yield Slice(mix, seed, min(SLICE_S, left_s))
            seed, left_s = seed + 1, left_s - SLICE_S


def test_hours_of_faults():
    done: dict[str, list[Tally]] = {}
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        running = {pool.submit(one.run): one for one in slices()}
        for finished in as_completed(running):
            one = running.pop(finished)
            tally = finished.result()
            done.setdefault(one.mix.name, []).append(tally)
            counts = f"untrue={len(tally.untrue)} doubtful={tally.doubtful} unnoticed={tally.unnoticed}"
            print(f"mix={one.mix.kinds} seed={one.seed} {counts} left={len(running)}", flush=True)
    tallies = {name: sum_of(parts) for name, parts in done.items()}
    for mix in (SEEN, CORRUPT, LITERAL):
        show_venues(mix, tallies[mix.name])
    show_kinds(tallies)
    show_untrue(tallies[CORRUPT.name], tallies[LITERAL.name])
    check(tallies)


def check(tallies: dict[str, Tally]) -> None:
    """The promise, in the parts that can be kept."""
    visible = [tallies[SEEN.name], *(tallies[kind] for kind in VISIBLE)]
    assert [tally.untrue for tally in visible] == [[]] * len(visible)
    for venue in WITH_CHECKSUM:
        assert all(tally.venues[venue].untrue == 0 for tally in tallies.values())
    for name in (SEEN.name, CORRUPT.name, *VISIBLE):
        assert all(venue.usable >= 0.99 for venue in tallies[name].venues.values()), name


# the tables


def show(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(f"\n{title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def show_venues(mix: Mix, tally: Tally) -> None:
    title = f"{mix.name}: {mix.rate:.0%} of messages, {hours(tally)}; {signals(tally)}"
    head = ("exchange", "usable", "incidents", "diverged", "found", "true again", "stood, ms", "untrue")
    show(title, head, [venue_row(name, tally.venues[name]) for name in all_sim_venues()])


def venue_row(name: str, venue: VenueTally) -> Sequence[str]:
    reasons = ", ".join(f"{reason} {count}" for reason, count in Counter(venue.incidents).most_common(5))
    healed = len(venue.healed) + venue.open
    diverged = str(venue.found_count + healed)
    usable = f"{100 * venue.usable:.3f} %"
    return (
        name,
        usable,
        reasons,
        diverged,
        str(venue.found_count),
        str(healed),
        stood(venue),
        str(venue.untrue),
    )


def show_kinds(tallies: dict[str, Tally]) -> None:
    head = ("fault, 1 %", "hours", "signals", "untrue", "diverged", "found", "worst usable", "incidents")
    rows = []
    for kind in EVERY_KIND:
        tally = tallies[kind]
        worst = min(tally.venues, key=lambda name: tally.venues[name].usable)
        share = f"{100 * tally.venues[worst].usable:.3f} % {worst}"
        incidents = str(sum(sum(venue.incidents.values()) for venue in tally.venues.values()))
        counts = (str(tally.signals), str(len(tally.untrue)), str(tally.found + tally.unnoticed))
        rows.append((kind, hours(tally), *counts, str(tally.found), share, incidents))
    show("By fault", head, rows)


def show_untrue(*tallies: Tally) -> None:
    """Where a wrong digit got into signals, and how it was found, over the venues without a checksum."""
    tally = sum_of(tallies)
    for name in sorted(WITHOUT_CHECKSUM):
        untrue = [one for one in tally.untrue if one.venue == name]
        moments = {one.lies[0].partition(" x ")[0] for one in untrue}
        found = {reason: len(times) for reason, times in tally.venues[name].found.items()}
        print(f"{name}: {len(untrue)} untrue signals of {len(moments)} wrong levels; found by {found}")


def stood(venue: VenueTally) -> str:
    """How long a divergence stood, until it was found or true again: p50 / p99."""
    times = sorted([*venue.healed, *(ms for times in venue.found.values() for ms in times)])
    return f"{median(times):.0f} / {times[int(len(times) * 0.99)]:.0f}" if times else "-"


def hours(tally: Tally) -> str:
    return f"{tally.simulated_ns / HOUR_NS:.1f} h"


def signals(tally: Tally) -> str:
    per_thousand = 1000 * len(tally.untrue) / max(1, tally.signals)
    untrue = f"{len(tally.untrue)} untrue, {per_thousand:.2f} of 1,000"
    return f"{tally.signals} signals, {untrue}; {tally.doubtful} of a leg that differed somewhere"
