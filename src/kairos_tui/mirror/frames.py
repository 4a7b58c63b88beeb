"""Frames: a Socket.IO event -> the bytes of one WebSocket message, made once for every client.

Before it: scene's JSON. After it: a viewer's transport. RFC 6455: a text frame, whole, not masked.
"""

GOING_AWAY = 1001
POLICY = 1008
"""Close codes: the server ends; the client broke a rule."""

_TEXT = 0x81
_CLOSE = 0x88
_EVENT = b'42["%s",%s]'
"""Engine.IO 4 (message), Socket.IO 2 (event), the name, its one argument."""


def event_frame(name: str, payload: bytes) -> bytes:
    """`payload` is JSON in UTF-8."""
    body = _EVENT % (name.encode(), payload)
    size = len(body)
    if size < 126:
        head = bytes((_TEXT, size))
    elif size < 1 << 16:
        head = bytes((_TEXT, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((_TEXT, 127)) + size.to_bytes(8, "big")
    return head + body


def close_frame(code: int, why: str) -> bytes:
    """The end of the conversation, and its reason in at most 123 bytes."""
    body = code.to_bytes(2, "big") + why.encode()[:123]
    return bytes((_CLOSE, len(body))) + body
