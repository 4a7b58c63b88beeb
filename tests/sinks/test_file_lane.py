"""Several Kairos keep their lines in one file: all whole, none lost to a full disk, the newest of them."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kairos_tui.market import Symbol, Thresholds, Venue
from kairos_tui.sinks import FileLane, LineStream, SharedLineFile

APPENDING = """
import sys
from pathlib import Path
from kairos_tui.sinks import SharedLineFile
name, file = sys.argv[1], SharedLineFile(Path(sys.argv[2]), most_bytes=20_000, keep=500)
for number in range(300):
    line = b'{"type":"%s","number":%d,"pad":"%s"}\\n' % (name.encode(), number, b"x" * (number % 90))
    assert file.append([line, line]) == 2
file.close()
"""


def shared(path: Path, most_bytes: int = 1_000_000, keep: int = 3) -> SharedLineFile:
    return SharedLineFile(path, most_bytes=most_bytes, keep=keep)


def until(condition: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 10.0
    while not condition():
        assert time.monotonic() < deadline_s, "the condition never came true"
        time.sleep(0.002)


def test_processes_that_append_and_rotate_at_once_cut_and_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "signals.jsonl"
    started = [subprocess.Popen([sys.executable, "-c", APPENDING, name, str(path)]) for name in "abc"]
    assert [process.wait(20) for process in started] == [0, 0, 0]

    files = [each for each in tmp_path.iterdir() if each.suffix != ".lock"]
    lines = [json.loads(line) for each in files for line in each.read_bytes().splitlines()]
    assert len(files) > 3
    assert max(each.stat().st_size for each in files) <= 20_000
    assert sorted((line["type"], line["number"]) for line in lines) == sorted(
        (name, number) for name in "abc" for number in range(300) for _ in range(2)
    )


def test_the_half_line_that_another_process_left_is_cut_off_before_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "signals.jsonl"
    file = shared(path)
    file.append([b'{"type":"a"}\n'])
    with path.open("ab") as other:
        other.write(b'{"type":"signal","v":')
    file.append([b'{"type":"b"}\n'])
    file.close()

    assert path.read_bytes() == b'{"type":"a"}\n{"type":"b"}\n'


def test_the_newest_are_kept_and_no_more_than_so_many_files(tmp_path: Path) -> None:
    file = shared(tmp_path / "signals.jsonl", most_bytes=100, keep=3)
    for number in range(100):
        file.append([b'{"type":"signal","number":%03d}\n' % number])
    file.close()

    names = sorted(each.name for each in tmp_path.iterdir() if each.suffix != ".lock")
    assert names == ["signals.jsonl", "signals.jsonl.1", "signals.jsonl.2", "signals.jsonl.3"]
    assert b"099" in (tmp_path / "signals.jsonl").read_bytes()


def test_what_waits_while_the_disk_is_full_is_written_when_there_is_room(tmp_path: Path) -> None:
    class FullAtFirst(SharedLineFile):
        is_full = True

        def append(self, lines: list[bytes]) -> int:  # type: ignore[override]
            return 1 if self.is_full else super().append(lines)

    path = tmp_path / "signals.jsonl"
    file = FullAtFirst(path, most_bytes=1_000_000, keep=3)
    lane = FileLane(file, most_waiting=100)
    for number in range(3):
        lane.put(b"%d\n" % number)
    until(lambda: lane.trouble)
    assert (lane.state, lane.trouble) == ("open", "no space left on device")
    file.is_full = False
    assert lane.close(5.0) == 0

    assert lane.written == 3
    assert path.read_bytes().endswith(b"2\n")


@pytest.mark.parametrize("kind", ["a folder", "no folder above it"])
def test_a_file_that_can_never_be_written_fails_and_says_why(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "signals.jsonl" if kind == "a folder" else tmp_path / "missing" / "signals.jsonl"
    if kind == "a folder":
        path.mkdir()
    lane = FileLane(shared(path), most_waiting=100)
    lane.put(b"{}\n")
    until(lambda: lane.state == "failed")

    assert lane.failure in ("is a directory", "no such file or directory")


def test_a_stream_speaks_into_it_as_into_stdout(tmp_path: Path) -> None:
    path = tmp_path / "signals.jsonl"
    stream = LineStream(FileLane(shared(path), most_waiting=100), run="k7f3", feed="sim")
    stream.hello(
        version="1",
        symbols=[Symbol("BTC/USDT")],
        venues=[Venue("okx")],
        thresholds=Thresholds(),
        fees=[],
        ts_us=1,
    )
    stream.gap(3, "lost between processes", ts_us=2)
    stream.bye(ticks=0, signals=0, reason="done", ts_us=3)
    stream.close(5.0)

    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [(line["type"], line["seq"]) for line in lines] == [("hello", 1), ("gap", 5), ("bye", 6)]
