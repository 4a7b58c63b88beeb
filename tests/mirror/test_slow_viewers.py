"""A viewer that reads slowly, or not at all, costs the mirror a bounded buffer, and the others nothing."""

import asyncio
import gc
import os
import time
from pathlib import Path

import pytest
from tests.mirror.stage import board, deaf_client, mirror, until_board

from kairos_tui.mirror.audience import BATCH_EVERY_S, Audience
from kairos_tui.mirror.scene import Scene
from kairos_tui.mirror.seam import MirrorPlan
from kairos_tui.mirror.viewer import KICKED_AFTER_S, Viewer


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class FrozenPipe(asyncio.Transport):
    """A transport whose other end takes everything, until it is frozen."""

    def __init__(self) -> None:
        super().__init__()
        self.is_frozen = False
        self.taken: list[bytes] = []
        self.waiting: list[bytes] = []
        self.is_aborted = False
        self._is_closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        (self.waiting if self.is_frozen else self.taken).append(bytes(data))

    def thaw(self) -> None:
        self.is_frozen = False
        self.taken += self.waiting
        self.waiting.clear()

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self.waiting))

    def is_closing(self) -> bool:
        return self._is_closing

    def close(self) -> None:
        self._is_closing = True

    def abort(self) -> None:
        self._is_closing = self.is_aborted = True


class Hall:
    """An audience on a clock of its own, with viewers on pipes."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.scene = Scene(MirrorPlan(run="k7f3", feed="sim", version="0", symbols=()))
        self.audience = Audience(self.scene, self.clock)

    def seat(self) -> tuple[Viewer, FrozenPipe]:
        pipe = FrozenPipe()
        viewer = Viewer(pipe, self.clock())
        self.audience.viewers.add(viewer)
        self.audience.join(viewer)
        return viewer, pipe

    def play(self, number: int) -> None:
        self.clock.now_s += BATCH_EVERY_S
        self.scene.take([board(number)])
        self.audience.tell()
        self.audience.sweep()


@pytest.fixture
def hall() -> Hall:
    return Hall()


def kinds(frames: list[bytes]) -> list[str]:
    return [
        "snapshot" if b'42["snapshot"' in each else "batch" if b'42["batch"' in each else "?"
        for each in frames
    ]


def test_all_viewers_are_sent_the_very_same_bytes(hall: Hall) -> None:
    (_, one), (_, other) = hall.seat(), hall.seat()

    hall.play(1)

    assert kinds(one.taken) == ["snapshot", "batch"]
    assert one.taken[1] == other.taken[1]


def test_nothing_queues_for_a_frozen_viewer_and_it_comes_back_to_the_newest_snapshot(hall: Hall) -> None:
    (_, frozen), (_, other) = hall.seat(), hall.seat()
    frozen.is_frozen = True
    for number in range(1, 101):
        hall.play(number)

    assert len(frozen.waiting) == 1
    assert len(other.taken) == 101
    frozen.thaw()
    hall.play(101)
    hall.play(102)
    assert kinds(frozen.taken) == ["snapshot", "batch", "snapshot", "batch"]
    assert b'"signals":101' in frozen.taken[2]


def test_a_viewer_that_takes_nothing_for_half_a_minute_is_sent_away_with_the_reason(hall: Hall) -> None:
    viewer, pipe = hall.seat()
    pipe.is_frozen = True
    hall.play(1)
    for number in range(2, 2 + int(KICKED_AFTER_S / BATCH_EVERY_S) - 2):
        hall.play(number)
    assert not viewer.leaving

    for number in range(5):
        hall.play(1_000 + number)

    assert viewer.leaving
    assert pipe.is_aborted
    assert b"took nothing for 30 s" in pipe.waiting[-1]
    assert hall.audience.kicked == {"slow": 1}


def test_a_slow_viewer_that_drains_now_and_then_stays(hall: Hall) -> None:
    viewer, pipe = hall.seat()
    for number in range(1, 1_000):
        pipe.is_frozen = True
        hall.play(number)
        if number % 50 == 0:
            pipe.thaw()  # no sweep sees it drained: it is frozen again before the next

    assert not viewer.leaving


async def test_a_client_that_never_reads_leaves_the_others_their_rhythm() -> None:
    async with mirror() as served:
        served.source.play(board(0))
        await until_board(served)
        with deaf_client(served.port):
            async with served.viewer() as viewer:
                await viewer.event("snapshot")
                worst_s = 0.0
                for number in range(1, 40):
                    began = time.monotonic()
                    served.source.play(board(number))
                    await viewer.event("batch")
                    worst_s = max(worst_s, time.monotonic() - began)
            assert await served.metric("kairos_mirror_skipped_total") > 0
    assert worst_s < 1.0


@pytest.mark.timeout(120)
async def test_thirty_thousand_batches_to_a_client_that_never_reads_cost_no_memory() -> None:
    async with mirror() as served:
        served.source.play(board(0))
        await until_board(served)
        with deaf_client(served.port):
            async with served.viewer() as viewer:
                await viewer.event("snapshot")
                await until_stuck(served)
                before = resident_bytes()
                tell_thirty_thousand_times()
                grown = resident_bytes() - before
    assert grown < 8 << 20


def tell_thirty_thousand_times() -> None:
    """Straight at the audience that serves: its own rhythm would take three quarters of an hour."""
    audience = next(
        each for each in gc.get_objects() if isinstance(each, Audience) and len(each.viewers) == 2
    )
    deaf = next(each for each in audience.viewers if not each.drained)
    audience.viewers.intersection_update({deaf})
    for number in range(30_000):
        audience._scene.take([board(number % 7, symbols=("BTC/USDT",), venues=("okx", "kraken"))])
        audience.tell()
        assert not deaf.drained


async def until_stuck(served) -> None:
    for number in range(1, 2_000):
        served.source.play(board(number))
        await asyncio.sleep(0.01)
        if number % 50 == 0 and await served.metric("kairos_mirror_skipped_total") > 3:
            return
    raise AssertionError("the kernel took it all")


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
