"""Recording: a folder of segments, or one of them -> entries in the order of time, from anywhere on.

Before it: series, merging. After it: replay, report, export. Opens no socket; memory stays bounded.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from kairos_tui.errors import RecordingRefused
from kairos_tui.journal.container.entry import Channel, Entry, unpack_loss
from kairos_tui.journal.container.folder import segments_in
from kairos_tui.journal.container.header import Header
from kairos_tui.journal.container.merging import merge
from kairos_tui.journal.container.series import ALL_CHANNELS, Damage, Groups, Part, Series, read_part

MOST_SEGMENTS = 10_000


class Recording:
    """One run of a recording: its newest, or the one asked for. `Recording.open` makes it.

    `headers` are those of its segments, by engine and number; `runs` all run ids in the folder, oldest first.
    `bytes` is what the run takes on disk. `damaged` grows while damaged blocks are met.
    """

    def __init__(
        self, shown: str, parts: list[Part], damage: Damage, groups: Groups, run: str | None
    ) -> None:
        started = {part.header.run: part.header.started_us for part in reversed(parts)}
        self.runs = tuple(sorted(started, key=lambda each: (started[each], each)))
        chosen = self.runs[-1] if run is None else run
        if chosen not in started:
            raise RecordingRefused(f"{shown}: holds no run {chosen!r}, but {', '.join(self.runs[-5:])}")
        mine = [part for part in parts if part.header.run == chosen]
        self.path = shown
        self.headers = tuple(part.header for part in mine)
        self.bytes = sum(part.bytes for part in mine)
        self._damage = damage
        self._series = [
            Series([part for part in mine if part.header.engine == engine], damage, groups)
            for engine in sorted({part.header.engine for part in mine})
        ]
        spans = [series.span for series in self._series if series.span is not None] or [mine[0].span]
        self.from_ns = min(span.first_ns for span in spans)
        self.to_ns = max(span.last_ns for span in spans)

    @staticmethod
    def open(path: str | os.PathLike[str], run: str | None = None) -> "Recording":
        """Raises RecordingRefused with one line: what is wrong with what is there."""
        shown = os.fspath(path)
        damage, groups = Damage(), Groups()
        try:
            kind = os.lstat(shown).st_mode
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise RecordingRefused(f"{shown}: cannot be read: {reason}") from error
        parts = _parts_in(shown, damage, groups) if stat.S_ISDIR(kind) else [read_part(shown, damage, groups)]
        return Recording(shown, parts, damage, groups, run)

    @property
    def header(self) -> Header:
        """The first segment's: what all engines have in common."""
        return self.headers[0]

    @property
    def lost(self) -> int:
        """Entries that found no room while recording: counted in the recording itself."""
        blocks = chain.from_iterable(series.with_any(1 << Channel.LOST) for series in self._series)
        losses = [unpack_loss(entry.body) for block in blocks for entry in block]
        return sum(loss.count for loss in losses if loss is not None)

    @property
    def damaged(self) -> int:
        """Blocks met so far that could not be read; each was skipped with those that lean on it."""
        return self._damage.blocks

    def entries(
        self, from_ns: int | None = None, channels: Iterable[Channel] | None = None
    ) -> Iterator[Entry]:
        """From the first entry at or after `from_ns`. What one engine put stays in the order it put it."""
        mask = ALL_CHANNELS if channels is None else sum(1 << channel for channel in set(channels))
        return merge([series.blocks(from_ns, mask) for series in self._series])

    def checkpoint_before(self, at_ns: int) -> int:
        """From where to read, so that by `at_ns` every slot of every engine is as it was."""
        begins = [series.checkpoint_before(at_ns) for series in self._series]
        return min([self.from_ns if begin is None else begin for begin in begins])


def _parts_in(shown: str, damage: Damage, groups: Groups) -> list[Part]:
    try:
        folder = os.open(shown, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            names = segments_in(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise RecordingRefused(f"{shown}: cannot be read: {error.strerror}") from error
    if not names:
        raise RecordingRefused(f"{shown}: holds no recording: no segment (*.kzs) is in it")
    if len(names) > MOST_SEGMENTS:
        raise RecordingRefused(f"{shown}: has {len(names)} segments; {MOST_SEGMENTS} are read at most")
    parts, refused = [], []
    for _, _, name in names:
        try:
            parts.append(read_part(str(Path(shown) / name), damage, groups))
        except RecordingRefused as error:
            damage.on_blocks(name, 0, 1)
            refused.append(error)
    if not parts:
        raise refused[0]
    return parts
