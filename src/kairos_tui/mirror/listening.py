"""Listening: host:port -> a listening socket. A busy port yields to the next free one; the rest is one line.

Before it: plan. After it: server.
"""

import errno
import os
import socket
from typing import Final

from msgspec import Struct

from kairos_tui.errors import PortTaken
from kairos_tui.mirror.guard import in_url, is_wildcard

_MOST_TRIED: Final = 20
_BACKLOG: Final = 128


class Place(Struct, frozen=True):
    """Where we listen. `wanted` is the port that was asked for."""

    listener: socket.socket
    host: str
    port: int
    wanted: int

    def url(self, path: str = "/", *, token: str = "") -> str:
        """What to type into a browser; of every address of the machine, the one that others see."""
        shown = _seen_from_outside(self.host) if is_wildcard(self.host) else self.host
        return f"http://{in_url(shown)}:{self.port}{path}" + (f"?token={token}" if token else "")


def split_host_port(text: str) -> tuple[str, int]:
    """`127.0.0.1:4321`, `[::1]:4321`, `:4321` and `4321` -> host and port."""
    host, _, port = text.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)


def listen(address: str) -> Place:
    """A listening socket. Raises PortTaken with one line that says what to do."""
    host, wanted = split_host_port(address)
    family, resolved = _resolve(host, wanted)
    for port in range(wanted, wanted + (_MOST_TRIED if wanted else 1)):
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((resolved, port))
            listener.listen(_BACKLOG)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise PortTaken(_why(error, address, port)) from error
        except OverflowError:
            listener.close()
            break
        else:
            listener.settimeout(0.0)
            return Place(listener, host, int(listener.getsockname()[1]), wanted)
    raise PortTaken(f"no free port from {wanted} to {min(65_535, wanted + _MOST_TRIED - 1)} on {host}")


def _seen_from_outside(host: str) -> str:
    """The address that a packet to elsewhere would leave from; none is sent. Loopback without a network."""
    is_six = ":" in host
    with socket.socket(socket.AF_INET6 if is_six else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("2001:db8::1" if is_six else "192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "::1" if is_six else "127.0.0.1"


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise PortTaken(f"{host}: no such host ({getattr(error, 'strerror', None) or error})") from error
    # Where a name has both, browsers on this machine find either; IPv4 is what people type.
    family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    return family, str(address[0])


def _why(error: OSError, address: str, port: int) -> str:
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return f"{address}: port {port} needs privileges, choose one from 1024"
        case errno.EADDRNOTAVAIL:
            return f"{address}: no address of this machine"
        case _:
            return f"{address}: {os.strerror(error.errno or 0)}"
