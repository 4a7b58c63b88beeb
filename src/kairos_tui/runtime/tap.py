"""Tap: `kairos tap`. The lines that another Kairos put into a stream, on our stdout, with their own numbers.

Before it: sinks' from_redis. After it: a lane. What the stream no longer holds becomes a gap line.
"""

import os
import time

import msgspec

from kairos_tui.errors import CountNotMet, OutputLost, SourceUnreachable
from kairos_tui.runtime.line_count import LineCount
from kairos_tui.runtime.signals_caught import SignalsCaught
from kairos_tui.sinks import (
    BoardSeen,
    Entry,
    FillLine,
    GapLine,
    Lane,
    MarkoutLine,
    QuoteLine,
    SignalLine,
    Stamp,
    StreamReader,
    VenueLine,
    encode,
    gap_line,
    open_reader,
    read_from,
)

GONE = "not in the stream"
_MOST_QUEUED = 500
_WAIT_MS = 100
_FLUSH_WITHIN_S = 0.5
_CHOSEN = {
    SignalLine: "signal",
    VenueLine: "venue",
    QuoteLine: "quote",
    FillLine: "fill",
    MarkoutLine: "markout",
}


class TapPlan(msgspec.Struct, frozen=True):
    """What `kairos tap` was asked to do. `for_s` and `count` None = until told to stop."""

    address: str
    since: str
    emit: frozenset[str]
    connect_timeout_s: float
    for_s: float | None = None
    count: int | None = None
    quiet: bool = False


def tap(plan: TapPlan) -> int:
    """Until quit, signalled or met; returns the exit code.

    Raises SourceUnreachable, CountNotMet, OutputLost, SettingsInvalid, ExtraMissing.
    """
    place = read_from(plan.address)
    with SignalsCaught() as signals:
        reader = open_reader(place, since=plan.since, lines=True, board=False)
        role = Tap(plan, reader, place.shown)
        try:
            return role.run(signals)
        finally:
            role.close()


class Tap:
    """One run of the command."""

    def __init__(self, plan: TapPlan, reader: StreamReader, shown: str) -> None:
        self._plan = plan
        self._reader = reader
        self._shown = shown
        self._count = LineCount(from_one=plan.since == "start")
        self._lane = Lane(os.dup(1), most_waiting=_MOST_QUEUED)
        self._signals = 0
        self._is_down = False
        self._foreign = 0

    def run(self, signals: SignalsCaught) -> int:
        """Turn until there is an exit code."""
        started_ns = time.monotonic_ns()
        while (code := self._exit_code(signals, (time.monotonic_ns() - started_ns) / 1e9)) is None:
            # No more than stdout takes: the rest waits in the stream, where it is safe.
            room = self._lane.room()
            if not room:
                time.sleep(0.01)
                continue
            for item in self._reader.drain(_WAIT_MS, room):
                if not isinstance(item, BoardSeen) and not self._is_met:
                    self._tell(item)
            self._tell_people()
        return code

    def close(self) -> None:
        """Write what waits, within half a second."""
        self._reader.close()
        self._lane.close(_FLUSH_WITHIN_S)

    @property
    def _is_met(self) -> bool:
        return self._plan.count is not None and self._signals >= self._plan.count

    def _exit_code(self, signals: SignalsCaught, elapsed_s: float) -> int | None:
        if signals.caught:
            return 128 + signals.caught[0]
        if self._reader.fatal:
            raise self._reader.fatal
        if self._lane.state == "failed":
            raise OutputLost(f"stdout cannot be written: {self._lane.failure}")
        if self._is_met or self._lane.state == "closed_by_reader":
            return 0
        return self._when_over(elapsed_s)

    def _when_over(self, elapsed_s: float) -> int | None:
        plan = self._plan
        if plan.for_s is not None and elapsed_s >= plan.for_s:
            if plan.count is not None:
                raise CountNotMet(f"--for {plan.for_s:g}s was over before --count {plan.count} was met")
            return 0
        if not self._reader.reached and elapsed_s >= plan.connect_timeout_s:
            why = self._reader.trouble or "no answer"
            raise SourceUnreachable(f"{self._shown}: {why}, for {plan.connect_timeout_s:g} s")
        return None

    def _tell(self, entry: Entry) -> None:
        missed = self._count.take(entry)
        if missed is None:
            return
        line = entry.line
        # A gap line of the stream names its hole itself.
        named_from = line.from_seq if isinstance(line, GapLine) else line.seq
        first, last = line.seq - missed, min(named_from, line.seq) - 1
        if last >= first:
            stamp = Stamp(line.run, last, time.time_ns() // 1_000, line.feed)
            self._lane.put(encode(gap_line(stamp, from_seq=first, to_seq=last, reason=GONE)))
        chosen = _CHOSEN.get(type(line))
        if chosen is None or chosen in self._plan.emit:
            self._lane.put(entry.body + b"\n")
            self._signals += chosen == "signal"

    def _tell_people(self) -> None:
        reader = self._reader
        while reader.notes:
            self._say(reader.notes.pop(0))
        if bool(reader.trouble) is not self._is_down:
            self._is_down = not self._is_down
            self._say(f"down: {reader.trouble}; trying again" if self._is_down else "back")
        if reader.foreign and not self._foreign:
            self._say("an entry of the stream is no line of ours: such entries are left out")
        self._foreign = reader.foreign

    def _say(self, text: str) -> None:
        if not self._plan.quiet:
            try:
                os.write(2, f"kairos: {self._shown}: {text}\n".encode("ascii", errors="backslashreplace"))
            except OSError:
                return  # nobody is there to be told
