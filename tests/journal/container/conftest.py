"""What the journal's tests share: a header, entries of known content, a folder for a recording."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest

from kairos_tui.journal import BEGIN, END, Channel, Entry, Header, Limits, Recorder
from kairos_tui.journal.container.segment_writer import SegmentWriter
from kairos_tui.market import Symbol, Thresholds, Venue

HEADER = Header(
    kairos="0.1.0",
    run="k7f3",
    epoch=0,
    engine=0,
    engines=1,
    feed="sim",
    symbols=(Symbol("BTC/USDT"),),
    conversions=(),
    venues=(Venue("kraken"), Venue("okx")),
    thresholds=Thresholds(),
    started_us=1_795_342_351_000_000,
    started_ns=1_000_000_000,
)
LIMITS = Limits(free_floor_bytes=0)


def header_of(
    run: str = "k7f3", engine: int = 0, engines: int = 1, started_us: int = HEADER.started_us
) -> Header:
    return msgspec.structs.replace(HEADER, run=run, engine=engine, engines=engines, started_us=started_us)


def made(count: int, *, seed: int = 1, from_ns: int = 1_000_000_000, step_ns: int = 1_000_000) -> list[Entry]:
    """Frames that resemble each other, turns, and now and then an output."""
    chance = Random(seed)
    entries, at_ns = [], from_ns
    for number in range(count):
        at_ns += chance.randrange(step_ns)
        frame = b"\x01ingest:kraken" + number.to_bytes(4, "big") + b"BTC/USDT" * 8 + chance.randbytes(12)
        entries.append(Entry(at_ns, Channel.FRAME, frame))
        entries.append(Entry(at_ns, Channel.TURN, b"\x01"))
        if number % 50 == 49:
            entries.append(Entry(at_ns, Channel.OUTPUT, b"S\x01" + chance.randbytes(200)))
    return entries


def checkpoint(at_ns: int, records: int = 3) -> list[Entry]:
    """The state at an instant."""
    states = [Entry(at_ns, Channel.STATE, b"slot %d of %d" % (each, at_ns)) for each in range(records)]
    return [
        Entry(at_ns, Channel.CHECKPOINT, BEGIN),
        *states,
        Entry(at_ns, Channel.CHECKPOINT, END),
    ]


def write_segment(
    folder: Path, blocks: list[list[Entry]], *, closed: bool = True, header: Header = HEADER
) -> Path:
    """A segment of just these blocks, without a thread."""
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    writer = SegmentWriter(descriptor, "0-000001.kzs", HEADER)
    for block in blocks:
        writer.append([(entry.at_ns, entry.channel, entry.body) for entry in block])
    if closed:
        writer.finish()
    writer.close()
    os.close(descriptor)
    return folder / "0-000001.kzs"


def is_part_of(some: list[Entry], whole: list[Entry]) -> bool:
    """The same entries in the same order, some of them missing."""
    rest = iter(whole)
    return all(any(entry == other for other in rest) for entry in some)


def put_all(recorder: Recorder, entries: list[Entry]) -> None:
    for entry in entries:
        recorder.put(entry.channel, entry.at_ns, entry.body)


def record(folder: Path, entries: list[Entry], header: Header = HEADER, limits: Limits = LIMITS) -> None:
    """From the first entry to the index."""
    recorder = Recorder(folder, header, limits)
    put_all(recorder, entries)
    recorder.close(10.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "btc.kz"


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Call again and again until true; a failure names itself instead of hanging."""

    def wait(condition: Callable[[], object]) -> None:
        deadline_s = time.monotonic() + 15.0
        while not condition():
            assert time.monotonic() < deadline_s, "the condition never came true"
            time.sleep(0.001)

    return wait


@pytest.fixture
def recorder(folder: Path) -> Iterator[Recorder]:
    recorder = Recorder(folder, HEADER, LIMITS)
    yield recorder
    recorder.close(10.0)
