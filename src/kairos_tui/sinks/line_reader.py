"""Line reader: bytes that claim to be one of our lines -> the line. Strict: what is told on was checked.

Before it: from_redis. After it: whoever shows lines that another Kairos made.
"""

import msgspec

from kairos_tui.sinks.any_line import AnyLine

LONGEST_LINE = 256 * 1024
_decoder: msgspec.json.Decoder[AnyLine] = msgspec.json.Decoder(AnyLine)


def read_line(body: bytes) -> AnyLine | None:
    """None for what is no line of ours: too long, not plain ASCII on one line, not JSON, or other fields.

    Fields that a newer Kairos added are left alone.
    """
    if len(body) > LONGEST_LINE or not body.isascii() or not body.decode("ascii").isprintable():
        return None
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
