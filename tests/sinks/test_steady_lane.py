"""Whoever writes through a steady lane waits for the reader: no line is dropped, none is out of order."""

import os
import threading
from pathlib import Path

from kairos_tui.sinks import LineStream, SteadyLane

LINES = [b"line %d of many\n" % number for number in range(40_000)]


def test_a_slow_reader_is_waited_for_and_gets_every_line() -> None:
    read, write = os.pipe()
    got: list[bytes] = []

    def take() -> None:
        while piece := os.read(read, 3_000):
            got.append(piece)

    reader = threading.Thread(target=take)
    reader.start()
    lane = SteadyLane(write)
    for line in LINES:
        assert lane.room() > 0
        lane.put(line)
    assert lane.close(1.0) == 0
    os.close(write)
    reader.join(5.0)
    os.close(read)

    assert b"".join(got) == b"".join(LINES)
    assert (lane.state, lane.written) == ("closed", len(LINES))


def test_a_reader_that_leaves_is_a_quiet_end() -> None:
    read, write = os.pipe()
    os.close(read)
    lane = SteadyLane(write)
    for line in LINES:
        lane.put(line)
    assert lane.state == "closed_by_reader"
    assert lane.failure is None
    os.close(write)


def test_who_is_stopped_waits_no_longer() -> None:
    read, write = os.pipe()
    stopped = threading.Event()
    threading.Timer(0.05, stopped.set).start()
    lane = SteadyLane(write, is_stopped=stopped.is_set)
    for line in LINES:
        lane.put(line)
    assert stopped.is_set()
    lane.close(0.0)
    os.close(read)
    os.close(write)


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY) if Path("/dev/full").exists() else os.open(tmp_path, os.O_RDONLY)
    lane = SteadyLane(full)
    lane.put(b"x\n")
    lane.flush()
    assert lane.state == "failed"
    assert lane.failure
    os.close(full)


def test_a_stream_over_it_names_no_gap(tmp_path: Path) -> None:
    out = os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT, 0o600)
    lane = SteadyLane(out)
    stream = LineStream(lane, run="r", feed="replay", most_queued=10)
    for _ in range(1_000):
        stream.heartbeat(None, ts_us=1)
    stream.bye(ticks=0, signals=0, reason="done", ts_us=1)
    stream.close(1.0)
    os.close(out)

    lines = (tmp_path / "out").read_bytes().splitlines()
    assert len(lines) == 1_001
    assert stream.dropped == 0
