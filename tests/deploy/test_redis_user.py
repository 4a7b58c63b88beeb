"""The Redis of the fleet in containers, by its very words: a fleet lives in it, its user may nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from tests.deploy.compose_file import read_compose, words_of
from tests.deploy.words import ROOT
from tests.fleet.stand_in import Engine, Follower, Referee, until
from tests.redis_server import BINARY, RedisServer

from kairos_tui.fleet import fleet_place

COMPOSE = read_compose(ROOT / "compose.yaml", env={"REDIS_PASSWORD": "pass1234"})

FORBIDDEN = (
    ("GET", "kairos:other:roster"),
    ("SET", "anything", "1"),
    ("KEYS", "*"),
    ("FLUSHALL",),
    ("CONFIG", "GET", "*"),
    ("ACL", "LIST"),
    ("SUBSCRIBE", "kairos:other:hint"),
    ("EVAL", "return redis.call('GET', 'kairos:other:roster')", "0"),
    ("SHUTDOWN", "NOSAVE"),
    ("REPLICAOF", "127.0.0.1", "1"),
    ("MODULE", "LIST"),
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    if BINARY is None:
        pytest.skip("redis-server is not installed (apt-get install redis-server)")
    command, *words = words_of(COMPOSE["services"]["redis"])
    assert command == "redis-server"
    words[words.index("--dir") + 1] = str(tmp_path)
    made = RedisServer(tmp_path, *words)
    yield made
    made.stop()


def user(server: RedisServer, **given: Any) -> redis.Redis:
    return redis.Redis(port=server.port, socket_timeout=5.0, retry=Retry(NoBackoff(), 0), **given)


def test_engines_and_readers_live_with_what_it_may(server: RedisServer) -> None:
    environment = COMPOSE["services"]["engine-a"]["environment"]
    place = fleet_place(
        environment["KAIROS_FLEET"].replace("@redis/", f"@127.0.0.1:{server.port}/"), environment
    )
    reader = Follower(place, "hud", kind="reader")
    one, other = (Engine(place, name, Referee()) for name in ("engine-a", "engine-b"))
    try:
        until(lambda: set(reader.watcher.roster.now) == {"engine-a", "engine-b"}, what="both speak")
        assert one.seat.next_epoch() != other.seat.next_epoch()

        one.seat.leave()
        until(lambda: one.seat.left and reader.watcher.roster.now == ("engine-b",), what="one has left")
        assert [one.seat.trouble, other.seat.trouble, reader.watcher.trouble] == [None] * 3
    finally:
        for each in (one, other, reader):
            each.close()


def test_it_may_nothing_else(server: RedisServer) -> None:
    with user(server, username="fleet", password="pass1234") as client:
        for command in FORBIDDEN:
            with pytest.raises(redis.ResponseError) as refusal:
                client.execute_command(*command)
            assert re.search("no permissions|can't access", str(refusal.value)), command
        assert client.ping()


def test_nobody_comes_without_the_password(server: RedisServer) -> None:
    for given in ({}, {"password": "pass1234"}, {"username": "fleet", "password": "simulated"}):
        with user(server, **given) as client, pytest.raises(redis.AuthenticationError):
            client.ping()
