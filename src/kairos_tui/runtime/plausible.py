"""Plausible: whether a message from outside this machine can be true. Its shape was checked by wire's codec.

Used by sources. Figures that no picture can hold would end the process that draws it.
"""

from msgspec import Struct

from kairos_tui.market import Board, FeedStatus, Fill, Markout, Quote, Signal
from kairos_tui.sinks import LARGEST_INT
from kairos_tui.wire import Body, Published

_YEAR_NS = 366 * 86_400 * 1_000_000_000
_LARGEST_FIGURE = 1e15
_LATEST_US = 4_102_444_800_000_000
"""The year 2100."""


def is_plausible(published: Published) -> bool:
    """Figures that a picture can hold, stamps near the moment of publication, wall clocks of this century."""
    body, at_ns = published.body, published.published_ns
    if not 0 <= published.ts_us <= _LATEST_US or abs(at_ns) > LARGEST_INT * 1_000 or not _is_sane(body):
        return False
    return all(abs(stamp_ns - at_ns) <= _YEAR_NS for stamp_ns in _stamps(body)) and _wall_is_sane(body)


def _is_sane(value: object) -> bool:
    """No NaN, no infinity, nothing so large that neighbours are one and the same float."""
    if isinstance(value, float):
        return abs(value) <= _LARGEST_FIGURE
    if isinstance(value, tuple):
        return all(map(_is_sane, value))
    if isinstance(value, Struct):
        return all(_is_sane(getattr(value, name)) for name in value.__struct_fields__)
    return True


def _stamps(body: Body) -> list[int]:
    stamps: list[int]
    match body:
        case Signal():
            stamps = [body.opened_ns, body.at_ns]
        case Quote():
            stamps = [body.received_ns]
        case FeedStatus():
            known = (body.since_ns, body.retry_ns, body.at_ns)
            stamps = [stamp_ns for stamp_ns in known if stamp_ns is not None]
        case Markout():
            stamps = [body.at_ns]
        case Fill():
            stamps = [body.opened_ns, body.at_ns, *(order.at_ns for order in body.orders)]
        case Board():
            signals = [signal for one in body.symbols for signal in one.open_signals]
            stamps = [body.at_ns, *(stamp_ns for signal in signals for stamp_ns in _stamps(signal))]
    return stamps


def _wall_is_sane(body: Body) -> bool:
    return not isinstance(body, Board) or 0 <= body.at_us <= _LATEST_US
