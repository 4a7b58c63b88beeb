"""A recording stays as small as it may be, and what is left of it can be read by itself."""

import os
from pathlib import Path

import pytest
from tests.journal.container.conftest import (
    HEADER,
    checkpoint,
    header_of,
    made,
    put_all,
    record,
)

from kairos_tui.journal import BEGIN, Channel, Entry, Limits, Recorder, Recording
from kairos_tui.journal.container.series_writer import SeriesWriter

SECOND_NS = 1_000_000_000


def minutes(count: int) -> list[Entry]:
    """A checkpoint every ten seconds, and something between."""
    entries: list[Entry] = []
    for number in range(count * 6):
        from_ns = SECOND_NS + number * 10 * SECOND_NS
        entries += checkpoint(from_ns) + made(30, seed=number, from_ns=from_ns + 1, step_ns=SECOND_NS // 4)
    return entries


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.kzs"))


def test_a_new_segment_begins_with_a_checkpoint_after_its_time(folder: Path) -> None:
    entries = minutes(3)

    record(folder, entries, limits=Limits(free_floor_bytes=0, segment_s=60.0))

    assert len(names(folder)) == 3
    for name in names(folder):
        first = next(Recording.open(folder / name).entries())
        assert (first.channel, first.body) == (Channel.CHECKPOINT, BEGIN)
    assert list(Recording.open(folder).entries()) == entries


def test_a_new_segment_begins_after_so_many_bytes(folder: Path) -> None:
    entries = minutes(6)

    record(folder, entries, limits=Limits(free_floor_bytes=0, segment_bytes=5_000))

    sizes = [(folder / name).stat().st_size for name in names(folder)]
    assert len(sizes) > 3
    assert all(5_000 < size < 12_000 for size in sizes[:-1])
    assert list(Recording.open(folder).entries()) == entries


def test_without_checkpoints_a_segment_ends_at_twice_its_size(folder: Path) -> None:
    entries = made(4_000)

    record(folder, entries, limits=Limits(free_floor_bytes=0, segment_bytes=5_000))

    assert len(names(folder)) > 1
    assert list(Recording.open(folder).entries()) == entries


def test_the_oldest_segments_go_when_there_are_too_many_bytes(folder: Path) -> None:
    entries = minutes(6)
    limits = Limits(free_floor_bytes=0, segment_bytes=5_000, keep_bytes=20_000)
    (folder / "sub").mkdir(parents=True)
    others = ["notes.txt", "1-000001.kzs", "0-1.kzs", "0-000001.kzs.bak"]
    for name in others:
        (folder / name).write_bytes(bytes(30_000))

    record(folder, entries, limits=limits)

    mine = [folder / name for name in names(folder) if name not in others]
    assert sum(path.stat().st_size for path in mine) <= 20_000 + 12_000
    assert all((folder / name).exists() for name in [*others, "sub"])
    for name in others:
        (folder / name).unlink()
    kept = list(Recording.open(folder).entries())
    assert kept == entries[-len(kept) :]
    assert kept[0].body == BEGIN


def test_the_segment_that_is_written_is_never_removed(folder: Path) -> None:
    entries = minutes(1)

    record(folder, entries, limits=Limits(free_floor_bytes=0, keep_bytes=1))

    assert list(Recording.open(folder).entries()) == entries


def test_segments_that_are_too_old_go_at_the_next_start(folder: Path) -> None:
    limits = Limits(free_floor_bytes=0, keep_s=3_600.0)
    for number in range(3):
        record(folder, minutes(1), limits=limits)
        path = folder / f"0-{number + 1:06d}.kzs"
        when_ns = path.stat().st_mtime_ns - (3 - number) * 1_500 * SECOND_NS
        os.utime(path, ns=(when_ns, when_ns))

    record(folder, minutes(1), limits=limits)

    assert names(folder) == ["0-000002.kzs", "0-000003.kzs", "0-000004.kzs"]


def test_an_engine_removes_its_own_segments_alone(folder: Path) -> None:
    record(folder, minutes(1), header_of(engine=1, engines=2))

    record(folder, minutes(1), header_of(engine=0, engines=2), Limits(free_floor_bytes=0, keep_bytes=1))
    record(folder, minutes(1), header_of(engine=0, engines=2), Limits(free_floor_bytes=0, keep_bytes=1))

    assert names(folder) == ["0-000002.kzs", "1-000001.kzs"]


def test_files_are_for_their_owner_alone(folder: Path) -> None:
    record(folder, minutes(1))

    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_an_unfinished_segment_of_a_former_life_is_replaced(folder: Path) -> None:
    folder.mkdir()
    (folder / ".0-000001.kzs.new").write_bytes(b"half a header")

    record(folder, minutes(1))

    assert not list(folder.glob(".*"))


def test_a_checkpoint_is_wanted_first_then_after_its_time_and_when_the_segment_is_full(folder: Path) -> None:
    series = SeriesWriter(folder, HEADER, Limits(free_floor_bytes=0, segment_s=25.0, checkpoint_s=10.0))
    assert series.is_checkpoint_due
    due = []
    for second in range(40):
        if series.is_checkpoint_due:
            due.append(second)
            series.write([(second * SECOND_NS, Channel.CHECKPOINT, BEGIN)])
        series.write([(second * SECOND_NS + 1, Channel.FRAME, b"x")])
    series.close()

    assert due == [0, 11, 22, 26, 37]


def test_where_much_is_written_checkpoints_are_closer_but_not_beyond_measure(folder: Path) -> None:
    limits = Limits(free_floor_bytes=0, checkpoint_s=10.0, checkpoint_bytes=45_000, checkpoint_least_s=2.0)
    series = SeriesWriter(folder, HEADER, limits)
    due = []
    for second in range(20):
        if series.is_checkpoint_due:
            due.append(second)
            series.write([(second * SECOND_NS, Channel.CHECKPOINT, BEGIN)])
        busy = 100_000 if second >= 12 else 10_000
        series.write([(second * SECOND_NS + 1, Channel.FRAME, os.urandom(busy))])
    series.close()

    assert due == [0, 5, 10, 13, 16, 19]


def test_no_second_checkpoint_is_wanted_while_one_is_on_its_way(recorder: Recorder) -> None:
    assert recorder.wants_checkpoint

    put_all(recorder, checkpoint(1_000_000_000))

    assert not recorder.wants_checkpoint


@pytest.mark.parametrize("sync", [False, True])
def test_each_block_is_flushed_to_the_disk_itself_when_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, sync: bool
) -> None:
    flushed: list[int] = []
    flush = os.fdatasync

    def counted(file: int) -> None:
        flushed.append(file)
        flush(file)

    monkeypatch.setattr(os, "fdatasync", counted)
    series = SeriesWriter(folder, HEADER, Limits(free_floor_bytes=0, sync=sync))

    for number in range(3):
        series.write([(number, Channel.FRAME, b"x")])

    assert len(flushed) == (3 if sync else 0)
    series.close()
