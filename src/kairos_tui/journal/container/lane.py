"""Lane: what the engine puts waits here, bounded, until the recorder's thread takes it. It counts losses.

Before it: the engine's thread, alone. After it: the recorder's thread, alone. No lock: each side has its own
count, and a deque's ends belong to one side each.
"""

from collections import deque

from kairos_tui.journal.container.block_body import Row
from kairos_tui.journal.container.entry import BEGIN, END, MOST_BODY_BYTES, Channel, Loss, pack_loss

_ROW_BYTES = 128
"""What an entry takes in memory beside its body."""
_MOST_TAKEN = 4_096


class Lane:
    """Once full it takes nothing until half of it is gone: one hole is told once, and can be recorded after.

    `lost` counts entries, `begun` the checkpoints that were let in. `has_hole` until a checkpoint after it.
    """

    def __init__(self, most_bytes: int) -> None:
        self.lost = 0
        self.begun = 0
        self.has_hole = False
        self._most_bytes = most_bytes
        self._rows: deque[Row] = deque()
        self._put_bytes = self._taken_bytes = 0
        self._is_full = False
        self._lost_of: dict[int, int] = {}
        self._lost_bytes = self._since_ns = self._until_ns = 0

    @property
    def waiting_bytes(self) -> int:
        """Bodies and what holds them."""
        return self._put_bytes - self._taken_bytes

    def put(self, channel: int, at_ns: int, body: bytes) -> None:
        """Take it or count it."""
        size = len(body) + _ROW_BYTES
        if self._is_full or size + self._put_bytes - self._taken_bytes > self._most_bytes:
            self._is_full = self.waiting_bytes > self._most_bytes // 2
            if self._is_full or size > self._most_bytes:
                self._lose(channel, at_ns, body)
                return
        if size > MOST_BODY_BYTES:
            self._lose(channel, at_ns, body)
            return
        if self._lost_of:
            self._tell_loss()
        if channel == Channel.CHECKPOINT and body == BEGIN:
            self.begun += 1
            self.has_hole = False
        self._rows.append((at_ns, channel, body))
        self._put_bytes += size

    def tell_loss(self) -> None:
        """What was refused last, when nothing more will be put."""
        if self._lost_of:
            self._tell_loss()

    def take(self, most_bytes: int) -> list[Row]:
        """From the front: up to `most_bytes` of bodies, the last in full. A checkpoint begins and ends it."""
        rows, size = self._rows, 0
        taken: list[Row] = []
        while rows and size < most_bytes and len(taken) < _MOST_TAKEN:
            row = rows[0]
            if taken and row[1] == Channel.CHECKPOINT and row[2] == BEGIN:
                break
            taken.append(rows.popleft())
            size += len(row[2])
            if row[1] == Channel.CHECKPOINT and row[2] == END:
                break
        self._taken_bytes += size + _ROW_BYTES * len(taken)
        return taken

    def _lose(self, channel: int, at_ns: int, body: bytes) -> None:
        if not self._lost_of:
            self._since_ns = at_ns
        self.lost += 1
        self._lost_of[int(channel)] = self._lost_of.get(int(channel), 0) + 1
        self._lost_bytes += len(body)
        self._until_ns = at_ns

    def _tell_loss(self) -> None:
        loss = pack_loss(Loss(self._since_ns, self._until_ns, self._lost_of, self._lost_bytes))
        self._rows.append((self._until_ns, Channel.LOST, loss))
        self._put_bytes += len(loss) + _ROW_BYTES
        self._lost_of = {}
        self._lost_bytes = 0
        self.has_hole = True
