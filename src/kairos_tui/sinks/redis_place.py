"""RedisPlace: which server, database and names a redis:// URL means. Its text never shows the password.

Before it: sink_url. After it: redis_link, redis_sink, redis_reader. Knows no library.
"""

import os
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from kairos_tui.errors import SettingsInvalid
from kairos_tui.sinks.sink_url import SinkUrl

_PORT = 6379


class RedisPlace(Struct, frozen=True, kw_only=True):
    """`channel` or `board` empty: none is kept."""

    host: str
    port: int
    database: int
    user: str | None
    password: str | None
    tls: bool
    stream: str
    channel: str
    board: str
    maxlen: int
    board_ttl_ms: int

    @property
    def shown(self) -> str:
        """`127.0.0.1:6379/0`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}/{self.database}"

    def __repr__(self) -> str:
        return f"RedisPlace({self.shown})"


def place_of(url: SinkUrl) -> RedisPlace:
    """What the URL says; `password_env` names a variable that holds the password. Raises SettingsInvalid."""
    parts = urlsplit(f"redis:{url.target}")
    stream = url.text("stream")
    if not stream:
        raise SettingsInvalid("redis: stream= names no key, as in ?stream=kairos:signals")
    if stream == url.text("board"):
        raise SettingsInvalid(f"redis: stream= and board= name the same key {stream!r}")
    return RedisPlace(
        host=parts.hostname or "localhost",
        port=parts.port or _PORT,
        database=int(parts.path.strip("/") or 0),
        user=unquote(parts.username) if parts.username else None,
        password=_password(parts.password, url.text("password_env")),
        tls=url.scheme == "rediss",
        stream=stream,
        channel=url.text("channel"),
        board=url.text("board"),
        maxlen=url.whole("maxlen"),
        board_ttl_ms=url.whole("board_ttl_ms"),
    )


def _password(typed: str | None, variable: str) -> str | None:
    if not variable:
        return unquote(typed) if typed else None
    if typed:
        raise SettingsInvalid("redis: a password in the URL and password_env= are two: keep one")
    try:
        return os.environ[variable]
    except KeyError:
        raise SettingsInvalid(f"redis: password_env={variable}: no such variable is set") from None
