"""The recording's file: bytes and CPU per tick, what a put costs, an hour to seek in, reading all of it.

Books walk as the simulated exchanges' do, sizes have eight decimals, one tick a frame: the worst case.
Run alone: pytest -m bench tests/benchmarks/bench_journal.py -s
"""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import median

import pytest
from tests.journal.container.conftest import HEADER

from kairos_tui.journal import BEGIN, END, Channel, Limits, Recorder, Recording
from kairos_tui.journal.container.series_writer import SeriesWriter
from kairos_tui.market import Proof, Symbol, Tick, Venue
from kairos_tui.wire.codec import FrameHead, pack_frame, pack_record

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

TICKS_PER_S = 10_000
SECONDS = 10
HOUR_TICKS = 3_600_000
DISTINCT = 50_000
"""Frames of the hour, before they come again: no window reaches that far back."""
ROWS = 30
START_NS = 10**13
SECOND_NS = 1_000_000_000
LIMITS = Limits(free_floor_bytes=0)
MOST_BYTES = {1: 40.0, 10: 200.0}
SEEK_MS = 300.0


class Walk:
    """One book: a level or two change at a time, and now and then the best moves."""

    def __init__(self, venue: str, symbol: str, depth: int, chance: Random) -> None:
        self._of = (Venue(venue), Symbol(symbol))
        self._chance, self._depth, self._nonce = chance, depth, chance.randrange(10**9)
        self._middle = chance.randrange(100_000, 900_000)
        self._sides = [[self._size() for _ in range(30)] for _ in range(2)]

    def _size(self) -> float:
        return round(self._chance.expovariate(2.0) + 1e-4, 8)

    def move(self, at_ns: int) -> Tick:
        chance = self._chance
        if chance.random() < 0.3:
            self._middle += chance.choice((-1, 1))
            for side in self._sides:
                side.insert(0, side.pop())
        for _ in range(chance.randrange(1, 3)):
            chance.choice(self._sides)[int(chance.expovariate(0.3)) % 30] = self._size()
        bids, asks = [
            tuple([((self._middle + way * (1 + place)) / 10, side[place]) for place in range(self._depth)])
            for way, side in zip((-1, 1), self._sides, strict=True)
        ]
        self._nonce += chance.randrange(1, 20)
        read_ns = at_ns - chance.randrange(150_000, 600_000)
        decoded_ns = read_ns + chance.randrange(30_000, 90_000)
        stamp_ms = 1_795_342_351_000 + read_ns // 1_000_000 - chance.randrange(5, 60)
        return Tick(*self._of, bids, asks, read_ns, decoded_ns, stamp_ms, self._nonce, 1, Proof.SEQUENCE)


def frames(depth: int, count: int, step_ns: int) -> Iterator[tuple[int, bytes]]:
    """(arrival, frame), one tick each, of five venues and four symbols."""
    chance = Random(depth)
    venues = ("binance", "coinbase", "kraken", "okx", "bybit")
    symbols = ("BTC/USDT", "ETH/USDT", "SOL/USDT", "BTC/USD")
    walks = [(venue, Walk(venue, symbol, depth, chance)) for venue in venues for symbol in symbols]
    numbers = dict.fromkeys(venues, 0)
    at_ns = START_NS
    for _ in range(count):
        at_ns += int(chance.expovariate(1.0) * step_ns)
        venue, walk = chance.choice(walks)
        numbers[venue] += 1
        head = FrameHead(f"ingest:{venue}", 0, numbers[venue], numbers[venue] - 1, at_ns - 60_000)
        yield at_ns, pack_frame(head, [pack_record(walk.move(at_ns))])


@pytest.mark.parametrize("depth", [1, 10])
def test_ten_thousand_ticks_a_second(depth: int, tmp_path: Path) -> None:
    made = list(frames(depth, TICKS_PER_S * SECONDS, SECOND_NS // TICKS_PER_S))
    recorder = Recorder(tmp_path / "a.kz", HEADER, LIMITS)
    costs, put = [], 0
    began_s, cpu_s = time.perf_counter(), time.thread_time()
    own_s = time.process_time()
    while put < len(made):
        due = min(len(made), int((time.perf_counter() - began_s) * TICKS_PER_S))
        for at_ns, frame in made[put:due]:
            before_ns = time.perf_counter_ns()
            recorder.put(Channel.FRAME, at_ns, frame)
            costs.append(time.perf_counter_ns() - before_ns)
        put = due
        time.sleep(0.001)
    thread_s = (time.process_time() - own_s) - (time.thread_time() - cpu_s)
    recorder.close(30.0)

    view = recorder.view
    per_tick, raw = view.bytes / len(made), sum(len(frame) for _, frame in made) / len(made)
    costs.sort()
    print(f"\ndepth {depth}, {TICKS_PER_S:,}/s: {per_tick:.1f} bytes a tick of {raw:.0f}, lost {view.lost};")
    print(f"the thread takes {100 * thread_s / SECONDS:.1f} % of a core; a put ", end="")
    print(f"{median(costs) / 1e3:.2f} us, p99 {costs[len(costs) * 99 // 100] / 1e3:.1f}")
    assert view.lost == 0
    assert per_tick <= MOST_BYTES[depth]
    assert [(entry.at_ns, entry.body) for entry in Recording.open(tmp_path / "a.kz").entries()] == made


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "killed"])
def test_seeking_in_an_hour(closed: bool, tmp_path: Path) -> None:
    folder = tmp_path / "a.kz"
    hour = SeriesWriter(folder, HEADER, LIMITS)
    rows: list[tuple[int, int, bytes]] = []
    step_ns = SECOND_NS // 1_000
    base = list(frames(1, DISTINCT, step_ns))
    for number in range(HOUR_TICKS):
        at_ns, frame = START_NS + number * step_ns, base[number % DISTINCT][1]
        if hour.is_checkpoint_due:
            states = [(at_ns, int(Channel.STATE), b"%060d" % slot) for slot in range(100)]
            hour.write([(at_ns, Channel.CHECKPOINT, BEGIN), *states, (at_ns, Channel.CHECKPOINT, END)])
        rows.append((at_ns, Channel.FRAME, frame))
        if len(rows) == ROWS:
            hour.write(rows)
            rows = []
    if closed:
        hour.close()

    chance, seeks = Random(3), []
    for _ in range(30):
        began_s = time.perf_counter()
        recording = Recording.open(folder)
        at_ns = chance.randrange(recording.from_ns, recording.to_ns)
        entries = recording.entries(recording.checkpoint_before(at_ns))
        next(entry for entry in entries if entry.at_ns >= at_ns)
        seeks.append((time.perf_counter() - began_s) * 1e3)
    recording = Recording.open(folder)
    began_s = time.perf_counter()
    read = sum(1 for _ in recording.entries())
    rate = read / (time.perf_counter() - began_s)
    size, segments = recording.bytes / 1e6, len(recording.headers)
    how = "closed" if closed else "killed"
    print(f"\nan hour, {how}, {size:.0f} MB, segments: {segments}; to open, seek, read up to an instant")
    print(f"{median(seeks):.0f} ms, at most {max(seeks):.0f}; {rate:,.0f} entries/s read")
    assert max(seeks) <= SEEK_MS
