"""REST: one request of one venue answered, with what the faults in force make of it. No sockets.

Before it: a dialect's routes and its hub. After it: server and virtual, which carry the reply.
"""

from collections.abc import Mapping

import orjson
from msgspec import Struct

from kairos_tui.sim.dialect import Answer, Dialect
from kairos_tui.sim.hub import Hub


class Reply(Struct, frozen=True):
    """HTTP status, JSON body, and the seconds of Retry-After if the header is sent."""

    status: int
    body: bytes
    retry_after_s: int | None = None


def refused(dialect: Dialect) -> Reply | None:
    """Counts one request or handshake; the reply to it when the venue will not have it."""
    hub = dialect.hub
    refusal = hub.tampering.refusal(hub.clock_ns())
    if refusal is None:
        return None
    body = orjson.dumps({"code": refusal.status, "msg": "Too many requests."})
    return Reply(refusal.status, body, refusal.retry_after_s)


def answer(dialect: Dialect, path: str, query: Mapping[str, str]) -> Reply:
    """A request for the book of a market may be answered with the book of seconds ago."""
    refusal = refused(dialect)
    if refusal is not None:
        return refusal
    route = dialect.routes.get(path)
    if route is None:
        return _reply(dialect.not_found)
    with dialect.hub.looking_back(_stale_ns(dialect.hub, query)):
        return _reply(route(query))


def _stale_ns(hub: Hub, query: Mapping[str, str]) -> int:
    listed = next((hub.listings[value] for value in query.values() if value in hub.listings), None)
    return 0 if listed is None else hub.tampering.stale_ns(listed.book_symbol)


def _reply(given: Answer) -> Reply:
    status, body = given
    return Reply(status, orjson.dumps(body))
