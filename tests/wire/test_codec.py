"""Every record and every publication comes out of its bytes as it went in; nothing else comes out at all."""

import string
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kairos_tui.errors import WireRefused
from kairos_tui.market import (
    FeedState,
    FeedStatus,
    PackedTick,
    Tick,
    Venue,
)
from kairos_tui.wire.codec import (
    FRAME_MAX_BYTES,
    FrameHead,
    pack_frame,
    pack_message,
    pack_record,
    room_in_frame,
    unpack_frame,
    unpack_message,
    unpack_record,
)
from kairos_tui.wire.records import TOPICS, Published, Received, Record, Topic

text = st.text(max_size=20)
floats = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(str, text)
st.register_type_strategy(float, floats)
st.register_type_strategy(int, st.integers(min_value=-(2**62), max_value=2**62))


def struct(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any value of a struct, by its annotations."""
    hints = msgspec.structs.fields(kind)
    return st.builds(kind, **{field.name: value_of(field.type) for field in hints})


def value_of(kind: Any) -> st.SearchStrategy[Any]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return st.deferred(lambda: struct(kind))
    if getattr(kind, "__origin__", None) is tuple:
        inner = get_args(kind)
        if inner[-1] is Ellipsis:
            return st.lists(value_of(inner[0]), max_size=3).map(tuple)
        return st.tuples(*map(value_of, inner))
    if get_origin(kind) in (Union, UnionType):
        return st.one_of(*map(value_of, get_args(kind)))
    return st.from_type(kind)


records = st.one_of(*(struct(kind) for kind in get_args(Record)))
heads = st.builds(
    FrameHead,
    sender=st.text(string.ascii_letters, min_size=1, max_size=64),
    epoch=st.integers(0, 2**53),
    number=st.integers(1, 2**53),
    ticks_before=st.integers(0, 2**53),
    sent_ns=st.integers(0, 2**62),
)


@settings(deadline=None, max_examples=60)
@given(heads, st.lists(records, min_size=1, max_size=5))
def test_a_frame_of_any_records_comes_back_as_it_was(head: FrameHead, sent: list[Record]) -> None:
    frame = pack_frame(head, [pack_record(record) for record in sent])
    told = [PackedTick.of(record) if isinstance(record, Tick) else record for record in sent]
    assert unpack_frame(frame) == (head, told)


@settings(deadline=None, max_examples=60)
@given(st.one_of(*(struct(kind) for kind in get_args(Received))))
def test_a_record_that_stands_alone_comes_back_as_it_was(record: Received) -> None:
    assert unpack_record(pack_record(record)) == record


@settings(deadline=None, max_examples=60)
@given(st.one_of(*(struct(kind) for kind in TOPICS)), st.integers(1, 2**53))
def test_a_publication_of_any_kind_comes_back_as_it_was(body: Any, number: int) -> None:
    published = Published("k7f3", 2, TOPICS[type(body)], number, 17, 18, body)
    assert unpack_message(pack_message(published)) == published


def test_a_full_frame_is_under_its_limit() -> None:
    longest_head = FrameHead("é" * 64, 2**53, 2**53, 2**53, 2**62, -(2**62), 2**53)
    assert len(pack_frame(longest_head, [b"\xc0"] * room_in_frame())) <= FRAME_MAX_BYTES


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=300))
def test_bytes_that_are_not_ours_are_refused_and_nothing_else_is_raised(foreign: bytes) -> None:
    for version in (b"", b"\x01", b"\x02", b"\x03"):
        with pytest.raises(WireRefused):
            unpack_frame(version + foreign)
        with pytest.raises(WireRefused):
            unpack_record(version + foreign)
    for start in (b"", b"S\x01", b"B\x02", b"X\x01", b"S\x03"):
        with pytest.raises(WireRefused):
            unpack_message(start + foreign)


@settings(deadline=None, max_examples=60)
@given(heads, records, st.data())
def test_a_frame_with_a_damaged_byte_is_refused_or_still_of_the_right_shape(
    head: FrameHead, record: Record, data: st.DataObject
) -> None:
    frame = bytearray(pack_frame(head, [pack_record(record)]))
    at = data.draw(st.integers(0, len(frame) - 1))
    frame[at] = data.draw(st.integers(0, 255))
    try:
        _, got = unpack_frame(bytes(frame))
    except WireRefused:
        return
    assert all(isinstance(each, Received) for each in got)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(WireRefused):
        unpack_frame(b"\x02" + b"\x91" * 60_000)


def test_text_that_is_not_utf8_is_refused() -> None:
    frame = pack_frame(
        FrameHead("ab", 0, 1, 0, 0), [pack_record(FeedStatus(Venue("okx"), None, FeedState.LIVE, 1))]
    )
    with pytest.raises(WireRefused):
        unpack_frame(frame.replace(b"ab", b"\xff\xfe", 1))


def test_every_topic_has_a_byte_of_its_own() -> None:
    assert {topic.value for topic in Topic} == {topic.value for topic in TOPICS.values()}
    assert all(len(topic.value.encode()) == 1 for topic in Topic)
