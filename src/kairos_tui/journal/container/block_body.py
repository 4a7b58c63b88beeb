"""Block bodies: many entries <-> the bytes that are compressed. Instants, lengths and channels in columns.

Before it: entry. After it: segment_writer and group_reader. A column's first bytes stand together, then its
second bytes: the high ones are nearly always 0. Each step is one call in C for the whole block.
"""

import struct
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from kairos_tui.journal.container.block_head import MOST_ENTRIES, BlockHead, Mark
from kairos_tui.journal.container.entry import BEGIN, END, MOST_BODY_BYTES, Channel, Entry

Row = tuple[int, int, bytes]
"""An entry before it is one: at_ns, channel, body."""

_NARROW, _WIDE = 4, 8
_CHANNELS = {int(channel): channel for channel in Channel}


class PackedBody(NamedTuple):
    """What goes into the head, and the bytes."""

    marks: int
    channels: int
    first_ns: int
    last_ns: int
    raw: bytes


def pack_body(rows: Sequence[Row]) -> PackedBody:
    """At least one entry, in the order they were put. `last_ns` is the largest instant."""
    ats, channels, bodies = zip(*rows, strict=True)
    first_ns = ats[0]
    steps = [after - before for before, after in pairwise((first_ns, *ats))]
    marks = 0
    try:
        stepped = _planes(struct.pack(f"<{len(rows)}i", *steps), _NARROW)
    except struct.error:
        stepped = _planes(struct.pack(f"<{len(rows)}q", *steps), _WIDE)
        marks = Mark.WIDE
    kinds = bytes(channels)
    if Channel.CHECKPOINT in kinds:
        marks |= _checkpoint_marks(rows)
    lengths = _planes(struct.pack(f"<{len(rows)}I", *map(len, bodies)), _NARROW)
    mask = sum(1 << kind for kind in set(kinds))
    return PackedBody(marks, mask, first_ns, max(ats), b"".join((stepped, lengths, kinds, *bodies)))


def unpack_body(head: BlockHead, raw: bytes) -> list[Entry] | None:
    """All entries of a block, or None where the bytes are not what the head says."""
    count, width = head.entries, _WIDE if head.marks & Mark.WIDE else _NARROW
    start = count * (width + _NARROW + 1)
    if not 0 < count <= MOST_ENTRIES or len(raw) < start:
        return None
    steps = struct.unpack(f"<{count}{'q' if width == _WIDE else 'i'}", _rows_of(raw, 0, count, width))
    lengths = struct.unpack(f"<{count}I", _rows_of(raw, count * width, count, _NARROW))
    if max(lengths) > MOST_BODY_BYTES or start + sum(lengths) != len(raw):
        return None
    kinds = raw[start - count : start]
    try:
        channels = [_CHANNELS[kind] for kind in kinds]
    except KeyError:
        return None
    ats = list(accumulate(steps, initial=head.first_ns))[1:]
    ends = accumulate(lengths, initial=start)
    bodies = [raw[begin:end] for begin, end in pairwise(ends)]
    return list(map(Entry, ats, channels, bodies))


def _planes(packed: bytes, width: int) -> bytes:
    """Little-endian numbers: all first bytes, then all second bytes, and so on."""
    return b"".join([packed[place::width] for place in range(width)])


def _rows_of(raw: bytes, start: int, count: int, width: int) -> bytearray:
    packed = bytearray(count * width)
    for place in range(width):
        packed[place::width] = raw[start + place * count : start + (place + 1) * count]
    return packed


def _checkpoint_marks(rows: Sequence[Row]) -> int:
    marks = 0
    if rows[0][1] == Channel.CHECKPOINT and rows[0][2] == BEGIN:
        marks |= Mark.BEGINS_CHECKPOINT
    if any(channel == Channel.CHECKPOINT and body == END for _, channel, body in rows):
        marks |= Mark.ENDS_CHECKPOINT
    return marks
