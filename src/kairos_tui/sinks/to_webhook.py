"""WebhookSink: `http://` and `https://` get each line by POST, signed, with an id that does not change.

Before it: courier. After it: a server that answers 2xx. No redirect is followed, no long answer read.
"""

import email.utils
import os
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp

import kairos_tui
from kairos_tui.errors import SinkDown, SinkRefused
from kairos_tui.sinks.seam import Pace, Told
from kairos_tui.sinks.sink_url import SinkUrl
from kairos_tui.sinks.web_reach import reach, said_of
from kairos_tui.sinks.webhook_signing import read_secret, signature, webhook_id

_LATER = frozenset({408, 425, 429})
_MOST_READ = 64 * 1024


def open_webhook(url: SinkUrl) -> "WebhookSink":
    """The sink of an `http(s)` URL. Raises SettingsInvalid when its secret cannot be read."""
    return WebhookSink(
        f"{url.scheme}:{url.target}",
        key=read_secret(url, os.environ),
        batch=url.whole("batch"),
        timeout_s=url.number("timeout_s"),
    )


class WebhookSink:
    """One request per line; with a `batch` above 1, one per batch, and then the body is a JSON array."""

    def __init__(self, url: str, *, key: bytes | None, batch: int, timeout_s: float) -> None:
        self.pace = Pace(most_at_once=batch, deadline_s=2 * timeout_s + 1)
        self._url = url
        self._key = key
        self._batch = batch
        self._timeout_s = timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        parts = urlsplit(self._url)
        await reach(
            str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80), self._timeout_s
        )
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self._timeout_s),
            connector=aiohttp.TCPConnector(limit=1),
            headers={"content-type": "application/json", "user-agent": f"kairos/{kairos_tui.__version__}"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def emit(self, told: Sequence[Told]) -> None:
        """Every request once; a 2xx is a promise kept."""
        requests = [[each] for each in told] if self._batch == 1 else [told]
        for number, request in enumerate(requests):
            try:
                await self._post(request)
            except SinkDown as down:
                raise SinkDown(str(down), taken=number, wait_s=down.wait_s) from down
            except SinkRefused as refused:
                raise SinkRefused(str(refused), taken=number, lost=len(request)) from refused

    async def _post(self, told: Sequence[Told]) -> None:
        assert self._session is not None
        body = told[0].body.rstrip(b"\n") if self._batch == 1 else _array(told)
        try:
            async with self._session.post(
                self._url, data=body, headers=self._headers(told, body), allow_redirects=False
            ) as answer:
                _judge(answer)
                await _read_some(answer)
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
            raise SinkDown(said_of(error, self._timeout_s)) from error

    def _headers(self, told: Sequence[Told], body: bytes) -> dict[str, str]:
        message_id, now_s = webhook_id([each.line for each in told]), time.time_ns() // 1_000_000_000
        headers = {"webhook-id": message_id, "webhook-timestamp": str(now_s)}
        if self._key is not None:
            headers["webhook-signature"] = signature(self._key, message_id, now_s, body)
        return headers


def _array(told: Sequence[Told]) -> bytes:
    return b"[" + b",".join(each.body.rstrip(b"\n") for each in told) + b"]"


def _judge(answer: aiohttp.ClientResponse) -> None:
    status = answer.status
    if 200 <= status < 300:
        return
    if status in _LATER or status >= 500:
        raise SinkDown(f"it answers {status}", wait_s=retry_after_s(answer.headers.get("Retry-After", "")))
    if status < 400:
        raise SinkRefused(f"it answers {status}: redirects are not followed")
    raise SinkRefused(f"it answers {status}")


async def _read_some(answer: aiohttp.ClientResponse) -> None:
    """So that the connection can be used again; one with more to say is closed."""
    size = 0
    try:
        while size < _MOST_READ and (piece := await answer.content.read(_MOST_READ)):
            size += len(piece)
    except (aiohttp.ClientError, OSError):
        answer.close()  # it has taken the line: that was said by its first line
    if size >= _MOST_READ:
        answer.close()


def retry_after_s(text: str) -> float:
    """Seconds, or a date; 0 when it says neither."""
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return 0.0
    return max(0.0, until.timestamp() - time.time_ns() / 1e9)
