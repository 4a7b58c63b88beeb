"""What a recording costs: the engine's p99 and CPU with and without one, the way to a signal, bytes a tick.

Run alone on a quiet machine: pytest -m bench tests/benchmarks/bench_recording.py -s
"""

import os
import time
from pathlib import Path

import pytest

from kairos_tui.journal import Channel, Recording
from kairos_tui.market import PackedTick
from kairos_tui.runtime.bench_e2e_stage import Load, Ours
from kairos_tui.runtime.bench_figures import quantile
from kairos_tui.sim.load import LoadPlan
from kairos_tui.wire import unpack_frame

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

PER_S = 10_000
ROUNDS = 5
SECONDS = 6.0


def test_an_engine_that_records_is_at_most_a_tenth_slower(tmp_path: Path) -> None:
    found: dict[str, dict[bool, list[float]]] = {}
    with Load(tmp_path, LoadPlan(5, 10)) as load:
        for number in range(ROUNDS * 2):
            records = bool((number + number // 2) % 2)
            load.speak(200)
            record = str(tmp_path / f"{number}.kz") if records else ""
            with Ours(tmp_path / str(number), load, record=record) as ours:
                load.speak(PER_S)
                ours.hear(1.5)
                for name, figure in figures(ours).items():
                    found.setdefault(name, {True: [], False: []})[records].append(figure)
    middle = {name: [sorted(each[way])[ROUNDS // 2] for way in (False, True)] for name, each in found.items()}
    for name, (without, recorded) in middle.items():
        spread = {way: [round(figure, 2) for figure in sorted(found[name][way])] for way in (False, True)}
        print(f"\n  {name}: {without:.2f} without, {recorded:.2f} recorded; {spread[False]} {spread[True]}")

    say_size([Recording.open(each) for each in tmp_path.glob("*.kz")])
    without, recorded = middle["engine p99 us"]
    assert recorded <= 1.1 * without


def figures(ours: Ours) -> dict[str, float]:
    """Over some seconds: what the engine says of itself, what it used, how old signals were when heard."""
    ticks, cpu_s = ours.taken(), cpu_of(ours.pids["engine"])
    heard_ns = ours.hear(SECONDS)
    assert ours.rates is not None
    assert ours.rates.engine_p99_us is not None
    p99_ns = quantile(heard_ns, 0.99)
    assert p99_ns is not None
    return {
        "engine p99 us": ours.rates.engine_p99_us,
        "engine CPU us a tick": (cpu_of(ours.pids["engine"]) - cpu_s) * 1e6 / (ours.taken() - ticks),
        "signal p99 us": p99_ns / 1_000,
    }


def cpu_of(pid: int) -> float:
    """Seconds of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def say_size(recordings: list[Recording]) -> None:
    began_s, ticks, levels = time.monotonic(), 0, 0
    for recording in recordings:
        for frame in recording.entries(channels=[Channel.FRAME]):
            for record in unpack_frame(frame.body)[1]:
                if isinstance(record, PackedTick):
                    ticks += 1
                    levels += sum(map(len, record.books()))
    took_s = time.monotonic() - began_s
    size = sum(recording.bytes for recording in recordings)
    lost = sum(recording.lost for recording in recordings)
    a_tick = f"{size / ticks:.1f} a tick of {levels / ticks / 2:.1f} levels a side"
    print(f"\n  {ticks:,} ticks in {size:,} bytes: {a_tick}, {lost} lost; read in {took_s:.1f} s")
    assert lost == 0
    assert size / ticks <= 200
