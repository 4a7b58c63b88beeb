"""joins: how often the other end has joined a socket that connects, and what keeps it from joining.

Before it: sockets. After it: TickSender and SignalReader, which look now and then. libzmq tells it through a
socket of its own.
"""

import sys
import time
from collections.abc import Callable

import zmq

from kairos_tui.wire.address import TcpAddress

_IN, _NOW = int(zmq.POLLIN), int(zmq.NOBLOCK)
_JOINED = int(zmq.EVENT_HANDSHAKE_SUCCEEDED)
_UNKNOWN = int(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
_PARTED = int(zmq.EVENT_DISCONNECTED)
_CUT_SHORT_MOST = 3
"""So often in a row is no accident: an engine that ends just then cuts one short."""
_ASK_AGAIN_AFTER_NS = 1_000_000_000


class Joins:
    """Look often: whom libzmq takes for refused or foreign it never tries again. This does, a second later.

    `name`: of our own key, to be said where it is refused. `trouble` is what keeps the first of those from
    joining that cannot, as far as it is known; another thread may read it.
    """

    def __init__(
        self,
        socket: "zmq.Socket[bytes]",
        reconnect: Callable[[TcpAddress], None],
        *,
        name: str,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.trouble: str | None = None
        self._monitor = socket.get_monitor_socket(_JOINED | _UNKNOWN | _PARTED)
        self._reconnect = reconnect
        self._name = name
        self._clock_ns = clock_ns
        self._peers: dict[str, TcpAddress] = {}
        self._there: set[str] = set()
        self._cut_short: dict[str, int] = {}
        self._troubles: dict[str, str] = {}
        self._again_at_ns: dict[str, int] = {}

    def follow(self, peer: TcpAddress) -> None:
        """It is connected to from here on, and what keeps it from joining is of interest."""
        self._peers[peer.url] = peer

    def forget(self, peer: TcpAddress) -> None:
        """It is no longer connected to."""
        self._peers.pop(peer.url, None)
        self._there.discard(peer.url)
        self._clear(peer.url)

    def count_new(self) -> int:
        """Joins since the last call."""
        joined = 0
        while zmq.zmq_poll([(self._monitor, _IN)], 0):
            what, where = self._monitor.recv_multipart(_NOW)
            event = int.from_bytes(what[:2], sys.byteorder)
            joined += event == _JOINED
            peer = self._peers.get(where.decode())
            if peer is not None:
                self._note(event, peer)
        if self._again_at_ns:
            self._ask_again()
        self.trouble = next(iter(self._troubles.values()), None)
        return joined

    def _note(self, event: int, peer: TcpAddress) -> None:
        url, engine = peer.url, f"the engine at {peer.url.removeprefix('tcp://')}"
        if event == _JOINED:
            self._there.add(url)
            self._clear(url)
            return
        self._again_at_ns[url] = self._clock_ns() + _ASK_AGAIN_AFTER_NS
        if event == _UNKNOWN:
            self._cut_short[url] = -1  # the parting that follows is no riddle
            self._troubles[url] = f"{engine} does not know our key ({self._name}.pub is not in its folder)"
        elif url in self._there:
            self._there.discard(url)
        else:
            self._cut_short[url] = self._cut_short.get(url, 0) + 1
            if self._cut_short[url] >= _CUT_SHORT_MOST:
                self._troubles[url] = f"{engine} has another key than {peer.key}, or is no engine of ours"

    def _clear(self, url: str) -> None:
        for kept in (self._cut_short, self._troubles, self._again_at_ns):
            kept.pop(url, None)

    def _ask_again(self) -> None:
        now_ns = self._clock_ns()
        for url in [url for url, at_ns in self._again_at_ns.items() if now_ns >= at_ns]:
            del self._again_at_ns[url]
            self._reconnect(self._peers[url])
