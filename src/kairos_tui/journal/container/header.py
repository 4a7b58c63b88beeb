"""Header: what was recorded, by which Kairos, with which settings. Every segment begins with one.

Before it: the engine's process. After it: whoever reads a recording, before its first entry.
"""

import msgspec
from msgspec import MsgspecError, Struct
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import astuple

from kairos_tui.errors import RecordingRefused
from kairos_tui.market import FeedKind, Mood, Symbol, Thresholds, Venue

FORMAT = 1
"""Of the container. Raised when an older Kairos could not read what is written."""
MOST_HEADER_BYTES = 1024 * 1024
_LARGEST = 1e12
_LATEST_US = 4_102_444_800_000_000
"""The year 2100."""


class Header(Struct, frozen=True):
    """One engine's part of a run. `started_us` (wall clock) and `started_ns` (monotonic) are one instant."""

    kairos: str
    run: str
    epoch: int
    engine: int
    engines: int
    feed: FeedKind
    symbols: tuple[Symbol, ...]
    conversions: tuple[Symbol, ...]
    venues: tuple[Venue, ...]
    thresholds: Thresholds
    started_us: int
    started_ns: int
    mood: Mood | None = None
    seed: int | None = None
    format: int = FORMAT

    def wall_us(self, at_ns: int) -> int:
        """When that was, epoch us, by the clocks as they stood at the start."""
        return self.started_us + (at_ns - self.started_ns) // 1_000


_encoder = Encoder()
_decoder = Decoder(Header)


def pack_header(header: Header) -> bytes:
    """Raises RecordingRefused where it is larger than any reader takes."""
    packed = _encoder.encode(msgspec.structs.replace(header, format=FORMAT))
    if len(packed) > MOST_HEADER_BYTES:
        raise RecordingRefused(f"too many symbols to record: {len(header.symbols)}")
    return packed


def unpack_header(packed: bytes) -> Header | None:
    """The way back, or None where it cannot be read, or says what no run had."""
    try:
        header = _decoder.decode(packed)
    except (MsgspecError, ValueError, OverflowError, RecursionError):
        return None
    return header if _can_be_true(header) else None


def _can_be_true(header: Header) -> bool:
    """Whether an engine can be made of it: by NaN and by nothing it would be ended."""
    values = [value for value in astuple(header.thresholds) if value is not None]
    return (
        all(0 <= value <= _LARGEST for value in values)
        and header.thresholds.reaction_ms > 0
        and 0 <= header.started_us <= _LATEST_US
        and bool(header.venues)
    )
