"""A disk that takes no more: the engine goes on, what finds no room is counted in the file."""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.journal.container.conftest import HEADER, LIMITS, is_part_of, made, put_all

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal import Channel, Entry, Limits, Recorder, Recording

Until = Callable[[Callable[[], object]], None]
TINY_LANE = Limits(free_floor_bytes=0, lane_bytes=200_000)


def noise(count: int, size: int = 1_000) -> list[Entry]:
    """Nothing that compression could make small."""
    return [Entry(number, Channel.FRAME, os.urandom(size)) for number in range(count)]


class FileLimit:
    """No file of this process may grow beyond so many bytes: a write across it is cut, the next refused."""

    def __init__(self) -> None:
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def set(self, most_bytes: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, self._before[1]))

    def lift(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


@pytest.fixture
def limit() -> Iterator[FileLimit]:
    limit = FileLimit()
    yield limit
    limit.lift()


def test_what_waited_for_space_is_all_there_when_it_fitted_into_the_lane(
    folder: Path, until: Until, limit: FileLimit
) -> None:
    entries = noise(500)
    recorder = Recorder(folder, HEADER, LIMITS)
    limit.set(300_000)
    put_all(recorder, entries)
    until(lambda: recorder.view.trouble)
    assert "File too large" in (recorder.view.trouble or "")
    torn = list(Recording.open(folder).entries())
    assert torn == entries[: len(torn)]
    assert Recording.open(folder).damaged == 0

    limit.lift()
    until(lambda: recorder.view.trouble is None)
    recorder.close(10.0)

    recording = Recording.open(folder)
    assert list(recording.entries()) == entries
    assert (recording.lost, recording.damaged, recorder.view.lost) == (0, 0, 0)


def test_what_found_no_room_is_counted_in_the_file_when_there_is_space_again(
    folder: Path, until: Until, limit: FileLimit
) -> None:
    recorder = Recorder(folder, HEADER, TINY_LANE)
    limit.set(100_000)
    before = noise(1_000)
    for entry in before:
        recorder.put(entry.channel, entry.at_ns, entry.body)
    until(lambda: recorder.view.trouble)
    put_all(recorder, before)
    assert recorder.view.lost > 0

    limit.lift()
    until(lambda: recorder.view.entries + recorder.view.lost >= 2 * len(before))  # nothing waits
    after = made(10, from_ns=10**9)
    put_all(recorder, after)
    assert recorder.wants_checkpoint
    recorder.close(10.0)

    recording = Recording.open(folder)
    entries = [entry for entry in recording.entries() if entry.channel is not Channel.LOST]
    assert is_part_of(entries, before + before + after)
    assert entries[-len(after) :] == after
    assert recording.lost == recorder.view.lost == len(before) * 2 + len(after) - len(entries)
    assert recording.damaged == 0


def test_below_the_floor_of_free_space_nothing_is_begun(folder: Path) -> None:
    disk = os.statvfs(folder.parent)
    floor = Limits(free_floor_bytes=(disk.f_bavail + 10**9) * disk.f_frsize)

    with pytest.raises(RecordingRefused, match=r"less than \d+ MB of disk are free"):
        Recorder(folder, HEADER, floor)

    assert not list(folder.glob("*.kzs"))


def test_a_file_that_stays_sick_is_left_for_a_new_one(folder: Path, until: Until) -> None:
    recorder = Recorder(folder, HEADER, LIMITS)
    segment = recorder._series._segment
    assert segment is not None
    unwritable = os.open(os.devnull, os.O_RDONLY)
    os.dup2(unwritable, segment._file)
    os.close(unwritable)
    entries = made(100)
    put_all(recorder, entries)

    until(lambda: recorder.view.entries == len(entries))
    recorder.close(10.0)

    assert list(Recording.open(folder).entries()) == entries
    assert len(list(folder.glob("*.kzs"))) == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place)]
    if os.getuid() or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_of_a_megabyte_that_is_filled_and_emptied(small_disk: Path, until: Until) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(600_000))
    recorder = Recorder(small_disk / "a.kz", HEADER, LIMITS)
    entries = noise(700)
    put_all(recorder, entries)
    until(lambda: recorder.view.trouble)
    assert "No space left" in (recorder.view.trouble or "")

    filler.unlink()
    until(lambda: recorder.view.entries == len(entries))
    recorder.close(10.0)

    recording = Recording.open(small_disk / "a.kz")
    assert list(recording.entries()) == entries
    assert (recording.lost, recording.damaged) == (0, 0)


def test_below_the_floor_nothing_is_written_until_space_is_back(small_disk: Path, until: Until) -> None:
    filler = small_disk / "filler"
    recorder = Recorder(small_disk / "a.kz", HEADER, Limits(free_floor_bytes=500_000))
    filler.write_bytes(bytes(700_000))
    entries = made(100)
    put_all(recorder, entries)
    until(lambda: recorder.view.trouble)
    assert "of disk are free" in (recorder.view.trouble or "")
    assert recorder.view.entries == 0

    filler.unlink()
    until(lambda: recorder.view.entries == len(entries))
    recorder.close(10.0)

    assert list(Recording.open(small_disk / "a.kz").entries()) == entries
