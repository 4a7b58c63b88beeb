"""Guard: who may look. Host and Origin against lists, a token in constant time. Pure; no sockets.

Before it: a request's headers. After it: server's middleware, which refuses before anything else runs.
"""

import hashlib
import hmac
import ipaddress
import secrets
import socket
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

_LOOPBACK_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
_CROSS_SITE: Final = ("cross-site", "same-site")


class Refusal(Struct, frozen=True):
    """Why a request is not answered: an HTTP status and one sentence."""

    status: int
    why: str


class Caller(Struct, frozen=True):
    """What a request says of who sent it."""

    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    token: str = ""


class Guard:
    """For one listening address. `origins` are other pages that may show the mirror, and their hosts."""

    def __init__(self, host: str, port: int, *, origins: tuple[str, ...] = (), token: str = "") -> None:
        self._port = port
        self._token = token.encode()
        self._pass = hmac.new(self._token, b"kairos mirror cookie", hashlib.sha256).hexdigest()
        self._any_address = is_wildcard(host)
        names = {*_LOOPBACK_NAMES, in_url(host).lower()}
        if self._any_address:
            names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        self._hosts = {f"{name}:{port}" for name in names}
        if port == 80:
            self._hosts |= names
        self._origins = {f"http://{name}" for name in self._hosts} | {each.lower() for each in origins}
        self._hosts |= {urlsplit(each).netloc.lower() for each in origins}

    @property
    def cookie(self) -> tuple[str, str]:
        """What stands for the token after its first use. Ports share cookies: its name says which port."""
        return f"kairos_{self._port}", self._pass

    def refusal(self, caller: Caller, *, needs_token: bool = True) -> Refusal | None:
        """None: come in."""
        host = caller.headers.get("Host", "").lower()
        if not (host in self._hosts or (self._any_address and self._is_literal(host))):
            return Refusal(403, "this host name is not served here (mirror_origins adds one)")
        if not self._is_ours(caller.headers.get("Origin"), host) or _is_foreign_fetch(caller.headers):
            return Refusal(403, "pages of this origin may not read the mirror (mirror_origins adds one)")
        if needs_token and self._token and not self._knows_token(caller):
            return Refusal(401, "a token is needed: ?token=... once, or Authorization: Bearer ...")
        return None

    def _is_ours(self, origin: str | None, host: str) -> bool:
        """No origin: not a page's script, but curl, a link or a program."""
        if origin is None:
            return True
        return origin.lower() in self._origins or (self._any_address and origin == f"http://{host}")

    def _is_literal(self, host: str) -> bool:
        """An address that no name server could have made point here."""
        name, _, port = host.rpartition(":")
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return port == str(self._port)

    def _knows_token(self, caller: Caller) -> bool:
        kind, _, bearer = caller.headers.get("Authorization", "").partition(" ")
        said = caller.token or (bearer.strip() if kind.lower() == "bearer" else "")
        shown = caller.cookies.get(self.cookie[0], "")
        # Both are always compared: how long it takes says nothing.
        by_token = hmac.compare_digest(said.encode(errors="replace"), self._token)
        by_cookie = hmac.compare_digest(shown.encode(errors="replace"), self._pass.encode())
        return by_token or by_cookie


def new_token() -> str:
    """Nobody guesses it."""
    return secrets.token_urlsafe(12)


def in_url(host: str) -> str:
    """A host as it stands in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def is_wildcard(host: str) -> bool:
    """Every address of the machine."""
    return host in ("", "0.0.0.0", "::", "*")  # noqa: S104  compared, not bound


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine can come: the literal addresses, and localhost."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_foreign_fetch(headers: Mapping[str, str]) -> bool:
    """Another site's script, picture or frame; a link that someone follows is none of these."""
    site, mode = headers.get("Sec-Fetch-Site", ""), headers.get("Sec-Fetch-Mode", "")
    return "Origin" not in headers and site in _CROSS_SITE and mode != "navigate"
