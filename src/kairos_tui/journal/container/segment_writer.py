"""SegmentWriter: rows of entries -> one growing file. A block is whole in the file or it is not there.

Before it: the recorder's thread. After it: block_body, block_head, segment_index; then the disk.
Blocks are compressed in groups, each leaning on those before it in its group: a book repeats the one before.
"""

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from zlib import crc32

from zstandard import COMPRESSOBJ_FLUSH_BLOCK, STRATEGY_LAZY, ZstdCompressionParameters, ZstdCompressor

from kairos_tui.journal.container.block_body import Row, pack_body
from kairos_tui.journal.container.block_head import (
    SEGMENT_MAGIC,
    BlockHead,
    BlockKind,
    Mark,
    pack_head,
)
from kairos_tui.journal.container.header import FORMAT, Header, pack_header
from kairos_tui.journal.container.segment_index import (
    MOST_GROUPS,
    IndexBuilder,
    Trailer,
    pack_index,
    pack_trailer,
)

if TYPE_CHECKING:
    from zstandard import ZstdCompressionObj  # no name at run time

_ZSTD = {
    "window_log": 20,
    "hash_log": 17,
    "chain_log": 16,
    "search_log": 4,
    "min_match": 5,
    "target_length": 8,
}
"""Of level 6 the size, of level 5 the time (docs/journal.md). A reader holds a window of 1 MiB."""
GROUP_BYTES = 1024 * 1024
GROUP_NS = 2_000_000_000
"""What one damaged byte can cost, and what must be read to seek. Larger groups would save 5 % of depth 10."""

_GROUPS_UNINDEXED = 32


class SegmentWriter:
    """Writes at a known place, never where the file happens to end. Raises OSError; then nothing was added.

    `path` must not be there; it is there only when its header is whole.
    """

    def __init__(self, folder: int, name: str, header: Header, *, sync: bool = False) -> None:
        self.name = name
        self.entries = 0
        self.first_ns: int | None = None
        self.last_ns = 0
        self._sync = sync
        self._salt = int.from_bytes(os.urandom(8), "little")
        self._number = 0
        self._index = IndexBuilder()
        self._indexed = 0
        self._compressor = ZstdCompressor(compression_params=_parameters())
        self._group: ZstdCompressionObj | None = None
        self._group_bytes = self._group_ns = 0
        packed = pack_header(header)
        head = self._head(BlockKind.HEADER, len(packed), packed)
        opening = SEGMENT_MAGIC + FORMAT.to_bytes(4, "little") + pack_head(head) + packed
        self._file = _new_file(folder, name, opening)
        self._number = 1
        self.bytes = len(opening)

    @property
    def is_full(self) -> bool:
        """Whether it has as many groups as a reader may take soon, whatever the limits."""
        return len(self._index.rows) > MOST_GROUPS // 4

    def append(self, rows: Sequence[Row]) -> None:
        """Write them as one block. After an OSError the same rows may be given again."""
        if not os.fstat(self._file).st_nlink:
            raise FileNotFoundError(errno.ENOENT, "its file was removed")
        body = pack_body(rows)
        starts = self._group is None or bool(body.marks & Mark.BEGINS_CHECKPOINT) or self._is_group_full()
        if starts:
            self._write_index_so_far()
            self._group = self._compressor.compressobj()
            self._group_bytes, self._group_ns = 0, body.first_ns
        stored = self._compress(body.raw)
        head = self._head(BlockKind.ENTRIES, len(body.raw), stored)._replace(
            marks=body.marks | (Mark.STARTS_GROUP if starts else 0),
            channels=body.channels,
            entries=len(rows),
            first_ns=body.first_ns,
            last_ns=body.last_ns,
        )
        offset = self.bytes
        self._write(pack_head(head) + stored)
        self._number += 1
        self._group_bytes += len(body.raw)
        self._index.on_block(head, offset)
        self.entries += len(rows)
        self.last_ns = max(self.last_ns, body.last_ns)
        if self.first_ns is None:
            self.first_ns = body.first_ns

    def finish(self) -> None:
        """Write the index. Raises OSError where there is no room for it: the segment is readable without."""
        trailer = Trailer(self.bytes, self._salt, self.first_ns or 0, self.last_ns, self.entries)
        self._write(self._index_block() + pack_trailer(trailer))

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    def _write_index_so_far(self) -> None:
        """Now and then between two groups: of a segment that is never closed only what follows is scanned."""
        if len(self._index.rows) - self._indexed >= _GROUPS_UNINDEXED:
            self._write(self._index_block())
            self._indexed = len(self._index.rows)

    def _index_block(self) -> bytes:
        """It bears the number of the block that comes next, being none of the sequence, and its own place:
        where bytes were put in or taken out before it, what it says of places is wrong.
        """
        packed = self._compressor.compress(index := pack_index(self._index.rows))
        head = self._head(BlockKind.INDEX, len(index), packed)._replace(first_ns=self.bytes)
        return pack_head(head) + packed

    def _is_group_full(self) -> bool:
        return self._group_bytes >= GROUP_BYTES or self.last_ns - self._group_ns >= GROUP_NS

    def _compress(self, raw: bytes) -> bytes:
        assert self._group is not None
        return self._group.compress(raw) + self._group.flush(COMPRESSOBJ_FLUSH_BLOCK)

    def _head(self, kind: BlockKind, raw: int, stored: bytes) -> BlockHead:
        crc = crc32(stored)
        return BlockHead(kind, 0, 0, self._number, 0, 0, 0, raw, len(stored), self._salt, crc)

    def _write(self, block: bytes) -> None:
        try:
            _write_all(self._file, block, self.bytes)
            if self._sync:
                os.fdatasync(self._file)
        except OSError:
            self._group = None  # what it was told of is not in the file
            os.ftruncate(self._file, self.bytes)
            raise
        self.bytes += len(block)


def _parameters() -> ZstdCompressionParameters:
    return ZstdCompressionParameters.from_level(3, strategy=STRATEGY_LAZY, write_content_size=False, **_ZSTD)


def _write_all(file: int, block: bytes, offset: int) -> None:
    """A full disk takes a part of it, and refuses the rest by name at the next attempt."""
    left = memoryview(block)
    while left:
        taken = os.pwrite(file, left, offset)
        left, offset = left[taken:], offset + taken


def _new_file(folder: int, name: str, opening: bytes) -> int:
    """Under another name until its opening is whole: no reader meets a segment without a header."""
    unfinished = f".{name}.new"
    with suppress(FileNotFoundError):
        os.unlink(unfinished, dir_fd=folder)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    file = os.open(unfinished, flags, 0o600, dir_fd=folder)
    try:
        _write_all(file, opening, 0)
        os.rename(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        os.close(file)
        with suppress(OSError):
            os.unlink(unfinished, dir_fd=folder)
        raise
    return file
