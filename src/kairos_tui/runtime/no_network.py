"""no_network: from here on this process reaches nothing over a network, whoever tries. Used by a replay.

What is shown of a recording must never be of the market now. Sockets between our own processes are files.
"""

import socket
import sys
from typing import Any, Final

_REACHES: Final = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
_NAMES: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_INTERNET: Final = frozenset({socket.AF_INET, socket.AF_INET6})


class NetworkForbidden(PermissionError):
    """A replay was about to reach something over the network."""


def forbid_network() -> None:
    """For good: an audit hook cannot be taken out again."""
    sys.addaudithook(_refuse)


def _refuse(event: str, given: tuple[Any, ...]) -> None:
    if event in _NAMES or (event in _REACHES and given[0].family in _INTERNET):
        raise NetworkForbidden(f"a replay opens no network socket ({event})")
