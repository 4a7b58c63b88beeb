"""What an engine elsewhere says is as old here as it is there, whatever number it has in its fleet."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kairos_tui.market import FeedState, FeedStatus, Venue
from kairos_tui.market.united import SILENT_AFTER_NS
from kairos_tui.runtime.remote_bus import Place, RemoteBus
from kairos_tui.wire import Door, KeyRing, Published, SignalPublisher, Topic, Welcome, make_keys

ANY_PORT = "tcp://127.0.0.1:0"
TEN_S = 10_000_000_000


class Named:
    """One engine, of which the address is all that is known."""

    trouble = None
    fatal = None

    def __init__(self, place: Place) -> None:
        self.place = place

    def places(self) -> tuple[int, tuple[Place, ...]]:
        return 1, (self.place,)

    def acknowledge(self, number: int) -> None:
        pass

    def close(self) -> None:
        pass


def until(condition: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline_s, "the condition never came true"


@pytest.mark.parametrize("number", [0, 7])
def test_what_was_published_a_while_ago_is_not_taken_for_new(tmp_path: Path, number: int) -> None:
    make_keys(tmp_path, ("engine", "hud"))
    serves = KeyRing(str(tmp_path / "engine.key"), str(tmp_path))
    publisher = SignalPublisher(ANY_PORT, run="k7f3", epoch=1, engine=number, ring=serves)
    door = Door(ANY_PORT, lambda: Welcome("k7f3", 1, number, "sim", 2, "0.5.0"), ring=serves)
    place = Place(0, publisher.endpoint, door.endpoint)
    bus = RemoteBus(Named(place), "hud", [Topic.STATUS], (), KeyRing(str(tmp_path / "hud.key")))
    heard: list[Published] = []

    def hears() -> bool:
        heard.extend(each for each in bus.drain(5) if isinstance(each, Published))
        return publisher.wanted(Topic.STATUS) and any(client.clock for client in door.clients())

    try:
        until(hears)  # the engine has been told that its clock is known here
        at_ns = time.monotonic_ns() - TEN_S
        status = FeedStatus(Venue("okx"), None, FeedState.LIVE, at_ns)
        publisher.publish(status, ts_us=1, published_ns=at_ns)
        until(lambda: hears() and heard)
    finally:
        bus.close()
        door.close()
        publisher.close()

    (published,) = heard
    assert at_ns - TEN_S < published.published_ns <= at_ns


def test_while_an_engines_clock_is_not_known_nothing_of_it_passes_for_live(tmp_path: Path) -> None:
    make_keys(tmp_path, ("engine", "hud"))
    serves = KeyRing(str(tmp_path / "engine.key"), str(tmp_path))
    publisher = SignalPublisher(ANY_PORT, run="k7f3", epoch=1, ring=serves)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        key = publisher.endpoint.partition("#")[2]
        door = f"tcp://127.0.0.1:{deaf.getsockname()[1]}#{key}"
        bus = RemoteBus(
            Named(Place(0, publisher.endpoint, door)),
            "hud",
            [Topic.STATUS],
            (),
            KeyRing(str(tmp_path / "hud.key")),
        )
        heard: list[Published] = []

        def hears() -> bool:
            heard.extend(each for each in bus.drain(5) if isinstance(each, Published))
            if publisher.wanted(Topic.STATUS):
                now_ns = time.monotonic_ns()
                status = FeedStatus(Venue("okx"), None, FeedState.LIVE, now_ns)
                publisher.publish(status, ts_us=1, published_ns=now_ns)
            return bool(heard)

        try:
            until(hears)
            assert time.monotonic_ns() - heard[0].published_ns > SILENT_AFTER_NS
        finally:
            bus.close()
            publisher.close()
