"""bench_bus: ZeroMQ against Redis in one run. Every bus has its turn in every round.

Before it: `kairos bench bus`, tests/benchmarks/bench_bus.py. After it: course, pair, report.
"""

import time
from collections.abc import Callable, Sequence

from msgspec import Struct

import kairos_tui
from kairos_tui.runtime.bench_bus_course import Course, own_course
from kairos_tui.runtime.bench_bus_orders import STAMP, Bus, filling_of
from kairos_tui.runtime.bench_bus_pair import Amounts, BusFailed, Measured, Pair
from kairos_tui.runtime.bench_bus_report import Report, row_of
from kairos_tui.runtime.bench_leaving import ends_once
from kairos_tui.runtime.bench_machine import this_machine
from kairos_tui.runtime.bench_signal import json_signal, packed_signal

MOST_PACED = 1_000
LEAST_PAYLOAD, MOST_PAYLOAD = STAMP.size, 64 * 1024


class BusPlan(Struct, frozen=True, kw_only=True):
    """`messages` flat out and as many paced, but 1,000 at most; `payload` None = a real signal.

    No round is begun that would probably end after `most_s`.
    """

    messages: int = 20_000
    payload: int | None = None
    rounds: int = 5
    most_s: float = 55.0


def bench_bus(plan: BusPlan, *, progress: Callable[[str], None]) -> Report:
    """Measure what can be measured here. Nothing of it is left when it returns, or is ended by a signal.

    Raises BusFailed when nothing could be.
    """
    with ends_once(), own_course() as course:
        return measure_course(course, plan, progress=progress)


def measure_course(course: Course, plan: BusPlan, *, progress: Callable[[str], None]) -> Report:
    """The rounds. A bus that fails in one is measured no further, and says why."""
    machine, started_s = this_machine(course.libraries), time.monotonic()
    filling = filling_of(packed_signal(), plan.payload)
    amounts = Amounts(paced=min(plan.messages, MOST_PACED), flat_out=plan.messages, filling=filling)
    with Pair(course.env) as pair:
        run = Run(course.buses, plan.rounds, pair, amounts, progress)
        run.go(until_s=started_s + plan.most_s)
    unmeasured = course.unmeasured | run.failed
    rows = tuple(row_of(bus, run.measured[bus.name]) for bus in course.buses if bus.shown not in unmeasured)
    if not rows:
        raise BusFailed(f"nothing could be measured: {'; '.join(unmeasured.values())}")
    return Report(
        kairos=kairos_tui.__version__,
        machine=machine,
        rounds=run.done,
        rounds_asked=plan.rounds,
        paced=amounts.paced,
        messages=plan.messages,
        payload_bytes=STAMP.size + len(filling),
        signal_bytes=len(packed_signal()),
        line_bytes=len(json_signal()),
        took_s=round(time.monotonic() - started_s, 1),
        rows=rows,
        unmeasured=unmeasured,
    )


class Run:
    """The rounds of one measurement: `done` of them so far, what each bus did, which failed and why."""

    def __init__(
        self,
        buses: Sequence[Bus],
        rounds: int,
        pair: Pair,
        amounts: Amounts,
        progress: Callable[[str], None],
    ) -> None:
        self.done = 0
        self.failed: dict[str, str] = {}
        self.measured: dict[str, list[Measured]] = {bus.name: [] for bus in buses}
        self._buses, self._rounds, self._pair, self._amounts = buses, rounds, pair, amounts
        self._progress = progress

    def go(self, *, until_s: float) -> None:
        """Every round that fits, the first in any case."""
        longest_s = 0.0
        while self.done < self._rounds and not (self.done and time.monotonic() + longest_s > until_s):
            began_s = time.monotonic()
            self.done += 1
            for bus in self._buses:
                if bus.shown not in self.failed:
                    self._measure(bus)
            longest_s = max(longest_s, time.monotonic() - began_s)

    def _measure(self, bus: Bus) -> None:
        self._progress(f"round {self.done} of {self._rounds}: {bus.shown}")
        address = bus.address.replace("{turn}", str(self.done))
        try:
            self.measured[bus.name].append(self._pair.measure(bus, address, self._amounts))
        except BusFailed as error:
            self.failed[bus.shown] = f"failed in round {self.done}: {error}"
            self._pair.start_anew()
