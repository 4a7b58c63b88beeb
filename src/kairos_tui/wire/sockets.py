"""Sockets: the kinds of them, and how much each may queue. Options that all share are open_socket's.

Before it: both ends of both hops. After it: ZeroMQ.
"""

from collections.abc import Sequence

import zmq

from kairos_tui.market import NO_KEYS, KeyRing
from kairos_tui.wire.address import is_tcp
from kairos_tui.wire.codec import FRAME_MAX_BYTES, MESSAGE_MAX_BYTES
from kairos_tui.wire.joins import Joins
from kairos_tui.wire.open_socket import OpenSocket

TICK_FRAMES_QUEUED = 64
"""Few, so that what waits for a slow engine waits in the outbox, where newer replaces older."""
TICK_BYTES_QUEUED = 256 << 10
"""Of a TCP socket's own buffers, each way. By default 2.9 MB of old ticks lay before an engine that stalled;
with this 1 MB, on `ipc://` 0.2 MB. A window of this size carries 1.3 MB/s over a round trip of 200 ms."""
PUBLICATIONS_QUEUED = 2_000
_SUBSCRIPTION_MAX_BYTES = 64
_HANDSHAKE_MAX_BYTES = 1_024
"""The limit holds for the messages of CURVE's handshake, too; the longest has about 300 bytes."""


def open_push(endpoint: str, ring: KeyRing = NO_KEYS) -> tuple[OpenSocket, Joins]:
    """Ticks out. IMMEDIATE: without a live peer a send is refused, instead of piling up unseen."""
    push = OpenSocket(zmq.PUSH, ring=ring)
    push.zmq.set(zmq.IMMEDIATE, 1)
    push.zmq.set(zmq.SNDHWM, TICK_FRAMES_QUEUED)
    if is_tcp(endpoint):
        push.zmq.set(zmq.SNDBUF, TICK_BYTES_QUEUED)
    joins = push.watch_joins()
    push.connect(endpoint)
    return push, joins


def open_pull(endpoint: str, ring: KeyRing = NO_KEYS) -> OpenSocket:
    """Ticks in, bound."""
    pull = OpenSocket(zmq.PULL, ring=ring)
    pull.zmq.set(zmq.RCVHWM, TICK_FRAMES_QUEUED)
    pull.zmq.set(zmq.MAXMSGSIZE, FRAME_MAX_BYTES)
    if is_tcp(endpoint):
        pull.zmq.set(zmq.RCVBUF, TICK_BYTES_QUEUED)
    pull.bind(endpoint)
    return pull


def open_xpub(endpoint: str, ring: KeyRing = NO_KEYS) -> OpenSocket:
    """Publications out, bound. VERBOSE: every subscription is seen, so each newcomer gets a picture."""
    xpub = OpenSocket(zmq.XPUB, ring=ring)
    xpub.zmq.set(zmq.XPUB_VERBOSE, 1)
    xpub.zmq.set(zmq.SNDHWM, PUBLICATIONS_QUEUED)
    xpub.zmq.set(zmq.MAXMSGSIZE, _HANDSHAKE_MAX_BYTES if is_tcp(endpoint) else _SUBSCRIPTION_MAX_BYTES)
    xpub.bind(endpoint)
    return xpub


def open_sub(endpoints: Sequence[str], topics: list[bytes], ring: KeyRing = NO_KEYS) -> OpenSocket:
    """Publications in, of every engine, as they come."""
    sub = OpenSocket(zmq.SUB, ring=ring)
    sub.zmq.set(zmq.LINGER, 0)  # its unsent unsubscriptions are worth no wait
    sub.zmq.set(zmq.RCVHWM, PUBLICATIONS_QUEUED)
    sub.zmq.set(zmq.MAXMSGSIZE, MESSAGE_MAX_BYTES)
    for topic in topics:
        sub.zmq.subscribe(topic)
    for endpoint in endpoints:
        sub.connect(endpoint)
    return sub
