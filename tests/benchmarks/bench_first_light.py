"""First light's budgets, measured on this machine: start-up, tick to signal at 1,000 ticks/s, HUD, memory.

Run alone: pytest -m bench -s tests/benchmarks/bench_first_light.py. It prints numbers; what it asserts is
looser than the budget, because machines are shared and noisy.
"""

import json
import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.scenarios.driver import KAIROS, Kairos, Terminal, command_line, descendants, read_tables

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

RUNS = 5


def spread(values: list[float], unit: str) -> str:
    return f"median {statistics.median(values):.1f} (min {min(values):.1f}, max {max(values):.1f}) {unit}"


def cpu_ms(words: list[str], env: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([KAIROS, *words], env=env, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ((after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)) * 1e3


@pytest.mark.parametrize(("word", "budget_ms"), [("--version", 150), ("--help", 200)])
def test_cpu_of_the_small_answers(kairos: Kairos, word: str, budget_ms: float) -> None:
    cpu_ms([word], kairos.env)
    values = [cpu_ms([word], kairos.env) for _ in range(RUNS)]

    print(f"\n  kairos {word}: CPU {spread(values, 'ms')}, budget {budget_ms} ms")
    assert statistics.median(values) < 3 * budget_ms


def seconds_until(
    screen: Terminal, started: float, condition: Callable[[str], bool], within_s: float
) -> float:
    while not condition(screen.text):
        assert time.monotonic() - started < within_s, screen.text
        screen.read(0.01)
    return time.monotonic() - started


def test_time_to_splash_frame_and_first_prices(kairos: Kairos) -> None:
    splash, frame, prices = [], [], []
    for _ in range(RUNS):
        started = time.monotonic()
        screen = Terminal([KAIROS, "watch", "BTC/USDT", "--sim"], kairos.env, kairos.home, 160, 45)
        try:
            splash.append(seconds_until(screen, started, lambda text: "KAIROS" in text, 10) * 1e3)
            frame.append(seconds_until(screen, started, lambda text: "1 VENUES" in text, 20) * 1e3)
            prices.append(seconds_until(screen, started, lambda text: text.count("● LIVE") >= 5, 30) * 1e3)
        finally:
            screen.close()

    print(f"\n  splash: {spread(splash, 'ms')}, budget 150 ms")
    print(f"  HUD frame: {spread(frame, 'ms')}, budget 1500 ms")
    print(f"  five venues with prices: {spread(prices, 'ms')}, budget 8000 ms")


def pss_mb(pids: set[int]) -> dict[str, float]:
    shares: dict[str, float] = {}
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        kb = next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
        shares[f"{pid} {command_line(pid)[-60:]}"] = kb / 1024
    return shares


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_memory_and_cpu_of_a_watch_with_its_hud(kairos: Kairos) -> None:
    screen = Terminal([KAIROS, "watch", "BTC/USDT", "--sim"], kairos.env, kairos.home, 160, 45)
    try:
        screen.wait_for(lambda text: text.count("● LIVE") >= 5)
        family = descendants(screen.pid) | {screen.pid}
        hud = next(pid for pid in family if "run_hud" in command_line(pid))
        screen.drain(5)
        started, cpu = time.monotonic(), {pid: cpu_s(pid) for pid in family}
        screen.drain(15)
        took_s = time.monotonic() - started
        shares = pss_mb(family)
        header = screen.text.splitlines()[0]
        print(f"\n  header: {header.strip()}")
        for pid in sorted(family):
            used = (cpu_s(pid) - cpu[pid]) / took_s * 100
            print(f"  {used:5.1f} % of a core  {command_line(pid)[-70:]}")
        for name, mb in sorted(shares.items(), key=lambda item: -item[1]):
            print(f"  {mb:6.1f} MB PSS  {name}")
        hud_cpu = (cpu_s(hud) - cpu[hud]) / took_s * 100
        print(f"  summed PSS {sum(shares.values()):.0f} MB, budget 400 MB; HUD {hud_cpu:.1f} %, budget 25 %")
        assert sum(shares.values()) < 800
    finally:
        screen.close()


def test_tick_to_signal_at_a_thousand_ticks_a_second(kairos: Kairos) -> None:
    served = kairos.start("sim", "--rate", "24")
    tables = read_tables(served, venues=5)
    (kairos.home / "kairos.toml").write_text(
        "min_net_bps = 0.3\nclose_net_bps = 0.1\n"
        + tables.replace('origin_rest = "', 'taker_bps = 0.0\norigin_rest = "')
    )
    screen = Terminal(
        ["/bin/sh", "-c", f"exec '{KAIROS}' watch BTC/USDT --tee --emit signal > '{kairos.home}/lines'"],
        kairos.env,
        kairos.home,
        160,
        45,
    )
    try:
        screen.wait_for(lambda text: text.count("● LIVE") >= 5)
        screen.drain(5)
        lines = kairos.home / "lines"
        from_byte = lines.stat().st_size
        hud = next(pid for pid in descendants(screen.pid) if "run_hud" in command_line(pid))
        started, cpu = time.monotonic(), cpu_s(hud)
        screen.drain(30)
        hud_cpu = (cpu_s(hud) - cpu) / (time.monotonic() - started) * 100
        screen.redraw()
        seconds_until(screen, time.monotonic(), lambda text: "lost" in text.splitlines()[0], 5)
        header = screen.text.splitlines()[0].strip()
        told = lines.read_bytes()[from_byte:].rpartition(b"\n")[0].splitlines()
        screen.press("q")
        screen.wait_for_end()
    finally:
        screen.close()
    bye = json.loads(lines.read_text().splitlines()[-1])
    delays = sorted(
        line["tick_to_signal_us"] / 1e3 for line in map(json.loads, told) if line["type"] == "signal"
    )
    p50, p99 = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
    print(f"\n  header: {header}")
    print(f"  tick to signal, {len(delays)} signals: p50 {p50:.2f} ms, p99 {p99:.2f} ms (budgets 1 and 5)")
    print(f"  HUD {hud_cpu:.1f} % of a core at 30 fps (budget 25), bye {bye}")
    assert "lost 0" in header
    assert bye["dropped"] == 0
    assert p50 < 10
