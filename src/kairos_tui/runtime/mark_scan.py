"""MarkScan: where in a recording signals opened, found bit by bit while there is nothing else to do.

Before it: what the recording's engines published. After it: the marks of a scrub bar.
"""

from collections.abc import Iterator
from typing import Final

from kairos_tui.errors import WireRefused
from kairos_tui.journal import Channel, Entry, Recording
from kairos_tui.market import Signal
from kairos_tui.runtime.recorded_span import RecordedSpan
from kairos_tui.wire import Topic, unpack_message

CELLS: Final = 400
"""So many places are told apart: more than a scrub bar has columns."""
_SIGNAL: Final = Topic.SIGNAL.value.encode()


class MarkScan:
    """`marks` grows from the beginning on, epoch us, one for each place where something opened."""

    def __init__(self, recording: Recording, span: RecordedSpan, from_ns: int, to_ns: int) -> None:
        self.marks: tuple[int, ...] = ()
        self.done = False
        self._span, self._from_ns, self._to_ns = span, from_ns, to_ns
        self._entries: Iterator[Entry] = recording.entries(from_ns=from_ns, channels=(Channel.OUTPUT,))
        self._place = -1

    def go_on(self, most: int) -> None:
        """Look at up to `most` publications more."""
        found = []
        for _ in range(most):
            entry = next(self._entries, None)
            if entry is None or entry.at_ns > self._to_ns:
                self.done = True
                break
            place = (entry.at_ns - self._from_ns) * CELLS // max(1, self._to_ns - self._from_ns)
            # Only the first of a place is unpacked.
            if place != self._place and entry.body.startswith(_SIGNAL) and _opens(entry.body):
                self._place = place
                found.append(self._span.wall_us(entry.at_ns))
        self.marks += tuple(found)


def _opens(body: bytes) -> bool:
    try:
        said = unpack_message(body).body
    except WireRefused:
        return False
    return isinstance(said, Signal) and said.event == "open"
