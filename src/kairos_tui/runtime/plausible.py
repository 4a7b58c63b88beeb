"""Plausible: whether a message from outside this machine can be true. Its shape was checked by wire's codec.

Used by sources. Figures that no picture can hold would end the process that draws it.
"""

from kairos_tui.market import Board, FeedStatus, Quote, Signal
from kairos_tui.sinks import LARGEST_INT, is_finite
from kairos_tui.wire import Published

_YEAR_NS = 366 * 86_400 * 1_000_000_000
_LATEST_US = 4_102_444_800_000_000
"""The year 2100."""


def is_plausible(published: Published) -> bool:
    """Every figure is finite, every stamp near the moment of publication, wall clocks of this century."""
    body, at_ns = published.body, published.published_ns
    if not 0 <= published.ts_us <= _LATEST_US or abs(at_ns) > LARGEST_INT * 1_000 or not is_finite(body):
        return False
    return all(abs(stamp_ns - at_ns) <= _YEAR_NS for stamp_ns in _stamps(body)) and _wall_is_sane(body)


def _stamps(body: Signal | Quote | FeedStatus | Board) -> list[int]:
    match body:
        case Signal():
            return [body.opened_ns, body.at_ns]
        case Quote():
            return [body.received_ns]
        case FeedStatus():
            return [body.since_ns, *([] if body.retry_ns is None else [body.retry_ns])]
        case Board():
            signals = [signal for one in body.symbols for signal in one.open_signals]
            return [body.at_ns, *(stamp_ns for signal in signals for stamp_ns in _stamps(signal))]


def _wall_is_sane(body: Signal | Quote | FeedStatus | Board) -> bool:
    return not isinstance(body, Board) or 0 <= body.at_us <= _LATEST_US
