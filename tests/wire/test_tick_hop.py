"""Ticks cross between processes in order and counted; neither end can be stopped by the other."""

import os
import signal
import socket as unix_socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import zmq

from kairos_tui.errors import Fatal
from kairos_tui.market import FeedState, FeedStatus, PackedTick, Symbol, Tick, Venue
from kairos_tui.wire import Arrival, Endpoints, TickReceiver, TickSender
from kairos_tui.wire.address import path_of
from kairos_tui.wire.codec import unpack_frame

Until = Callable[[Callable[[], object]], None]
Make = Callable[..., Tick]

KILLED_RECEIVER = """
import os, sys, time
from kairos_tui.wire import TickReceiver
receiver = TickReceiver(sys.argv[1])
while True:
    for arrival in receiver.drain(100):
        os.write(1, b"%d\\n" % arrival.record.received_ns)
"""


@pytest.fixture
def receiver(endpoints: Endpoints) -> Iterator[TickReceiver]:
    bound = TickReceiver(endpoints.ticks)
    yield bound
    bound.close()


@pytest.fixture
def sender(endpoints: Endpoints) -> Iterator[TickSender]:
    connected = TickSender(endpoints.ticks, sender="kraken", epoch=0)
    yield connected
    connected.close()


def drain_all(receiver: TickReceiver, sender: TickSender) -> list[Arrival]:
    """Everything there is: the sender's outbox empty, and then nothing for 100 ms."""
    arrivals: list[Arrival] = []
    deadline_s = time.monotonic() + 10
    while True:
        assert time.monotonic() < deadline_s
        waiting = sender.flush()
        more = receiver.drain(10 if waiting else 100)
        if not waiting and not more:
            return arrivals
        arrivals += more


def numbers(arrivals: list[Arrival]) -> list[int]:
    return [each.record.received_ns for each in arrivals if isinstance(each.record, PackedTick)]


def test_ticks_and_statuses_arrive_as_offered_stamped_and_in_order(
    receiver: TickReceiver, sender: TickSender, make_tick: Make, until: Until
) -> None:
    status = FeedStatus(Venue("kraken"), Symbol("BTC/USDT"), FeedState.LIVE, 1)
    sender.offer(status)
    sender.offer(make_tick(1))
    until(lambda: sender.flush() == 0)
    arrivals = receiver.drain(5_000)
    assert [each.record for each in arrivals] == [status, PackedTick.of(make_tick(1))]
    assert all(each.sender == "kraken" and each.sent_ns <= each.arrived_ns for each in arrivals)


def test_hundreds_of_deep_books_travel_in_frames_under_the_limit(
    receiver: TickReceiver, sender: TickSender, make_tick: Make
) -> None:
    for number in range(600):
        sender.offer(make_tick(number, f"C{number}/USDT"))
    assert numbers(drain_all(receiver, sender)) == list(range(600))
    assert receiver.ledger.records.lost == 0


def test_a_record_too_large_for_a_frame_is_dropped_and_counted_and_the_rest_goes_on(
    receiver: TickReceiver, sender: TickSender, make_tick: Make
) -> None:
    sender.offer(make_tick(1))
    sender.offer(make_tick(2, "HUGE/USDT", levels=3_000))
    sender.offer(make_tick(3, "ETH/USDT"))
    assert numbers(drain_all(receiver, sender)) == [1, 3]
    assert sender.dropped == 1
    counts = sender.counts()
    assert counts.offered == counts.sent + counts.dropped == 3


def test_with_nobody_there_nothing_blocks_and_the_newest_of_each_slot_waits(
    endpoints: Endpoints, sender: TickSender, make_tick: Make
) -> None:
    for number in range(1_000):
        sender.offer(make_tick(number))
        sender.offer(make_tick(number, "ETH/USDT"))
        assert sender.flush() == 2
    receiver = TickReceiver(endpoints.ticks)
    assert numbers(drain_all(receiver, sender)) == [999, 999]
    receiver.close()
    assert sender.counts().conflated == 1_998


def test_a_stalled_receiver_costs_the_sender_nothing_and_gets_the_newest_value_afterwards(
    receiver: TickReceiver, sender: TickSender, make_tick: Make, until: Until
) -> None:
    sender.offer(make_tick(0))
    until(lambda: sender.flush() == 0)
    number = 0
    while (
        sender.counts().conflated < 500
    ):  # the receiver never reads: socket and pipe fill, then slots conflate
        number += 1
        sender.offer(make_tick(number, f"C{number % 10}/USDT"))
        sender.flush()
    got = numbers(drain_all(receiver, sender))
    counts = sender.counts()
    assert set(range(number - 9, number + 1)) <= set(got), "the newest of each slot"
    assert got == sorted(got)
    assert receiver.ledger.ticks.lost == 0
    assert counts.offered == len(got) + counts.conflated


def test_a_receiver_killed_under_load_loses_exactly_what_its_successor_reports(
    endpoints: Endpoints, make_tick: Make, until: Until
) -> None:
    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", KILLED_RECEIVER, endpoints.ticks], stdout=subprocess.PIPE
        )

    first = start()
    sender = TickSender(endpoints.ticks, sender="kraken", epoch=0)
    for number in range(1, 10_001):
        sender.offer(make_tick(number, f"C{number % 500}/USDT"))
        if number % 10 == 0:
            sender.flush()
        if number == 1_000:
            until(lambda: sender.flush() == 0)
        if number == 4_000:
            first.send_signal(signal.SIGSTOP)  # what is sent from here on stays in its socket
        if number == 5_000:
            first.kill()
    heard_by_first = first.communicate()[0].split()
    heard: list[Arrival] = []
    receiver = TickReceiver(endpoints.ticks)
    for number in range(10_001, 11_001):
        sender.offer(make_tick(number, f"C{number % 500}/USDT"))
        sender.flush()
        heard += receiver.drain(0)
    heard += drain_all(receiver, sender)
    counts, ticks = sender.counts(), receiver.ledger.ticks
    assert counts.offered == counts.sent + counts.conflated
    assert counts.sent == ticks.received + ticks.lost
    assert ticks.lost > 0, "the kill came under load"
    # A batch handed to the killed process is lost if it never came back for more: never the other way.
    assert 0 <= len(heard_by_first) + len(heard) - ticks.received <= 5_000
    assert len(heard) > 0
    receiver.close()
    sender.close()


def test_a_receiver_that_comes_back_is_told_the_last_of_every_stream(
    endpoints: Endpoints, sender: TickSender, make_tick: Make
) -> None:
    down = FeedStatus(Venue("kraken"), Symbol("ETH/USDT"), FeedState.DOWN, 5)
    first = TickReceiver(endpoints.ticks)
    sender.offer(make_tick(1))
    sender.offer(make_tick(2))
    sender.offer(down)
    assert numbers(drain_all(first, sender)) == [1, 2]
    first.close()
    second = TickReceiver(endpoints.ticks)
    told: list[Arrival] = []
    deadline_s = time.monotonic() + 10
    while len(told) < 2:
        assert time.monotonic() < deadline_s
        sender.flush()
        told += second.drain(10)
    assert [each.record for each in told] == [down, PackedTick.of(make_tick(2))]
    assert second.ledger.records.lost == 0
    second.close()


def test_a_restarted_sender_counts_anew_in_its_next_epoch(
    endpoints: Endpoints, receiver: TickReceiver, make_tick: Make
) -> None:
    for epoch in range(3):
        sender = TickSender(endpoints.ticks, sender="kraken", epoch=epoch)
        sender.offer(make_tick(epoch))
        assert numbers(drain_all(receiver, sender)) == [epoch]
        sender.close()
    account = receiver.ledger.accounts["kraken"]
    assert (account.epoch, account.records.received, account.records.lost) == (2, 3, 0)


def test_a_foreign_frame_is_counted_and_dropped_and_ours_still_arrive(
    endpoints: Endpoints, receiver: TickReceiver, sender: TickSender, make_tick: Make
) -> None:
    context = zmq.Context()
    stranger = context.socket(zmq.PUSH)
    stranger.connect(endpoints.ticks)
    foreign = [
        b"",
        b"\x02old",
        b"\x01" + os.urandom(200),
        b'{"bid":1}',
        b"POST / HTTP/1.1",
    ]
    for frame in foreign:
        stranger.send(frame)
    deadline_s = time.monotonic() + 10
    while receiver.ledger.foreign < len(foreign):
        assert time.monotonic() < deadline_s
        assert receiver.drain(10) == []
    context.destroy(linger=0)
    sender.offer(make_tick(7))
    assert numbers(drain_all(receiver, sender)) == [7]


def test_random_bytes_and_a_web_pages_post_deliver_nothing(
    endpoints: Endpoints, receiver: TickReceiver, sender: TickSender, make_tick: Make
) -> None:
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n" + b"\x01" * 2_000
    for raw in (os.urandom(4_096), post, b"\xff" + b"\x00" * 8 + b"\x01\x7f" + b"\x00" * 500):
        with unix_socket.socket(unix_socket.AF_UNIX) as stranger:
            stranger.connect(str(path_of(endpoints.ticks)))
            try:
                stranger.sendall(raw)
                stranger.settimeout(0.2)
                stranger.recv(100)
            except OSError:
                pass
    sender.offer(make_tick(7))
    assert numbers(drain_all(receiver, sender)) == [7]
    assert receiver.ledger.foreign == 0


def test_an_address_can_be_served_by_one_process_only(endpoints: Endpoints, receiver: TickReceiver) -> None:
    with pytest.raises(Fatal, match="served by another process"):
        TickReceiver(endpoints.ticks)


def test_only_ipc_is_an_address() -> None:
    for endpoint in (
        "tcp://127.0.0.1:5555",
        "ipc://@abstract",
        "inproc://x",
        "/run/x",
        "ipc:///" + "x" * 120,
    ):
        with pytest.raises(Fatal):
            TickSender(endpoint, sender="x", epoch=0)


def test_a_signal_while_waiting_does_not_end_the_wait(
    receiver: TickReceiver, sender: TickSender, make_tick: Make
) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    sender.offer(make_tick(1))
    later = threading.Timer(0.2, sender.flush)
    later.start()
    try:
        assert numbers(receiver.drain(10_000)) == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        later.join()
    assert heard


def test_closing_twice_is_closing_once(endpoints: Endpoints) -> None:
    receiver, sender = TickReceiver(endpoints.ticks), TickSender(endpoints.ticks, sender="a", epoch=0)
    for _ in range(2):
        sender.close()
        receiver.close()


def test_every_frame_can_be_had_as_it_came_with_its_arrival_also_one_that_is_refused(
    endpoints: Endpoints, make_tick: Make, until: Until
) -> None:
    now_ns = iter(range(1_000))
    receiver = TickReceiver(endpoints.ticks, clock_ns=lambda: next(now_ns))
    seen: list[tuple[int, bytes]] = []
    receiver.on_frame = lambda arrived_ns, frame: seen.append((arrived_ns, frame))
    sender = TickSender(endpoints.ticks, sender="kraken", epoch=0)
    foreign: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    stranger = foreign.socket(zmq.PUSH)
    stranger.connect(endpoints.ticks)
    arrivals: list[Arrival] = []

    def drain() -> int:
        sender.flush()
        arrivals.extend(receiver.drain(10))
        return len(arrivals) + receiver.ledger.foreign

    sender.offer(make_tick(7))
    until(lambda: drain() == 1)
    stranger.send(b"not a frame")
    until(lambda: drain() == 2)
    foreign.destroy(linger=0)
    sender.close()
    receiver.close()

    assert [arrived_ns for arrived_ns, _ in seen] == [0, 1]
    assert unpack_frame(seen[0][1])[1] == [arrivals[0].record]
    assert seen[1][1] == b"not a frame"
