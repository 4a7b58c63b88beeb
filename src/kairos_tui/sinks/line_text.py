"""Line text: a line -> one line of ASCII JSON. What a terminal could act on is escaped, whoever wrote it.

Before it: line_maker. After it: the lane's writer.
"""

import json
import time
from functools import lru_cache
from math import isfinite

import msgspec

from kairos_tui.sinks.lines import LARGEST_INT, Line

_encoder = msgspec.json.Encoder()
_DELETE = b"\x7f"


def encode(line: Line) -> bytes:
    """One object and a newline: ASCII only, so no control, bidi or zero-width character survives raw."""
    try:
        text = _encoder.encode(line)
    except UnicodeEncodeError:  # a lone surrogate
        return _encode_by_hand(line)
    if text.isascii() and _DELETE not in text:
        return text + b"\n"
    return _encode_by_hand(line)


def _encode_by_hand(line: Line) -> bytes:
    fields = {"type": line.__struct_config__.tag} | {
        name: msgspec.to_builtins(getattr(line, name)) for name in line.__struct_fields__
    }
    return json.dumps(fields, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def is_finite(value: object) -> bool:
    """Whether no NaN and no infinity is anywhere in a line."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, tuple):
        return all(map(is_finite, value))
    if isinstance(value, msgspec.Struct):
        return all(is_finite(getattr(value, name)) for name in value.__struct_fields__)
    return True


def within(number: int) -> int:
    """A stamp or duration brought within what every reader can hold."""
    return min(max(number, 0), LARGEST_INT)


def iso_of(ts_us: int) -> str:
    """Epoch us -> `2026-11-22T10:12:31.123456Z`."""
    seconds, micros = divmod(ts_us, 1_000_000)
    return f"{_to_the_second(seconds)}.{micros:06d}Z"


@lru_cache(maxsize=4)
def _to_the_second(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
