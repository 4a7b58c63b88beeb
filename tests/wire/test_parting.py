"""Who parts between the look at a socket and the taking takes its message along: the other end goes on."""

from collections.abc import Iterator

import pytest
import zmq

from kairos_tui.wire import Endpoints
from kairos_tui.wire.door_sockets import next_question, open_router
from kairos_tui.wire.open_socket import OpenSocket
from kairos_tui.wire.sockets import open_pull


@pytest.fixture(autouse=True)
def seen_and_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As libzmq does it under load: the poll sees something, and the next call finds nothing."""

    def poll(sockets: list[tuple[object, int]], timeout: int = -1) -> list[tuple[object, int]]:
        return sockets

    monkeypatch.setattr(zmq, "zmq_poll", poll)


@pytest.fixture
def pull(endpoints: Endpoints) -> Iterator[OpenSocket]:
    bound = open_pull(endpoints.ticks)
    yield bound
    bound.close()


def test_an_engine_goes_on_when_a_sender_parts(pull: OpenSocket) -> None:
    assert pull.receive_now() is None
    assert pull.receive_within(0) is None


def test_a_door_goes_on_when_who_asked_parts(endpoints: Endpoints) -> None:
    router = open_router(endpoints.signals)
    try:
        assert next_question(router, 0) is None
    finally:
        router.close()
