"""At the door each learns who the other is and what its clock says; who must not come in is told why."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import zmq
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kairos_tui.errors import Fatal, WireRefused
from kairos_tui.market import Symbol
from kairos_tui.wire import Door, DoorLink, Endpoints, Hello, Welcome
from kairos_tui.wire.door import why_refused
from kairos_tui.wire.door_words import (
    Ping,
    Pong,
    Refusal,
    Stranger,
    pack_word,
    unpack_answered,
    unpack_asked,
)

Until = Callable[[Callable[[], object]], None]
WELCOME = Welcome("k7f3", 3, 7, "sim", 2, "0.5.0", (Symbol("BTC/USDT"),))
INGEST = Hello("ingest", "ingest:okx@alpha", 2, "0.5.0", "sim")
HUD = Hello("hud", "hud@desk", 2, "0.5.0")


class Desk:
    """An engine's: its door, and what it says of itself. It can be restarted as another."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint, self.welcome = endpoint, WELCOME
        self.door = Door(endpoint, lambda: self.welcome)

    def restart(self, welcome: Welcome) -> None:
        self.door.close()
        self.welcome = welcome
        self.door = Door(self.endpoint, lambda: self.welcome)


@pytest.fixture
def desk(endpoints: Endpoints) -> Iterator[Desk]:
    opened = Desk(endpoints.signals.replace("signals", "door"))
    yield opened
    opened.door.close()


@pytest.fixture
def link_of(desk: Desk) -> Iterator[Callable[[Hello], DoorLink]]:
    links: list[DoorLink] = []

    def make(hello: Hello) -> DoorLink:
        links.append(DoorLink(desk.endpoint, hello))
        return links[-1]

    yield make
    for link in links:
        link.close()


def test_who_comes_learns_whose_door_it_is_and_what_its_clock_says(
    desk: Desk, link_of: Callable[[Hello], DoorLink], until: Until
) -> None:
    link = link_of(INGEST)
    until(link.clock)

    known = link.clock()

    assert link.welcome == WELCOME
    assert (link.refusal, link.trouble, link.foreign) == (None, None, 0)
    assert known is not None
    assert abs(known[0]) <= known[1]  # one machine, one clock
    until(lambda: desk.door.clients()[0].clock)
    (client,) = desk.door.clients()
    assert client.clock is not None
    assert abs(client.clock[0]) <= client.clock[1]
    assert (client.role, client.name, client.version, client.wire) == (*HELLO_SAID, 2)


HELLO_SAID = ("ingest", "ingest:okx@alpha", "0.5.0")


def test_who_is_there_is_known_and_who_left_is_forgotten(
    desk: Desk, link_of: Callable[[Hello], DoorLink], until: Until
) -> None:
    links = [link_of(INGEST), link_of(HUD)]
    until(lambda: len(desk.door.clients()) == 2)
    assert {each.name for each in desk.door.clients()} == {INGEST.name, HUD.name}

    links[1].close()

    until(lambda: [each.name for each in desk.door.clients()] == [INGEST.name])


def test_a_simulated_ingester_never_feeds_a_live_engine(
    desk: Desk, link_of: Callable[[Hello], DoorLink], until: Until
) -> None:
    desk.welcome = replace(WELCOME, feed="live")
    link = link_of(INGEST)
    until(lambda: link.refusal)

    assert link.refusal == (
        "this engine's feed is live, that of ingest:okx@alpha is sim: they are never mixed"
    )
    assert (link.trouble, link.welcome, link.clock()) == (link.refusal, None, None)
    assert desk.door.clients() == ()
    assert (desk.door.refused, desk.door.last_refusal) == (1, f"ingest ingest:okx@alpha: {link.refusal}")


@pytest.mark.parametrize(
    ("hello", "why"),
    [
        (INGEST, None),
        (replace(INGEST, wire=1), None),  # the version before is read
        (HUD, None),
        (replace(HUD, wire=3), None),  # it reads the version before its own, which is ours
        (replace(HUD, feed="sim"), None),
        (replace(INGEST, wire=3), "wire version 3, this Kairos reads 1 and 2"),
        (replace(INGEST, wire=0), "wire version 0, this Kairos reads 1 and 2"),
        (replace(HUD, wire=1), "wire version 1"),  # it cannot read what we write
        (replace(HUD, wire=4), "wire version 4"),
        (replace(INGEST, feed="live"), "never mixed"),
        (replace(INGEST, feed=""), "never mixed"),
        (replace(HUD, feed="live"), "never mixed"),
        (replace(HUD, role="thief"), "'thief' is no role here"),
    ],
)
def test_who_may_come_in(hello: Hello, why: str | None) -> None:
    reason = why_refused(hello, WELCOME)

    assert (reason is None) == (why is None)
    assert why is None or why in str(reason)


def test_where_versions_do_not_fit_both_kairoses_are_named() -> None:
    reason = why_refused(replace(INGEST, wire=9, version="0.9.1"), WELCOME)

    assert reason == (
        "wire version 9, this Kairos reads 1 and 2 (kairos 0.5.0 here, 0.9.1 there): "
        "install the same on both machines"
    )


def test_an_engine_of_a_version_that_we_cannot_speak_to_is_refused_here_too(
    desk: Desk, link_of: Callable[[Hello], DoorLink], until: Until
) -> None:
    desk.welcome = replace(WELCOME, wire=9, version="0.9.1")
    link = link_of(INGEST)
    until(lambda: link.refusal)

    assert "wire version 9, this Kairos reads 1 and 2 (kairos 0.9.1 there, 0.5.0 here)" in str(link.refusal)
    assert link.clock() is None


def test_after_a_restart_it_asks_again_and_the_clock_is_learnt_anew(
    desk: Desk, link_of: Callable[[Hello], DoorLink], until: Until
) -> None:
    link = link_of(INGEST)
    until(link.clock)
    successor = replace(WELCOME, epoch=4)

    desk.restart(successor)

    until(lambda: link.welcome == successor)
    until(link.clock)
    assert [each.name for each in desk.door.clients()] == [INGEST.name]


def test_a_refusal_is_not_for_ever(desk: Desk, link_of: Callable[[Hello], DoorLink], until: Until) -> None:
    desk.welcome = replace(WELCOME, feed="live")
    link = link_of(INGEST)
    until(lambda: link.refusal)

    desk.welcome = WELCOME

    until(link.clock)
    assert (link.refusal, link.trouble) == (None, None)


def test_a_door_that_does_not_answer_is_a_trouble_and_its_clock_is_not_used(
    desk: Desk, link_of: Callable[[Hello], DoorLink], until: Until
) -> None:
    link = link_of(INGEST)
    until(link.clock)
    desk.door.close()

    until(lambda: link.trouble)
    until(lambda: link.clock() is None)

    assert "does not answer" in str(link.trouble)
    assert desk.endpoint in str(link.trouble)


def test_both_close_at_once_whether_or_not_the_other_is_there(endpoints: Endpoints) -> None:
    began_s = time.monotonic()
    link = DoorLink(endpoints.signals, INGEST)  # nobody is there
    link.close()
    link.close()
    door = Door(endpoints.signals, lambda: WELCOME)
    door.close()
    door.close()

    assert time.monotonic() - began_s < 4.0  # two tenths of a second
    assert not any(thread.name.startswith("door") for thread in threading.enumerate())


def test_a_link_that_is_let_go_ends_by_itself(
    desk: Desk, link_of: Callable[[Hello], DoorLink], until: Until
) -> None:
    link = link_of(INGEST)
    until(link.clock)

    link.let_go()

    until(lambda: not any(thread.name == "door link" for thread in threading.enumerate()))


def test_a_door_has_one_process(desk: Desk) -> None:
    with pytest.raises(Fatal, match="is served by another process"):
        Door(desk.endpoint, lambda: WELCOME)


@pytest.fixture
def stranger(desk: Desk) -> Iterator["zmq.Socket[bytes]"]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    socket = context.socket(zmq.DEALER)
    socket.set(zmq.RCVTIMEO, 10_000)
    socket.connect(desk.endpoint)
    yield socket
    context.destroy(linger=0)


def test_what_is_not_said_at_a_door_is_counted_and_answered_by_nothing(
    desk: Desk, stranger: "zmq.Socket[bytes]", until: Until
) -> None:
    for foreign in (
        [b""],
        [b"\x93junk"],
        [pack_word(INGEST), b"more"],
        [pack_word(WELCOME)],
        [b"\x91" * 900],
    ):
        stranger.send_multipart(foreign)
    until(lambda: desk.door.foreign == 5)
    stranger.send(pack_word(Ping(5)))

    assert unpack_answered(stranger.recv()) == Stranger()
    stranger.send(pack_word(INGEST))
    assert unpack_answered(stranger.recv()) == WELCOME
    stranger.send(pack_word(Ping(5)))
    pong = unpack_answered(stranger.recv())
    assert isinstance(pong, Pong)
    assert pong.left_ns == 5
    assert pong.came_ns <= pong.answered_ns <= time.monotonic_ns()


def test_a_link_believes_no_answer_that_it_did_not_ask_for(endpoints: Endpoints, until: Until) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    false_door = context.socket(zmq.ROUTER)
    false_door.bind(endpoints.signals)
    link = DoorLink(endpoints.signals, INGEST)
    try:
        asker, _ = false_door.recv_multipart()
        for said in (pack_word(WELCOME), pack_word(Pong(1, 2, 3)), b"junk", pack_word(INGEST)):
            false_door.send_multipart([asker, said])
        until(lambda: link.foreign == 3)
        assert link.clock() is None
    finally:
        link.close()
        context.destroy(linger=0)


def test_no_more_come_in_than_a_door_can_know(desk: Desk, until: Until) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    crowd = [context.socket(zmq.DEALER) for _ in range(257)]

    def some_are_refused() -> bool:
        for one in crowd:
            one.send(pack_word(HUD))
        return any(isinstance(unpack_answered(one.recv()), Refusal) for one in crowd)

    try:
        for one in crowd:
            one.set(zmq.RCVTIMEO, 10_000)
            one.connect(desk.endpoint)
        until(some_are_refused)
        assert len(desk.door.clients()) <= 256
        assert "256 others are there already" in str(desk.door.last_refusal)
    finally:
        context.destroy(linger=0)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_words_are_refused_and_nothing_else_is_raised(foreign: bytes) -> None:
    for unpack in (unpack_asked, unpack_answered):
        with pytest.raises(WireRefused):
            unpack(foreign)


@pytest.mark.parametrize("name", ["", "x" * 65, "a\x1b[2J", "a\nb"])
def test_a_name_that_could_not_be_shown_is_no_name(name: str) -> None:
    with pytest.raises(WireRefused):
        unpack_asked(pack_word(replace(INGEST, name=name)))


def test_words_may_grow_at_their_ends() -> None:
    grown = pack_word(INGEST)
    longer = bytes((grown[0] + 1,)) + grown[1:] + b"\xa5later"

    assert unpack_asked(longer) == INGEST
