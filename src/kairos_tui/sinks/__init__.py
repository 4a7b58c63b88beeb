"""sinks: what the engine published -> the outside. JSON lines for programs, plain lines for people.

out_stream says what our own stdout is told through: lines -> line_maker, line_text -> line_stream;
plain_text -> plain_stream; both write through a lane. line_schema publishes what every JSON line obeys.
seam says what a sink is: urls (schemes, sink_url) opens what `--sink` names, backlog holds what waits for it,
courier (breaker, tokens, mood_notes) delivers: to_file, to_webhook, to_command, to_redis, or a third party's.
"""

from kairos_tui.sinks.backlog import Backlog
from kairos_tui.sinks.courier import Courier
from kairos_tui.sinks.lane import LaneState
from kairos_tui.sinks.line_schema import line_types, schema
from kairos_tui.sinks.line_stream import LineStream
from kairos_tui.sinks.lines import FeeShown
from kairos_tui.sinks.out_stream import OutStream
from kairos_tui.sinks.plain_stream import PlainStream
from kairos_tui.sinks.seam import Pace, Paced, ShowsBoards, Sink, Told
from kairos_tui.sinks.sink_url import SinkUrl, without_secrets
from kairos_tui.sinks.urls import check_url, open_sink, read_url

__all__ = [
    "Backlog",
    "Courier",
    "FeeShown",
    "LaneState",
    "LineStream",
    "OutStream",
    "Pace",
    "Paced",
    "PlainStream",
    "ShowsBoards",
    "Sink",
    "SinkUrl",
    "Told",
    "check_url",
    "line_types",
    "open_sink",
    "read_url",
    "schema",
    "without_secrets",
]
