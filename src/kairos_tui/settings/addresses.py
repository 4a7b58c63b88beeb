"""Addresses: whether a text is a place to listen at, a page's origin, a token. Says what is wrong, or None.

Before it: check. Nothing is resolved here: what only this machine can tell is told by who listens.
"""

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

_HOST_PORT: Final = re.compile(r"(?:(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]*):)?(?P<port>[0-9]{1,5})")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.~-]*")
_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{0,40}")
_LEAST_TOKEN: Final = 8
_MOST_ORIGINS: Final = 32


def listen_problem(value: object) -> str | None:
    """`127.0.0.1:4321`, `[::1]:4321`, `:4321` or `4321`; empty is off."""
    found = _HOST_PORT.fullmatch(str(value))
    if value == "" or (found and int(found["port"]) <= 65_535):
        return None
    return "must be host:port, like 127.0.0.1:4321 (port 0 to 65535)"


def name_problem(value: object) -> str | None:
    """What stands in keys of a Redis, names of files and senders of ticks. Empty is none."""
    return None if _NAME.fullmatch(str(value)) else "must be letters, digits and . _ - only, like lon-1"


def origins_problem(value: object) -> str | None:
    """What browsers send as Origin: scheme and host, nothing more. Never `*`."""
    assert isinstance(value, tuple)
    wrong = next((each for each in value if not _is_origin(each)), None)
    if wrong is not None:
        return f"{wrong[:60]!r} must be like https://wall.example or http://10.0.0.7:8080"
    return None if len(value) <= _MOST_ORIGINS else f"must name at most {_MOST_ORIGINS} origins"


def token_problem(value: object) -> str | None:
    """It stands in URLs as it is."""
    if not _TOKEN.fullmatch(str(value)):
        return "must be letters, digits and . _ ~ - only"
    return None if not value or len(str(value)) >= _LEAST_TOKEN else f"must be {_LEAST_TOKEN} signs or more"


def is_loopback(origin: str) -> bool:
    """Whether that scheme://host:port is this machine itself, as it is written."""
    host = urlsplit(origin).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_port = parts.port != 0
    except ValueError:
        return False
    whole = f"{parts.scheme}://{parts.netloc}"
    plain = "@" not in parts.netloc and not re.search(r"[\s*\\\"'<>]", text) and text.isascii()
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and has_port and whole == text
