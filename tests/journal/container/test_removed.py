"""What somebody removes while it is written is not written on into nothing: it is said, or begun anew."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.journal.container.conftest import HEADER, LIMITS, made, put_all

from kairos_tui.journal import Recorder, Recording

Until = Callable[[Callable[[], object]], None]


def test_a_segment_that_was_removed_is_followed_by_another(folder: Path, until: Until) -> None:
    recorder = Recorder(folder, HEADER, LIMITS)
    put_all(recorder, made(10))
    until(lambda: recorder.view.entries == 20)
    (folder / "0-000001.kzs").unlink()
    later = made(10, seed=2, from_ns=9_000_000_000)
    put_all(recorder, later)
    until(lambda: (folder / "0-000002.kzs").exists() and recorder.view.trouble is None)
    recorder.close(10.0)

    assert list(Recording.open(folder).entries()) == later


def test_a_folder_that_was_removed_is_said(folder: Path, until: Until) -> None:
    recorder = Recorder(folder, HEADER, LIMITS)
    put_all(recorder, made(10))
    until(lambda: recorder.view.entries == 20)
    shutil.rmtree(folder)
    put_all(recorder, made(10, seed=2))
    until(lambda: recorder.view.trouble)

    assert recorder.view.trouble == "nothing is recorded: its file was removed"
    until(lambda: recorder.view.trouble == "nothing is recorded: No such file or directory")
    recorder.close(10.0)
