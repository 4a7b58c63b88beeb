"""Recorder: what an engine puts -> segments on disk, by a thread of its own. The engine never waits for it.

Before it: the engine's process. After it: lane, series_writer. A disk that is full or gone costs entries,
which are counted in the file itself, and nothing else.
"""

import threading
from pathlib import Path

from kairos_tui.journal.container.block_body import Row
from kairos_tui.journal.container.entry import Channel
from kairos_tui.journal.container.header import Header
from kairos_tui.journal.container.lane import Lane
from kairos_tui.journal.container.limits import Limits
from kairos_tui.journal.container.series_writer import BLOCK_BYTES, SeriesWriter
from kairos_tui.market import RecordingView

_PAUSE_S = 0.015
"""What is put is in the file after two of them at the most: a killed process loses no more."""
_MOST_REST = 3
"""Small blocks in one turn: what is before a checkpoint, in it, and after it."""
_TURNS_IN_TROUBLE = 12
"""Between two attempts at a disk that takes nothing."""


class Recorder:
    """One engine's segments in a recording's folder. Raises RecordingRefused where nothing can be recorded.

    `put` from one thread only. A process that is killed loses what it put in the last 30 ms.
    """

    def __init__(self, folder: Path, header: Header, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._path = folder
        self._series = SeriesWriter(folder, header, self._limits)
        self._lane = Lane(self._limits.lane_bytes)
        self._stopping = threading.Event()
        self._rests = 0
        self._has_waited = False
        self._held: list[Row] = []
        self._given_up = 0
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def put(self, channel: Channel, at_ns: int, body: bytes) -> None:
        """Never waits and never raises; what finds no room is counted, and written as LOST later."""
        self._lane.put(channel, at_ns, body)

    @property
    def wants_checkpoint(self) -> bool:
        """Whether a checkpoint should be put now: a segment begins or is full, the last is long ago, or
        something was lost. All entries of a checkpoint should bear the instant of its beginning.
        """
        lane, series = self._lane, self._series
        return lane.has_hole or (lane.begun == series.begun and series.is_checkpoint_due)

    @property
    def view(self) -> RecordingView:
        """How much this start has added, and what ails it."""
        series = self._series
        lost, trouble = self._lane.lost + self._given_up, series.trouble
        if not self._thread.is_alive() and not self._stopping.is_set():
            trouble = "nothing is recorded: the thread that writes has ended"
        return RecordingView(str(self._path), series.bytes, series.entries, lost, trouble)

    def close(self, deadline_s: float) -> None:
        """Write what waits and the index. What the disk has not taken by then is given up."""
        self._stopping.set()
        self._thread.join(deadline_s)

    def _run(self) -> None:
        while not self._stopping.wait(_PAUSE_S):
            self._turn()
        self._lane.tell_loss()
        while self._has_rows() and self._write():
            pass
        while rows := self._held or self._lane.take(BLOCK_BYTES):
            self._given_up += len(rows)
            self._held = []
        self._series.close()

    def _turn(self) -> None:
        if self._rests:
            self._rests -= 1
            return
        lane = self._lane
        while lane.waiting_bytes >= BLOCK_BYTES:
            if not self._write():
                return
        for _ in range(_MOST_REST if self._has_waited else 0):
            if self._has_rows() and not self._write():
                return
        self._has_waited = self._has_rows()

    def _has_rows(self) -> bool:
        return bool(self._held) or self._lane.waiting_bytes > 0

    def _write(self) -> bool:
        """What the disk refused is offered again as it was, before anything else."""
        rows = self._held or self._lane.take(BLOCK_BYTES)
        if self._series.write(rows):
            self._held = []
            return True
        self._held, self._rests = rows, _TURNS_IN_TROUBLE
        return False
