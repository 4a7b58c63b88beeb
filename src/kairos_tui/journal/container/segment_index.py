"""Segment index: where the groups of a segment begin, when, and what is in them. Its last block, or a scan.

Before it: block heads, as they are written or found. After it: segment_reader, to seek.
"""

import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

from msgspec import MsgspecError, Struct
from msgspec.msgpack import Decoder, Encoder

from kairos_tui.journal.container.block_head import BlockHead, Mark

_TRAILER_MAGIC = b"\xd7KZE\x0d\xfa\x91\x0a"
_TRAILER = struct.Struct("<8sQQqqQ")
_CRC = struct.Struct("<I")
TRAILER_BYTES = _TRAILER.size + _CRC.size
MOST_GROUPS = 20_000
"""Of a segment: eleven hours, or 20 GB before compression."""


class GroupRow(Struct, array_like=True, gc=False):
    """A group of blocks, to be read from its start: `offset` in the file, instants, bits of its channels.

    `begins` is whether its first entry begins a checkpoint; `ended_ns` when one had ended by the end of its
    block, or None.
    """

    offset: int
    number: int
    first_ns: int
    last_ns: int
    channels: int
    entries: int
    begins: bool
    ended_ns: int | None = None


class IndexBuilder:
    """Follows the heads of a segment, written or found."""

    def __init__(self, known: Sequence[GroupRow] = ()) -> None:
        self.rows = list(known)
        self._highest = known[-1].number if known else -1

    def on_block(self, head: BlockHead, offset: int) -> None:
        """A block of entries stands at `offset`. Of a group without its start, nothing can be read.

        What was there before, by its number, is there again: a copy, which is passed over.
        """
        if head.number <= self._highest:
            return
        self._highest = head.number
        if head.marks & Mark.STARTS_GROUP:
            begins = bool(head.marks & Mark.BEGINS_CHECKPOINT)
            self.rows.append(GroupRow(offset, head.number, head.first_ns, head.last_ns, 0, 0, begins))
        if not self.rows:
            return
        row = self.rows[-1]
        row.channels |= head.channels
        row.entries += head.entries
        row.last_ns = max(row.last_ns, head.last_ns)
        if head.marks & Mark.ENDS_CHECKPOINT:
            row.ended_ns = head.last_ns


_encoder = Encoder()
_decoder = Decoder(list[GroupRow])


def pack_index(rows: Sequence[GroupRow]) -> bytes:
    """The body of an index block."""
    return _encoder.encode(rows)


def unpack_index(body: bytes, most_offset: int) -> list[GroupRow] | None:
    """The way back, or None where it cannot be the index of a file of that size."""
    try:
        rows = _decoder.decode(body)
    except (MsgspecError, ValueError, OverflowError, RecursionError):
        return None
    offsets = [0, *[row.offset for row in rows], most_offset]
    is_sane = all(before < after for before, after in pairwise(offsets))
    return rows if is_sane and len(rows) <= MOST_GROUPS else None


class Trailer(NamedTuple):
    """The last bytes of a closed segment: where its index is, and what a reader needs of it before that."""

    index_offset: int
    salt: int
    first_ns: int
    last_ns: int
    entries: int


def pack_trailer(trailer: Trailer) -> bytes:
    """As it stands in the file, its own checksum last."""
    packed = _TRAILER.pack(_TRAILER_MAGIC, *trailer)
    return packed + _CRC.pack(crc32(packed))


def unpack_trailer(packed: bytes, salt: int) -> Trailer | None:
    """The way back, or None: a segment that was not closed, or was cut."""
    whole = len(packed) == TRAILER_BYTES and _CRC.unpack_from(packed, _TRAILER.size)[0] == crc32(
        packed[: _TRAILER.size]
    )
    if not whole:
        return None
    magic, *fields = _TRAILER.unpack_from(packed)
    trailer = Trailer(*fields)
    return trailer if magic == _TRAILER_MAGIC and trailer.salt == salt else None
