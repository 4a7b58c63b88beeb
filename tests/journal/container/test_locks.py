"""One writer: a second is refused, with the name of the first. A launcher's lock lets its own engines in."""

import os
from pathlib import Path

import pytest
from tests.journal.container.conftest import HEADER, LIMITS, header_of

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal import FolderLock, Recorder

SINCE_US = HEADER.started_us


def test_a_second_writer_is_refused_and_told_who_is_first(folder: Path) -> None:
    first = Recorder(folder, HEADER, LIMITS)

    with pytest.raises(RecordingRefused) as refused:
        Recorder(folder, header_of(run="x1"), LIMITS)

    assert str(refused.value) == (
        f"{folder}: process {os.getpid()} (run k7f3) records there since 2026-11-22 10:12:31 UTC"
    )
    first.close(10.0)
    Recorder(folder, header_of(run="x1"), LIMITS).close(10.0)


def test_a_launcher_keeps_the_folder_for_its_engines_while_they_restart(folder: Path) -> None:
    lock = FolderLock(folder, "k7f3", SINCE_US)

    with pytest.raises(RecordingRefused, match="run k7f3"):
        FolderLock(folder, "x1", SINCE_US)
    with pytest.raises(RecordingRefused, match="run k7f3"):
        Recorder(folder, header_of(run="x1"), LIMITS)
    for _ in range(2):
        engines = [Recorder(folder, header_of(engine=engine, engines=2), LIMITS) for engine in range(2)]
        for engine in engines:
            engine.close(10.0)
    assert len(list(folder.glob("*.kzs"))) == 4

    lock.release()
    lock.release()
    Recorder(folder, header_of(run="x1"), LIMITS).close(10.0)


@pytest.mark.parametrize("name", ["lock", "lock-0"])
def test_a_lock_that_is_a_link_is_not_followed(folder: Path, tmp_path: Path, name: str) -> None:
    folder.mkdir()
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (folder / name).symlink_to(victim)

    with pytest.raises(RecordingRefused, match="cannot record there"):
        FolderLock(folder, "k7f3", SINCE_US) if name == "lock" else Recorder(folder, HEADER, LIMITS)

    assert victim.read_text() == "untouched"


def test_where_no_folder_can_be_nothing_is_recorded(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for place in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("x" * 300)):
        with pytest.raises(RecordingRefused, match=str(place)):
            Recorder(place, HEADER, LIMITS)
