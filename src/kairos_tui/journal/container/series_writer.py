"""SeriesWriter: one engine's segments in a folder, one after the other; rotation, retention, and a sick disk.

Before it: the recorder's thread. After it: segment_writer, folder.
"""

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal.container.block_body import Row
from kairos_tui.journal.container.entry import BEGIN, Channel
from kairos_tui.journal.container.folder import lock_series, next_number, open_folder, prune, segment_name
from kairos_tui.journal.container.header import Header
from kairos_tui.journal.container.limits import MIB, Limits
from kairos_tui.journal.container.segment_writer import SegmentWriter

BLOCK_BYTES = 64 * 1024
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FAILURES = 3
"""After so many in a row the file itself may be what is wrong: the next attempt is at a new one."""
_OVERDUE = 2
"""A segment that is so many times too large is ended without waiting for a checkpoint."""


class SeriesWriter:
    """`bytes` and `entries` are what this start has written; `trouble` is why nothing is written now.

    `begun` counts the checkpoints written. Raises RecordingRefused when made, and never after.
    """

    def __init__(self, path: Path, header: Header, limits: Limits) -> None:
        self.begun = 0
        self.trouble: str | None = None
        self.is_checkpoint_due = True
        self._header, self._limits = header, limits
        self._folder = open_folder(path)
        self._failures = self._closed_bytes = self._closed_entries = 0
        self._checkpoint_ns: int | None = None
        self._checkpoint_at = 0
        try:
            self._lock = lock_series(self._folder, path, header)
            self._check_floor()
            self._number = next_number(self._folder, header.engine)
            self._segment: SegmentWriter | None = self._open_next()
        except OSError as error:
            os.close(self._folder)
            raise RecordingRefused(f"{path}: cannot record there: {_reason(error)}") from error
        except RecordingRefused:
            os.close(self._folder)
            raise

    @property
    def bytes(self) -> int:
        """Of all segments of this start."""
        return self._closed_bytes + (self._segment.bytes if self._segment else 0)

    @property
    def entries(self) -> int:
        """Of all segments of this start."""
        return self._closed_entries + (self._segment.entries if self._segment else 0)

    def write(self, rows: Sequence[Row]) -> bool:
        """Write them as one block. False: the disk took nothing of them; give the same again later."""
        begins = rows[0][1] == Channel.CHECKPOINT and rows[0][2] == BEGIN
        try:
            segment = self._segment_for(begins=begins)
            self._check_floor()
            at = segment.bytes
            segment.append(rows)
        except RecordingRefused as error:
            self.trouble = str(error)
            return False
        except OSError as error:
            self._on_failure(error)
            return False
        if begins:
            self._checkpoint_ns, self._checkpoint_at = rows[0][0], at
        self._on_written(segment)
        self.begun += begins  # last: until then the recorder asks for no other
        return True

    def close(self) -> None:
        """End the segment and let others record."""
        self._end_segment()
        os.close(self._lock)
        os.close(self._folder)

    def _segment_for(self, *, begins: bool) -> SegmentWriter:
        most = 1 if begins else _OVERDUE
        if self._segment is not None and self._is_full(self._segment, most):
            self._end_segment()
        if self._segment is None:
            self._segment = self._open_next()
        return self._segment

    def _is_full(self, segment: SegmentWriter, times: int) -> bool:
        limits = self._limits
        span_ns = segment.last_ns - segment.first_ns if segment.first_ns is not None else 0
        most_bytes, most_ns = limits.segment_bytes * times, limits.segment_s * 1_000_000_000 * times
        return segment.bytes >= most_bytes or span_ns >= most_ns or segment.is_full

    def _open_next(self) -> SegmentWriter:
        name = segment_name(self._header.engine, self._number)
        segment = SegmentWriter(self._folder, name, self._header, sync=self._limits.sync)
        self._number += 1
        self._checkpoint_ns = None
        limits = self._limits
        share = -(-limits.keep_bytes // max(1, self._header.engines))
        with suppress(OSError):  # another time
            prune(self._folder, self._header.engine, name, keep_bytes=share, keep_s=limits.keep_s)
        return segment

    def _end_segment(self) -> None:
        segment, self._segment = self._segment, None
        if segment is None:
            return
        with suppress(OSError):  # it is readable without its index
            segment.finish()
        self._closed_bytes += segment.bytes
        self._closed_entries += segment.entries
        segment.close()

    def _check_floor(self) -> None:
        disk = os.fstatvfs(self._folder)
        free = disk.f_bavail * disk.f_frsize
        if free < self._limits.free_floor_bytes:
            floor = self._limits.free_floor_bytes // MIB
            raise RecordingRefused(
                f"less than {floor} MB of disk are free: nothing is recorded until there are"
            )

    def _on_written(self, segment: SegmentWriter) -> None:
        self.trouble = None
        self._failures = 0
        self.is_checkpoint_due = self._is_overdue(segment) or self._is_full(segment, 1)

    def _is_overdue(self, segment: SegmentWriter) -> bool:
        if self._checkpoint_ns is None:
            return True
        limits, since_s = self._limits, (segment.last_ns - self._checkpoint_ns) / 1e9
        is_much = segment.bytes - self._checkpoint_at >= limits.checkpoint_bytes
        return since_s >= (limits.checkpoint_least_s if is_much else limits.checkpoint_s)

    def _on_failure(self, error: OSError) -> None:
        self.trouble = f"nothing is recorded: {_reason(error)}"
        self._failures += 1
        if self._failures >= _FAILURES and error.errno not in _NO_SPACE:
            self._end_segment()


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
