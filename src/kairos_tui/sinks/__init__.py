"""sinks: what the engine published -> the outside. JSON lines for programs, plain lines for people.

out_stream says what our own stdout is told through: lines -> line_maker, fill_line (any_line), line_text ->
line_stream; plain_text -> plain_stream; both write through a lane; file_lane (shared_line_file) is one into
a file, a replay's steady_lane one that waits. line_schema publishes what every JSON line obeys, those of
route_line included, which viewers take along.
seam says what a sink is: urls (schemes, sink_url) opens what `--sink` names, backlog holds what waits for it,
courier (breaker, tokens, mood_notes) delivers: to_file, to_webhook, to_command, to_redis, or a third party's.
from_redis reads back what redis_sink wrote: redis_place -> redis_link, redis_cursor -> redis_reader.
"""

from kairos_tui.sinks.any_line import AnyLine
from kairos_tui.sinks.backlog import Backlog
from kairos_tui.sinks.file_lane import FileLane
from kairos_tui.sinks.fill_line import FillLine, fill_line
from kairos_tui.sinks.from_redis import check_since, open_reader, read_from
from kairos_tui.sinks.lane import Lane, LaneState
from kairos_tui.sinks.line_maker import Stamp, gap_line, signal_line
from kairos_tui.sinks.line_schema import line_types, schema
from kairos_tui.sinks.line_stream import LineStream
from kairos_tui.sinks.line_text import encode, is_finite
from kairos_tui.sinks.lines import (
    LARGEST_INT,
    FeeShown,
    GapLine,
    HelloLine,
    QuoteLine,
    SignalLine,
    VenueLine,
)
from kairos_tui.sinks.markout_line import MarkoutLine, markout_line
from kairos_tui.sinks.out_stream import OutStream
from kairos_tui.sinks.plain_stream import PlainStream
from kairos_tui.sinks.route_line import RouteLine, route_line
from kairos_tui.sinks.seam import Pace, Paced, ShowsBoards, Sink, Told
from kairos_tui.sinks.shared_line_file import SharedLineFile
from kairos_tui.sinks.sink_url import SinkUrl, without_secrets
from kairos_tui.sinks.steady_lane import SteadyLane
from kairos_tui.sinks.stream_words import BoardSeen, Entry, StreamReader
from kairos_tui.sinks.urls import check_url, open_sink, read_url

__all__ = [
    "LARGEST_INT",
    "AnyLine",
    "Backlog",
    "BoardSeen",
    "Entry",
    "FeeShown",
    "FileLane",
    "FillLine",
    "GapLine",
    "HelloLine",
    "Lane",
    "LaneState",
    "LineStream",
    "MarkoutLine",
    "OutStream",
    "Pace",
    "Paced",
    "PlainStream",
    "QuoteLine",
    "RouteLine",
    "SharedLineFile",
    "ShowsBoards",
    "SignalLine",
    "Sink",
    "SinkUrl",
    "Stamp",
    "SteadyLane",
    "StreamReader",
    "Told",
    "VenueLine",
    "check_since",
    "check_url",
    "encode",
    "fill_line",
    "gap_line",
    "is_finite",
    "line_types",
    "markout_line",
    "open_reader",
    "open_sink",
    "read_from",
    "read_url",
    "route_line",
    "schema",
    "signal_line",
    "without_secrets",
]
