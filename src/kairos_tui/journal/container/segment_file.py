"""SegmentFile: one segment opened to be read. Regular files only, never through a link; nothing is trusted.

Before it: a folder, or the user's path. After it: group_reader. Memory is bounded whatever the file holds.
"""

import errno
import os
import stat
from collections.abc import Sequence
from types import TracebackType
from zlib import crc32

from msgspec import Struct
from zstandard import ZstdDecompressor, ZstdError

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal.container.block_head import (
    BLOCK_MAGIC,
    HEAD_BYTES,
    MOST_RAW_BYTES,
    SEGMENT_MAGIC,
    BlockHead,
    BlockKind,
    unpack_head,
)
from kairos_tui.journal.container.header import FORMAT, MOST_HEADER_BYTES, Header, unpack_header
from kairos_tui.journal.container.segment_index import (
    MOST_GROUPS,
    TRAILER_BYTES,
    GroupRow,
    IndexBuilder,
    Trailer,
    unpack_index,
    unpack_trailer,
)

MOST_WINDOW_BYTES = 2 * 1024 * 1024
_AHEAD_BYTES = 256 * 1024
_MOST_BACK = 64 * 1024 * 1024
"""An index is found again within so much: one is written each minute, or each 32 MiB."""
_INDEX_BEGINS = BLOCK_MAGIC + bytes([BlockKind.INDEX])
_OPENING_BYTES = len(SEGMENT_MAGIC) + 4


class Span(Struct, frozen=True):
    """What a segment covers. `is_closed`: its index was written. Its entries end before the byte `end`;
    `torn` bytes at the end of the file are no whole block.
    """

    first_ns: int
    last_ns: int
    entries: int
    is_closed: bool
    end: int
    torn: int = 0


class SegmentFile:
    """Raises RecordingRefused when opened, with one line, and never after."""

    def __init__(self, path: str) -> None:
        self._file = _open_regular(path)
        try:
            self.bytes = os.fstat(self._file).st_size
            self._ahead, self._ahead_at = b"", 0
            self.header, self.salt, self.start = self._read_header(path)
        except BaseException:  # whatever it was goes on; the file is given back first
            os.close(self._file)
            raise

    def __enter__(self) -> "SegmentFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    def read(self, offset: int, count: int) -> bytes:
        """So many bytes from there; fewer where the file ends."""
        at = offset - self._ahead_at
        if at < 0 or at + count > len(self._ahead):
            self._ahead, self._ahead_at, at = self._pread(offset, max(count, _AHEAD_BYTES)), offset, 0
        return self._ahead[at : at + count]

    def head_at(self, offset: int) -> BlockHead | None:
        """The head of a block of this segment that stands there whole, or None."""
        head = unpack_head(self.read(offset, HEAD_BYTES))
        if head is None or head.salt != self.salt or offset + HEAD_BYTES + head.stored > self.bytes:
            return None
        return head

    def stored_at(self, offset: int, head: BlockHead) -> bytes | None:
        """What the block at `offset` stores, or None where it is damaged."""
        stored = self.read(offset + HEAD_BYTES, head.stored)
        return stored if crc32(stored) == head.body_crc else None

    def next_head(self, offset: int, end: int) -> int | None:
        """Where the first whole block from `offset` on begins, or None: how to go on after damage."""
        while offset < end:
            piece = self.read(offset, min(_AHEAD_BYTES, end - offset + len(BLOCK_MAGIC)))
            at = piece.find(BLOCK_MAGIC)
            if at < 0:
                offset += max(1, len(piece) - len(BLOCK_MAGIC) + 1)
            elif self.head_at(offset + at) is not None:
                return offset + at
            else:
                offset += at + 1
        return None

    def trailer(self) -> Trailer | None:
        """What a closed segment ends with."""
        at = self.bytes - TRAILER_BYTES
        trailer = None if at < self.start else unpack_trailer(self._pread(at, TRAILER_BYTES), self.salt)
        return trailer if trailer is not None and self.start <= trailer.index_offset < at else None

    def closed_span(self) -> Span | None:
        """From the trailer, when there is one."""
        trailer = self.trailer()
        return None if trailer is None else _span_of(trailer)

    def index(self) -> tuple[list[GroupRow], Span]:
        """The groups in it, from its index or, where there is none that can be read, from all heads."""
        trailer = self.trailer()
        rows = None if trailer is None else self._read_index(trailer.index_offset)
        if trailer is None or rows is None:
            return self.scan(*self._last_index())
        return rows, _span_of(trailer)

    def _read_index(self, offset: int) -> list[GroupRow] | None:
        head = self.head_at(offset)
        if head is None or head.kind != BlockKind.INDEX or head.first_ns != offset:
            return None
        stored = self.stored_at(offset, head)
        if stored is None:
            return None
        try:
            reader = ZstdDecompressor(max_window_size=MOST_WINDOW_BYTES).stream_reader(stored)
            return unpack_index(reader.read(min(head.raw, MOST_RAW_BYTES)), offset)
        except ZstdError:
            return None

    def _last_index(self) -> tuple[list[GroupRow], int]:
        """What was written of an index before the segment was given up, and where the next block begins."""
        high, least = self.bytes, max(self.start, self.bytes - _MOST_BACK)
        while high > least:
            low = max(least, high - _AHEAD_BYTES)
            piece = self._pread(low, high - low + len(_INDEX_BEGINS) - 1)
            at = piece.rfind(_INDEX_BEGINS)
            while at >= 0:
                head, rows = self.head_at(low + at), self._read_index(low + at)
                if head is not None and rows:
                    return rows, low + at + HEAD_BYTES + head.stored
                at = piece.rfind(_INDEX_BEGINS, 0, at)
            high = low
        return [], self.start

    def scan(self, known: Sequence[GroupRow] = (), offset: int = 0) -> tuple[list[GroupRow], Span]:
        """The same from all heads, one after the other: all, or those behind what is known."""
        builder, good = IndexBuilder(known), max(offset, self.start)
        offset, entries = good, sum(row.entries for row in known)
        first_ns = known[0].first_ns if known else None
        last_ns = max([row.last_ns for row in known], default=self.header.started_ns)
        while len(builder.rows) <= MOST_GROUPS:
            head = self.head_at(offset)
            if head is None:
                found = self.next_head(offset + 1, self.bytes)
                if found is None:
                    break
                offset = found
                continue
            if head.kind == BlockKind.ENTRIES:
                builder.on_block(head, offset)
                first_ns = head.first_ns if first_ns is None else first_ns
                last_ns, entries = max(last_ns, head.last_ns), entries + head.entries
            offset = good = offset + HEAD_BYTES + head.stored
        torn = self.bytes - good
        if torn == TRAILER_BYTES and self.trailer() is not None:
            torn = 0
        first_ns = last_ns if first_ns is None else first_ns
        return builder.rows, Span(first_ns, last_ns, entries, is_closed=False, end=good, torn=torn)

    def _read_header(self, shown: str) -> tuple[Header, int, int]:
        opening = self.read(0, _OPENING_BYTES)
        if not opening:
            raise RecordingRefused(f"{shown}: is empty")
        if not opening.startswith(SEGMENT_MAGIC) or len(opening) < _OPENING_BYTES:
            raise RecordingRefused(f"{shown}: is not a recording of Kairos")
        written = int.from_bytes(opening[len(SEGMENT_MAGIC) :], "little")
        if written > FORMAT:
            raise RecordingRefused(
                f"{shown}: was recorded by a newer Kairos (format {written}; this one reads up to {FORMAT})"
            )
        head = unpack_head(self.read(_OPENING_BYTES, HEAD_BYTES))
        if head is None or head.kind != BlockKind.HEADER or head.stored > MOST_HEADER_BYTES:
            raise RecordingRefused(f"{shown}: its header is damaged")
        stored = self.stored_at(_OPENING_BYTES, head)
        header = None if stored is None else unpack_header(stored)
        if header is None or header.format != written:
            raise RecordingRefused(f"{shown}: its header is damaged")
        return header, head.salt, _OPENING_BYTES + HEAD_BYTES + head.stored

    def _pread(self, offset: int, count: int) -> bytes:
        try:
            return os.pread(self._file, count, offset)
        except OSError:
            return b""  # a part of the disk that cannot be read is damage like any other


def _span_of(trailer: Trailer) -> Span:
    return Span(trailer.first_ns, trailer.last_ns, trailer.entries, is_closed=True, end=trailer.index_offset)


def _open_regular(path: str) -> int:
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise RecordingRefused(f"{path}: is a symbolic link; name the recording itself") from error
        raise RecordingRefused(f"{path}: cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise RecordingRefused(f"{path}: is neither a recording's folder nor a regular file")
    return file
