"""A fleet is renewed machine by machine: this version and the one before are read, others named."""

import msgspec
import pytest

from kairos_tui.errors import WireRefused
from kairos_tui.market import FeedState, FeedStatus, Venue
from kairos_tui.wire import Published, Topic
from kairos_tui.wire.codec import (
    FrameHead,
    pack_frame,
    pack_message,
    pack_record,
    unpack_frame,
    unpack_message,
)

STATUS = FeedStatus(Venue("okx"), None, FeedState.LIVE, 7)
PUBLISHED = Published("k7f3", 2, Topic.STATUS, 5, 17, 18, STATUS)


class FormerHead(msgspec.Struct, array_like=True):
    """A frame's head before there were clocks in it."""

    sender: str
    epoch: int
    number: int
    ticks_before: int
    sent_ns: int


def former_frame() -> bytes:
    """As the version before packs it."""
    head = FormerHead("ingest:okx", 3, 9, 4, 1_000)
    return b"\x01" + msgspec.msgpack.encode((head, [msgspec.Raw(pack_record(STATUS))]))


def test_frames_of_the_version_before_are_read() -> None:
    assert unpack_frame(former_frame()) == (FrameHead("ingest:okx", 3, 9, 4, 1_000, 0, 0), [STATUS])


def test_publications_of_the_version_before_are_read() -> None:
    message = pack_message(PUBLISHED)

    assert message[1:2] == b"\x02"
    assert unpack_message(message[:1] + b"\x01" + message[2:]) == PUBLISHED


@pytest.mark.parametrize("version", [0, 3, 9, 255])
def test_both_versions_are_named_where_another_is_refused(version: int) -> None:
    said = f"wire version {version}, this Kairos reads 1 and 2"
    frame, message = pack_frame(FrameHead("a", 0, 1, 0, 0), [pack_record(STATUS)]), pack_message(PUBLISHED)

    with pytest.raises(WireRefused, match=said):
        unpack_frame(bytes((version,)) + frame[1:])
    with pytest.raises(WireRefused, match=said):
        unpack_message(message[:1] + bytes((version,)) + message[2:])
