"""The promise: a name server that hangs holds nobody up; what a name last meant is good until it answers."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.fleet.stand_in import ASSETS, QUICK, Fleet, until

from kairos_tui.fleet.whereabouts import Whereabouts, whereabouts

NAME = "redis.fleet.test"
REAL = socket.getaddrinfo


class NameServer:
    """Knows one name; can hang, refuse, and give another address."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.answers.set()
        self.refuses = False
        self.address = "127.0.0.1"
        self.asked = 0

    def getaddrinfo(self, host: Any, port: Any, *args: Any, **named: Any) -> Any:
        if host != NAME:
            return REAL(host, port, *args, **named)
        self.asked += 1
        self.answers.wait()
        if self.refuses:
            raise socket.gaierror(-2, "Name or service not known")
        return REAL(self.address, port, *args, **named)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[NameServer]:
    server = NameServer()
    monkeypatch.setattr(socket, "getaddrinfo", server.getaddrinfo)
    whereabouts.cache_clear()
    yield server
    server.answers.set()
    until(lambda: "fleet-name" not in {thread.name for thread in threading.enumerate()})
    whereabouts.cache_clear()


def test_the_last_answer_is_good_while_nobody_answers(names: NameServer) -> None:
    redis = Whereabouts(NAME, 6379)
    assert redis.addresses(5.0) == ("127.0.0.1",)

    names.answers.clear()
    assert [redis.addresses(0.01) for _ in range(20)] == [("127.0.0.1",)] * 20
    assert names.asked == 2  # and not one look-up for each who asks

    names.address = "127.0.0.2"
    names.answers.set()
    until(lambda: redis.addresses(5.0) == ("127.0.0.2",))


def test_a_name_that_is_gone_keeps_its_last_answer(names: NameServer) -> None:
    redis = Whereabouts(NAME, 6379)
    redis.addresses(5.0)
    names.refuses = True

    assert redis.addresses(5.0) == ("127.0.0.1",)


def test_a_name_that_was_never_known_is_refused(names: NameServer) -> None:
    redis = Whereabouts(NAME, 6379)
    names.refuses = True
    with pytest.raises(socket.gaierror, match="not known"):
        redis.addresses(5.0)

    names.answers.clear()
    redis = Whereabouts(NAME, 6379)
    with pytest.raises(TimeoutError, match=NAME):
        redis.addresses(0.01)


def test_an_address_is_asked_of_nobody(names: NameServer) -> None:
    for address in ("127.0.0.1", "::1"):
        assert Whereabouts(address, 6379).addresses(0.0) == (address,)
    assert names.asked == 0


def test_a_fleet_goes_on_when_its_redis_and_the_name_of_it_are_gone(
    names: NameServer, redis_server: Any
) -> None:
    fleet = Fleet(redis_server.url.replace("127.0.0.1", NAME))
    try:
        for engine in "ab":
            fleet.engine(engine)
        fleet.settle()
        rosters = [engine.seat.roster for engine in fleet.engines.values()]

        redis_server.kill()
        names.answers.clear()  # until the end of this test: longer than any engine's word counts
        until(lambda: all(engine.seat.trouble for engine in fleet.engines.values()))
        silent = sum(fleet.referee.spoken_for() != sorted(ASSETS) for _ in _over_leases(3))

        assert silent == 0 or fleet.is_settled(), "a busy machine may be late once; it comes back by itself"
        assert [engine.seat.roster for engine in fleet.engines.values()] == rosters
    finally:
        names.answers.set()
        fleet.close()


def _over_leases(count: int) -> Iterator[None]:
    over_ns = time.monotonic_ns() + int(count * QUICK.lease_ms * 1e6)
    while time.monotonic_ns() < over_ns:
        yield
        time.sleep(0.02)
