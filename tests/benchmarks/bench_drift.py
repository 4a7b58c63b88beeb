"""Ten minutes at 5,000 updates a second: do latency and memory of feeds and engine drift? Budget B12.

Run alone: pytest -m bench -s tests/benchmarks/bench_drift.py (MINUTES=10). The first minute, once warm,
against the last one: p50 and p99 of update to signal, resident memory of each process.
"""

import os
import time
from pathlib import Path

import pytest

from kairos_tui.runtime.bench_e2e_stage import Load, Ours
from kairos_tui.runtime.bench_figures import quantile
from kairos_tui.runtime.bench_folder import own_folder
from kairos_tui.sim.load import LoadPlan

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3_600)]

MINUTES = int(os.environ.get("MINUTES", "10"))
PER_S, WARM_S = 5_000, 20.0
SLICE_S = 60.0
P50_DRIFT, RSS_DRIFT = 0.05, 0.02


def rss_kb(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def test_ten_minutes_at_five_thousand_a_second_change_nothing() -> None:
    minutes: list[tuple[float, float, dict[str, int]]] = []
    with own_folder() as folder, Load(folder, LoadPlan(5, 10)) as load:
        load.speak(PER_S)
        with Ours(folder / "ours", load) as ours:
            ours.hear(WARM_S)
            until_s = time.monotonic() + MINUTES * SLICE_S
            while time.monotonic() < until_s:
                ages_ns = ours.hear(SLICE_S)
                p50, p99 = (quantile(ages_ns, part) or 0 for part in (0.5, 0.99))
                minutes.append((p50 / 1e3, p99 / 1e3, {name: rss_kb(pid) for name, pid in ours.pids.items()}))
                print(f"\n{len(minutes):3} min: p50 {p50 / 1e3:6.0f} us  p99 {p99 / 1e3:7.0f} us  ", end="")
                print("  ".join(f"{name} {kb / 1024:.1f} MB" for name, kb in minutes[-1][2].items()), end="")
    (first_us, _, first_kb), (last_us, _, last_kb) = minutes[0], minutes[-1]
    print(f"\np50 {last_us / first_us - 1:+.1%}; memory ", end="")
    print(", ".join(f"{name} {last_kb[name] / first_kb[name] - 1:+.1%}" for name in first_kb))
    assert last_us <= first_us * (1 + P50_DRIFT)
    assert all(last_kb[name] <= first_kb[name] * (1 + RSS_DRIFT) for name in first_kb)
