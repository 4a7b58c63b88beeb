"""SignalPublisher: the engine's mouth. Signals, quotes, statuses and boards, numbered per topic.

Before it: the engine's role. After it: SignalReaders in any number of processes. Synchronous; never blocks.
"""

import os

from kairos_tui.market import NO_KEYS, KeyRing
from kairos_tui.wire.address import claim
from kairos_tui.wire.codec import MESSAGE_MAX_BYTES, pack_message
from kairos_tui.wire.records import TOPICS, Body, Published, Topic
from kairos_tui.wire.sockets import open_xpub

_SUBSCRIBE = 1


class SignalPublisher:
    """Binds the signals' address, alone. A reader too slow to keep up loses messages, and sees it."""

    def __init__(
        self, endpoint: str, *, run: str, epoch: int, engine: int = 0, ring: KeyRing = NO_KEYS
    ) -> None:
        self.dropped = 0
        self._run = run
        self._epoch = epoch
        self._engine = engine
        self._numbers = dict.fromkeys(Topic, 0)
        self._wanted: set[bytes] = set()
        self._newcomers = False
        self._heard_of: dict[bytes, int] = {}
        self._claim = claim(endpoint)
        self._socket = open_xpub(endpoint, ring)

    @property
    def endpoint(self) -> str:
        """What a reader connects to: the address, of a TCP port with its number and our public key."""
        return self._socket.endpoint

    @property
    def refused_peers(self) -> int:
        """How many came to a TCP port without a key that is allowed."""
        return self._socket.refused_peers

    @property
    def last_refusal(self) -> str | None:
        """Why the last of them was refused."""
        return self._socket.last_refusal

    def publish(self, body: Body, *, ts_us: int, published_ns: int) -> bytes:
        """Send to whoever subscribes to this kind; the message, as it left. One too large for the wire is
        counted in `dropped`."""
        topic = TOPICS[type(body)]
        self._numbers[topic] += 1
        number, engine = self._numbers[topic], self._engine
        published = Published(self._run, self._epoch, topic, number, ts_us, published_ns, body, engine)
        message = pack_message(published)
        if len(message) > MESSAGE_MAX_BYTES or not self._socket.send_now(message):
            self.dropped += 1
        return message

    def wanted(self, topic: Topic) -> bool:
        """Whether anyone subscribes to it, so that what nobody reads costs nothing."""
        self._hear_subscriptions()
        return topic.value.encode() in self._wanted

    def begin_epoch(self, epoch: int) -> None:
        """Someone else speaks from here on: numbers begin anew. It must be higher than the one before."""
        self._epoch = epoch
        self._numbers = dict.fromkeys(Topic, 0)

    def subscriptions(self, topic: Topic) -> int:
        """How many readers have ever asked for it."""
        self._hear_subscriptions()
        return self._heard_of.get(topic.value.encode(), 0)

    def newcomers(self) -> bool:
        """Whether someone subscribed since the last call: they have seen nothing yet, so tell all again."""
        self._hear_subscriptions()
        came, self._newcomers = self._newcomers, False
        return came

    def close(self) -> None:
        """Give the address back. May be repeated."""
        self._socket.close()
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None

    def _hear_subscriptions(self) -> None:
        while self._socket.has_input():
            heard = self._socket.receive_now()
            if not heard:
                continue
            if heard[0] == _SUBSCRIBE:
                self._wanted.add(heard[1:])
                self._heard_of[heard[1:]] = self._heard_of.get(heard[1:], 0) + 1
                self._newcomers = True
            else:
                self._wanted.discard(heard[1:])
