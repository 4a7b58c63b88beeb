"""A run records into a folder of its own: never over anything, and one at a time."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from kairos_tui.errors import RecordingRefused, SettingsInvalid
from kairos_tui.journal import FolderLock
from kairos_tui.market import Board, Rates, RecordingView, Symbol, Thresholds
from kairos_tui.runtime.cast import Cast
from kairos_tui.runtime.record_switch import RecordSwitch
from kairos_tui.runtime.recording_place import new_folder
from kairos_tui.runtime.status_line import gist
from kairos_tui.settings import Settings
from kairos_tui.wire import Endpoints, RecordOrder


@pytest.fixture
def cast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    made = Cast(
        run="k7f3",
        settings=Settings(),
        symbols=(Symbol("BTC/USDT"),),
        endpoints=(Endpoints.in_dir(tmp_path),),
        log_path=str(tmp_path / "log"),
        log_level=30,
    )
    yield made
    made.close()


def test_a_new_or_empty_folder_is_taken_and_is_ours_alone(tmp_path: Path) -> None:
    made = new_folder(str(tmp_path / "x.kz"))
    assert made == new_folder(str(tmp_path / "x.kz"))
    assert made.stat().st_mode & 0o777 == 0o700
    assert new_folder(f"{tmp_path}/{{time}}.kz").name[8] == "T"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("file", "is a file"),
        ("link", "is a link"),
        ("full", "is a folder with something in it"),
        ("none/x.kz", "is no folder"),
        ("file/x.kz", "is no folder"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_is_there_already_is_refused_and_stays_as_it_is(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "0-000001.kzs").write_text("a recording")
    (tmp_path / "link").symlink_to(tmp_path / "full")

    with pytest.raises(SettingsInvalid, match=why):
        new_folder(str(tmp_path / name))
    assert (tmp_path / "full" / "0-000001.kzs").read_text() == "a recording"


def test_a_disk_that_is_nearly_full_is_refused_at_once_and_nothing_is_left_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"MB left, of which 1,000,000,000,000\.0 MB stay free"):
        new_folder(str(tmp_path / "x.kz"), floor_bytes=10**18)
    assert not (tmp_path / "x.kz").exists()


def test_it_is_turned_on_and_off_with_an_order_to_the_engines_each_time(cast: Cast) -> None:
    orders: list[RecordOrder] = []
    switch = RecordSwitch(cast, orders.append)
    switch.start("")
    switch.turn()
    path = switch.path
    assert path is not None
    assert (path.parent.name, path.name[:5], path.suffix) == ("recordings", "k7f3-", ".kz")
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path.parent, path)] == [0o700, 0o700]
    assert cast.record_to == str(path)
    switch.turn()

    assert orders == [RecordOrder(str(path)), RecordOrder("")]
    assert (switch.path, cast.record_to) == (None, "")


def test_engines_that_start_later_record_where_the_user_said(cast: Cast, tmp_path: Path) -> None:
    switch = RecordSwitch(cast, lambda _order: None)
    switch.start(str(tmp_path / "x.kz"))

    assert cast.record_to == str(tmp_path / "x.kz")
    with pytest.raises(RecordingRefused, match="k7f3"):
        FolderLock(tmp_path / "x.kz", "other", 0)
    switch.close()
    FolderLock(tmp_path / "x.kz", "other", 0).release()


def test_another_market_gets_a_folder_of_its_own(cast: Cast, tmp_path: Path) -> None:
    orders: list[RecordOrder] = []
    switch = RecordSwitch(cast, orders.append)
    switch.start(str(tmp_path / "x.kz"))
    switch.feed_changed()

    assert cast.record_to == str(tmp_path / "x-sim.kz")
    assert orders == [RecordOrder(str(tmp_path / "x-sim.kz"))]
    switch.close()


def test_a_recording_of_another_run_that_has_that_name_stays_as_it_is(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "x-sim.kz").mkdir()
    (tmp_path / "x-sim-2.kz").symlink_to(tmp_path / "nowhere")
    switch = RecordSwitch(cast, lambda _order: None)
    switch.start(str(tmp_path / "x.kz"))
    switch.feed_changed()

    assert cast.record_to == str(tmp_path / "x-sim-3.kz")
    assert list((tmp_path / "x-sim.kz").iterdir()) == []
    switch.close()


@pytest.mark.parametrize(
    ("recording", "gist_of_it"),
    [
        (RecordingView("/x/btc.kz", 412_300), "● REC 412 kB"),
        (RecordingView("/x/btc.kz", 12_412_000, 9, 1_214), "● REC 12.4 MB, 1,214 lost"),
        (RecordingView("/x/btc.kz", trouble="no space left on device"), "✖ REC no space left on device"),
    ],
)
def test_the_status_line_says_so_before_anything_that_may_be_cut_off(
    recording: RecordingView, gist_of_it: str
) -> None:
    board = Board("r", "sim", 0, 1, 2, 3, Thresholds(), (), Rates(), recording=recording)

    assert gist(board) == f"KAIROS sim · {gist_of_it} · 0 signals · 0 ticks/s"
