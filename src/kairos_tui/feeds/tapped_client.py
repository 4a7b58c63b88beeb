"""TappedClient: ccxt.pro's connection with one choke point for frames and one way to end.

Before it: aiohttp's socket. After it: a Keeper. ccxt's own loop dies silently on one bad frame, loses a
close that arrives with a tick, and conflates books; this reads, contains and taps in its place.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from time import monotonic_ns
from typing import Any

import ccxt
from aiohttp import ClientError, WSMessage, WSMsgType
from ccxt.async_support.base.ws.client import Client

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.farewell import hang_up, retrieve
from kairos_tui.feeds.format_watch import FORMAT_CHANGED
from kairos_tui.feeds.interpreter import Interpreter
from kairos_tui.feeds.keeper import ASKING, Keeper, LineLost, StreamTold
from kairos_tui.feeds.owners import Owners
from kairos_tui.feeds.reading import BINARY, TEXT, read
from kairos_tui.feeds.stream import Stream

GONE = {WSMsgType.CLOSED, WSMsgType.CLOSING}
ABNORMAL = 1006


class TappedClient(Client):  # type: ignore[misc]  # ccxt is untyped
    """One WebSocket. ccxt builds a Client, then `adopt` makes it ours: class swapped, state kept."""

    keeper: Keeper
    interpreter: Interpreter | None
    owners: Owners
    work: set["asyncio.Task[None]"]
    url: str
    last_retry_after: float | None
    lost: bool
    connecting: bool
    up_ns: int
    received_ns: int
    alive_ns: int
    has_ponged: bool
    note: str | None
    flush: Callable[[], None]
    message: Any
    _frame: str | bytes
    _booked: bool

    @classmethod
    def adopt(cls, client: Any, keeper: Keeper) -> None:  # noqa: ANN401  ccxt is untyped
        client.__class__ = cls
        client.keeper, client.owners, client.work = keeper, Owners(), set()
        client.note, client.flush = None, keeper.flush
        client.lost, client.up_ns, client.received_ns, client.alive_ns = False, 0, 0, 0
        client.interpreter, client.has_ponged = None, False
        client.message, client._frame, client._booked = None, "", False

    # up

    def connect(self, session: Any, backoff_delay: float = 0) -> Any:  # noqa: ANN401  ccxt's signature
        if not self.connection and not self.connecting:
            self.connecting = True
            context = copy_context()
            context.run(ASKING.set, None)  # the dial serves every stream, not the one that asked first
            dial = self.keeper.pauses.then(self.keeper.dial_delay_s, self.url, self.open, session)
            context.run(self.keep, dial)
        return self.connected

    def keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that must end with this connection."""
        task = self.keeper.start(work)
        if task is not None:
            self.work.add(task)
            task.add_done_callback(self.work.discard)

    def future(self, message_hash: str) -> Any:  # noqa: ANN401  ccxt's signature
        future = super().future(message_hash)
        future.remove_done_callback(retrieve)
        future.add_done_callback(retrieve)
        return future

    async def send(self, message: Any) -> None:  # noqa: ANN401  ccxt's signature
        stream = ASKING.get()
        if stream is None:
            await super().send(message)
            return
        speaks = self.interpreter
        parts = (message,) if speaks is None else speaks.in_place_of(stream, message)
        for part in parts:
            if part is not parts[0]:
                await self.throttle()
            self.owners.claim_answers(stream, part)
            await super().send(part)
        stream.on_asked(monotonic_ns())

    async def say(self, message: Any) -> None:  # noqa: ANN401  whatever the venue reads
        """Send something of our own, at the venue's pace."""
        await self.throttle()
        try:
            await super().send(message)
        except (ClientError, OSError) as error:
            self.drop(error)

    # frames

    def receive_loop(self) -> None:
        """ccxt calls this once the socket stands."""
        self.keeper.start(read(self))

    def take(self, message: WSMessage, seen_ns: int) -> None:
        self.alive_ns = seen_ns
        kind = message.type
        if kind is TEXT or kind is BINARY:
            self.contain(message, seen_ns)
        elif kind is WSMsgType.PONG:
            self.has_ponged = True
            super().handle_message(message)
        elif kind is WSMsgType.PING:
            self.keep(self._answerable(lambda: self.connection.pong(message.data)))
        elif kind is WSMsgType.ERROR:
            self.drop(f"broken WebSocket: {message.data}")
        else:
            self.on_close(ABNORMAL if kind in GONE else message.data)

    def contain(self, message: WSMessage, seen_ns: int) -> None:
        frame = message[1]
        self.received_ns, self._frame = seen_ns, frame
        self.keeper.on_frame()
        try:
            if self.interpreter is None or not self.interpreter.take(frame):
                self._leave_to_ccxt(message)
        except Exception as error:  # noqa: BLE001  the containment door: any error of any venue's handler
            stream = self._speaks_of() if isinstance(error, ccxt.ExchangeError) else None
            if stream is None:
                self._spoiled(error)
            else:
                self._refuse(stream, error)
        finally:
            self.received_ns = 0

    def _leave_to_ccxt(self, message: WSMessage) -> None:
        self._booked = False
        super().handle_message(message)
        if self._booked:
            self.keeper.on_book_message(self.message)

    def resolve(self, result: Any, message_hash: str) -> Any:  # noqa: ANN401  ccxt's signature
        """A book goes to its stream, at once and every time; its watch stays pending and only supervises."""
        stream = self.owners.of(message_hash)
        if stream is None or not isinstance(result, dict) or "bids" not in result:
            return super().resolve(result, message_hash)
        if not self.lost:
            self._booked = True
            self.keeper.on_book(self, stream, result)
        return result

    def reject(self, result: Any, message_hash: str | None = None) -> Any:  # noqa: ANN401  ccxt's signature
        """Said of one stream it reaches that stream alone, even where ccxt would wake all of them."""
        if isinstance(result, ccxt.UnsubscribeError) and self.interpreter is not None:
            return result  # the answer to a resync of ours
        stream = None if self.lost else self.owners.of(message_hash) or self._speaks_of()
        if self.received_ns and not self.lost and not isinstance(result, ccxt.BaseError):
            self._spoiled(result)  # some handlers (binance) catch whatever goes wrong in them
        elif stream is not None:
            self._refuse(stream, result if isinstance(result, Exception) else ccxt.ExchangeError(str(result)))
        elif self.received_ns and message_hash is None and not self.lost:
            self.keeper.on_bad_frame(result, self._frame)
        else:
            super().reject(result, message_hash)
        return result

    def _spoiled(self, error: Exception) -> None:
        """The frame in hand is not what it should be, so neither is any book it may have been for."""
        self.keeper.on_bad_frame(error, self._frame)
        reason = f"bad frame: {error if isinstance(error, FrameRefused) else type(error).__name__}"
        speaks = self.interpreter
        if speaks is not None and speaks.is_format_changed(error, self._frame):
            self.drop(FORMAT_CHANGED)
        elif speaks is None or not speaks.doubt_all(reason):
            self.drop(reason)

    def _speaks_of(self) -> Stream | None:
        return self.owners.spoken_of(self._frame) if self.received_ns else None

    def _refuse(self, stream: Stream, error: Exception) -> None:
        self.keeper.on_refused(stream, error, by_venue=bool(self.received_ns))
        self.release(stream, str(error))

    @property
    def is_unheard(self) -> bool:
        return self.interpreter is not None and self.interpreter.is_unheard

    def release(self, stream: object, reason: str) -> None:
        """Stop serving one stream; the others on this connection notice nothing."""
        if self.interpreter is not None and isinstance(stream, Stream):
            self.interpreter.leave(stream)
        asyncio.get_running_loop().call_soon(self.owners.unsubscribe, stream, self.subscriptions)
        for message_hash in self.owners.take_hashes(stream):
            if message_hash in self.futures:
                super().reject(StreamTold(reason), message_hash)

    # down: every end goes through drop

    def on_error(self, error: Exception) -> None:
        self._note_disconnect()
        self.drop(error)

    def on_close(self, code: int) -> None:
        self._note_disconnect()
        self.drop("connection lost" if code == ABNORMAL else f"closed by the venue, code {code}")

    def _note_disconnect(self) -> None:
        if self.up_ns and not self.lost:
            self.keeper.on_disconnect()

    def reset(self, error: Any) -> None:  # noqa: ANN401  ccxt's signature
        self.drop(error if isinstance(error, Exception) else str(error))

    async def close(self, code: int = 1000) -> None:
        self.drop("closed")
        await hang_up(self)

    def drop(self, reason: str | Exception) -> None:
        """End this connection, once: tell its streams, wake their watches, let go of the socket."""
        if self.lost:
            return
        self.lost = True
        self.error = LineLost(str(reason))
        self.keeper.on_lost(self, reason, dialling=not self.up_ns)
        self.dial_failed = False  # else ccxt computes a backoff too, and overflows on Retry-After: inf
        self.on_error_callback(self, self.error)
        super().reject(self.error)
        if self.ping_looper:
            self.ping_looper.cancel()
        for task in self.work:
            if task is not asyncio.current_task():
                task.cancel()
        self.keeper.start(hang_up(self))

    def knock(self) -> None:
        """Ask for a sign of life."""
        self.keep(self._answerable(self.connection.ping))

    async def _answerable(self, send: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            await send()
        except (ClientError, OSError) as error:
            self.drop(error)
