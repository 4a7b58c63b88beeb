"""`file:` appends whole lines: no full disk, log rotation, kill or second writer leaves half of one."""

import asyncio
import fcntl
import os
import stat
import threading
from pathlib import Path

import pytest
from tests.sinks.told import lines

from kairos_tui.errors import SettingsInvalid, SinkDown
from kairos_tui.sinks import read_url
from kairos_tui.sinks.line_file import LineFile
from kairos_tui.sinks.to_file import FileSink, open_file, path_of


def newlines(folder: Path) -> dict[str, int]:
    return {each.name: each.read_bytes().count(b"\n") for each in folder.iterdir()}


async def write(path: Path, count: int = 1, **options: int) -> None:
    async with FileSink(path, **options) as sink:
        await sink.emit(lines(count))


async def test_lines_are_appended_and_the_file_is_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"before\n")
    path.unlink()
    await write(path, 2)
    await write(path, 1)

    assert path.read_bytes().count(b"\n") == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_file_that_was_let_go_can_be_opened_at_once(tmp_path: Path) -> None:
    for _ in range(50):
        await write(tmp_path / "x.jsonl")

    assert (tmp_path / "x.jsonl").read_bytes().count(b"\n") == 50


@pytest.mark.parametrize("torn", [b'{"type":"signal","v":1', b'{"ty', b"{"])
async def test_the_half_line_of_a_killed_process_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"whole\n" + torn)
    await write(path)

    first, second = path.read_bytes().splitlines()
    assert first == b"whole"
    assert second.startswith(b'{"type":"venue"')


async def test_somebody_elses_last_line_is_ended_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_bytes(b"mine")
    await write(path)

    assert path.read_bytes().startswith(b'mine\n{"type"')


async def test_it_rotates_before_it_grows_over_its_limit_and_keeps_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    size = len(lines(1)[0].body)
    async with FileSink(path, most_bytes=2 * size + 9, keep=2) as sink:
        for told in lines(9):
            await sink.emit([told])

    assert newlines(tmp_path) == {"x.jsonl": 1, "x.jsonl.1": 2, "x.jsonl.2": 2}
    assert b'"seq":9,' in path.read_bytes()


async def test_after_a_log_rotation_it_writes_the_new_file(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    first, second = lines(2)
    async with FileSink(path) as sink:
        await sink.emit([first])
        path.rename(tmp_path / "x.old")
        await sink.emit([second])

    assert (tmp_path / "x.old").read_bytes() == first.body
    assert path.read_bytes() == second.body


async def test_a_full_disk_is_down_and_not_the_end() -> None:
    async with FileSink(Path("/dev/full")) as sink:
        with pytest.raises(SinkDown, match="no space left on device"):
            await sink.emit(lines(1))


async def test_a_short_write_keeps_whole_lines_and_goes_on_when_there_is_space(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    told = lines(3)
    size = len(told[0].body)
    room = ShortDisk(path, 2 * size + 10)
    assert room.append([each.body for each in told]) == 2
    assert path.read_bytes().endswith(b"}\n")
    assert path.stat().st_size == 2 * size

    room.limit = 1 << 20
    assert room.append([told[2].body]) == 1
    assert path.read_bytes().count(b"\n") == 3
    room.close()


class ShortDisk(LineFile):
    """A file on a disk that takes only so much: the system writes what fits, and says how much that was."""

    def __init__(self, path: Path, limit: int) -> None:
        super().__init__(path)
        self.limit = limit
        self.open()

    def _write(self, body: bytes) -> int:
        return super()._write(body[: max(0, self.limit - os.fstat(self._fd).st_size)])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.mkdir(), "is a directory"),
        (lambda path: os.mkfifo(path), "a pipe or a terminal, not a file"),
        (lambda path: path.symlink_to(path), "too many levels of symbolic links"),
        (lambda path: path.symlink_to(path.parent / "no" / "x"), "no such file or directory"),
    ],
    ids=["folder", "fifo", "loop", "nowhere"],
)
async def test_what_can_never_be_written_is_one_clear_line(tmp_path: Path, make, said: str) -> None:
    path = tmp_path / "x"
    make(path)

    with pytest.raises(SettingsInvalid, match=f"{path}: {said}"):
        await write(path)


async def test_two_processes_do_not_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    with path.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        with pytest.raises(SettingsInvalid, match="another process writes it"):
            await write(path)


async def test_a_disk_that_hangs_is_not_given_a_second_write(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "x.jsonl")
    hanging = threading.Event()
    async with sink:
        sink._writer.submit(hanging.wait)
        sink._work = None
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await sink.emit(lines(1))
        with pytest.raises(SinkDown, match="the disk does not answer"):
            await sink.emit(lines(1))
        hanging.set()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("file:a b%20c.jsonl", "a b%20c.jsonl"),
        ("file:///var/a%20b", "/var/a b"),
        ("file://localhost/var/x", "/var/x"),
        ("file:/var/x?max_mb=3", "/var/x"),
    ],
)
def test_where_a_url_leads(text: str, path: str) -> None:
    assert path_of(read_url(text)) == Path(path)


def test_megabytes_are_millions_of_bytes() -> None:
    assert open_file(read_url("file:x?max_mb=1.5"))._file._most_bytes == 1_500_000
