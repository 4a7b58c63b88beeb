"""Over TCP, who has an allowed key gets through on both hops, and nobody else gets one message in or out."""

import contextlib
import socket as plain_socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zmq
from tests.wire.curve_site import ANY_PORT, Site

from kairos_tui.errors import Fatal, PortTaken, SettingsInvalid
from kairos_tui.market import FeedState, FeedStatus, PackedTick, Tick, Venue
from kairos_tui.wire import (
    Endpoints,
    KeyRing,
    Published,
    SignalPublisher,
    SignalReader,
    TickReceiver,
    TickSender,
    Topic,
    public_key,
    read_tcp,
)
from kairos_tui.wire.porter import AllowList
from kairos_tui.wire.sockets import open_pull, open_push

Until = Callable[[Callable[[], object]], None]
Make = Callable[..., Tick]
LIVE = FeedStatus(Venue("okx"), None, FeedState.LIVE, 1)
LEAVES = """
import sys
from kairos_tui.wire import KeyRing, TickReceiver
receiver = TickReceiver("tcp://127.0.0.1:0", ring=KeyRing(sys.argv[1], sys.argv[2]))
print(receiver.endpoint, flush=True)
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def receiver(site: Site) -> Iterator[TickReceiver]:
    bound = TickReceiver(ANY_PORT, ring=site.serves)
    yield bound
    bound.close()


@pytest.fixture
def publisher(site: Site) -> Iterator[SignalPublisher]:
    bound = SignalPublisher(ANY_PORT, ring=site.serves, run="k7f3", epoch=0)
    yield bound
    bound.close()


@pytest.fixture
def dial() -> Iterator[Callable[..., TickSender]]:
    opened: list[TickSender] = []

    def connect(endpoint: str, ring: KeyRing) -> TickSender:
        opened.append(TickSender(endpoint, sender="kraken", epoch=0, ring=ring))
        return opened[-1]

    yield connect
    for each in opened:
        each.close()


def pump(receiver: TickReceiver, sender: TickSender, got: list[object]) -> list[object]:
    sender.flush()
    got += [each.record for each in receiver.drain(5)]
    return got


def assert_gets_through(receiver: TickReceiver, sender: TickSender, tick: Tick, until: Until) -> None:
    got: list[object] = []
    sender.offer(tick)
    until(lambda: pump(receiver, sender, got))
    assert got == [PackedTick.of(tick)]


def with_key(endpoint: str, key: str) -> str:
    at = read_tcp(endpoint)
    return f"{at.url}#{key}"


def test_an_allowed_key_passes_ticks(
    site: Site, receiver: TickReceiver, dial: Callable[..., TickSender], make_tick: Make, until: Until
) -> None:
    assert receiver.endpoint.endswith("#" + public_key(site.ours / "engine.pub"))
    sender = dial(receiver.endpoint, site.comes)
    assert_gets_through(receiver, sender, make_tick(1), until)
    assert sender.trouble is None
    assert receiver.refused_peers == 0


def test_an_allowed_key_passes_signals(site: Site, publisher: SignalPublisher, until: Until) -> None:
    reader = SignalReader(publisher.endpoint, topics=[Topic.STATUS], ring=site.comes)
    heard: list[object] = []

    def speak() -> list[object]:
        if publisher.newcomers():
            publisher.publish(LIVE, ts_us=1, published_ns=2)
        heard.extend(each for each in reader.drain(5) if isinstance(each, Published))
        return heard

    until(speak)
    assert reader.trouble is None
    reader.close()


def test_an_unknown_key_delivers_nothing_and_both_ends_say_so(
    site: Site, receiver: TickReceiver, dial: Callable[..., TickSender], make_tick: Make, until: Until
) -> None:
    sender = dial(receiver.endpoint, site.stranger)
    sender.offer(make_tick(1))
    got: list[object] = []
    until(lambda: (pump(receiver, sender, got), sender.trouble)[1])
    at = read_tcp(receiver.endpoint)
    assert sender.trouble == (
        f"the engine at 127.0.0.1:{at.port} does not know our key (stranger.pub is not in its folder)"
    )
    assert receiver.refused_peers >= 1
    assert public_key(site.theirs / "stranger.pub") in (receiver.last_refusal or "")
    assert got == []
    assert sender.sent == 0


@pytest.mark.parametrize(("served", "asked"), [("127.0.0.1", "localhost"), ("[::1]", "[::1]")])
def test_a_host_by_its_name_or_on_ipv6_is_joined_or_says_why_not(
    site: Site, dial: Callable[..., TickSender], make_tick: Make, until: Until, served: str, asked: str
) -> None:
    try:
        receiver = TickReceiver(f"tcp://{served}:0", ring=site.serves)
    except SettingsInvalid:
        pytest.skip(f"this machine has no {served}")
    endpoint = receiver.endpoint.replace(served, asked)
    assert_gets_through(receiver, dial(endpoint, site.comes), make_tick(1), until)
    stranger = dial(endpoint, site.stranger)
    until(lambda: (stranger.flush(), stranger.trouble)[1])
    assert f"the engine at {read_tcp(endpoint).url.removeprefix('tcp://')} does not" in (
        stranger.trouble or ""
    )
    receiver.close()


def test_an_unknown_key_hears_nothing_and_knows_why(
    site: Site, publisher: SignalPublisher, until: Until
) -> None:
    reader = SignalReader(publisher.endpoint, topics=list(Topic), ring=site.stranger)
    heard: list[object] = []

    def speak() -> str | None:
        publisher.publish(LIVE, ts_us=1, published_ns=2)
        heard.extend(reader.drain(5))
        return reader.trouble

    until(speak)
    assert "does not know our key" in (reader.trouble or "")
    assert heard == []
    assert not publisher.wanted(Topic.STATUS)
    reader.close()


def test_another_server_key_than_the_one_asked_for_delivers_nothing_and_is_said(
    site: Site, receiver: TickReceiver, dial: Callable[..., TickSender], make_tick: Make, until: Until
) -> None:
    wrong = public_key(site.theirs / "engine.pub")
    sender = dial(with_key(receiver.endpoint, wrong), site.comes)
    sender.offer(make_tick(1))
    got: list[object] = []
    until(lambda: (pump(receiver, sender, got), sender.trouble)[1] and receiver.refused_peers)
    assert f"has another key than {wrong}" in (sender.trouble or "")
    assert got == []
    assert sender.sent == 0


def test_a_key_added_while_running_is_let_in_and_one_taken_away_is_not_let_in_again(
    site: Site, receiver: TickReceiver, dial: Callable[..., TickSender], make_tick: Make, until: Until
) -> None:
    sender = dial(receiver.endpoint, site.stranger)
    until(lambda: (sender.flush(), sender.trouble)[1])
    added = site.let_in()
    assert_gets_through(receiver, sender, make_tick(1), until)
    until(lambda: (sender.flush(), sender.trouble is None)[1])
    added.unlink()
    again = dial(receiver.endpoint, site.stranger)
    got: list[object] = []
    again.offer(make_tick(2))
    until(lambda: (pump(receiver, again, got), again.trouble)[1])
    assert got == []


def test_a_reader_let_in_later_hears_what_comes_then(
    site: Site, publisher: SignalPublisher, until: Until
) -> None:
    reader = SignalReader(publisher.endpoint, topics=[Topic.STATUS], ring=site.stranger)
    until(lambda: (reader.drain(5), reader.trouble)[1])
    site.let_in()
    heard: list[object] = []

    def speak() -> list[object]:
        publisher.publish(LIVE, ts_us=1, published_ns=2)
        heard.extend(reader.drain(5))
        return heard

    until(speak)
    assert reader.trouble is None
    reader.close()


def test_a_plain_sockets_frames_do_not_arrive_and_a_good_client_still_gets_through(
    site: Site, receiver: TickReceiver, dial: Callable[..., TickSender], make_tick: Make, until: Until
) -> None:
    frames: list[bytes] = []
    receiver.on_frame = lambda _, frame: frames.append(frame)
    plain: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    forger = plain.socket(zmq.PUSH)
    forger.connect(read_tcp(receiver.endpoint).url)
    for _ in range(500):
        with contextlib.suppress(zmq.Again):
            forger.send(b"\x01forged", zmq.NOBLOCK)
    until(lambda: (receiver.drain(5), receiver.refused_peers)[1])
    assert frames == []
    assert_gets_through(receiver, dial(receiver.endpoint, site.comes), make_tick(1), until)
    assert len(frames) == 1
    assert receiver.ledger.foreign == 0
    plain.destroy(linger=0)


def test_a_web_pages_post_and_random_bytes_do_not_arrive_and_the_socket_lives_on(
    site: Site, receiver: TickReceiver, dial: Callable[..., TickSender], make_tick: Make, until: Until
) -> None:
    frames: list[bytes] = []
    receiver.on_frame = lambda _, frame: frames.append(frame)
    at = read_tcp(receiver.endpoint)
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n\r\n" + b"\x01" * 2_000
    greeting = b"\xff" + b"\x00" * 8 + b"\x01\x7f\x03\x01"
    for raw in (post, bytes(range(256)) * 16, greeting + b"CURVE" + b"\x00" * 500, greeting):
        with plain_socket.create_connection((at.host, at.port), timeout=5) as stranger:
            stranger.sendall(raw)
            stranger.settimeout(0.2)
            try:
                while stranger.recv(100):
                    pass
            except OSError:
                pass
        assert receiver.drain(0) == []
    assert_gets_through(receiver, dial(receiver.endpoint, site.comes), make_tick(1), until)
    assert len(frames) == 1


def test_a_plain_subscriber_hears_nothing(site: Site, publisher: SignalPublisher, until: Until) -> None:
    plain: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    spy = plain.socket(zmq.SUB)
    spy.subscribe(b"")
    spy.connect(read_tcp(publisher.endpoint).url)
    until(lambda: (publisher.publish(LIVE, ts_us=1, published_ns=2), publisher.refused_peers)[1])
    assert not spy.poll(50)
    plain.destroy(linger=0)


def test_no_tcp_address_is_opened_without_keys(site: Site) -> None:
    to = f"tcp://127.0.0.1:7700#{'k' * 40}"
    before = threading.active_count()
    for ring in (KeyRing(), KeyRing(allowed=str(site.ours))):
        for opens in (
            lambda ring=ring: TickReceiver(ANY_PORT, ring=ring),
            lambda ring=ring: SignalPublisher(ANY_PORT, ring=ring, run="r", epoch=0),
            lambda ring=ring: TickSender(to, ring=ring, sender="a", epoch=0),
            lambda ring=ring: SignalReader(to, ring=ring, topics=list(Topic)),
        ):
            with pytest.raises(SettingsInvalid, match="kairos curve new"):
                opens()
    for served in (TickReceiver, lambda at, ring: SignalPublisher(at, ring=ring, run="r", epoch=0)):
        with pytest.raises(SettingsInvalid, match="who may come"):
            served(ANY_PORT, ring=site.comes)
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("tcp://127.0.0.1:7700", "add #KEY"),
        (f"tcp://127.0.0.1:0#{'k' * 40}", "port 0"),
        ("tcp://127.0.0.1", "is not tcp://HOST:PORT"),
        (f"tcp://*:7700#{'k' * 40}", "cannot be connected to"),
        ("inproc://x", "is not an ipc"),
        ("ws://127.0.0.1:80", "is not an ipc"),
    ],
)
def test_an_address_that_cannot_be_connected_to_is_one_line(site: Site, endpoint: str, said: str) -> None:
    with pytest.raises(Fatal, match=said) as refused:
        TickSender(endpoint, sender="a", epoch=0, ring=site.comes)
    assert "\n" not in str(refused.value)


def test_a_port_is_served_once_and_can_be_served_again_when_it_is_given_back(site: Site) -> None:
    first = TickReceiver(ANY_PORT, ring=site.serves)
    url = read_tcp(first.endpoint).url
    with pytest.raises(PortTaken, match=url):
        TickReceiver(url, ring=site.serves)
    with pytest.raises(PortTaken, match=url):
        SignalPublisher(url, ring=site.serves, run="r", epoch=0)
    first.close()
    TickReceiver(first.endpoint, ring=site.serves).close()  # with our own key in it, too


def test_an_address_of_another_machine_or_with_anothers_key_cannot_be_served(site: Site) -> None:
    for endpoint, said in (
        (f"{ANY_PORT}#{'k' * 40}", "our own key is"),
        ("tcp://192.0.2.1:0", "cannot be served"),
    ):
        with pytest.raises(SettingsInvalid, match=said):
            TickReceiver(endpoint, ring=site.serves)


def test_closing_leaves_no_thread_and_may_be_repeated(site: Site, dial: Callable[..., TickSender]) -> None:
    before = set(threading.enumerate())
    for _ in range(3):
        receiver = TickReceiver(ANY_PORT, ring=site.serves)
        publisher = SignalPublisher(ANY_PORT, ring=site.serves, run="r", epoch=0)
        dial(receiver.endpoint, site.comes).flush()
        assert len(set(threading.enumerate()) - before) == 2
        for each in (receiver, publisher, receiver, publisher):
            each.close()
    assert set(threading.enumerate()) == before


def test_a_process_that_just_ends_is_not_held_by_its_port(site: Site) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVES, site.serves.own, site.serves.allowed], capture_output=True, timeout=20
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"tcp://127.0.0.1:")


def test_a_sender_stays_with_an_engine_that_is_restarted_at_its_port(
    site: Site, dial: Callable[..., TickSender], make_tick: Make, until: Until
) -> None:
    first = TickReceiver(ANY_PORT, ring=site.serves)
    sender = dial(first.endpoint, site.comes)
    assert_gets_through(first, sender, make_tick(1), until)
    first.close()
    second = TickReceiver(first.endpoint, ring=site.serves)
    got: list[object] = []
    until(lambda: pump(second, sender, got))
    assert got == [PackedTick.of(make_tick(1))]  # the last of every stream is told again
    second.close()


def test_a_sender_finds_its_engine_after_something_else_had_served_the_port(
    site: Site, dial: Callable[..., TickSender], make_tick: Make, until: Until
) -> None:
    web = plain_socket.create_server(("127.0.0.1", 0))
    port = web.getsockname()[1]
    answered = threading.Event()

    def answer() -> None:
        while True:
            try:
                came, _ = web.accept()
            except OSError:
                return
            with came:
                came.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            answered.set()

    serving = threading.Thread(target=answer, daemon=True)
    serving.start()
    key = public_key(site.ours / "engine.pub")
    sender = dial(f"tcp://127.0.0.1:{port}#{key}", site.comes)
    until(lambda: (sender.flush(), sender.trouble)[1])
    assert answered.is_set()
    web.shutdown(plain_socket.SHUT_RDWR)
    web.close()
    serving.join()
    receiver = TickReceiver(f"tcp://127.0.0.1:{port}", ring=site.serves)
    assert_gets_through(receiver, sender, make_tick(1), until)
    until(lambda: (sender.flush(), sender.trouble is None)[1])
    receiver.close()


def test_a_ledger_on_a_tcp_port_is_kept_where_it_is_said_and_nowhere_else(
    site: Site, dial: Callable[..., TickSender], make_tick: Make, until: Until, tmp_path: Path
) -> None:
    kept = tmp_path / "ticks.ledger"
    first = TickReceiver(ANY_PORT, ring=site.serves, ledger=kept)
    assert_gets_through(first, dial(first.endpoint, site.comes), make_tick(1), until)
    first.close()
    second = TickReceiver(ANY_PORT, ring=site.serves, ledger=kept)
    assert second.ledger.accounts["kraken"].records.received == 1
    second.close()
    third = TickReceiver(ANY_PORT, ring=site.serves)
    assert third.ledger.accounts == {}
    third.close()


def test_one_reader_hears_engines_of_this_machine_and_of_others(
    site: Site, endpoints: Endpoints, publisher: SignalPublisher, until: Until, tmp_path: Path
) -> None:
    other = Site(tmp_path / "other")
    (other.ours / "hud.pub").write_bytes((site.ours / "ingest.pub").read_bytes())
    near = SignalPublisher(endpoints.signals, run="near", epoch=0, engine=1)
    far = SignalPublisher(ANY_PORT, ring=other.serves, run="far", epoch=0, engine=2)
    where = (publisher.endpoint, endpoints.signals, far.endpoint)
    reader = SignalReader(where, topics=[Topic.STATUS], ring=site.comes)
    runs: set[str] = set()

    def speak() -> int:
        for each in (publisher, near, far):
            each.publish(LIVE, ts_us=1, published_ns=2)
        runs.update(each.run for each in reader.drain(5) if isinstance(each, Published))
        return len(runs)

    until(lambda: speak() == 3)
    assert runs == {"k7f3", "near", "far"}
    for each in (reader, near, far):
        each.close()


def test_little_waits_in_the_buffers_before_an_engine_that_stalls(site: Site, until: Until) -> None:
    pull = open_pull(ANY_PORT, site.serves)
    push, _ = open_push(pull.endpoint, site.comes)
    until(push.has_room)
    taken = refused = 0
    while refused < 100:  # in a row; nobody reads at the other end
        if push.send_now(b"x" * 1_000):
            taken, refused = taken + 1, 0
        else:
            refused += 1
            time.sleep(0.001)
    assert 100 < taken < 2_000  # kB; without limits of ours 2,900 on Linux
    push.close(waits=False)
    pull.close()


def test_the_folder_is_read_again_for_an_unknown_key_once_a_second_at_most(site: Site) -> None:
    now_ns = 0
    allowed = AllowList(site.ours, clock_ns=lambda: now_ns)
    stranger = public_key(site.theirs / "stranger.pub")
    assert allowed.name_of(public_key(site.ours / "ingest.pub")) == "ingest"
    assert allowed.name_of(stranger) is None
    added = site.let_in()
    assert allowed.name_of(stranger) is None
    now_ns = 1_000_000_000
    assert allowed.name_of(stranger) == "friend"
    added.unlink()
    assert allowed.name_of(stranger) is None
    site.let_in()
    added.write_text("not a key")
    now_ns = 3_000_000_000
    assert allowed.name_of(stranger) is None
