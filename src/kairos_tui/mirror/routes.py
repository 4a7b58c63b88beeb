"""Routes: what each path answers, and the one door in front of all of them.

Before it: guard, served. After it: server, which listens.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from aiohttp import web

from kairos_tui.errors import ExtraMissing
from kairos_tui.mirror.guard import Caller, Guard
from kairos_tui.mirror.page_files import PageFile, load_page
from kairos_tui.mirror.seam import MirrorPlan
from kairos_tui.mirror.served import Served

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Routes = dict[str, Handler]

_OPEN_PATHS: Final = ("/healthz", "/readyz")
"""Probes carry no token, and learn nothing that one could want to hide."""

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_TO_THE_PAGE: Final = b'<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>Kairos</title>\n'


def mirror_routes(plan: MirrorPlan, served: Served) -> Routes:
    """The page and everything beside it. Raises ExtraMissing."""
    from kairos_tui.mirror.socket_io import PATH, ViewersDoor  # metrics alone do without python-socketio

    page = {path: _file(file) for path, file in load_page().items()}
    door = ViewersDoor(served.audience)
    return page | {PATH: door.handle, "/events": served.events.handle} | watched_routes(plan, served)


def watched_routes(plan: MirrorPlan, served: Served) -> Routes:
    """What machines ask for. Raises ExtraMissing."""
    try:
        from kairos_tui.mirror.metrics import CONTENT_TYPE, Metrics
    except ImportError as error:
        raise ExtraMissing("metrics need prometheus-client: pip install 'kairos-tui[metrics]'") from error
    metrics = Metrics(plan, served)

    async def scrape(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.text(), headers={"Content-Type": CONTENT_TYPE})

    async def alive(_request: web.Request) -> web.Response:
        why = served.health.not_alive()
        return _judged(why is None, {"alive": why is None, "why": why})

    async def ready(_request: web.Request) -> web.Response:
        facts = served.health.facts()
        return _judged(facts["ready"], facts)

    return {"/metrics": scrape, "/healthz": alive, "/readyz": ready}


def app_of(routes: Routes, guard: Guard, refused: Counter[str]) -> web.Application:
    """An application that answers these paths to those whom `guard` lets in."""

    @web.middleware
    async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = _turned_away(request, guard)
        if response is not None:
            refused[str(response.status)] += 1
            return response
        if request.query.get("token") and request.path == "/":
            return web.Response(body=_TO_THE_PAGE, content_type="text/html")
        return await handler(request)

    async def dress(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Server"] = "kairos"
        if request.query.get("token") and response.status < 400:
            name, value = guard.cookie
            response.headers.add("Set-Cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Strict")

    app = web.Application(middlewares=[door], client_max_size=1024)
    app.on_response_prepare.append(dress)
    for path, handler in routes.items():
        app.router.add_get(path, handler)
    return app


def _turned_away(request: web.Request, guard: Guard) -> web.Response | None:
    if request.method not in ("GET", "HEAD"):
        return _refusal(405, "only GET and HEAD")
    caller = Caller(request.headers, request.cookies, request.query.get("token", ""))
    refusal = guard.refusal(caller, needs_token=request.path not in _OPEN_PATHS)
    return _refusal(refusal.status, refusal.why) if refusal else None


def _refusal(status: int, why: str) -> web.Response:
    response = web.Response(status=status, text=why + "\n")
    response.force_close()
    return response


def _judged(good: bool, facts: dict[str, object]) -> web.Response:
    body = msgspec.json.encode(facts) + b"\n"
    return web.Response(status=200 if good else 503, body=body, content_type="application/json")


def _file(file: PageFile) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        packs = "gzip" in request.headers.get("Accept-Encoding", "")
        etag = file.etag[:-1] + '-gzip"' if packs else file.etag
        headers = {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        headers |= {"Content-Type": file.content_type} | ({"Content-Encoding": "gzip"} if packs else {})
        return web.Response(body=file.packed if packs else file.body, headers=headers)

    return handle
