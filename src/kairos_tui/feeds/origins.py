"""Origins: every URL of an exchange moved to another scheme://host:port, paths kept.

Used twice: on ccxt's URL table, so that its own comparisons hold, and at the point of use, because some
venues hand out WebSocket URLs at run time (kucoin).
"""

import re
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

_ORIGIN = re.compile(r"^(https?|wss?)://[^/?#]*", re.IGNORECASE)
_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}


class Origins(Struct, frozen=True):
    """Where REST and WebSocket URLs are sent instead; None leaves them as they are."""

    rest: str | None = None
    ws: str | None = None

    def move(self, url: str) -> str:
        """`url` with its origin replaced by ours for its kind; text that is no URL comes back unchanged."""
        found = _ORIGIN.match(url)
        if found is None:
            return url
        origin = self.ws if found[1].lower().startswith("ws") else self.rest
        return url if origin is None else origin.rstrip("/") + url[found.end() :]

    def move_all(self, urls: Any) -> Any:  # noqa: ANN401  ccxt's table: str, list and dict, nested at will
        """The same for every string in a nested table; dicts and lists are rebuilt, not changed."""
        if isinstance(urls, str):
            return self.move(urls)
        if isinstance(urls, dict):
            return {name: self.move_all(value) for name, value in urls.items()}
        if isinstance(urls, list):
            return [self.move_all(value) for value in urls]
        return urls

    def allows(self, scheme: str, host: str | None, port: int | None) -> bool:
        """May a connection go there? Only to our origin for its kind; anywhere when none is set."""
        origin = self.ws if scheme.startswith("ws") else self.rest
        return origin is None or (host, port or _PORTS.get(scheme)) == _place(origin)

    @property
    def all_plain(self) -> bool:
        """Both set and neither encrypted, so no TLS context is needed."""
        schemes = {urlsplit(origin or "").scheme for origin in (self.rest, self.ws)}
        return schemes <= {"http", "ws"}


def _place(origin: str) -> tuple[str | None, int | None]:
    parts = urlsplit(origin)
    return parts.hostname, parts.port or _PORTS.get(parts.scheme)
