"""Series: the segments of one engine, one after the other -> its entries from anywhere on; what is damaged.

Before it: segment_file, group_reader. After it: Recording. One segment is open at a time.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal.container.entry import Channel, Entry
from kairos_tui.journal.container.group_reader import GroupReader
from kairos_tui.journal.container.header import Header
from kairos_tui.journal.container.segment_file import SegmentFile, Span
from kairos_tui.journal.container.segment_index import GroupRow

ALL_CHANNELS = 0xFFFF
_LOST = 1 << Channel.LOST
_MOST_KNOWN = 8
_FIRST = 1
"""Number of the first block of entries: the header's is 0."""


class Part(Struct, frozen=True):
    """A segment that was looked at: enough to know whether it is needed."""

    path: str
    header: Header
    salt: int
    bytes: int
    span: Span


class Damage:
    """Blocks that could not be read, each counted once however often it is met."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, int], int] = {}

    @property
    def blocks(self) -> int:
        """All of them."""
        return sum(self._of.values())

    def on_blocks(self, path: str, first: int, count: int) -> None:
        """`count` blocks of a segment, from the one with that number on."""
        self._of[path, first] = max(count, self._of.get((path, first), 0))


class Groups:
    """The groups of the segments last asked for, as their indexes or their heads say."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[list[GroupRow], Span]] = {}

    def of(self, path: str, segment: SegmentFile) -> tuple[list[GroupRow], Span]:
        """All of them, and what they cover."""
        known = self._known.pop(path, None) or segment.index()
        self._known[path] = known
        if len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return known


def read_part(path: str, damage: Damage, groups: Groups) -> Part:
    """Look at a segment's header and its end. Raises RecordingRefused."""
    absolute = os.path.abspath(path)  # noqa: PTH100  Path.absolute keeps '..', Path.resolve follows links
    with SegmentFile(path) as segment:
        span = segment.closed_span() or groups.of(absolute, segment)[1]
        if span.torn:
            damage.on_blocks(absolute, -1, 1)
        return Part(absolute, segment.header, segment.salt, segment.bytes, span)


class Series:
    """`parts` in the order they were written."""

    def __init__(self, parts: Sequence[Part], damage: Damage, groups: Groups) -> None:
        self._parts = parts
        self._damage = damage
        self._groups = groups

    @property
    def span(self) -> Span | None:
        """From the first entry to the latest instant, or None where nothing was put."""
        spans = [part.span for part in self._parts if part.span.entries]
        return replace(spans[0], last_ns=max(span.last_ns for span in spans)) if spans else None

    def with_any(self, channels: int) -> Iterator[list[Entry]]:
        """The entries of these channels, a bit each. Groups that have none of them are not looked at."""
        for part in self._parts:
            for group in self._groups_of(part, None):
                if group.row.channels & channels:
                    yield from group.blocks(channels)

    def blocks(self, from_ns: int | None, channels: int) -> Iterator[list[Entry]]:
        """Entries in the order they were put, from the first at or after `from_ns`; `channels` are bits."""
        for part in self._parts:
            if from_ns is not None and part.span.last_ns < from_ns:
                continue
            for group in self._groups_of(part, from_ns):
                for block in group.blocks(channels if from_ns is None else ALL_CHANNELS):
                    if from_ns is None:
                        yield block
                    elif rest := _from(block, from_ns):
                        from_ns = None
                        yield [entry for entry in rest if channels >> entry.channel & 1]
                if group.damaged is not None:
                    self._damage.on_blocks(part.path, *group.damaged)

    def checkpoint_before(self, at_ns: int) -> int | None:
        """The instant the last whole checkpoint began that had ended by then, or None."""
        for part in reversed(self._parts):
            if part.span.first_ns > at_ns or not part.span.entries:
                continue
            with suppress(RecordingRefused), _open(part) as segment:
                found = _checkpoint_in(self._groups.of(part.path, segment)[0], at_ns)
                if found is not None:
                    return found
        return None

    def _groups_of(self, part: Part, from_ns: int | None) -> Iterator[GroupReader]:
        try:
            segment = _open(part)
        except RecordingRefused:  # removed meanwhile, or replaced
            self._damage.on_blocks(part.path, 0, 1)
            return
        with segment:
            rows, span = self._groups.of(part.path, segment)
            if span.end > segment.start and (not rows or rows[0].offset > segment.start):
                rows = [_damaged_start(part, segment), *rows]
            for row, after in zip_longest(rows, rows[1:]):
                if from_ns is None or row.last_ns >= from_ns:
                    end, number = (span.end, None) if after is None else (after.offset, after.number)
                    yield GroupReader(segment, row, end, number)


def _open(part: Part) -> SegmentFile:
    segment = SegmentFile(part.path)
    if segment.salt != part.salt:
        segment.close()
        raise RecordingRefused(f"{part.path}: is another segment now")
    return segment


def _damaged_start(part: Part, segment: SegmentFile) -> GroupRow:
    """Stands for blocks before the first group that was found: reading it counts them."""
    span = part.span
    return GroupRow(segment.start, _FIRST, span.first_ns, span.last_ns, 0, 0, begins=False)


def _from(block: list[Entry], from_ns: int) -> list[Entry]:
    start = next((place for place, entry in enumerate(block) if entry.at_ns >= from_ns), len(block))
    return block[start:]


def _checkpoint_in(rows: Sequence[GroupRow], at_ns: int) -> int | None:
    """The last that had ended by then and has no hole in it."""
    ended_ns: int | None = None
    has_hole = False
    for row in reversed(rows):
        if row.ended_ns is not None:
            ended_ns, has_hole = row.ended_ns, False
        has_hole = has_hole or bool(row.channels & _LOST)
        if row.begins:
            if ended_ns is not None and ended_ns <= at_ns and not has_hole:
                return row.first_ns
            ended_ns = None
    return None
