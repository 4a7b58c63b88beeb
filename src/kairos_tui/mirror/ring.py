"""Ring: the last lines, so that a listener who was cut off goes on where it stopped.

Before it: intake. After it: events. Numbers ascend; a number that never came is a hole that is named.
"""

from collections import deque
from collections.abc import Callable
from itertools import islice

from kairos_tui.mirror.seam import Line

Gap = Callable[[int, int, str], bytes]
"""Makes a gap line of first number, last number, reason."""

TOO_LONG_AGO = "too long ago to be resumed"
MIRROR_BEHIND = "the mirror was behind"


class Ring:
    """Bounded; what is too old is forgotten."""

    def __init__(self, gap: Gap, *, most: int = 10_000) -> None:
        self._gap = gap
        self._lines: deque[Line] = deque(maxlen=most)
        self.last_seq = 1  # the hello of those who are there from the start

    def put(self, line: Line) -> None:
        """The next line."""
        if line.seq > self.last_seq + 1:
            # The hole's last number is the gap line's own.
            body = self._gap(self.last_seq + 1, line.seq - 1, MIRROR_BEHIND)
            self._lines.append(Line(line.seq - 1, "gap", body))
        self._lines.append(line)
        self.last_seq = line.seq

    def after(self, seq: int, most: int) -> list[Line]:
        """Up to `most` lines that follow number `seq`; a gap line first when some of them are forgotten."""
        lines = self._lines
        if not lines or seq >= self.last_seq:
            return []
        first = lines[0].seq
        if seq < first - 1:
            gap = Line(first - 1, "gap", self._gap(seq + 1, first - 1, TOO_LONG_AGO))
            return [gap, *islice(lines, most - 1)]
        # Numbers have holes only where a gap line stands, so the place is near their distance from the end.
        back = 0
        for line in reversed(lines):
            if line.seq <= seq:
                break
            back += 1
        return list(islice(lines, len(lines) - back, len(lines) - back + most))
