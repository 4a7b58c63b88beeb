"""FleetPlace: which Redis and which fleet in it a `--fleet` address means. Its text never shows the password.

Before it: settings. After it: store. Knows no library.
"""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from msgspec import Struct

from kairos_tui.errors import SettingsInvalid

_PORT = 6379
_LONGEST = 1_000
_KEYS = ("name", "password_env")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_USER = re.compile(r"//[^/?#\s]*@")


class FleetPlace(Struct, frozen=True, kw_only=True):
    """`name` is the fleet's: several may share a Redis."""

    host: str
    port: int = _PORT
    database: int = 0
    user: str | None = None
    password: str | None = None
    tls: bool = False
    name: str = "main"

    @property
    def shown(self) -> str:
        """`127.0.0.1:6379/0`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}/{self.database}"

    def __repr__(self) -> str:
        return f"FleetPlace({self.shown}, {self.name})"


def fleet_place(text: str, environ: Mapping[str, str] = os.environ) -> FleetPlace:
    """What `redis://[user:password@]host[:port][/database]?name=NAME&password_env=VARIABLE` says.

    Raises SettingsInvalid: one line, nothing secret in it.
    """
    try:
        return _read(text, environ)
    except ValueError as error:
        shown = _USER.sub("//***@", text[:_LONGEST])
        said = ascii(shown if len(shown) <= 60 else f"{shown[:57]}...")
        raise SettingsInvalid(f"--fleet: {said}: {error}") from None


def check_name(name: str, what: str = "name") -> str:
    """The name of one in a fleet: it becomes part of keys, logs and hashes. Raises SettingsInvalid."""
    if _NAME.fullmatch(name):
        return name
    rule = "1 to 40 letters, digits, '.', '_' and '-', the first a letter or digit"
    raise SettingsInvalid(f"{what}: {name[:40]!a} cannot be one: {rule}")


def _read(text: str, environ: Mapping[str, str]) -> FleetPlace:
    if len(text) > _LONGEST or not text.isprintable() or "#" in text:
        raise ValueError(f"is not one printable line of at most {_LONGEST} characters without a '#'")
    parts = urlsplit(text.strip())
    if parts.scheme not in ("redis", "rediss") or not text.strip().startswith(f"{parts.scheme}://"):
        raise ValueError("is not an address like redis://10.0.0.5?name=desk")
    keys = _keys_of(parts.query)
    name = keys.get("name", "main")
    if not _NAME.fullmatch(name):
        raise ValueError(f"name={name[:40]!a} is none: letters, digits, '.', '_' and '-', at most 40")
    return FleetPlace(
        host=parts.hostname or "localhost",
        port=_port_of(parts),
        database=_database_of(parts.path),
        user=unquote(parts.username) if parts.username else None,
        password=_password(parts, keys.get("password_env", ""), environ),
        tls=parts.scheme == "rediss",
        name=name,
    )


def _keys_of(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True, max_num_fields=20):
        if key not in _KEYS:
            near = get_close_matches(key.casefold()[:60], _KEYS, n=1)
            tail = f"did you mean {near[0]}?" if near else f"there are {', '.join(_KEYS)}"
            raise ValueError(f"has no key {key[:40]!a} ({tail})")
        if key in found:
            raise ValueError(f"{key} is given twice")
        found[key] = value
    return found


def _port_of(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("the port is a number from 1 to 65535")
    return port or _PORT


def _database_of(path: str) -> int:
    number = path.strip("/") or "0"
    if not re.fullmatch("[0-9]{1,5}", number):
        raise ValueError("the database is a number, as in redis://10.0.0.5/0")
    return int(number)


def _password(parts: SplitResult, variable: str, environ: Mapping[str, str]) -> str | None:
    if not variable:
        return unquote(parts.password) if parts.password else None
    if parts.password:
        raise ValueError("a password in the address and password_env= are two: keep one")
    if variable not in environ:
        raise ValueError(f"password_env={variable[:40]}: no such variable is set")
    return environ[variable]
