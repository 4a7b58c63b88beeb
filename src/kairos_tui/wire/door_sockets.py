"""Door sockets: a question and its answer, of many askers at one door.

Before it: door and door_link. After it: OpenSocket, which has the options that all sockets share.
"""

import zmq
from msgspec import Struct

from kairos_tui.market import NO_KEYS, KeyRing
from kairos_tui.wire.door_words import ANSWER_MAX_BYTES, HELLO_MAX_BYTES
from kairos_tui.wire.open_socket import OpenSocket

QUESTIONS_QUEUED = 1_000
_IN, _NOW = int(zmq.POLLIN), int(zmq.NOBLOCK)


class Question(Struct, frozen=True):
    """What came, the address that ZeroMQ answers it by, and the host it came from; empty on this machine."""

    asker: bytes
    body: bytes
    host: str


def open_router(endpoint: str, ring: KeyRing = NO_KEYS) -> OpenSocket:
    """Questions in, bound. Who does not take its answers loses them."""
    router = OpenSocket(zmq.ROUTER, ring=ring)
    router.zmq.set(zmq.RCVHWM, QUESTIONS_QUEUED)
    router.zmq.set(zmq.SNDHWM, QUESTIONS_QUEUED)
    router.zmq.set(zmq.MAXMSGSIZE, HELLO_MAX_BYTES)
    router.bind(endpoint)
    return router


def open_dealer(endpoint: str, ring: KeyRing = NO_KEYS) -> OpenSocket:
    """Questions out. IMMEDIATE: none waits for a door that is not there, to be answered when it is old."""
    dealer = OpenSocket(zmq.DEALER, ring=ring)
    dealer.zmq.set(zmq.LINGER, 0)
    dealer.zmq.set(zmq.IMMEDIATE, 1)
    dealer.zmq.set(zmq.SNDHWM, 16)
    dealer.zmq.set(zmq.RCVHWM, 64)
    dealer.zmq.set(zmq.MAXMSGSIZE, ANSWER_MAX_BYTES)
    dealer.connect(endpoint)
    return dealer


def next_question(router: OpenSocket, timeout_ms: int) -> Question | None:
    """What was asked, waiting up to `timeout_ms` for it. Of what has another shape the body is empty."""
    if not zmq.zmq_poll([(router.zmq, _IN)], timeout_ms):
        return None
    try:
        parts = router.zmq.recv_multipart(_NOW, copy=False)
    except zmq.Again:  # who asked has parted meanwhile, and took it along
        return None
    body = parts[1].bytes if len(parts) == 2 else b""
    return Question(parts[0].bytes, body, _host_of(parts[-1]))


def answer(router: OpenSocket, question: Question, body: bytes) -> bool:
    """Whether the socket took it; it may still be lost, like its asker."""
    try:
        router.zmq.send_multipart((question.asker, body), _NOW)
    except zmq.ZMQError:
        return False
    return True


def _host_of(part: zmq.Frame) -> str:
    try:
        host = part.get("Peer-Address")
    except zmq.ZMQError:
        return ""
    return str(host)
