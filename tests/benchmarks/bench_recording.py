"""What a recording costs: the engine's p99 and the way to a signal with and without one, and bytes a tick.

Run alone on a quiet machine: pytest -m bench tests/benchmarks/bench_recording.py -s
"""

import time
from pathlib import Path

import pytest

from kairos_tui.journal import Channel, Recording
from kairos_tui.market import PackedTick
from kairos_tui.runtime.bench_e2e_stage import Load, Ours
from kairos_tui.runtime.bench_figures import quantile
from kairos_tui.sim.load import LoadPlan
from kairos_tui.wire import unpack_frame

PER_S = 10_000
ROUNDS = 5
SECONDS = 6.0


def ticks_in(recording: Recording) -> int:
    frames = recording.entries(channels=[Channel.FRAME])
    records = (record for frame in frames for record in unpack_frame(frame.body)[1])
    return sum(isinstance(record, PackedTick) for record in records)


@pytest.mark.bench
@pytest.mark.timeout(300)
def test_an_engine_that_records_is_at_most_a_tenth_slower(tmp_path: Path) -> None:
    engine_us: dict[bool, list[float]] = {True: [], False: []}
    signal_us: dict[bool, list[float]] = {True: [], False: []}
    with Load(tmp_path, LoadPlan(5, 10)) as load:
        for number in range(ROUNDS * 2):
            records = bool((number + number // 2) % 2)
            load.speak(200)
            record = str(tmp_path / f"{number}.kz") if records else ""
            with Ours(tmp_path / str(number), load, record=record) as ours:
                load.speak(PER_S)
                ours.hear(1.5)
                heard_ns = ours.hear(SECONDS)
                assert ours.rates is not None
                assert ours.rates.engine_p99_us is not None
                engine_us[records].append(ours.rates.engine_p99_us)
                p99_ns = quantile(heard_ns, 0.99)
                assert p99_ns is not None
                signal_us[records].append(p99_ns / 1_000)
    without, recorded = sorted(engine_us[False]), sorted(engine_us[True])
    print(f"\nengine p99 us: without {without}, recorded {recorded}")
    print(
        "signal p99 us:", {records: [round(us) for us in sorted(each)] for records, each in signal_us.items()}
    )

    recordings = [Recording.open(each) for each in tmp_path.glob("*.kz")]
    began_s = time.monotonic()
    ticks = sum(map(ticks_in, recordings))
    took_s = time.monotonic() - began_s
    size = sum(recording.bytes for recording in recordings)
    lost = sum(recording.lost for recording in recordings)
    print(
        f"{ticks:,} ticks in {size:,} bytes: {size / ticks:.1f} a tick, {lost} lost; read in {took_s:.1f} s"
    )
    assert lost == 0
    assert size / ticks <= 200
    assert recorded[ROUNDS // 2] <= 1.1 * without[ROUNDS // 2]
