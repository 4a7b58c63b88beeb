"""Line latency: a signal's trace -> the fields of its line that say where the time went, in whole us.

Before it: market's LatencyTrace. After it: line_maker.
"""

from typing import Any

from kairos_tui.market import LatencyTrace
from kairos_tui.sinks.line_text import within


def latency_fields(trace: LatencyTrace, published_ns: int) -> dict[str, Any]:
    """By name. The stages sum to `tick_to_signal_us` to the microsecond: each is a difference of whole ones.

    What nobody stamped took nothing: its time is in the next stage.
    """
    whole_us = _us_between(trace.received_ns, published_ns)
    fields: dict[str, Any] = {}
    passed_us = 0
    for stage, end_ns in trace.ends[:-2]:
        until_us = _us_between(trace.received_ns, end_ns) if end_ns else 0
        until_us = min(max(passed_us, until_us), whole_us)
        fields[f"{stage}_us"], passed_us = until_us - passed_us, until_us
    return fields | {
        "publish_us": whole_us - passed_us,
        "tick_to_signal_us": whole_us,
        "wire_us": _us_between(trace.received_ns, trace.arrived_ns),
        "engine_us": _us_between(trace.arrived_ns, trace.decided_ns),
    }


def _us_between(earlier_ns: int, later_ns: int) -> int:
    return within((later_ns - earlier_ns) // 1000)
