"""GroupReader: one group of a segment -> its entries, in order. One that is not right ends its group.

Before it: segment_file. After it: Series. The blocks of a group lean on each other, so none is skipped.
"""

from collections.abc import Iterator
from io import BytesIO

from zstandard import ZstdDecompressionReader, ZstdDecompressor, ZstdError

from kairos_tui.journal.container.block_body import unpack_body
from kairos_tui.journal.container.block_head import HEAD_BYTES, BlockHead, BlockKind, Mark
from kairos_tui.journal.container.entry import Entry
from kairos_tui.journal.container.segment_file import MOST_WINDOW_BYTES, SegmentFile
from kairos_tui.journal.container.segment_index import GroupRow


class _Stored(BytesIO):
    """Bytes for the decompressor, a block at a time: to ask for more is to be told there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = b""

    def read(self, size: int | None = -1) -> bytes:
        given, self.waiting = self.waiting, b""
        return given


class GroupReader:
    """The group ends before the byte `end`; the next begins with block `after`, None when it is the last.

    `damaged` after reading: (first block's number, count).
    """

    def __init__(self, segment: SegmentFile, row: GroupRow, end: int, after: int | None) -> None:
        self.damaged: tuple[int, int] | None = None
        self.row = row
        self._segment, self._end, self._after = segment, end, after
        self._source = _Stored()

    def blocks(self, channels: int) -> Iterator[list[Entry]]:
        """The entries of each block that has any of `channels`, a bit each; no other entries."""
        offset, number = self.row.offset, self.row.number
        stream = ZstdDecompressor(max_window_size=MOST_WINDOW_BYTES).stream_reader(self._source)
        while offset < self._end:
            head = self._segment.head_at(offset)
            if head is not None and head.kind == BlockKind.INDEX and head.number == number:
                break  # it stands between two groups
            raw = self._raw_of(head, offset, number, stream) if head is not None else None
            if head is None or raw is None:
                self._on_damage(offset, number)
                return
            if head.channels & channels:
                entries = unpack_body(head, raw)
                if entries is None:
                    self._on_damage(offset, number)
                    return
                is_all = not head.channels & ~channels
                yield entries if is_all else [each for each in entries if channels >> each.channel & 1]
            offset, number = offset + HEAD_BYTES + head.stored, number + 1
        if self._after is not None and number < self._after:
            self.damaged = (number, self._after - number)

    def _raw_of(
        self, head: BlockHead, offset: int, number: int, stream: ZstdDecompressionReader
    ) -> bytes | None:
        """The block's bytes, as many as its head says, or None where it is not the one expected."""
        starts = bool(head.marks & Mark.STARTS_GROUP)
        if head.kind != BlockKind.ENTRIES or head.number != number or starts != (number == self.row.number):
            return None
        stored = self._segment.stored_at(offset, head)
        if stored is None:
            return None
        self._source.waiting = stored
        try:
            raw = stream.read(head.raw)
        except ZstdError:
            return None
        return raw if len(raw) == head.raw else None

    def _on_damage(self, offset: int, number: int) -> None:
        """All to the group's end are lost: up to the next one's number, or the last whose head is found."""
        if self._after is not None:
            self.damaged = (number, max(1, self._after - number))
            return
        last, at = number, self._segment.next_head(offset, self._end)
        while at is not None:
            head = self._segment.head_at(at)
            assert head is not None
            if head.kind == BlockKind.ENTRIES:
                last = max(last, min(head.number, last + self._end - offset))
            at = self._segment.next_head(at + HEAD_BYTES + head.stored, self._end)
        self.damaged = (number, last - number + 1)
