"""HealthServer: /healthz, /readyz and /metrics of a role that has no web server. One thread, all bounded.

Before it: health_page, which knows the answers. After it: probes, Prometheus, `kairos doctor --live`.
"""

import contextlib
import logging
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable
from typing import Final

from kairos_tui.errors import PortTaken, SettingsInvalid
from kairos_tui.runtime.health_page import Health, answer_to, refusal

log = logging.getLogger(__name__)

MOST_CLIENTS: Final = 8
MOST_HEAD: Final = 4_096
WITHIN_NS: Final = 2_000_000_000
"""For a whole request and its answer, however slowly one of them trickles."""
_LOOPBACK: Final = ("127.0.0.1", "::1")


class _Client:
    """One connection: a head that comes in, an answer that goes out."""

    def __init__(self, link: socket.socket, until_ns: int) -> None:
        self.link, self.until_ns = link, until_ns
        self.head = b""
        self.answer: bytes | None = None


class HealthServer:
    """`address` is HOST:PORT; a port alone is on loopback, port 0 any free one. `probe` runs in its thread.

    Raises SettingsInvalid for an address that is none, PortTaken when it cannot be had.
    """

    def __init__(self, address: str, probe: Callable[[], Health], *, role: str = "") -> None:
        self._probe, self._role = probe, role
        self._listener = _listen(address)
        self.host, self.port = self._listener.getsockname()[:2]
        self._is_private = self.host in _LOOPBACK
        self._clients: dict[int, _Client] = {}
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and every connection. May be repeated."""
        if self._closing:
            return
        self._closing = True
        with contextlib.suppress(OSError):  # it has seen it already
            os.write(self._wake_write, b"\0")
        self._thread.join(timeout=0.25)
        os.close(self._wake_write)

    def _run(self) -> None:
        while not self._closing:
            events = self._selector.select(0.1 if self._clients else None)
            for key, _mask in events:
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.data, _Client):
                    self._turn(key.data)
            now_ns = time.monotonic_ns()
            for client in [each for each in self._clients.values() if now_ns > each.until_ns]:
                self._drop(client)
        for client in list(self._clients.values()):
            self._drop(client)
        self._selector.close()
        self._listener.close()
        os.close(self._wake_read)

    def _accept(self) -> None:
        try:
            link, _ = self._listener.accept()
        except OSError as error:  # it left again, or no file is left: those that are here will end
            log.warning("health connection not taken reason=%s", error)
            time.sleep(0.01)
            return
        if len(self._clients) >= MOST_CLIENTS:
            oldest = min(self._clients.values(), key=lambda client: client.until_ns)
            self._drop(oldest)
        link.settimeout(0)
        client = _Client(link, time.monotonic_ns() + WITHIN_NS)
        self._clients[link.fileno()] = client
        self._selector.register(link, selectors.EVENT_READ, client)

    def _turn(self, client: _Client) -> None:
        if client.link.fileno() not in self._clients:  # dropped in this very turn, to make room
            return
        try:
            if client.answer is None:
                self._read(client)
            else:
                client.answer = client.answer[client.link.send(client.answer) :]
        except BlockingIOError:
            return
        except OSError:
            self._drop(client)
            return
        if client.answer == b"":
            self._part(client)

    def _read(self, client: _Client) -> None:
        piece = client.link.recv(MOST_HEAD)
        client.head += piece
        head, ended, _ = client.head.partition(b"\r\n\r\n")
        if ended:
            client.answer = self._answer(head)
        elif not piece:
            raise ConnectionResetError
        elif len(client.head) >= MOST_HEAD:
            client.answer = refusal(431, "too long a request")
        if client.answer is not None:
            self._selector.modify(client.link, selectors.EVENT_WRITE, client)

    def _answer(self, head: bytes) -> bytes:
        try:
            health = self._probe()
        except Exception as error:  # whatever a role stumbles over: its probe is answered with 503
            log.exception("health probe failed")
            health = Health(live=False, ready=False, why=f"the probe failed: {type(error).__name__}")
        return answer_to(head, health, self._role, is_private=self._is_private)

    def _part(self, client: _Client) -> None:
        """Closing on unread bytes would reset the connection, and the answer with it."""
        with contextlib.suppress(OSError):
            client.link.shutdown(socket.SHUT_WR)
            client.link.recv(MOST_HEAD)
        self._drop(client)

    def _drop(self, client: _Client) -> None:
        self._clients.pop(client.link.fileno(), None)
        self._selector.unregister(client.link)
        client.link.close()


def _listen(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    if not (port.isascii() and port.isdigit() and int(port) <= 65_535):
        raise SettingsInvalid(f"health address {address[:60]!r} must be host:port, like 127.0.0.1:9470")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, int(port)), family=family, backlog=MOST_CLIENTS)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise PortTaken(
            f"health cannot be served at {address[:60]!r}: {why}; name another address"
        ) from error
    listener.settimeout(0)
    return listener
