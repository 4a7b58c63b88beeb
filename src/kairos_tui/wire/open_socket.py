"""open_socket: a socket with its own context: how it is bound, connected and closed. Over TCP with keys only.

Before it: sockets, which chooses kind and queues. Behind it: porter where it binds, joins where it connects.
No context exists at import, so a fork before the first socket is safe. Linger is bounded, so a dead peer
cannot hold a process; heartbeats notice a frozen one.
"""

import contextlib
from pathlib import Path

import zmq

from kairos_tui.errors import PortTaken, SettingsInvalid
from kairos_tui.market import NO_KEYS, KeyRing
from kairos_tui.wire.address import TcpAddress, is_tcp, path_of, read_tcp
from kairos_tui.wire.curve import KeyPair, check_ring, load_pair
from kairos_tui.wire.joins import Joins
from kairos_tui.wire.porter import DOMAIN, Porter

LINGER_MS = 250
# Plain integers and zmq_poll: an operation on zmq's own flags costs 1.3 us, an Again raised 6 us.
_IN, _OUT, _NOW = int(zmq.POLLIN), int(zmq.POLLOUT), int(zmq.NOBLOCK)
_CONNECTS_WITHIN_MS = 3_000
_HANDSHAKE_WITHIN_MS = 5_000
_SILENT_FOR_MS = 4_000
"""Parting loses what is on its way: a machine that is out of breath for a moment is not gone."""
_RECONNECT_MOST_MS = 1_000


class OpenSocket:
    """A socket with the context that exists for it alone; closing both is one act, and may be repeated.

    It connects to as many addresses as it is told, or binds one. A TCP address is used with the keys of the
    `ring` or not at all: raises SettingsInvalid.
    """

    def __init__(self, kind: int, *, ring: KeyRing = NO_KEYS) -> None:
        self._ring = ring
        self._pair: KeyPair | None = None
        self._porter: Porter | None = None
        self._joins: Joins | None = None
        self._bound = ""
        self._waits_ms = -1
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.zmq = self._context.socket(kind)
        self.zmq.set(zmq.LINGER, LINGER_MS)
        self.zmq.set(zmq.HEARTBEAT_IVL, 500)
        self.zmq.set(zmq.HEARTBEAT_TIMEOUT, 1_500)
        self.zmq.set(zmq.RECONNECT_IVL, 50)
        # With a domain set, libzmq refuses the ZMTP 1.0 fallback that lets a plain HTTP POST in.
        self.zmq.set(zmq.ZAP_DOMAIN, DOMAIN)

    @property
    def endpoint(self) -> str:
        """What was bound, as one connects to it: with the port that was free, and our public key."""
        return self._bound

    @property
    def refused_peers(self) -> int:
        """How many came to this socket without a key that is allowed."""
        return self._porter.refused if self._porter is not None else 0

    @property
    def last_refusal(self) -> str | None:
        """Why the last of them was refused."""
        return self._porter.last_refusal if self._porter is not None else None

    def bind(self, endpoint: str) -> None:
        """Serve this address. Raises PortTaken where another process does. One that raises is closed."""
        try:
            if is_tcp(endpoint):
                self._bind_tcp(read_tcp(endpoint))
            else:
                path_of(endpoint)  # refuses anything but ipc
                self.zmq.bind(endpoint)
                self._bound = endpoint
        except BaseException:
            self.close(waits=False)
            raise

    def connect(self, endpoint: str) -> None:
        """Join whoever serves this address, now and whenever it comes back. One that raises is closed."""
        try:
            if is_tcp(endpoint):
                self._connect_tcp(read_tcp(endpoint))
                return
            path_of(endpoint)
            if self._pair is not None:
                self.zmq.set(zmq.CURVE_SERVER, 0)  # what the next connection is made with: no keys
            self.zmq.connect(endpoint)
        except BaseException:
            self.close(waits=False)
            raise

    def disconnect(self, endpoint: str) -> None:
        """Leave it, with what is still queued for it."""
        if is_tcp(endpoint):
            left = read_tcp(endpoint)
            self.watch_joins().forget(left)
            endpoint = left.url
        with contextlib.suppress(zmq.ZMQError):  # of who refused us, libzmq has forgotten the address
            self.zmq.disconnect(endpoint)

    def watch_joins(self) -> Joins:
        """Who joins from here on, and of TCP addresses, what keeps them from it."""
        if self._joins is None:
            self._joins = Joins(self.zmq, self._reconnect, name=Path(self._ring.own).stem)
        return self._joins

    @property
    def trouble(self) -> str | None:
        """What keeps the first from joining of those that cannot."""
        return self._joins.trouble if self._joins is not None else None

    def look_for_trouble(self) -> None:
        """To be called now and then: `trouble` is what was found, and who was refused asks again."""
        if self._joins is not None:
            self._joins.count_new()

    def _bind_tcp(self, at: TcpAddress) -> None:
        check_ring(self._ring, binds=True)
        pair = self._arm(at)
        if at.key not in ("", pair.public):
            raise SettingsInvalid(f"{at}: our own key is {pair.public}: leave out #KEY where it is served")
        self.zmq.set(zmq.CURVE_SERVER, 1)
        self._porter = Porter(self._context, self.zmq, Path(self._ring.allowed))
        try:
            self.zmq.bind(at.url)
        except zmq.ZMQError as error:
            if error.errno == zmq.EADDRINUSE:
                raise PortTaken(f"{at.url}: another process serves this port: choose another") from error
            raise SettingsInvalid(f"{at.url}: cannot be served here: {error.strerror}") from error
        bound = self.zmq.get(zmq.LAST_ENDPOINT)
        url = bound.decode().rstrip("\0") if isinstance(bound, bytes) else at.url
        self._bound = str(TcpAddress(at.host, int(url.rpartition(":")[2]), pair.public))

    def _connect_tcp(self, to: TcpAddress) -> None:
        if not to.key:
            raise SettingsInvalid(f"{to.url}: add #KEY, the public key of who serves it (its .pub has it)")
        if not to.port:
            raise SettingsInvalid(f"{to.url}: port 0 can be served, but not be connected to")
        check_ring(self._ring, binds=False)
        self.watch_joins().follow(to)
        self._join(to)

    def _join(self, to: TcpAddress) -> None:
        self._arm(to)
        self.zmq.set(zmq.CURVE_SERVERKEY, to.key.encode())
        try:
            self.zmq.connect(to.url)
        except zmq.ZMQError as error:
            raise SettingsInvalid(f"{to.url}: cannot be connected to: {error.strerror}") from error

    def _arm(self, at: TcpAddress) -> KeyPair:
        """Set what the next bind or connect to a TCP address is made with."""
        if self._pair is None:
            self._pair = load_pair(Path(self._ring.own))
            self.zmq.set(zmq.HANDSHAKE_IVL, _HANDSHAKE_WITHIN_MS)
            self.zmq.set(zmq.HEARTBEAT_TIMEOUT, _SILENT_FOR_MS)
            self.zmq.set(zmq.CONNECT_TIMEOUT, _CONNECTS_WITHIN_MS)
            self.zmq.set(zmq.RECONNECT_IVL_MAX, _RECONNECT_MOST_MS)
        self.zmq.set(zmq.IPV6, int(":" in at.host))
        self.zmq.set(zmq.CURVE_PUBLICKEY, self._pair.public.encode())
        self.zmq.set(zmq.CURVE_SECRETKEY, self._pair.secret.encode())
        return self._pair

    def _reconnect(self, to: TcpAddress) -> None:
        with contextlib.suppress(zmq.ZMQError):  # libzmq may have given it up already
            self.zmq.disconnect(to.url)
        self._join(to)

    def has_input(self) -> bool:
        """Whether a receive would return at once."""
        return bool(zmq.zmq_poll([(self.zmq, _IN)], 0))

    def has_room(self) -> bool:
        """Whether a send would be taken: a peer is there, and its queue is not full."""
        return bool(zmq.zmq_poll([(self.zmq, _OUT)], 0))

    def receive_now(self) -> bytes | None:
        """The next message, or None when there is none.

        Who parts between the look and the taking takes what was seen along: then there is none after all.
        """
        try:
            return self.zmq.recv(_NOW) if self.has_input() else None
        except zmq.Again:
            return None

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
        if self._porter is not None:
            self._porter.close()
            self._porter = None
        self._context.destroy(linger=None if waits else 0)
