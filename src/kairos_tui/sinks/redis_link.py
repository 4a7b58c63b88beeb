"""Redis link: connections with a deadline on everything, and what went wrong with one in plain words.

Used by redis_sink (in a loop) and redis_reader (in a thread).
"""

from typing import Any

from redis import Redis, asyncio, exceptions
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from kairos_tui.sinks.redis_place import RedisPlace

CALL_WITHIN_S = 0.5
_LONGEST_SAID = 120

_NO_REDIS = "what answers there does not speak Redis"
_SAID: dict[type[BaseException], str] = {
    exceptions.OutOfMemoryError: "Redis is full (maxmemory)",
    exceptions.AuthenticationError: "wrong user or password",
    exceptions.BusyLoadingError: "Redis is loading its data",
    exceptions.ReadOnlyError: "this Redis is a read-only replica",
    exceptions.TimeoutError: f"no answer within {CALL_WITHIN_S:g} s",
    TimeoutError: f"no answer within {CALL_WITHIN_S:g} s",
    exceptions.InvalidResponse: _NO_REDIS,
}
Client = Any
"""The library's own types differ from version to version."""
STOPS = (exceptions.RedisError, OSError)
"""What a call may raise."""


def open_in_loop(place: RedisPlace) -> Client:
    """A client for asyncio; it connects when first asked."""
    return asyncio.Redis(**_facts_of(place), retry=AsyncRetry(NoBackoff(), 0))


def open_in_thread(place: RedisPlace) -> Client:
    """A client for a thread; it connects when first asked."""
    return Redis(**_facts_of(place), retry=Retry(NoBackoff(), 0))


def _facts_of(place: RedisPlace) -> dict[str, Any]:
    """No retries: whoever asks decides when to try again."""
    return {
        "host": place.host,
        "port": place.port,
        "db": place.database,
        "username": place.user,
        "password": place.password,
        "ssl": place.tls,
        "socket_timeout": CALL_WITHIN_S,
        "socket_connect_timeout": CALL_WITHIN_S,
        "protocol": 2,  # answers of one shape, from old servers too
        "client_name": "kairos",
    }


def is_refusal(error: BaseException) -> bool:
    """Whether the server knows who asks and refuses: no later attempt will be different."""
    return isinstance(error, exceptions.AuthenticationError | exceptions.NoPermissionError)


def said(error: BaseException) -> str:
    """One line for people: no password, nothing a terminal would act on."""
    for kind, text in _SAID.items():
        if isinstance(error, kind):
            return text
    if isinstance(error, exceptions.ConnectionError) or not isinstance(error, exceptions.RedisError):
        text = _connection_said(error)
    else:
        text = _server_said(str(error))
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)[:_LONGEST_SAID]


def _connection_said(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror and not isinstance(cause, exceptions.RedisError):
            # asyncio puts every address it tried into the text.
            refused = isinstance(cause, ConnectionRefusedError) or "Connect call failed" in cause.strerror
            return "connection refused" if refused else cause.strerror.lower()
        cause = cause.__cause__ or cause.__context__
    text = str(error)
    if "Protocol Error" in text:
        return _NO_REDIS
    return "the connection was closed" if "closed" in text.lower() else text


def _server_said(text: str) -> str:
    if text.startswith("WRONGTYPE"):
        return "the key holds something else"
    if text.startswith("NOPERM"):
        return "this user may not do it"
    if text.startswith("MISCONF"):
        return "Redis cannot save to its disk and takes no writes"
    return text or "Redis refused it"
