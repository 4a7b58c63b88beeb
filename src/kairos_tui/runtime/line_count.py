"""LineCount: which lines of each run came out of a stream, so that those that did not are known.

Before it: sinks' from_redis. After it: sources and tap.
"""

from kairos_tui.sinks import Entry, HelloLine
from kairos_tui.wire import Numbering


class LineCount:
    """Counts by `run` and `seq`, as the stream's writer numbered its lines.

    Not by the wire's numbers: a sink that wants only openings leaves holes in those by design.
    """

    def __init__(self, *, from_one: bool = False) -> None:
        self._numbering: Numbering[str] = Numbering(from_one=from_one)

    def take(self, entry: Entry) -> int | None:
        """How many lines are missing just before this one. None: it is not to be told (again)."""
        run, seq = entry.line.run, entry.line.seq
        if entry.again and self._numbering.knows(run, seq):
            return None
        if isinstance(entry.line, HelloLine) and self._numbering.knows(run, seq):
            self._numbering.restart(run)  # its sink's process was started again
        missed = self._numbering.missed_before(run, seq)
        if entry.past:
            return None
        # Whoever came before the first line of a run was there for all of it.
        self._numbering.from_one = True
        return missed
