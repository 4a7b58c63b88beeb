"""Frames: WebSocket bytes made by hand (RFC 6455, server side), so one encoding serves every reader
and a fault script can put a close in the same segment as a message. After it: sessions, faults."""

from struct import pack

TEXT, BINARY, CLOSE = 0x1, 0x2, 0x8


def frame(opcode: int, payload: bytes) -> bytes:
    """One final, unmasked frame."""
    size, first = len(payload), 0x80 | opcode
    if size < 126:
        return pack("!BB", first, size) + payload
    if size < 65_536:
        return pack("!BBH", first, 126, size) + payload
    return pack("!BBQ", first, 127, size) + payload


def close_frame(code: int) -> bytes:
    return frame(CLOSE, pack("!H", code))
