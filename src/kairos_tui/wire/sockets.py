"""Sockets: the one place where ZeroMQ options are chosen. Each socket has its own context, made when asked.

No context exists at import, so a fork before the first socket is safe. Linger is bounded, so a dead
peer cannot hold a process; heartbeats notice a frozen one; a TCP socket is opened with keys or not at all.
"""

from collections.abc import Sequence

import zmq

from kairos_tui.wire.address import path_of
from kairos_tui.wire.codec import FRAME_MAX_BYTES, MESSAGE_MAX_BYTES
from kairos_tui.wire.curve import NO_KEYS, KeyRing

LINGER_MS = 250
TICK_FRAMES_QUEUED = 64
"""Few, so that what waits for a slow engine waits in the outbox, where newer replaces older."""
PUBLICATIONS_QUEUED = 2_000
# Plain integers and zmq_poll: an operation on zmq's own flags costs 1.3 us, an Again raised 6 us.
_IN, _OUT, _NOW = int(zmq.POLLIN), int(zmq.POLLOUT), int(zmq.NOBLOCK)
_SUBSCRIPTION_MAX_BYTES = 64


class OpenSocket:
    """A socket with the context that exists for it alone; closing both is one act, and may be repeated."""

    def __init__(self, kind: int, *endpoints: str, ring: KeyRing = NO_KEYS) -> None:
        for endpoint in endpoints:
            path_of(endpoint)  # refuses anything but ipc
        self.ring = ring
        self.endpoint = ""
        self._waits_ms = -1
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.zmq = self._context.socket(kind)
        self.zmq.set(zmq.LINGER, LINGER_MS)
        self.zmq.set(zmq.HEARTBEAT_IVL, 500)
        self.zmq.set(zmq.HEARTBEAT_TIMEOUT, 1_500)
        self.zmq.set(zmq.RECONNECT_IVL, 50)
        # With a domain set, libzmq refuses the ZMTP 1.0 fallback that lets a plain HTTP POST in.
        self.zmq.set(zmq.ZAP_DOMAIN, b"kairos")

    def connect(self, endpoint: str) -> None:
        """Join whoever serves this address."""
        path_of(endpoint)
        self.zmq.connect(endpoint)

    def bind(self, endpoint: str) -> None:
        """Serve it."""
        path_of(endpoint)
        self.zmq.bind(endpoint)
        self.endpoint = endpoint

    def disconnect(self, endpoint: str) -> None:
        """Leave it."""
        self.zmq.disconnect(endpoint)

    def has_input(self) -> bool:
        """Whether a receive would return at once."""
        return bool(zmq.zmq_poll([(self.zmq, _IN)], 0))

    def has_room(self) -> bool:
        """Whether a send would be taken: a peer is there, and its queue is not full."""
        return bool(zmq.zmq_poll([(self.zmq, _OUT)], 0))

    def receive_now(self) -> bytes | None:
        """The next message, or None when there is none."""
        return self.zmq.recv(_NOW) if self.has_input() else None

    def receive_within(self, timeout_ms: int) -> bytes | None:
        """The next message, waiting up to `timeout_ms` for it."""
        if timeout_ms <= 0:
            return self.receive_now()
        if self._waits_ms != timeout_ms:
            self.zmq.set(zmq.RCVTIMEO, timeout_ms)
            self._waits_ms = timeout_ms
        try:
            return self.zmq.recv()
        except zmq.Again:
            return None

    def send_now(self, message: bytes) -> bool:
        """Whether the socket took the message."""
        try:
            self.zmq.send(message, _NOW)
        except zmq.Again:
            return False
        return True

    def close(self, *, waits: bool = True) -> None:
        """Give what is queued 250 ms to leave, or none, then drop it."""
        self._context.destroy(linger=None if waits else 0)


class Joins:
    """How often the other end has joined: libzmq tells it through a socket of its own."""

    def __init__(self, monitor: "zmq.Socket[bytes]") -> None:
        self._monitor = monitor

    def count_new(self) -> int:
        """Joins since the last call."""
        joined = 0
        while zmq.zmq_poll([(self._monitor, _IN)], 0):
            self._monitor.recv_multipart(_NOW)
            joined += 1
        return joined


def open_push(endpoint: str, ring: KeyRing = NO_KEYS) -> tuple[OpenSocket, "Joins"]:
    """Ticks out. IMMEDIATE: without a live peer a send is refused, instead of piling up unseen."""
    push = OpenSocket(zmq.PUSH, endpoint, ring=ring)
    push.zmq.set(zmq.IMMEDIATE, 1)
    push.zmq.set(zmq.SNDHWM, TICK_FRAMES_QUEUED)
    joins = push.zmq.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    push.zmq.connect(endpoint)
    return push, Joins(joins)


def open_pull(endpoint: str, ring: KeyRing = NO_KEYS) -> OpenSocket:
    """Ticks in, bound."""
    pull = OpenSocket(zmq.PULL, endpoint, ring=ring)
    pull.zmq.set(zmq.RCVHWM, TICK_FRAMES_QUEUED)
    pull.zmq.set(zmq.MAXMSGSIZE, FRAME_MAX_BYTES)
    pull.zmq.bind(endpoint)
    return pull


def open_xpub(endpoint: str, ring: KeyRing = NO_KEYS) -> OpenSocket:
    """Publications out, bound. VERBOSE: every subscription is seen, so each newcomer gets a picture."""
    xpub = OpenSocket(zmq.XPUB, endpoint, ring=ring)
    xpub.zmq.set(zmq.XPUB_VERBOSE, 1)
    xpub.zmq.set(zmq.SNDHWM, PUBLICATIONS_QUEUED)
    xpub.zmq.set(zmq.MAXMSGSIZE, _SUBSCRIPTION_MAX_BYTES)
    xpub.zmq.bind(endpoint)
    return xpub


def open_sub(endpoints: Sequence[str], topics: list[bytes], ring: KeyRing = NO_KEYS) -> OpenSocket:
    """Publications in, of every engine, as they come."""
    sub = OpenSocket(zmq.SUB, *endpoints, ring=ring)
    sub.zmq.set(zmq.LINGER, 0)  # its unsent unsubscriptions are worth no wait
    sub.zmq.set(zmq.RCVHWM, PUBLICATIONS_QUEUED)
    sub.zmq.set(zmq.MAXMSGSIZE, MESSAGE_MAX_BYTES)
    for topic in topics:
        sub.zmq.subscribe(topic)
    for endpoint in endpoints:
        sub.zmq.connect(endpoint)
    return sub
