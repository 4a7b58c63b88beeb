"""A webhook's other end, which answers as it is told and checks signatures with lines of its own."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

KEY = b"kairos-tests-key-of-32-bytes-ok!"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Hook:
    """Every request as it came; `answers` are given one after the other, then 204."""

    def __init__(self) -> None:
        self.answers: list[web.Response] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.port = 0

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.requests]

    def url(self, rest: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{rest}"

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((headers, await request.read()))
        return self.answers.pop(0) if self.answers else web.Response(status=204)


def is_signed(headers: dict[str, str], body: bytes) -> bool:
    """As the specification says it, by hand."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(KEY, signed, hashlib.sha256).digest()
    return headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()


@asynccontextmanager
async def hook_on(port: int = 0) -> AsyncIterator[Hook]:
    hook = Hook()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", hook.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    hook.port = runner.addresses[0][1]
    try:
        yield hook
    finally:
        await runner.cleanup()
