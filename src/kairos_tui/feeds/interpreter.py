"""Interpreter: one connection's dialect, and what its outcomes mean for the streams that hang on it.

Before it: TappedClient, with every frame. After it: the Keeper; and the venue, which is asked for what a
dialect wants: its own subscriptions, a REST snapshot, a book anew on the same connection.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from time import monotonic_ns
from typing import Any

from ccxt import NotSupported
from msgspec import MsgspecError

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.dialects.dialect import (
    Believed,
    Dialect,
    Doubted,
    Message,
    Outcome,
    SnapshotCall,
    Wanted,
)
from kairos_tui.feeds.keeper import Keeper
from kairos_tui.feeds.line import Line
from kairos_tui.feeds.patience import SECOND_NS
from kairos_tui.feeds.stream import Stream

Rest = Callable[[SnapshotCall], Awaitable[Any]]

UNWANTED_FOR_S = 1.0
"""So still a market says no word after its subscription that would want a snapshot: it is fetched anyway."""

MUCH = 20
"""Frames: more than the answers to a connection's subscriptions."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
"""Between two snapshots that came too early or not at all."""


class Interpreter:
    """It ends with its connection: what it has begun is cancelled there."""

    def __init__(self, dialect: Dialect, line: Line, keeper: Keeper, depth: int, rest: Rest) -> None:
        self._dialect = dialect
        self._line = line
        self._keeper = keeper
        self._depth = depth
        self._rest = rest
        self._streams: dict[str, Stream] = {}
        self._asked: dict[Stream, Message] = {}
        self._busy: set[Stream] = set()
        self._again: set[Stream] = set()
        self._suspects = True
        self._unknown: int | None = 0

    # subscriptions

    def follow(self, stream: Stream, asked: Message) -> None:
        """ccxt is about to send `asked` for it. Raises NotSupported where another market bears its id."""
        market = stream.market
        holder = self._streams.get(market.market_id, stream)
        if holder is not stream:
            both = f"{holder.symbol} and {stream.symbol}"
            raise NotSupported(f"the venue calls both {both} {market.market_id}: watch one of them")
        if market.market_id in self._streams:
            self._dialect.forget(market.market_id)
        else:
            self._dialect.open(market, self._depth)
        self._streams[market.market_id] = stream
        self._asked[stream] = asked

    def in_place_of(self, stream: Stream, message: Any) -> tuple[Any, ...]:  # noqa: ANN401  whatever ccxt sends
        """What is sent where ccxt would send `message`."""
        asked = self._asked.get(stream)
        if asked is None or message is not asked:
            return (message,)
        if self._dialect.snapshot_call(stream.market) is not None:
            self._line.keep(self._fetch_unwanted(stream))
        return self._dialect.requests(stream.market, asked)

    def leave(self, stream: Stream) -> None:
        """It is left alone for a while: the venue need not go on sending."""
        asked = self._asked.get(stream)
        if asked is not None and stream.quarantined:
            self._line.keep(self._say(self._dialect.cancels(stream.market, asked)))

    # frames

    def take(self, frame: str | bytes) -> bool:
        """False when the frame is ccxt's. Raises what the dialect raises."""
        outcomes = self._dialect.take(frame)
        if outcomes is None:
            self._leave_unknown(frame)
            return False
        if self._suspects:
            self._on_read(frame)
        if len(outcomes) != 1 or not isinstance(book := outcomes[0], Believed):
            self._act(outcomes)
        else:  # as nearly all do: what `_act` and `_hear` would come to
            stream = self._streams.get(book.market_id)
            if stream is not None and stream.line is self._line:
                self._keeper.on_believed(self._line, stream, book)
        return True

    @property
    def is_unheard(self) -> bool:
        """Much was said on this connection, and nothing that the dialect knows."""
        return self._unknown is not None and self._unknown >= MUCH

    def is_format_changed(self, error: Exception, frame: str | bytes) -> bool:
        """A frame was spoiled. Can it not be read because the venue writes otherwise than it did?"""
        self._suspects = True
        is_unread = isinstance(error, MsgspecError)
        return is_unread and self._keeper.formats.on_unread(frame, monotonic_ns())

    def doubt_all(self, reason: str) -> bool:
        """A frame was lost to us, and nobody knows whose: every book is asked for anew, on this connection.

        False when there is none on it that was believed: then the connection itself is not to be trusted.
        """
        streams = [stream for stream in self._streams.values() if stream.line is self._line]
        if all(stream.awaiting for stream in streams):
            return False
        for stream in streams:
            self._dialect.forget(stream.market.market_id)
            self._hear(Doubted(stream.market.market_id, reason))
        return True

    def _leave_unknown(self, frame: str | bytes) -> None:
        self._keeper.formats.on_unknown(frame)
        if self._unknown is not None:
            self._unknown += 1

    def _on_read(self, frame: str | bytes) -> None:
        """While a format is suspected, and at the first frame."""
        formats = self._keeper.formats
        if self._unknown is not None:
            self._unknown = None
            formats.on_heard()
        formats.on_read(frame, monotonic_ns())
        self._suspects = formats.is_suspicious

    def _act(self, outcomes: tuple[Outcome, ...]) -> None:
        """Of a market that is doubted in the same frame nothing else is heard."""
        doubted: set[str] = set()
        for outcome in outcomes:
            if isinstance(outcome, Doubted) and outcome.market_id not in doubted:
                doubted.add(outcome.market_id)
                self._hear(outcome)
        for outcome in outcomes:
            if outcome.market_id not in doubted:
                self._hear(outcome)

    def _hear(self, outcome: Outcome) -> None:
        stream = self._streams.get(outcome.market_id)
        if stream is None or stream.line is not self._line:
            return
        if isinstance(outcome, Believed):
            self._keeper.on_believed(self._line, stream, outcome)
            return
        self._keeper.on_outcome(self._line, stream, outcome)
        if isinstance(outcome, Wanted):
            self._on_wanted(stream, outcome)
        elif isinstance(outcome, Doubted) and stream.line is self._line:
            if stream in self._busy:  # the answer came before the last of our messages had left
                self._again.add(stream)
            self._begin(stream, self._resync(stream))

    # what a dialect wants of the venue: one thing at a time for each stream

    def _on_wanted(self, stream: Stream, wanted: Wanted) -> None:
        """What is wanted early can wait for its turn in the venue's budget: the dialect says it again."""
        if not wanted.is_early:
            self._begin(stream, self._fetch(stream))
        elif stream not in self._busy and self._keeper.renewals.take(monotonic_ns()):
            self._begin(stream, self._renew(stream))

    def _begin(self, stream: Stream, work: Coroutine[Any, Any, tuple[Outcome, ...]]) -> None:
        if stream in self._busy:
            work.close()
            return
        self._busy.add(stream)
        self._line.keep(self._finish(stream, work))

    async def _finish(self, stream: Stream, work: Coroutine[Any, Any, tuple[Outcome, ...]]) -> None:
        try:
            outcomes = await work
        finally:
            self._busy.discard(stream)
        self._act(outcomes)
        if stream in self._again:
            self._again.discard(stream)
            self._begin(stream, self._resync(stream))
        self._keeper.flush()

    async def _resync(self, stream: Stream) -> tuple[Outcome, ...]:
        """By the venue's own rule: subscribed to anew, or a new snapshot."""
        await asyncio.sleep(max(0, stream.retry_ns - monotonic_ns()) / SECOND_NS)
        if not self._serves(stream):
            return ()
        if self._dialect.snapshot_call(stream.market) is not None:
            return await self._fetch(stream)
        asked = self._asked[stream]
        await self._say(self._dialect.cancels(stream.market, asked))
        await self._say(self._dialect.requests(stream.market, asked))
        return ()

    async def _fetch(self, stream: Stream) -> tuple[Outcome, ...]:
        """Until a snapshot fits, or the stream's deadline ends the connection."""
        pause_s = FIRST_PAUSE_S
        while self._serves(stream):
            outcomes = await self._snapshot(stream)
            if outcomes is not None and not any(isinstance(outcome, Wanted) for outcome in outcomes):
                return outcomes
            if outcomes is not None:
                self._keeper.on_no_snapshot(stream, FrameRefused("older than the updates that wait for it"))
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        return ()

    async def _renew(self, stream: Stream) -> tuple[Outcome, ...]:
        """Once, while the book stands: if nothing fits, nothing is lost yet."""
        return await self._snapshot(stream) or ()

    async def _snapshot(self, stream: Stream) -> tuple[Outcome, ...] | None:
        call = self._dialect.snapshot_call(stream.market)
        if call is None:
            return ()
        try:
            body = await self._rest(call)
            return self._dialect.take_snapshot(stream.market.market_id, body)
        except (FrameRefused, MsgspecError) as error:
            self._keeper.on_no_snapshot(stream, FrameRefused(f"a snapshot that is none: {error}"))
        except Exception as error:  # noqa: BLE001  the containment door: any error of any venue's REST
            self._keeper.on_no_snapshot(stream, error)
        return None

    async def _fetch_unwanted(self, stream: Stream) -> None:
        await asyncio.sleep(UNWANTED_FOR_S)
        if self._serves(stream):
            self._begin(stream, self._fetch(stream))

    def _serves(self, stream: Stream) -> bool:
        return stream.line is self._line and stream.awaiting

    async def _say(self, messages: tuple[Message, ...]) -> None:
        for message in messages:
            await self._line.say(message)
