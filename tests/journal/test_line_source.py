"""Where lines are read from: plain files only, whatever is in them, in bounded memory."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kairos_tui.errors import LinesRefused
from kairos_tui.journal.lines.line_source import LONGEST_LINE, LineFileSource, RotatedLines


def test_lines_come_whole_and_the_last_one_even_when_it_is_torn(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a":1}\r\n\n{"b":2}\n{"c"')

    source = LineFileSource(path)

    assert list(source) == [b'{"a":1}', b"", b'{"b":2}', b'{"c"']
    assert list(source) == list(source)


def test_a_line_longer_than_any_of_ours_is_skipped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"x" * (3 * LONGEST_LINE) + b"\nshort\n" + b"y" * (LONGEST_LINE + 1))

    source = LineFileSource(path)

    assert list(source) == [b"short"]
    assert source.lost == {"lines too long": 2}


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe, device, empty = tmp_path / "pipe", tmp_path / "device", tmp_path / "empty"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    empty.touch()

    for path, said in (
        (pipe, "is no regular file"),
        (device, "is no regular file"),
        (tmp_path, "is no regular file"),
        (empty, "is empty"),
        (tmp_path / "none", "no such file or directory"),
        (tmp_path / ("x" * 300), "file name too long"),
        (Path("a\0b"), "no file can have that name"),
    ):
        with pytest.raises(LinesRefused) as refusal:
            LineFileSource(path)
        assert str(refusal.value) == f"{path}: {said}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text("x")
    path.chmod(stat.S_IWUSR)

    with pytest.raises(LinesRefused, match="permission denied"):
        LineFileSource(path)


def test_rotated_files_are_read_oldest_first(tmp_path: Path) -> None:
    path = tmp_path / "signals.jsonl"
    for name, line in (("", "newest"), (".1", "younger"), (".2", "older"), (".9", "not kept")):
        path.with_name(path.name + name).write_text(line + "\n" + "x" * (LONGEST_LINE + 1) + "\n")

    source = RotatedLines(path, keep=3)

    assert list(source) == [b"older", b"younger", b"newest"]
    assert source.lost == {"lines too long": 3}


@pytest.mark.parametrize("leave", [Path.touch, lambda path: None], ids=["empty", "not there"])
def test_a_rotation_that_was_cut_short_leaves_the_older_files_readable(
    tmp_path: Path, leave: Callable[[Path], None]
) -> None:
    path = tmp_path / "signals.jsonl"
    leave(path)
    with pytest.raises(LinesRefused, match=r"signals\.jsonl: "):
        RotatedLines(path, keep=3)
    path.with_name(path.name + ".1").write_text("older\n")

    assert list(RotatedLines(path, keep=3)) == [b"older"]
