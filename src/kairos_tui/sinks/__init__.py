"""sinks: what the engine published -> the outside. JSON lines for programs, plain lines for people.

out_stream says what our own stdout is told through: lines -> line_maker, line_text -> line_stream;
plain_text -> plain_stream; both write through a lane. line_schema publishes what every JSON line obeys.
seam says what a sink is that `--sink` names.
"""

from kairos_tui.sinks.lane import LaneState
from kairos_tui.sinks.line_schema import line_types, schema
from kairos_tui.sinks.line_stream import LineStream
from kairos_tui.sinks.lines import FeeShown
from kairos_tui.sinks.out_stream import OutStream
from kairos_tui.sinks.plain_stream import PlainStream
from kairos_tui.sinks.seam import ShowsBoards, Sink, Told

__all__ = [
    "FeeShown",
    "LaneState",
    "LineStream",
    "OutStream",
    "PlainStream",
    "ShowsBoards",
    "Sink",
    "Told",
    "line_types",
    "schema",
]
