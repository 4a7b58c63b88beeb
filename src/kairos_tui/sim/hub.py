"""Hub: one venue's clock, streams and readers. Publishes each stream when due, encoded once.

Before it: market, streams, tampering (what faults make of messages; never of answers). After it: the
dialects, and whoever drives it: `run` with real time, the virtual venue with its own.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec import Struct

from kairos_tui.sim.listings import listings_of
from kairos_tui.sim.market import DELAY_MS, ListedMarket, SimMarket
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import MS, Payload, Stream
from kairos_tui.sim.tampering import Line, Tampering

_IDLE_S = 0.25


class _Made(Struct, frozen=True):
    """A message on its way: made when, for whom."""

    at_ns: int
    payload: Payload
    readers: tuple[Session, ...]
    is_snapshot: bool


class _Channel:
    """A stream, its readers, and what it has made and a lag holds back, oldest first."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.lines: dict[Session, Line] = {}
        self.made: deque[_Made] = deque()


class Hub:
    """`now_ns` is the market's time; the venue shows it `delay` late. `epoch_ns` is when that began."""

    def __init__(
        self,
        venue: str,
        market: SimMarket,
        now_ns: Callable[[], int],
        *,
        epoch_ns: int,
        rate: float,
        seed: int = 1,
    ) -> None:
        self.venue = venue
        self.listings = listings_of(venue)
        self.sessions: set[Session] = set()
        self.tampering = Tampering(venue, seed)
        self.clock_ns = now_ns
        self._market, self._epoch_ns = market, epoch_ns
        self._delay_ns = DELAY_MS[venue] * MS
        self._back_ns = 0
        self._faster = max(1.0, rate)
        self._channels: dict[str, _Channel] = {}
        self._admitted = self._followed = 0
        self._woken = asyncio.Event()

    # time

    def now_ns(self) -> int:
        """The instant of the market that the venue shows now."""
        return max(0, self.clock_ns() - self._delay_ns - self._back_ns)

    def wall_ms(self, at_ns: int | None = None) -> int:
        """Epoch milliseconds of an instant of the market; without one, the venue's own clock now."""
        return self._wall_ns(at_ns) // MS

    def wall_us(self, at_ns: int | None = None) -> int:
        return self._wall_ns(at_ns) // 1_000

    def _wall_ns(self, at_ns: int | None) -> int:
        shown_ns = self.clock_ns() if at_ns is None else at_ns
        return self._epoch_ns + shown_ns + (self.tampering.skew_ns() if self.tampering.is_on else 0)

    def interval_ns(self, interval_ms: float) -> int:
        """A stream's update interval, shortened by the plan's rate."""
        return max(MS, round(interval_ms * MS / self._faster))

    @contextmanager
    def looking_back(self, ago_ns: int) -> Iterator[None]:
        """Inside, the venue shows the market as it was."""
        self._back_ns = ago_ns
        try:
            yield
        finally:
            self._back_ns = 0

    # what is traded

    def market(self, market_id: str) -> ListedMarket | None:
        listed = self.listings.get(market_id)
        return None if listed is None else self._market.of(self.venue, listed.book_symbol)

    def book_symbol(self, symbol: str) -> str:
        """The market whose book the symbol's is; the symbol itself when it is not listed."""
        books = (listed.book_symbol for listed in self.listings.values() if listed.symbol == symbol)
        return next(books, symbol)

    # readers

    def admit(self, session: Session) -> None:
        """A new connection."""
        self._admitted += 1
        session.number = self._admitted
        self.sessions.add(session)

    def follow(self, session: Session, key: str, build: Callable[[], Stream]) -> None:
        """Joins a stream, which begins with its snapshot if it has one. Joining again repeats it."""
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = _Channel(build())
            self._woken.set()
        stream = channel.stream
        if session not in channel.lines:
            self._followed += 1
            channel.lines[session] = self.tampering.line(key, self._followed, symbol=stream.symbol)
        session.keys.add(key)
        snapshot = self._snapshot(stream)
        if snapshot is not None:
            channel.made.append(_Made(self.now_ns(), snapshot, (session,), is_snapshot=True))
            self._send_ready(channel)

    def unfollow(self, session: Session, key: str) -> bool:
        """Leaves a stream; the last one out ends it."""
        if key not in session.keys:
            return False
        session.keys.discard(key)
        lines = self._channels[key].lines
        del lines[session]
        if not lines:
            del self._channels[key]
        return True

    def leave(self, session: Session) -> None:
        for key in tuple(session.keys):
            self.unfollow(session, key)
        self.sessions.discard(session)

    # publishing

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if not self._channels:
                self._woken.clear()
                await self._woken.wait()
            self.publish_due()
            due_ns = self.due_ns()
            wait_s = _IDLE_S if due_ns is None else (due_ns - self.clock_ns()) / 1e9
            await asyncio.sleep(min(_IDLE_S, max(0.0, wait_s)))

    def due_ns(self) -> int | None:
        """The market's time at which something is to be published next."""
        times = [self._channel_due_ns(channel) for channel in self._channels.values()]
        return min(times) + self._delay_ns if times else None

    def publish_due(self) -> None:
        now_ns = self.now_ns()
        for channel in tuple(self._channels.values()):
            if channel.stream.due_ns <= now_ns:
                payload = channel.stream.advance(now_ns)
                if payload is not None:
                    readers = tuple(channel.lines)
                    channel.made.append(_Made(now_ns, payload, readers, is_snapshot=False))
            if channel.made:
                self._send_ready(channel)

    def _snapshot(self, stream: Stream) -> Payload | None:
        snapshot = stream.snapshot()
        if snapshot is None or not (stream.is_market and self.tampering.is_on):
            return snapshot
        ago_ns = self.tampering.stale_ns(stream.symbol)
        return stream.snapshot(ago_ns=ago_ns) if ago_ns else snapshot

    def _channel_due_ns(self, channel: _Channel) -> int:
        stream, made = channel.stream, channel.made
        if not made:
            return stream.due_ns
        return min(stream.due_ns, made[0].at_ns + self.tampering.lag_ns(stream.symbol))

    def _send_ready(self, channel: _Channel) -> None:
        """In the order in which they were made: what waits behind a late one is late too."""
        stream, made = channel.stream, channel.made
        is_sick = self.tampering.is_on and stream.is_market
        ready_ns = self.now_ns() - (self.tampering.lag_ns(stream.symbol) if is_sick else 0)
        while made and made[0].at_ns <= ready_ns:
            self._send(channel, made.popleft(), is_sick=is_sick)

    def _send(self, channel: _Channel, message: _Made, *, is_sick: bool) -> None:
        payload = message.payload
        for session in message.readers:
            line = channel.lines.get(session)
            if line is None:
                continue
            text = payload if isinstance(payload, bytes) else payload.at(next(session.numbers))
            if is_sick or line.held:
                session.send_parts(self.tampering.pass_on(line, text, is_snapshot=message.is_snapshot))
            else:
                session.send_text(text)
