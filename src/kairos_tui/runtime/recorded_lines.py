"""Recorded lines: a recording told as the JSON lines that its run could have printed, and its ticks.

Before it: told_lines. After it: journal's readers of lines, export. Reads only what it is asked for.
"""

from collections.abc import Iterator
from pathlib import Path

from kairos_tui.errors import WireRefused
from kairos_tui.journal import Channel, Header, Recording
from kairos_tui.market import FeedStatus, Fill, Markout, PackedTick, Signal
from kairos_tui.runtime.frame_intake import Once
from kairos_tui.runtime.status_news import StatusNews
from kairos_tui.sinks import Stamp, encode, signal_line
from kairos_tui.sinks.fill_line import fill_line
from kairos_tui.sinks.line_maker import bye_line, hello_line, venue_line
from kairos_tui.sinks.lines import Line
from kairos_tui.sinks.markout_line import markout_line
from kairos_tui.wire import Published, count_ticks, unpack_frame, unpack_message

_UNREADABLE = "entries that cannot be read"


class RecordedLines:
    """Every run of a recording, the oldest first."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.lost: dict[str, int] = {}
        self.runs = Recording.open(path).runs

    def __iter__(self) -> Iterator[bytes]:
        self.lost.clear()
        for run in self.runs:
            recording = Recording.open(self.path, run)
            for line in self._tell(recording):
                try:
                    text = encode(line)
                except ValueError:  # figures and words that no line of ours has
                    self._count(_UNREADABLE, 1)
                    continue
                yield text.rstrip(b"\n")
            self._count("entries that found no room while recording", recording.lost)
            self._count("blocks damaged", recording.damaged)

    def ticks(self) -> Iterator[tuple[Header, PackedTick, int]]:
        """Every tick as it came, with the instant of its arrival (epoch us)."""
        for run in self.runs:
            recording = Recording.open(self.path, run)
            header = recording.header
            for tick, at_ns in self._ticks_of(recording):
                yield header, tick, header.wall_us(at_ns)

    def _ticks_of(self, recording: Recording) -> Iterator[tuple[PackedTick, int]]:
        """A book that several engines need was sent to each of them, and counts once."""
        once = Once() if _is_of_several(recording) else None
        for entry in recording.entries(channels=(Channel.FRAME,)):
            try:
                head, records = unpack_frame(entry.body, entry.at_ns)
            except WireRefused:
                self._count(_UNREADABLE, 1)
                continue
            for record in records:
                if isinstance(record, PackedTick) and (once is None or once.is_new(record, head.sender)):
                    yield record, entry.at_ns

    def _tell(self, recording: Recording) -> Iterator[Line]:
        header, seq, signals = recording.header, 1, 0
        begins_us = header.wall_us(recording.from_ns)
        yield _hello(header, Stamp(header.run, seq, begins_us, header.feed))
        news = StatusNews()
        for entry in recording.entries(channels=(Channel.OUTPUT,)):
            try:
                published = unpack_message(entry.body)
            except WireRefused:
                self._count(_UNREADABLE, 1)
                continue
            line = _line_of(published, header, seq + 1, news)
            if line is not None:
                seq += 1
                signals += isinstance(published.body, Signal)
                yield line
        if _is_of_several(recording):  # each numbers what it was sent by itself
            ticks = sum(1 for _ in self._ticks_of(recording))
        else:
            ticks = count_ticks(entry.body for entry in recording.entries(channels=(Channel.FRAME,)))
        ends = Stamp(header.run, seq + 1, header.wall_us(recording.to_ns), header.feed)
        yield bye_line(ends, ticks=ticks, signals=signals, dropped=0, reason="the recording ends")

    def _count(self, why: str, times: int) -> None:
        if times:
            self.lost[why] = self.lost.get(why, 0) + times


def _is_of_several(recording: Recording) -> bool:
    return len({header.engine for header in recording.headers}) > 1


def _hello(header: Header, stamp: Stamp) -> Line:
    return hello_line(
        stamp,
        version=header.kairos,
        symbols=header.symbols,
        venues=header.venues,
        thresholds=header.thresholds,
        fees=(),
        mood=header.mood,
        seed=header.seed,
    )


def _line_of(published: Published, header: Header, seq: int, news: StatusNews) -> Line | None:
    stamp = Stamp(header.run, seq, published.ts_us, header.feed, published.published_ns)
    line: Line | None = None
    match published.body:
        case Signal() as signal:
            line = signal_line(stamp, signal)
        case Markout() as markout:
            line = markout_line(stamp, markout)
        case Fill() as fill:
            line = fill_line(stamp, fill)
        case FeedStatus() as status if news.is_news(status):
            line = venue_line(stamp, status)
        case _:
            pass
    return line
