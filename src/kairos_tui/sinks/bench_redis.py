"""bench_redis: Redis as `kairos bench bus` measures it, pub/sub (forgets) and Streams (keeps).

redis-py's plain synchronous client: the least that Python can put in front of a server. An address is
`redis://:PASSWORD@HOST:PORT/?key=NAME`. Before it: runtime's bench_bus_worker.
"""

import os
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import redis

from kairos_tui.errors import SinkDown

_ANSWER_WITHIN_S = 5.0
_MOST_AT_ONCE = 1_000
_ENTRIES_KEPT = 100_000
"""As the Redis sink trims its Stream, about."""
_FIELD = b"wire"


class Sending:
    """The sending end. `add` is the command one message takes."""

    def __init__(
        self, address: str, add: Callable[["redis.Redis", str, bytes], object], *, forgets: bool
    ) -> None:
        self.address = address
        self._add = add
        self._forgets = forgets
        self._redis, self._key = _connect(address)

    def has_reader(self, timeout_s: float) -> bool:
        """Wait until a channel has its subscriber; a Stream keeps what a later reader missed."""
        until_s = time.monotonic() + timeout_s
        while self._forgets and not self._redis.pubsub_numsub(self._key)[0][1]:
            if time.monotonic() > until_s:
                return False
            time.sleep(0.01)
        return True

    def send(self, message: bytes) -> None:
        """Send one message; returns when the server has answered."""
        self._add(self._redis, self._key, message)

    def send_all(self, messages: list[bytes]) -> None:
        """Send them in one round trip."""
        pipeline = self._redis.pipeline(transaction=False)
        for message in messages:
            self._add(pipeline, self._key, message)
        pipeline.execute()

    def server_cpu_s(self) -> float | None:
        """User and system time of the server's process so far."""
        seen = self._redis.info("cpu")
        return float(seen["used_cpu_user"]) + float(seen["used_cpu_sys"])

    def close(self) -> None:
        """Leave nothing in the server."""
        self._redis.delete(self._key)
        self._redis.close()


def publishing(address: str) -> Sending:
    """PUBLISH on a channel: whoever is subscribed gets it, nobody else ever will."""
    return Sending(address, lambda client, channel, message: client.publish(channel, message), forgets=True)


def adding(address: str) -> Sending:
    """XADD to a Stream that keeps about the last 100,000 entries."""

    def add(client: "redis.Redis", stream: str, message: bytes) -> None:
        client.xadd(stream, {_FIELD: message}, maxlen=_ENTRIES_KEPT, approximate=True)

    return Sending(address, add, forgets=False)


class Hearing:
    """SUBSCRIBE to the channel."""

    def __init__(self, address: str) -> None:
        self._redis, channel = _connect(address)
        self._heard: Any = self._redis.pubsub()  # type: ignore[no-untyped-call]
        self._heard.subscribe(channel)
        if self._heard.get_message(timeout=_ANSWER_WITHIN_S) is None:
            raise SinkDown("the subscription was not answered")

    def receive(self, timeout_s: float) -> list[bytes]:
        """Wait up to `timeout_s` for something, then take what is there."""
        messages: list[bytes] = []
        heard = self._heard.get_message(timeout=timeout_s)
        while heard is not None:
            if heard["type"] == "message":
                messages.append(heard["data"])
            heard = self._heard.get_message(timeout=0.0) if len(messages) < _MOST_AT_ONCE else None
        return messages

    def close(self) -> None:
        """Leave."""
        self._heard.close()
        self._redis.close()


class Following:
    """XREAD BLOCK from the Stream's beginning, on from the last id."""

    def __init__(self, address: str) -> None:
        self._redis, self._key = _connect(address)
        self._last: bytes | str = "0-0"

    def receive(self, timeout_s: float) -> list[bytes]:
        """Wait up to `timeout_s` for something, then take what is there."""
        wait_ms = max(1, int(timeout_s * 1_000))
        answer: Any = self._redis.xread({self._key: self._last}, count=_MOST_AT_ONCE, block=wait_ms)
        if not answer:
            return []
        # RESP2 answers a list of pairs; RESP3, where redis-py speaks it, a dict of lists of lists.
        (entries,) = next(iter(answer.values())) if isinstance(answer, dict) else (answer[0][1],)
        self._last = entries[-1][0]
        return [fields[_FIELD] for _, fields in entries]

    def close(self) -> None:
        """Leave."""
        self._redis.close()


def _connect(address: str) -> tuple["redis.Redis", str]:
    parts = urlsplit(address)
    client = redis.Redis(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 6379,
        password=parts.password,
        socket_timeout=_ANSWER_WITHIN_S,
        socket_connect_timeout=_ANSWER_WITHIN_S,
        client_name=f"kairos-bench-{os.getpid()}",
    )
    return client, parse_qs(parts.query)["key"][0]
