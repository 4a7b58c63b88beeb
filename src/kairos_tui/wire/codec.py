"""Codec: records and publications <-> bytes. msgpack arrays behind one version byte, decoded strictly.

Before it: records. After it: the sockets of this room, which never look inside a frame.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from kairos_tui.errors import WireRefused
from kairos_tui.market import FeedCounts, FeedStatus, Listing, PackedTick, Pulse, Tick
from kairos_tui.wire.records import (
    TOPICS,
    Body,
    OutboxCounts,
    Published,
    Received,
    Record,
    RecordOrder,
    RoleReport,
    Topic,
)
from kairos_tui.wire.restamp import in_our_clock, restamped
from kairos_tui.wire.version import READS, WRITES, foreign_version

FRAME_MAX_BYTES = 64 * 1024
MESSAGE_MAX_BYTES = 4 * 1024 * 1024
_HEADER_MAX_BYTES = 256

Count = Annotated[int, Meta(ge=0, le=2**53)]
Offset = Annotated[int, Meta(ge=-(2**62), le=2**62)]
SenderName = Annotated[str, Meta(min_length=1, max_length=64)]


class _Ticked(Struct, frozen=True, array_like=True, gc=False, tag=1):
    body: PackedTick


class _Stated(Struct, frozen=True, array_like=True, gc=False, tag=2):
    body: FeedStatus


class _Listed(Struct, frozen=True, array_like=True, gc=False, tag=3):
    body: Listing


class _Counted(Struct, frozen=True, array_like=True, gc=False, tag=4):
    body: FeedCounts


class _Reported(Struct, frozen=True, array_like=True, gc=False, tag=5):
    body: RoleReport


class _Offered(Struct, frozen=True, array_like=True, gc=False, tag=6):
    body: OutboxCounts


class _Pulsed(Struct, frozen=True, array_like=True, gc=False, tag=7):
    body: Pulse


class _Ordered(Struct, frozen=True, array_like=True, gc=False, tag=8):
    body: RecordOrder


_Boxed = _Ticked | _Stated | _Listed | _Counted | _Reported | _Offered | _Pulsed | _Ordered
_TAGS: dict[type[Record | Received], int] = {
    Tick: 1,
    PackedTick: 1,
    FeedStatus: 2,
    Listing: 3,
    FeedCounts: 4,
    RoleReport: 5,
    OutboxCounts: 6,
    Pulse: 7,
    RecordOrder: 8,
}
"""A pair of tag and record is what its box packs to, at two thirds of the cost of building the box."""


class FrameHead(Struct, frozen=True, array_like=True, gc=False):
    """Who sent a frame and where it stands in the count.

    Records are numbered from 1 in each epoch of a sender: `number` is the frame's first. `ticks_before`
    is how many of those before it were ticks, so a hole can be told in ticks too. Add `clock_ns`
    to the sender's monotonic stamps to have the receiver's, true to `clock_err_ns`; 0 and 0 on one machine.
    """

    sender: SenderName
    epoch: Count
    number: Annotated[int, Meta(ge=1, le=2**53)]
    ticks_before: Count
    sent_ns: int
    clock_ns: Offset = 0
    clock_err_ns: Count = 0


class _PackedFrame(Struct, frozen=True, array_like=True):
    head: FrameHead
    records: list[Raw]


class _Frame(Struct, frozen=True, array_like=True, gc=False):
    head: FrameHead
    records: Annotated[tuple[_Boxed, ...], Meta(min_length=1)]


_T = TypeVar("_T")


class _Message(Struct, Generic[_T], frozen=True, array_like=True):
    run: str
    epoch: Count
    number: Annotated[int, Meta(ge=1, le=2**53)]
    ts_us: int
    published_ns: int
    body: _T
    engine: Count = 0


_encoder = msgspec.msgpack.Encoder()
_frame_decoder = msgspec.msgpack.Decoder(_Frame)
_record_decoder: msgspec.msgpack.Decoder[_Boxed] = msgspec.msgpack.Decoder(_Boxed)
_message_decoders: dict[bytes, tuple[Topic, msgspec.msgpack.Decoder[_Message[Body]]]] = {
    topic.value.encode() + version: (topic, msgspec.msgpack.Decoder(_Message[body]))  # type: ignore[valid-type]
    for body, topic in TOPICS.items()
    for version in READS
}
_TOPIC_BYTES = frozenset(topic.value.encode() for topic in Topic)
_REFUSALS = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


def pack_record(record: Record | Received) -> bytes:
    """One record with its kind, ready for a frame."""
    if type(record) is Tick:
        return _encoder.encode((_TAGS[Tick], PackedTick.of(record)))
    return _encoder.encode((_TAGS[type(record)], record))


def unpack_record(packed: bytes) -> Received:
    """The way back, of one that stands alone. Raises WireRefused for anything that is not one of ours."""
    try:
        return _record_decoder.decode(packed).body
    except _REFUSALS as error:
        raise WireRefused(f"record refused: {error}") from error


def room_in_frame() -> int:
    """Bytes of packed records that one frame may carry."""
    return FRAME_MAX_BYTES - _HEADER_MAX_BYTES


def pack_frame(head: FrameHead, packed: Sequence[bytes]) -> bytes:
    """A frame of records packed before; the caller keeps their sum within `room_in_frame`."""
    return WRITES + _encoder.encode(_PackedFrame(head, [Raw(each) for each in packed]))


def unpack_frame(frame: bytes, arrived_ns: int | None = None) -> tuple[FrameHead, list[Received]]:
    """The way back. Raises WireRefused for anything that is not a whole frame of ours.

    All stamps, also the head's, come in the receiver's clock: older by what is not known of the sender's,
    never younger, and none of them after `arrived_ns`, where that is told.
    """
    if frame[:1] not in READS:
        raise WireRefused(foreign_version(frame[0]) if frame else "an empty frame")
    try:
        decoded = _frame_decoder.decode(memoryview(frame)[1:])
    except _REFUSALS as error:
        raise WireRefused(f"frame refused: {error}") from error
    head, records = decoded.head, [boxed.body for boxed in decoded.records]
    if not head.clock_ns and not head.clock_err_ns:
        return head, records
    by_ns = head.clock_ns - head.clock_err_ns
    return msgspec.structs.replace(head, sent_ns=in_our_clock(head.sent_ns, by_ns, arrived_ns)), [
        restamped(record, by_ns, arrived_ns) for record in records
    ]


class _HeadOnly(Struct, frozen=True, array_like=True, gc=False):
    head: FrameHead


_head_decoder = msgspec.msgpack.Decoder(_HeadOnly)


def count_ticks(frames: Iterable[bytes]) -> int:
    """How many ticks are in frames that were sent one after the other: their heads tell, but for the last."""
    first: dict[tuple[str, int], int] = {}
    last: dict[tuple[str, int], tuple[FrameHead, bytes]] = {}
    for frame in frames:
        try:
            head = _head_decoder.decode(memoryview(frame)[1:]).head
        except _REFUSALS:
            continue
        first.setdefault((head.sender, head.epoch), head.ticks_before)
        last[head.sender, head.epoch] = head, frame
    counts = [head.ticks_before - first[sent] + _ticks_in(frame) for sent, (head, frame) in last.items()]
    return sum(max(0, count) for count in counts)


def _ticks_in(frame: bytes) -> int:
    try:
        return sum(isinstance(record, PackedTick) for record in unpack_frame(frame)[1])
    except WireRefused:
        return 0


def pack_message(published: Published) -> bytes:
    """A publication: topic byte (what subscriptions match), version byte, body."""
    message = _Message(
        published.run,
        published.epoch,
        published.number,
        published.ts_us,
        published.published_ns,
        published.body,
        published.engine,
    )
    return published.topic.value.encode() + WRITES + _encoder.encode(message)


def foreign_version_of(message: bytes) -> str | None:
    """Why a publication of another version is not read; None for what is no publication, or can be read."""
    is_ours = message[:1] in _TOPIC_BYTES and len(message) > 1
    return foreign_version(message[1]) if is_ours and message[1:2] not in READS else None


def unpack_message(message: bytes) -> Published:
    """The way back. Raises WireRefused for anything that is not a whole publication of ours."""
    known = _message_decoders.get(message[:2])
    if known is None:
        raise WireRefused(foreign_version_of(message) or "not a publication")
    topic, decoder = known
    try:
        m = decoder.decode(memoryview(message)[2:])
    except _REFUSALS as error:
        raise WireRefused(f"publication refused: {error}") from error
    return Published(m.run, m.epoch, topic, m.number, m.ts_us, m.published_ns, m.body, m.engine)
