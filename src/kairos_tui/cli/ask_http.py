"""ask_http: one GET of a Kairos that runs: a few lines of HTTP/1.0, with one deadline for all of it.

Before it: live_check. Loads nothing but socket: a container's health check asks every few seconds.
"""

import re
import socket
import time
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from kairos_tui.cli.say import one_line
from kairos_tui.errors import SettingsInvalid, SourceUnreachable

_MOST_BYTES = 4 << 20
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})(?: |$)")


class Server(NamedTuple):
    """Where to ask. `token` is what a mirror off loopback wants to know."""

    host: str
    port: int
    token: str = ""

    @property
    def shown(self) -> str:
        """Without the token."""
        return f"http://{self._name}:{self.port}"

    @property
    def _name(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: str


def read_server(url: str) -> Server:
    """`http://HOST:PORT`, a `?token=` at the end of it if need be. Raises SettingsInvalid."""
    example = "as in http://127.0.0.1:4321"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsInvalid(f"--live: {url[:80]!r} is no URL ({error}), {example}") from error
    if parts.scheme != "http" or not host:
        raise SettingsInvalid(f"--live: {url[:80]!r} must be http://HOST:PORT, {example}")
    if parts.path not in ("", "/") or parts.username is not None:
        raise SettingsInvalid(
            f"--live: only host and port of a mirror or health server are wanted, {example}"
        )
    token = parse_qs(parts.query).get("token", [""])[0]
    if not re.fullmatch(r"[!-~]*", token):
        raise SettingsInvalid("--live: a token is of letters and digits")
    return Server(host, port or 80, token)


def ask(server: Server, path: str, until_s: float) -> Reply:
    """GET, by the monotonic clock's `until_s`. Raises SourceUnreachable with one line."""
    try:
        heard = _exchange(server, _request(server, path), until_s)
    except socket.gaierror as error:
        raise SourceUnreachable(f"{server.shown}: the host has no address (DNS)") from error
    except TimeoutError as error:
        raise SourceUnreachable(f"{server.shown}{path}: no answer in time") from error
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise SourceUnreachable(f"{server.shown}: {one_line(str(why))}, is Kairos running there?") from error
    head, _, body = heard.partition(b"\r\n\r\n")
    status = _STATUS.match(head)
    if status is None:
        raise SourceUnreachable(f"{server.shown}: what answers there is no HTTP server")
    return Reply(int(status[1]), body.decode("utf-8", "replace"))


def _request(server: Server, path: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.0",
        f"Host: {server.shown.removeprefix('http://')}",
        "User-Agent: kairos-doctor",
    ]
    lines += [f"Authorization: Bearer {server.token}"] if server.token else []
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _exchange(server: Server, request: bytes, until_s: float) -> bytes:
    with socket.create_connection((server.host, server.port), timeout=_left(until_s)) as link:
        link.sendall(request)
        pieces: list[bytes] = []
        size = 0
        while size < _MOST_BYTES:
            link.settimeout(_left(until_s))
            piece = link.recv(65_536)
            if not piece:
                break
            pieces.append(piece)
            size += len(piece)
    return b"".join(pieces)


def _left(until_s: float) -> float:
    left_s = until_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s
