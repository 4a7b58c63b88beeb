"""Whereabouts: where a host's name leads, asked beside whoever waits: the system's look-up has no deadline.

Before it: store, whose every call has one. After it: the system's resolver.
"""

import ipaddress
import socket
import threading
from functools import lru_cache

_MOST_HOSTS = 16


class Whereabouts:
    """Of one host. The last answer is kept for while nobody answers. Any thread may ask."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._lock = threading.Lock()
        self._known: tuple[str, ...] = (host,) if _is_address(host) else ()
        self._error: OSError | None = None
        self._answered: threading.Event | None = None

    def addresses(self, within_s: float) -> tuple[str, ...]:
        """At least one. Raises OSError: nobody knows the name, or none answered in time, now or before."""
        if _is_address(self._host):
            return self._known
        with self._lock:
            if self._answered is None:
                self._answered = threading.Event()
                threading.Thread(
                    target=self._ask, args=(self._answered,), name="fleet-name", daemon=True
                ).start()
            answered = self._answered
        answered.wait(within_s)
        with self._lock:
            if self._known:
                return self._known
            raise self._error or TimeoutError(f"the name {self._host} is not answered")

    def _ask(self, answered: threading.Event) -> None:
        found: tuple[str, ...] = ()
        error: OSError | None = None
        try:
            answer = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            found = tuple(dict.fromkeys(str(each[4][0]) for each in answer))
        except (OSError, UnicodeError) as refusal:
            error = refusal if isinstance(refusal, OSError) else OSError(0, "the host's name cannot be one")
        with self._lock:
            self._known, self._error, self._answered = found or self._known, error, None
        answered.set()


@lru_cache(maxsize=_MOST_HOSTS)
def whereabouts(host: str, port: int) -> Whereabouts:
    """The same for all who ask of one host: one look-up at a time."""
    return Whereabouts(host, port)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
