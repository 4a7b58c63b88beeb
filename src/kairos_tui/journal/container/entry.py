"""Entry: one thing that happened, as bytes and its instant. What the bytes mean is known in runtime.

Before it: the engine's process, or a file. After it: block_body, which packs many of them.
"""

from enum import IntEnum
from typing import NamedTuple

from msgspec import MsgspecError, Struct
from msgspec.msgpack import Decoder, Encoder

MOST_BODY_BYTES = 4 * 1024 * 1024
"""No larger body is written or read."""


class Channel(IntEnum):
    """What an entry is. A number is never given another meaning: old recordings are read for ever."""

    FRAME = 1
    """A frame of the tick hop as it came; its instant is its arrival."""
    TURN = 2
    """The engine decided: body b"\\x01" when it was heard, b"\\x00" when it only applied."""
    OUTPUT = 3
    """What the engine published, as it was published."""
    STATE = 4
    """Part of a checkpoint: one record of the state at that instant."""
    CHECKPOINT = 5
    """Body BEGIN or END: what stands between them rebuilds every slot."""
    LOST = 6
    """Written by the recorder itself: what found no room. Body: a packed Loss."""


BEGIN = b"begin"
END = b"end"


class Entry(NamedTuple):
    """`at_ns` is the monotonic clock of the machine that recorded."""

    at_ns: int
    channel: Channel
    body: bytes


class Loss(Struct, frozen=True, array_like=True):
    """Entries that found no room, from the first to the last of them; `entries` by channel."""

    since_ns: int
    until_ns: int
    entries: dict[int, int]
    bytes: int

    @property
    def count(self) -> int:
        """Over all channels."""
        return sum(self.entries.values())


_encoder = Encoder()
_decoder = Decoder(Loss)


def pack_loss(loss: Loss) -> bytes:
    """The body of a LOST entry."""
    return _encoder.encode(loss)


def unpack_loss(body: bytes) -> Loss | None:
    """The way back, or None where that is not what it is."""
    try:
        return _decoder.decode(body)
    except (MsgspecError, ValueError, OverflowError, RecursionError):
        return None
