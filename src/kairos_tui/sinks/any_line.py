"""AnyLine: every line that a stream carries, as one type. A new line of its own module joins the others here.

Before it: lines, fill_line, markout_line. After it: line_reader, line_schema, backlogs, the mirror.
"""

from kairos_tui.sinks.fill_line import FillLine
from kairos_tui.sinks.lines import (
    ByeLine,
    GapLine,
    HeartbeatLine,
    HelloLine,
    QuoteLine,
    SignalLine,
    VenueLine,
)
from kairos_tui.sinks.markout_line import MarkoutLine

AnyLine = (
    HelloLine
    | SignalLine
    | QuoteLine
    | VenueLine
    | GapLine
    | HeartbeatLine
    | ByeLine
    | FillLine
    | MarkoutLine
)
