"""bench_ends: ZeroMQ as `kairos bench bus` measures it, publisher and reader over ipc or loopback tcp.

The signal wire's sockets and options, but that a full queue makes the publisher wait, where the engine's
would drop and count. The only tcp port this room ever opens, for as long as a measurement lasts.
Before it: runtime's bench_bus_worker. Synchronous.
"""

import zmq

from kairos_tui.errors import Fatal
from kairos_tui.wire.open_socket import LINGER_MS
from kairos_tui.wire.sockets import PUBLICATIONS_QUEUED

_SEND_WITHIN_MS = 5_000
_MOST_AT_ONCE = 1_000
_IN, _NOW = int(zmq.POLLIN), int(zmq.NOBLOCK)
_LOOPBACK = ("ipc://", "tcp://127.0.0.1:")


class Publishing:
    """The sending end, bound. `tcp://127.0.0.1:*` takes a free port; `address` is where it then is."""

    def __init__(self, address: str) -> None:
        self._subscribed = False
        self._context, self._socket = _open(zmq.XPUB, address)
        self._socket.set(zmq.SNDHWM, PUBLICATIONS_QUEUED)
        self._socket.set(zmq.SNDTIMEO, _SEND_WITHIN_MS)
        self._socket.set(zmq.XPUB_NODROP, 1)
        self._socket.bind(address)
        self.address = self._socket.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0")

    def has_reader(self, timeout_s: float) -> bool:
        """Wait for a subscription; what is sent before one is lost."""
        if not self._subscribed and self._socket.poll(int(timeout_s * 1_000)):
            self._subscribed = self._socket.recv(_NOW)[:1] == b"\x01"
        return self._subscribed

    def send(self, message: bytes) -> None:
        """Send one message. Waits while the reader's queue is full, up to 5 s, then raises zmq.Again."""
        self._socket.send(message)

    def send_all(self, messages: list[bytes]) -> None:
        """ZeroMQ gathers what waits by itself: no quicker way than one by one."""
        for message in messages:
            self._socket.send(message)

    def server_cpu_s(self) -> float | None:
        """There is no server."""
        return None

    def close(self) -> None:
        """Give the address back."""
        self._context.destroy()


class Reading:
    """The receiving end, connected."""

    def __init__(self, address: str) -> None:
        self._context, self._socket = _open(zmq.SUB, address)
        self._socket.set(zmq.RCVHWM, PUBLICATIONS_QUEUED)
        self._socket.subscribe(b"")
        self._socket.connect(address)

    def receive(self, timeout_s: float) -> list[bytes]:
        """Wait up to `timeout_s` for something, then take what is there."""
        self._socket.set(zmq.RCVTIMEO, int(timeout_s * 1_000))
        try:
            messages = [self._socket.recv()]
        except zmq.Again:
            return []
        while len(messages) < _MOST_AT_ONCE and zmq.zmq_poll([(self._socket, _IN)], 0):
            messages.append(self._socket.recv(_NOW))
        return messages

    def close(self) -> None:
        """Leave."""
        self._context.destroy(linger=0)


def has_ipc() -> bool:
    """Whether this libzmq was built with `ipc://`."""
    return bool(zmq.has("ipc"))


def versions() -> dict[str, str]:
    """What was measured."""
    return {"pyzmq": zmq.pyzmq_version(), "libzmq": zmq.zmq_version()}


def _open(kind: int, address: str) -> "tuple[zmq.Context[zmq.Socket[bytes]], zmq.Socket[bytes]]":
    if not address.startswith(_LOOPBACK):
        raise Fatal(f"{address!r} is neither ipc:// nor loopback")
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    socket = context.socket(kind)
    socket.set(zmq.LINGER, LINGER_MS)
    # With a domain set, libzmq refuses the ZMTP 1.0 fallback that lets a plain HTTP POST in.
    socket.set(zmq.ZAP_DOMAIN, b"kairos")
    return context, socket
