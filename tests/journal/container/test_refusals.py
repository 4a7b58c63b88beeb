"""What is no recording gets one line; what means harm gets no memory, no time and no wrong entry."""

import os
import struct
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import msgspec
import pytest
import zstandard
from tests.journal.container.conftest import HEADER, made, write_segment

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal import Recording
from kairos_tui.journal.container.block_head import (
    HEAD_BYTES,
    MOST_RAW_BYTES,
    SEGMENT_MAGIC,
    BlockHead,
    BlockKind,
    Mark,
    pack_head,
    unpack_head,
)
from kairos_tui.journal.container.header import pack_header
from kairos_tui.journal.container.segment_file import SegmentFile
from kairos_tui.journal.container.segment_index import MOST_GROUPS

FORMAT_AT = len(SEGMENT_MAGIC)
SALT = 7
NAMES = "absent empty gzip lines cut newer cut-header wrong-header deep-header folder fifo link folder-link"


def refusal(path: Path) -> str:
    with pytest.raises(RecordingRefused) as refused:
        Recording.open(path)
    line = str(refused.value)
    assert "\n" not in line
    assert line.startswith(str(path))
    return line.removeprefix(str(path))


@contextmanager
def within(most_mib: int) -> Iterator[None]:
    """What Python is given meanwhile stays below that, all together."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most_mib * 1024 * 1024
    finally:
        tracemalloc.stop()


def opening(packed: bytes | None = None) -> bytes:
    """A sound header, before whatever blocks a test makes."""
    packed = pack_header(HEADER) if packed is None else packed
    head = BlockHead(BlockKind.HEADER, 0, 0, 0, 0, 0, 0, len(packed), len(packed), SALT, crc32(packed))
    return SEGMENT_MAGIC + (1).to_bytes(4, "little") + pack_head(head) + packed


def block(stored: bytes, raw: int, entries: int = 1, number: int = 1) -> bytes:
    """A block whose checksums are right, whatever is in it."""
    head = BlockHead(2, Mark.STARTS_GROUP, 2, number, entries, 0, 0, raw, len(stored), SALT, crc32(stored))
    return pack_head(head) + stored


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, ": cannot be read: No such file or directory"),
        (lambda path: path.write_bytes(b""), ": is empty"),
        (lambda path: path.write_bytes(b"\x1f\x8b\x08" + bytes(100)), ": is not a recording of Kairos"),
        (lambda path: path.write_text('{"type":"hello"}\n'), ": is not a recording of Kairos"),
        (lambda path: path.write_bytes(SEGMENT_MAGIC), ": is not a recording of Kairos"),
        (
            lambda path: path.write_bytes(SEGMENT_MAGIC + (9).to_bytes(4, "little")),
            ": was recorded by a newer Kairos (format 9; this one reads up to 1)",
        ),
        (lambda path: path.write_bytes(opening()[:-1]), ": its header is damaged"),
        (lambda path: path.write_bytes(opening(b"\x80")), ": its header is damaged"),
        (lambda path: path.write_bytes(opening(b"\x91" * 100_000)), ": its header is damaged"),
        (lambda path: path.mkdir(), ": holds no recording: no segment (*.kzs) is in it"),
        (os.mkfifo, ": is neither a recording's folder nor a regular file"),
        (lambda path: path.symlink_to("/etc/passwd"), ": is a symbolic link; name the recording itself"),
        (lambda path: path.symlink_to("/"), ": is a symbolic link; name the recording itself"),
    ],
    ids=NAMES.split(),
)
def test_each_gets_one_line(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    path = tmp_path / "a.kz"
    make(path)

    assert refusal(path) == said


@pytest.mark.parametrize(
    "change",
    [
        {"thresholds": msgspec.structs.replace(HEADER.thresholds, reaction_ms=0)},
        {"thresholds": msgspec.structs.replace(HEADER.thresholds, min_net_bps=float("nan"))},
        {"thresholds": msgspec.structs.replace(HEADER.thresholds, max_notional=float("inf"))},
        {"thresholds": msgspec.structs.replace(HEADER.thresholds, dwell_ms=-1)},
        {"started_us": 2**62},
        {"venues": ()},
    ],
    ids=["no reaction", "no number", "without end", "less than none", "no century", "no venues"],
)
def test_a_header_that_no_run_had_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "a.kzs"
    path.write_bytes(opening(pack_header(msgspec.structs.replace(HEADER, **change))))

    assert refusal(path) == ": its header is damaged"


def test_a_device_is_refused() -> None:
    assert refusal(Path("/dev/zero")) == ": is neither a recording's folder nor a regular file"


def test_a_name_no_file_can_have_is_refused() -> None:
    assert "cannot be read" in refusal(Path("a\0b"))


def test_a_folder_of_nothing_but_harm_says_what_is_wrong_with_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "a.kz"
    folder.mkdir()
    (folder / "0-000001.kzs").symlink_to("/etc/passwd")
    os.mkfifo(folder / "0-000002.kzs")

    with pytest.raises(RecordingRefused, match=r"0-000001.kzs: is a symbolic link"):
        Recording.open(folder)


def test_a_run_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    path = write_segment(tmp_path / "a.kz", [made(3)])

    with pytest.raises(RecordingRefused, match="holds no run 'x9', but k7f3"):
        Recording.open(path, run="x9")


def bomb(raw: int) -> bytes:
    """So many zeros, in a ten-thousandth of their size."""
    return zstandard.ZstdCompressor(level=3).compress(bytes(raw))


def wide_window() -> bytes:
    """What would need 128 MiB to be unpacked."""
    wide = zstandard.ZstdCompressionParameters.from_level(1, window_log=27)
    return zstandard.ZstdCompressor(compression_params=wide).compress(bytes(1 << 27))


def body(length: int, channel: int) -> bytes:
    """One entry that says this of itself, and one byte of body."""
    return zstandard.ZstdCompressor().compress(struct.pack("<iIB", 0, length, channel) + b"x")


HARM: dict[str, Callable[[], bytes]] = {
    "says how large it is": lambda: block(bomb(50_000_000), 50_000_000),
    "says less": lambda: block(bomb(50_000_000), MOST_RAW_BYTES),
    "says little": lambda: block(bomb(50_000_000), 13),
    "wide window": lambda: block(wide_window(), 100),
    "no compression": lambda: block(b"\0" * 50, 1_000),
    "nothing": lambda: block(b"", 0, entries=0),
    "more entries than bytes": lambda: block(bomb(9), 9, entries=60_000),
    "long body": lambda: block(body(2**31, 1), 10),
    "no channel": lambda: block(body(1, 99), 10),
    "wrong checksum": lambda: block(body(1, 1), 10)[:-1] + b"\xff",
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_a_hostile_block_is_skipped_in_little_memory(tmp_path: Path, harm: Callable[[], bytes]) -> None:
    path = tmp_path / "a.kzs"
    path.write_bytes(opening() + harm())

    with within(20):
        recording = Recording.open(path)
        entries = list(recording.entries())

    assert entries == []
    assert recording.damaged >= 1


def test_many_tiny_groups_do_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.kzs"
    blocks = [block(b"", 0, number=number) for number in range(1, MOST_GROUPS + 1_000)]
    path.write_bytes(opening() + b"".join(blocks))

    with SegmentFile(str(path)) as segment:
        rows, span = segment.scan()

    assert len(rows) <= MOST_GROUPS + 1
    assert span.torn > 0


def test_an_index_that_points_astray_brings_no_wrong_entry(tmp_path: Path) -> None:
    entries = made(30)
    path = write_segment(tmp_path / "a.kz", [entries[:20], entries[20:]])
    whole = path.read_bytes()
    at = whole.rindex(b"\xd7KZE")
    fields = list(struct.unpack_from("<8sQQqqQ", whole, at))
    for offset in (0, FORMAT_AT, at - 1, at, 2**63 + 1):
        fields[1] = offset
        trailer = struct.pack("<8sQQqqQ", *fields)
        path.write_bytes(whole[:at] + trailer + struct.pack("<I", crc32(trailer)))

        assert list(Recording.open(path).entries()) == entries


def test_a_reader_takes_little_memory_however_long_the_recording(tmp_path: Path) -> None:
    chunk = made(400)
    path = write_segment(tmp_path / "a.kz", [chunk] * 40)
    recording = Recording.open(path)

    with within(10):
        assert sum(1 for _ in recording.entries()) == len(chunk) * 40


def test_a_header_says_what_it_was_written_with(tmp_path: Path) -> None:
    path = write_segment(tmp_path / "a.kz", [made(3)])
    whole = path.read_bytes()
    head = unpack_head(whole, FORMAT_AT + 4)
    assert head is not None
    packed = whole[FORMAT_AT + 4 + HEAD_BYTES :][: head.stored]

    assert msgspec.msgpack.decode(packed)["format"] == 1
