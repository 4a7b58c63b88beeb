"""Door words: what an engine and those on other machines say before anything else, and what its clock is.

Before it: version. After it: door, which answers, and door_link, which asks. These words may grow at their
ends and never change otherwise, so that any version can refuse any other by name.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from kairos_tui.errors import WireRefused
from kairos_tui.market import Symbol

SENDS: Final = frozenset({"ingest"})
"""Roles that send ticks."""
ROLES: Final = frozenset({*SENDS, "engine", "hud", "mirror", "tap"})
HELLO_MAX_BYTES: Final = 1_024
ANSWER_MAX_BYTES: Final = 1 << 20

_PLAIN = r"^[^\x00-\x1f\x7f-\x9f]*$"
Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=_PLAIN)]
Word = Annotated[str, Meta(max_length=32, pattern=_PLAIN)]
_Sentence = Annotated[str, Meta(max_length=512, pattern=_PLAIN)]
_Count = Annotated[int, Meta(ge=0, le=2**53)]
_Wire = Annotated[int, Meta(ge=0, le=255)]
_Stamp = Annotated[int, Meta(ge=-(2**62), le=2**62)]


class Hello(Struct, frozen=True, array_like=True, gc=False, tag="hello"):
    """Who comes: one of ROLES, its name, the wire version it writes, its Kairos.

    `feed` is the kind of ticks that it sends, or the kind that it wants to see, empty: whichever.
    """

    role: Word
    name: Name
    wire: _Wire
    version: Word
    feed: Word = ""


class Welcome(Struct, frozen=True, array_like=True, gc=False, tag="welcome"):
    """Who serves: the engine of that number in a run, in which of its lives, and the symbols of its run."""

    run: Word
    epoch: _Count
    engine: _Count
    feed: Word
    wire: _Wire
    version: Word
    symbols: Annotated[tuple[Symbol, ...], Meta(max_length=10_000)] = ()


class Refusal(Struct, frozen=True, array_like=True, gc=False, tag="refusal"):
    """Why somebody is not served, in a sentence for people."""

    reason: _Sentence


class Ping(Struct, frozen=True, array_like=True, gc=False, tag="ping"):
    """Sent at this instant of the asker's monotonic clock (ns).

    `clock` is what the asker knows by now: what to add to its stamps to have the engine's, and the error.
    """

    left_ns: _Stamp
    clock: tuple[_Stamp, _Count] | None = None


class Pong(Struct, frozen=True, array_like=True, gc=False, tag="pong"):
    """When that ping left, by the asker's clock; when it came, and when this answer left, by the engine's."""

    left_ns: _Stamp
    came_ns: _Stamp
    answered_ns: _Stamp


class Stranger(Struct, frozen=True, array_like=True, gc=False, tag="stranger"):
    """Who asks is not known here, or not any more: say hello first."""


Asked = Hello | Ping
Answered = Welcome | Refusal | Pong | Stranger
_REFUSALS = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)
_encoder = msgspec.msgpack.Encoder()
_asked: msgspec.msgpack.Decoder[Asked] = msgspec.msgpack.Decoder(Asked)
_answered: msgspec.msgpack.Decoder[Answered] = msgspec.msgpack.Decoder(Answered)


def pack_word(word: Asked | Answered) -> bytes:
    """Ready for the wire."""
    return _encoder.encode(word)


def unpack_asked(packed: bytes) -> Asked:
    """What somebody said at the door. Raises WireRefused for what is not one of these words."""
    try:
        return _asked.decode(packed)
    except _REFUSALS as error:
        raise WireRefused(f"not said at a door: {error}") from error


def unpack_answered(packed: bytes) -> Answered:
    """What the door said. Raises WireRefused for what is not one of these words."""
    try:
        return _answered.decode(packed)
    except _REFUSALS as error:
        raise WireRefused(f"not said by a door: {error}") from error
