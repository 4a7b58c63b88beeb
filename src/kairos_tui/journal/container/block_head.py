"""BlockHead: the 60 bytes before each block of a segment, which tell all about it but its content.

A reader hops from head to head without touching what is between. Before it: the segment's writer, or a file.
"""

import struct
from enum import IntEnum
from typing import NamedTuple
from zlib import crc32

SEGMENT_MAGIC = b"\x89KZS\r\n\x1a\n"
"""As PNG has it: a transfer that changes line ends or the eighth bit is seen at once."""
BLOCK_MAGIC = b"\xd7KZB\x0d\xfa\x91\x0a"
MOST_RAW_BYTES = 8 * 1024 * 1024
MOST_ENTRIES = 65_536

_HEAD = struct.Struct("<8sBBHIIqqIIQI")
_CRC = struct.Struct("<I")
HEAD_BYTES = _HEAD.size + _CRC.size


class BlockKind(IntEnum):
    """What a block holds."""

    HEADER = 1
    ENTRIES = 2
    INDEX = 3


class Mark:
    """What to know of a block without opening it: bits. Plain numbers: an IntFlag takes ten times as long."""

    STARTS_GROUP = 1
    """Its compression leans on no block before it."""
    BEGINS_CHECKPOINT = 2
    """Its first entry begins a checkpoint."""
    ENDS_CHECKPOINT = 4
    """The end of a checkpoint is in it."""
    WIDE = 8
    """Two entries of it are more than two seconds apart: instants take eight bytes."""


class BlockHead(NamedTuple):
    """`number` counts the blocks of a segment from 0; `salt` is the segment's own.

    With another segment's salt a block is not part of this one, whoever put it there. `channels` has bit n
    set when an entry of channel n is in it. `stored` bytes follow, `raw` after decompression.
    """

    kind: int
    marks: int
    channels: int
    number: int
    entries: int
    first_ns: int
    last_ns: int
    raw: int
    stored: int
    salt: int
    body_crc: int


def pack_head(head: BlockHead) -> bytes:
    """As it stands in the file, its own checksum last."""
    packed = _HEAD.pack(BLOCK_MAGIC, *head)
    return packed + _CRC.pack(crc32(packed))


def unpack_head(buffer: bytes | bytearray | memoryview, at: int = 0) -> BlockHead | None:
    """The head that stands there, or None where none does that could be ours."""
    if len(buffer) - at < HEAD_BYTES:
        return None
    magic, *fields = _HEAD.unpack_from(buffer, at)
    if (
        magic != BLOCK_MAGIC
        or crc32(memoryview(buffer)[at : at + _HEAD.size]) != _CRC.unpack_from(buffer, at + _HEAD.size)[0]
    ):
        return None
    head = BlockHead(*fields)
    if head.raw > MOST_RAW_BYTES or head.stored > MOST_RAW_BYTES + 65_536 or head.entries > MOST_ENTRIES:
        return None
    return head
