"""What is damaged is skipped and counted; what comes back is what was put, never anything else."""

import os
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest
from tests.journal.container.conftest import checkpoint, is_part_of, made, write_segment

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal import Channel, Entry, Loss, Recording
from kairos_tui.journal.container.block_head import BLOCK_MAGIC, HEAD_BYTES, SEGMENT_MAGIC, unpack_head
from kairos_tui.journal.container.entry import pack_loss
from kairos_tui.journal.container.segment_file import SegmentFile


def blocks_of_groups(groups: int, each: int = 3, size: int = 4) -> list[list[Entry]]:
    """`each` blocks a group: a checkpoint begins one."""
    blocks = []
    for group in range(groups):
        from_ns = 1_000_000_000 + group * 100_000_000
        first, *rest = [made(size, seed=group * 10 + place, from_ns=from_ns) for place in range(each)]
        blocks += [checkpoint(from_ns) + first, *rest]
    return blocks


def read(path: Path) -> tuple[list[Entry], int]:
    recording = Recording.open(path)
    entries = list(recording.entries())
    return entries, recording.damaged


def offsets_of(path: Path) -> list[int]:
    """Where each block of a segment begins."""
    whole, offset, offsets = path.read_bytes(), len(SEGMENT_MAGIC) + 4, []
    while (head := unpack_head(whole, offset)) is not None:
        offsets.append(offset)
        offset += HEAD_BYTES + head.stored
    return offsets


def flip(path: Path, place: int, bits: int) -> Callable[[], None]:
    """Change a byte where it stands; the way back."""

    def change() -> None:
        with path.open("r+b") as file:
            file.seek(place)
            byte = file.read(1)[0]
            file.seek(place)
            file.write(bytes([byte ^ bits]))

    change()
    return change


def test_a_cut_at_every_byte_of_the_last_block_costs_that_block_alone(tmp_path: Path) -> None:
    blocks = blocks_of_groups(2)
    path = write_segment(tmp_path / "a.kz", blocks, closed=False)
    whole, last = path.read_bytes(), offsets_of(path)[-1]
    kept = list(chain(*blocks[:-1]))

    assert read(path) == (list(chain(*blocks)), 0)
    for length in range(len(whole) - 1, last - 1, -1):
        os.truncate(path, length)
        assert read(path) == (kept, int(length > last)), length


def test_a_cut_anywhere_leaves_a_prefix(tmp_path: Path) -> None:
    blocks = blocks_of_groups(2)
    path = write_segment(tmp_path / "a.kz", blocks)
    whole, entries = path.read_bytes(), list(chain(*blocks))
    header_ends = offsets_of(path)[1]

    for length in range(len(whole), header_ends - 1, -3):
        os.truncate(path, length)
        found, _ = read(path)
        assert found == entries[: len(found)]
    for length in range(header_ends - 1, -1, -1):
        os.truncate(path, length)
        with pytest.raises(RecordingRefused):
            Recording.open(path)


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "killed"])
def test_no_flipped_byte_brings_a_wrong_entry_or_hides_an_uncounted_one(tmp_path: Path, closed: bool) -> None:
    blocks = blocks_of_groups(2, each=2, size=2)
    path = write_segment(tmp_path / "a.kz", blocks, closed=closed)
    whole, entries = path.read_bytes(), list(chain(*blocks))
    header_ends = offsets_of(path)[1]

    for place in range(len(whole)):
        flip_back = flip(path, place, 0xFF if place % 2 else 1 << place % 8)
        try:
            found, damaged = read(path)
        except RecordingRefused:
            assert place < header_ends
            continue
        finally:
            flip_back()
        assert place >= header_ends
        assert is_part_of(found, entries), place
        assert damaged > 0 or found == entries, place


def test_damage_in_one_group_costs_no_other(tmp_path: Path) -> None:
    blocks = blocks_of_groups(3)
    path = write_segment(tmp_path / "a.kz", blocks)
    whole, offsets = bytearray(path.read_bytes()), offsets_of(path)
    middle_of_second = offsets[1 + 4] + HEAD_BYTES + 5
    whole[middle_of_second] ^= 0x40
    path.write_bytes(whole)

    found, damaged = read(path)

    assert found == list(chain(*blocks[:4], *blocks[6:]))
    assert damaged == 2


def test_every_block_that_is_missing_is_counted_once_however_often_it_is_read(tmp_path: Path) -> None:
    blocks = blocks_of_groups(3)
    path = write_segment(tmp_path / "a.kz", blocks)
    whole, offsets = path.read_bytes(), offsets_of(path)
    path.write_bytes(whole[: offsets[3]] + b"\0" * 1_000 + whole[offsets[6] :])
    recording = Recording.open(path)

    for _ in range(2):
        assert list(recording.entries()) == list(chain(*blocks[:2], *blocks[6:]))
        assert recording.damaged >= 4


def test_a_block_of_another_segment_is_not_taken_for_one_of_this(tmp_path: Path) -> None:
    blocks = blocks_of_groups(2)
    path = write_segment(tmp_path / "a.kz", blocks, closed=False)
    other = write_segment(tmp_path / "b.kz", [made(5, seed=99)] * 3, closed=False)
    foreign = other.read_bytes()[offsets_of(other)[1] :]
    path.write_bytes(path.read_bytes() + foreign)

    found, damaged = read(path)

    assert found == list(chain(*blocks))
    assert damaged == 1


def test_a_recorded_block_within_a_body_is_not_mistaken_for_a_block(tmp_path: Path) -> None:
    inner = write_segment(tmp_path / "inner.kz", blocks_of_groups(1), closed=False).read_bytes()
    outer = [[entry._replace(body=inner)] for entry in made(3)]
    path = write_segment(tmp_path / "outer.kz", outer, closed=False)
    whole = bytearray(path.read_bytes())
    whole[offsets_of(path)[1]] ^= 1
    path.write_bytes(whole)

    found, damaged = read(path)

    assert (found, damaged) == ([], 1) or is_part_of(found, list(chain(*outer)))
    assert BLOCK_MAGIC in bytes(whole)


def test_an_index_that_cannot_be_read_is_made_again_from_the_heads(tmp_path: Path) -> None:
    blocks = blocks_of_groups(3)
    path = write_segment(tmp_path / "a.kz", blocks)
    with SegmentFile(str(path)) as segment:
        rows, span = segment.index()
        scanned, scanned_span = segment.scan()
        assert rows == scanned
        assert span.first_ns == scanned_span.first_ns
        assert span.last_ns == scanned_span.last_ns
        assert span.entries == scanned_span.entries == len(list(chain(*blocks)))
        assert scanned_span.torn == 0
    whole = bytearray(path.read_bytes())
    whole[span.end + HEAD_BYTES + 2] ^= 1
    path.write_bytes(whole)

    assert read(path)[0] == list(chain(*blocks))


def test_segments_that_cannot_be_read_are_counted_and_the_others_read(tmp_path: Path) -> None:
    folder = tmp_path / "a.kz"
    blocks = blocks_of_groups(1)
    write_segment(folder, blocks)
    (folder / "0-000002.kzs").write_bytes(b"")
    (folder / "0-000003.kzs").write_bytes(b"something else")
    (folder / "0-000004.kzs").mkdir()

    assert read(folder) == (list(chain(*blocks)), 3)


def test_blocks_that_are_there_twice_are_read_once_and_those_that_were_taken_out_are_counted(
    tmp_path: Path,
) -> None:
    blocks = blocks_of_groups(3)
    path = write_segment(tmp_path / "a.kz", blocks, closed=False)
    whole, offsets = path.read_bytes(), offsets_of(path)

    path.write_bytes(whole[: offsets[7]] + whole[offsets[1] :])
    assert read(path) == (list(chain(*blocks)), 1)

    path.write_bytes(whole[: offsets[4]] + whole[offsets[7] :])
    assert read(path) == (list(chain(*blocks[:3], *blocks[6:])), 3)


def test_to_count_what_was_lost_only_what_tells_of_it_is_read(tmp_path: Path) -> None:
    blocks = blocks_of_groups(3)
    blocks[8].append(Entry(5_000_000_000, Channel.LOST, pack_loss(Loss(1, 2, {Channel.FRAME: 7}, 70))))
    path = write_segment(tmp_path / "a.kz", blocks)
    flip(path, offsets_of(path)[2] + HEAD_BYTES + 1, 1)
    recording = Recording.open(path)

    assert (recording.lost, recording.damaged) == (7, 0)
    assert len(list(recording.entries())) < len(list(chain(*blocks)))
    assert recording.damaged == 2


def test_a_long_segment_that_was_never_closed_is_known_from_an_index_in_its_midst(tmp_path: Path) -> None:
    blocks = blocks_of_groups(80, each=2, size=2)
    path = write_segment(tmp_path / "a.kz", blocks, closed=False)
    with SegmentFile(str(path)) as segment:
        assert segment.index() == segment.scan()
        assert len(segment.index()[0]) == 80
        unseen = segment.index()[0][10].offset
    assert read(path) == (list(chain(*blocks)), 0)

    flip(path, unseen, 1)

    assert read(path) == (list(chain(*blocks[:20], *blocks[22:])), 2)
    flip(path, path.read_bytes().rindex(BLOCK_MAGIC + b"\x03") + HEAD_BYTES + 3, 1)
    found, damaged = read(path)
    assert found == list(chain(*blocks[:20], *blocks[22:]))
    assert damaged >= 2
