# mypy: disable-error-code="no-untyped-call,arg-type,union-attr"
"""The HUD at 30 boards a second in a real pty: CPU of its process, loop lag, bytes written. Prints numbers.

Budget on two shared cores: 25 % of one core at 160x45 and 30 fps, loop lag p99 15 ms.
Run alone:  pytest -m bench tests/benchmarks/bench_hud.py -s
"""

import importlib.util
import re
import statistics
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ROUNDS = 3
WARM_S = 6.0
SECONDS = 10.0


def load(name):
    path = Path(__file__).parents[1] / "hud" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"hud_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def one_round(size):
    terminal = load("ptys").Terminal(size=size)
    try:
        terminal.wait(lambda: "MATRIX" in terminal.text())
        terminal.read(WARM_S, parse=False)
        cpu_s, start_s, sent = terminal.cpu_s(), time.monotonic(), terminal.bytes_read
        terminal.read(SECONDS, parse=False)
        took_s = time.monotonic() - start_s
        share = (terminal.cpu_s() - cpu_s) / took_s * 100
        rate = (terminal.bytes_read - sent) / took_s / 1000
        header = terminal.header_of(terminal.raw[-200_000:])
        figures = re.search(r"(\d+) fps +([\d.]+) ms +lag (\d+) ms", header)
        assert figures, header
        return share, rate, float(figures[1]), float(figures[2]), float(figures[3])
    finally:
        terminal.close()


def test_the_hud_costs_at_most_a_quarter_of_a_core():
    rounds = [one_round((160, 45)) for _ in range(ROUNDS)]
    share, rate, fps, frame_ms, lag_ms = (statistics.median(column) for column in zip(*rounds, strict=True))
    spread = f"{min(each[0] for each in rounds):.1f} to {max(each[0] for each in rounds):.1f}"
    print(
        f"\n160x45: {share:.1f} % of a core ({spread}), {fps:.0f} fps, "
        f"{frame_ms:.1f} ms CPU a frame, lag p99 {lag_ms:.0f} ms, {rate:.0f} kB/s"
    )
    assert share <= 25.0
    assert lag_ms <= 15.0
