"""bench_hop: one worker's ticks into the engine's process, against a JSON object per tick over zmq.asyncio.

Before it: `kairos bench hop`. After it: bench_hop_sender in a process of its own; we are the receiver.
"""

import asyncio
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from kairos_tui.errors import Retryable
from kairos_tui.market import PackedTick
from kairos_tui.runtime.bench_budget import (
    BenchPlan,
    BenchReport,
    BenchRow,
    Budget,
    Progress,
    row,
    unmeasured,
)
from kairos_tui.runtime.bench_figures import quantile
from kairos_tui.runtime.bench_hop_sender import HopOrder
from kairos_tui.runtime.bench_leaving import ends_once
from kairos_tui.runtime.bench_machine import this_machine, why_no_processes
from kairos_tui.wire import Endpoints, TickReceiver, private_dir
from kairos_tui.wire.bench_json import JsonEnd

_PACED_PER_S, _PACED_TICKS, _FLOOD_S = 1_000, 1_000, 0.7
_LOOK_MS = 200
_ASKED_ANEW_S = 1.0
_FIRST_WITHIN_S = 20.0
_BURST = 20
_JSON = "zmq.asyncio + JSON"

NOTES = (
    "from offering a tick in one process to its use in the other; both sides carry the same fields.",
    f"{_BURST} a turn: what a feed reads in one turn of its loop leaves in one frame.",
)


class HopLost(Retryable):
    """Ticks did not arrive."""


class Passed(Struct, frozen=True):
    """What one sender's ticks did: their ages in ns, and how many a second came."""

    ages_ns: list[int]
    per_s: float


def measure(plan: BenchPlan, progress: Progress) -> BenchReport:
    """Every way in turn in each round."""
    machine, began_s = this_machine({}), time.monotonic()
    if (reason := why_no_processes()) is not None:
        return unmeasured("hop", machine, reason)
    found: dict[tuple[str, int], list[Passed]] = defaultdict(list)
    ways: dict[str, Callable[[str, int], HopOrder]] = {
        "paced": lambda endpoint, levels: _paced(endpoint, levels, plan, as_json=False),
        "paced json": lambda endpoint, levels: _paced(endpoint, levels, plan, as_json=True),
        "single": lambda endpoint, levels: HopOrder(endpoint, levels, seconds=_FLOOD_S * plan.work),
        "burst": lambda endpoint, levels: HopOrder(
            endpoint, levels, seconds=_FLOOD_S * plan.work, per_turn=_BURST
        ),
        "json": lambda endpoint, levels: HopOrder(
            endpoint, levels, as_json=True, seconds=_FLOOD_S * plan.work
        ),
    }
    with ends_once():
        for number in range(plan.rounds):
            for levels in (20, 1):
                for name, order in ways.items():
                    progress(f"round {number + 1} of {plan.rounds}: {name}, {levels} levels")
                    found[name, levels].append(_pass(order, levels))
    return BenchReport(
        bench="hop",
        machine=machine,
        rounds=plan.rounds,
        took_s=round(time.monotonic() - began_s, 1),
        rows=tuple(_rows(found)),
        notes=NOTES,
    )


def _paced(endpoint: str, levels: int, plan: BenchPlan, *, as_json: bool) -> HopOrder:
    return HopOrder(
        endpoint, levels, as_json=as_json, ticks=plan.amount(_PACED_TICKS, 100), per_s=_PACED_PER_S
    )


def _rows(found: dict[tuple[str, int], list[Passed]]) -> Iterator[BenchRow]:
    for levels in (20, 1):
        said = f"{levels} level{'s' if levels > 1 else ''} a side"
        for part, share in (("p50", 0.5), ("p99", 0.99)):
            yield row(
                f"one hop {part}, {_PACED_PER_S:,}/s, {said}",
                "us",
                _ages_us(found["paced", levels], share),
                against=_JSON,
                theirs=_ages_us(found["paced json", levels], share),
            )
        for name, way, budget in (
            ("burst", f"{_BURST} a turn", Budget(name="B8", least=20.0)),
            ("single", "one a frame", None),
        ):
            yield row(
                f"one hop flooded, {way}, {said}",
                "ticks/s",
                [each.per_s for each in found[name, levels]],
                against=_JSON,
                theirs=[each.per_s for each in found["json", levels]],
                more_is_better=True,
                budget=budget,
            )


def _ages_us(passed: list[Passed], share: float) -> list[float]:
    return [(quantile(each.ages_ns, share) or max(each.ages_ns)) / 1_000 for each in passed]


def _pass(order_for: Callable[[str, int], HopOrder], levels: int) -> Passed:
    folder = private_dir()
    try:
        order = order_for(Endpoints.in_dir(folder).ticks, levels)
        passed = asyncio.run(_hear_json(order)) if order.as_json else _hear_ticks(order)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not passed.ages_ns or (order.ticks and not order.as_json and len(passed.ages_ns) < order.ticks):
        raise HopLost(f"{len(passed.ages_ns)} of {order.ticks} ticks came")
    return passed


def _hear_ticks(order: HopOrder) -> Passed:
    receiver = TickReceiver(order.endpoint)
    sender = _start(order)
    ages_ns: list[int] = []
    first_ns = last_ns = 0
    until_s = time.monotonic() + _longest_s(order)
    try:
        while time.monotonic() < until_s:
            arrivals = receiver.drain(_LOOK_MS)
            now_ns = time.monotonic_ns()
            if not arrivals and sender.poll() is not None:
                break
            if arrivals:
                first_ns, last_ns = first_ns or now_ns, now_ns
            ages_ns += [
                now_ns - each.record.received_ns for each in arrivals if type(each.record) is PackedTick
            ]
    finally:
        sender.kill()
        sender.wait()
        receiver.close()
    if receiver.ledger.records.lost:
        raise HopLost(f"{receiver.ledger.records.lost} ticks were lost")
    return Passed(ages_ns, len(ages_ns) / max(1, last_ns - first_ns) * 1e9)


async def _hear_json(order: HopOrder) -> Passed:
    end = JsonEnd("PULL", order.endpoint)
    sender = _start(order)
    ages_ns: list[int] = []
    first_ns = last_ns = 0
    until_s = time.monotonic() + _longest_s(order)
    try:
        while True:
            try:
                # Now and then a message is not found, the last one too: then the sender's end is the end.
                async with asyncio.timeout(_ASKED_ANEW_S):
                    while (sent_ns := (await end.receive()).get("received_ns")) is not None:
                        last_ns = time.monotonic_ns()
                        first_ns = first_ns or last_ns
                        ages_ns.append(last_ns - sent_ns)
                break
            except TimeoutError:
                if sender.poll() is not None or time.monotonic() > until_s:
                    break
    finally:
        sender.kill()
        sender.wait()
        end.close()
    return Passed(ages_ns, len(ages_ns) / max(1, last_ns - first_ns) * 1e9)


def _longest_s(order: HopOrder) -> float:
    return _FIRST_WITHIN_S + order.seconds + order.ticks / _PACED_PER_S


def _start(order: HopOrder) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  our own interpreter and module
        [
            sys.executable,
            "-P",
            "-m",
            "kairos_tui.runtime.bench_hop_sender",
            msgspec.json.encode(order).decode(),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
