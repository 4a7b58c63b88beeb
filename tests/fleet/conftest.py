"""A fleet in a Redis of its own."""

from collections.abc import Iterator

import pytest
from tests.fleet.stand_in import Fleet
from tests.redis_server import RedisServer, redis_server

__all__ = ["redis_server"]


@pytest.fixture
def fleet(redis_server: RedisServer) -> Iterator[Fleet]:
    made = Fleet(redis_server.url)
    yield made
    made.close()
    assert made.referee.faults == []
