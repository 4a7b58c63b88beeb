"""Promise: a fault is noticed in the event that shows it, takes out its own venue only, and is soon over.

The limits are generous; tests/benchmarks/bench_detection.py measures, docs/detection.md has the figures.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from tests.benchmarks.bench_detection import EVERYONE, Ordeal, Shot, endure, run
from tests.benchmarks.detection_budget import GENERIC, WORST, find_misses

from kairos_tui.sim.fault_orders import FaultKind

ALL_AND_A_GENERIC = [name for name in EVERYONE if name not in GENERIC or name == "bybiteu"]

STRUCK: tuple[FaultKind, ...] = ("close", "broken_json")

CASES = {
    # a venue with checksums, and one that ccxt alone decodes
    "bad frames": (("kraken", "bybiteu"), ("wrong_shape", "bad_checksum")),
    # one that falls silent when its market does, and one whose numbered heartbeats go on
    "silence": (("okx", "coinbase"), ("silence",)),
}


@pytest.mark.timeout(30)  # nine venues, six faults each, on whatever the machine has left
def test_every_venue_notices_and_is_back_within_ten_times_the_budget() -> None:
    """The eight simulated ones and the generic tap, struck together; p50 of three."""
    shots = run(close_and_break(ALL_AND_A_GENERIC, times=3))

    assert len(shots) == 2 * 3 * 9
    assert find_misses(shots, p50=WORST, worst=100.0) == []


async def close_and_break(names: Sequence[str], times: int) -> list[Shot]:
    """Fresh feeds for each: who fails too often is approached slowly."""
    async with asyncio.TaskGroup() as tasks:
        begun = [
            tasks.create_task(endure(names, [Ordeal(kind)] * times, at_once=len(names))) for kind in STRUCK
        ]
    return [shot for each in begun for shot in each.result()]


@pytest.mark.parametrize(("venues", "kinds"), CASES.values(), ids=CASES.keys())
def test_a_fault_is_noticed_at_its_own_venue_alone_and_is_soon_over(
    venues: Sequence[str], kinds: Sequence[FaultKind]
) -> None:
    shots = run(endure(venues, [Ordeal(kind) for kind in kinds], at_once=1))

    assert {shot.kind for shot in shots} == set(kinds)
    assert find_misses(shots, p50=WORST) == []
    assert [shot for shot in shots if shot.others] == []


# the budget itself


class Fired(NamedTuple):
    name: str
    kind: str
    noticed_ms: float | None
    evident_ms: float = 0.0
    back_ms: float = 10.0


@pytest.mark.parametrize(
    ("shots", "words"),
    [
        ([Fired("okx", "close", None), Fired("okx", "close", 1.0)], "noticed 1 times of 2"),
        ([Fired("bybiteu", "silence", None)], "noticed 0 times of 1"),
        ([Fired("okx", "lost", None)], "noticed 0 times of 1"),
        ([Fired("okx", "lag", None)], "noticed 0 times of 1"),
        ([Fired("okx", "garbage", 151.0)], "noticed after 151 ms (p50), more than 150"),
        (
            [*[Fired("okx", "close", 1.0)] * 2, Fired("okx", "close", 1001.0)],
            "noticed after 1001 ms at worst",
        ),
        ([Fired("okx", "reorder", 200.0, evident_ms=160.0)], "shown and noticed after 160 ms (p50)"),
        ([Fired("gate", "lost", 90.0, back_ms=3_100.0)], "back after 3100 ms (p50), more than 3000"),
        ([Fired("gateeu", "lost", 90.0, back_ms=5_100.0)], "back after 5100 ms (p50), more than 5000"),
        ([Fired("gateeu", "close", 1.0, back_ms=3_100.0)], "back after 3100 ms (p50), more than 3000"),
        ([Fired("okx", "lag", 2_000.0, back_ms=6_100.0)], "back after 6100 ms (p50), more than 6000"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_new_miss_of_the_budget_is_found(shots: list[Fired], words: str) -> None:
    (miss,) = find_misses(shots)

    assert words in miss


@pytest.mark.parametrize(
    "shot",
    [
        Fired("gateeu", "reorder", None),
        Fired("okx", "corrupt", None),
        Fired("bybiteu", "lost", 90.0, back_ms=4_000.0),
        Fired("binance", "lag", 2_000.0, back_ms=5_400.0),
    ],
)
def test_a_known_miss_is_not(shot: Fired) -> None:
    assert find_misses([shot]) == []
