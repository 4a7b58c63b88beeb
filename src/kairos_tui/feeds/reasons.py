"""Reasons: an exception from ccxt, aiohttp or the socket -> one short sentence a person can act on."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import aiohttp
import ccxt

from kairos_tui.errors import KairosError
from kairos_tui.feeds.exchange_words import exchange_words

LONGEST = 160
LONGEST_LOGGED = 220


def why(error: BaseException, *, timeout_s: float) -> str:
    """The innermost cause that says something, as a sentence that is safe to draw: the exchange's words."""
    text = exchange_words(str(error)) if isinstance(error, ccxt.BaseError) else str(error)
    return _network_cause(error, timeout_s) or _named(error, one_line(text))


def in_full(error: BaseException, *, timeout_s: float) -> str:
    """The same for the log, with all that ccxt quotes."""
    return _network_cause(error, timeout_s) or _named(error, one_line(str(error), LONGEST_LOGGED))


def _network_cause(error: BaseException, timeout_s: float) -> str:
    sentences = (_network(cause, timeout_s) for cause in causes_of(error))
    return one_line(next(filter(None, sentences), ""))


def _named(error: BaseException, text: str) -> str:
    kind = type(error).__name__
    return (
        (text or kind)
        if isinstance(error, ccxt.BaseError | KairosError)
        else one_line(f"{kind}: {text or kind}")
    )


def one_line(text: str, longest: int = LONGEST) -> str:
    """Printable text on one line, without control characters, cut to `longest`."""
    clean = "".join(char if char.isprintable() else " " for char in text[: longest * 4])
    clean = " ".join(clean.split())
    return clean if len(clean) <= longest else clean[: longest - 1] + "…"


def escaped(data: str | bytes, longest: int) -> str:
    """A sample of a frame that is safe to log and to draw: every odd character as an escape."""
    raw = data if isinstance(data, str) else data[:longest].decode("latin-1")
    return raw[:longest].encode("unicode_escape").decode("ascii")[:longest]


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """ccxt wraps with `raise ... from`, or passes the exception as its only argument."""
    seen = 0
    while error is not None and seen < 8:
        yield error
        first = error.args[0] if error.args else None
        error = (
            getattr(error, "os_error", None)
            or error.__cause__
            or (first if isinstance(first, BaseException) else None)
        )
        seen += 1


def _network(error: BaseException, timeout_s: float) -> str | None:
    sentence = None
    match error:
        case socket.gaierror() | aiohttp.ClientConnectorDNSError():
            sentence = "no network: name not resolved" + _at(error)
        case ConnectionRefusedError():
            sentence = "connection refused" + _place_in(error)
        case ssl.SSLError() | aiohttp.ClientConnectorCertificateError():
            sentence = f"TLS failed: {error}"
        case asyncio.TimeoutError() | ccxt.RequestTimeout():
            sentence = f"timed out after {timeout_s:g} s"
        case aiohttp.ServerDisconnectedError() | ConnectionResetError():
            sentence = "connection lost"
        case aiohttp.WSServerHandshakeError():
            sentence = f"handshake refused: HTTP {error.status}"
        case _:
            pass
    return sentence


def _at(error: BaseException) -> str:
    host = getattr(error, "host", None)
    return f" ({host})" if host else ""


def _place_in(error: BaseException) -> str:
    """asyncio says "Connect call failed ('127.0.0.1', 8701)"; aiohttp has host and port."""
    words = str(error).partition("(")[2].rstrip(")").replace("'", "").split(", ")
    return f" at {words[0]}:{words[1]}" if len(words) >= 2 else ""


def origin_of(url: str) -> str:
    """scheme://host:port of a URL, for sentences: the rest may hold a token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
