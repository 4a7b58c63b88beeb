"""Keeper: whom a connection reports to, and in what terms. Connections is the real one.

Before it: TappedClient and TappedExchange. After it: Stream.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any, Protocol

import ccxt

from kairos_tui.feeds.ban import Ban
from kairos_tui.feeds.dialects.dialect import Believed, Dialect, Outcome
from kairos_tui.feeds.format_watch import FormatWatch
from kairos_tui.feeds.health.budget import RestBudget
from kairos_tui.feeds.line import Line
from kairos_tui.feeds.pauses import Pauses
from kairos_tui.feeds.stream import Stream

ASKING: ContextVar[Stream | None] = ContextVar("asking", default=None)
"""The stream whose watch is running: ccxt hands its subscriptions and messages no owner, the context does."""

REST_ASKED_NS: ContextVar[int] = ContextVar("rest_asked_ns", default=0)
"""When the REST request that this task waits for left, ccxt's own pacing behind it."""

REST_NS: ContextVar[int] = ContextVar("rest_ns", default=0)
"""When the REST answer that this task works on arrived: the receive stamp of a snapshot."""


class LineLost(ccxt.NetworkError):  # type: ignore[misc]  # ccxt is untyped
    """The connection ended and its streams have been told; raised to wake the watches that hang on it."""


class StreamTold(ccxt.NetworkError):  # type: ignore[misc]  # ccxt is untyped
    """One stream was refused and has been told; raised to wake its watch."""


class Keeper(Protocol):
    """Every call returns at once. `depth` is how many levels of a side are wanted; `renewals` says whether a
    snapshot may be fetched that can wait; `formats` whether a dialect still understands the venue. `pauses`
    is where a dial waits for its turn."""

    depth: int
    ban: Ban
    renewals: RestBudget
    formats: FormatWatch
    pauses: Pauses
    on_frame: Callable[[], None]

    def new_dialect(self) -> Dialect | None: ...
    def start(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None] | None": ...
    def dial_delay_s(self, url: str) -> float: ...
    def on_up(self, line: Line) -> None: ...
    def on_book(self, line: Line, stream: Stream, book: dict[str, Any]) -> None: ...
    def on_believed(self, line: Line, stream: Stream, book: Believed) -> None: ...
    def on_outcome(self, line: Line, stream: Stream, outcome: Outcome) -> None: ...
    def on_no_snapshot(self, stream: Stream, error: Exception) -> None: ...
    def on_book_message(self, message: object) -> None: ...
    def on_bad_frame(self, error: Exception, frame: str | bytes) -> None: ...
    def on_refused(self, stream: Stream, error: Exception, *, by_venue: bool) -> None: ...
    def on_disconnect(self) -> None: ...
    def on_lost(self, line: Line, reason: str | Exception, *, dialling: bool) -> None: ...
    def flush(self) -> None: ...
