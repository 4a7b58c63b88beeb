"""A burst is read without a coroutine for each message: in order, at its age, and no socket is stuck."""

import asyncio
from collections import deque

from aiohttp import WSMessage, WSMsgType

from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.feeds.reading import OVERHEAD, waiting_in

PLENTY = 20_000
"""Frames of some 200 bytes: thirty times what aiohttp lets wait before it pauses the socket."""


def said(text: str, kind: WSMsgType = WSMsgType.TEXT) -> tuple[WSMessage, int]:
    return WSMessage(kind, text, ""), len(text)


def test_one_message_is_left_and_bears_the_sizes_of_those_before_it():
    buffer = deque([said("a" * 10), said("b" * 20), said("c" * 30)])
    assert [message.data for message in waiting_in(buffer, 9)] == ["a" * 10, "b" * 20]
    assert buffer == deque([(said("c" * 30)[0], 60 + 2 * OVERHEAD)])
    assert list(waiting_in(buffer, 9)) == []


def test_it_stops_at_the_number_asked_for_and_at_what_is_no_data():
    close = said("", WSMsgType.CLOSE)
    buffer = deque([said("a"), said("b", WSMsgType.BINARY), close, said("d")])
    assert [message.data for message in waiting_in(buffer, 1)] == ["a"]
    assert [message.data for message in waiting_in(buffer, 9)] == ["b"]
    assert [message for message, _ in buffer] == [close[0], said("d")[0]]


def test_a_reader_that_stops_half_way_has_taken_what_it_saw():
    buffer = deque([said("a"), said("b"), said("c"), said("d")])
    for message in waiting_in(buffer, 9):
        if message.data == "b":
            break
    assert [message.data for message, _ in buffer] == ["c", "d"]
    assert buffer[0][1] == 1 + 2 * (1 + OVERHEAD)


async def test_a_flood_comes_whole_and_in_order_and_the_socket_is_read_on_after_it(
    venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here), recorder, dialect_of) as feed:
        await kit.until(recorder.is_live)
        ours, turns, before = venue.socket, 0, len(recorder.ticks)
        sizes = range(1, PLENTY + 1)
        ours.send(*[kit.okx_book(ours, [(99.5, 10 + size)]) for size in sizes])

        def is_through() -> bool:
            nonlocal turns
            turns += 1
            return len(recorder.ticks) - before >= PLENTY

        await kit.until(is_through)
        ours.send(kit.okx_book(ours, [(99.5, 5)]))
        await kit.until(lambda: recorder.ticks[-1].bids[0] == (99.5, 5.0))
        counts = feed.counts()
    flood = recorder.ticks[before:-1]
    assert [tick.bids[0][1] for tick in flood] == [10.0 + size for size in sizes]
    assert [tick.received_ns for tick in flood] == sorted(tick.received_ns for tick in flood)
    assert all(tick.received_ns < tick.decoded_ns for tick in flood)
    assert (
        len({tick.received_ns for tick in flood}) < PLENTY / 10
    )  # those that waited are as old as they waited
    assert turns > 20  # others had their turn all the while
    assert counts.reconnects == counts.bad_frames == counts.gaps == 0


async def test_a_ping_in_the_midst_of_a_burst_is_answered_and_a_close_ends_it(
    venue, recorder, plan_for, running, kit
):
    async with running(plan_for(venue.here), recorder, dialect_of):
        await kit.until(recorder.is_live)
        ours = venue.socket
        ponged = asyncio.Event()
        venue.on_pong = lambda payload: ponged.set() if payload == b"hello" else None
        books = [kit.okx_book(ours, [(99.5, 10 + size)]) for size in range(8)]
        ours.send(*books[:3], kit.frame(kit.PING, b"hello"), *books[3:6])
        await kit.until(lambda: recorder.ticks[-1].bids[0] == (99.5, 15.0))
        await asyncio.wait_for(ponged.wait(), 5)
        mark = len(recorder.statuses)
        ours.send(books[6], kit.frame(8, (1001).to_bytes(2, "big")), books[7])
        await kit.until(lambda: recorder.since(mark, "down"))
    sizes = [tick.bids[0][1] for tick in recorder.ticks if tick.generation == 1]
    assert sizes[-7:] == [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0]
    assert recorder.since(mark, "down").reason == "closed by the venue, code 1001"
