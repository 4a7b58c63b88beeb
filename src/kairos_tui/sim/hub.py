"""Hub: one venue's clock, streams and readers. Publishes each stream when due, encoded once.

Before it: market, streams. After it: sessions. Faults tamper with what it publishes, never with answers.
"""

import asyncio
from collections.abc import Callable, Iterable

from kairos_tui.sim.frames import TEXT, frame
from kairos_tui.sim.listings import listings_of
from kairos_tui.sim.market import DELAY_MS, ListedMarket, SimMarket
from kairos_tui.sim.sessions import Session
from kairos_tui.sim.streams import MS, Payload, Stream

Tamper = Callable[[bytes], bytes]
"""A message as it should be -> the bytes that are written instead of its frame."""

_IDLE_S = 0.25


class Hub:
    """`now_ns` is the market's time; the venue shows it `delay` late. `epoch_ns` is when that began."""

    def __init__(
        self, venue: str, market: SimMarket, now_ns: Callable[[], int], *, epoch_ns: int, rate: float
    ) -> None:
        self.venue = venue
        self.listings = listings_of(venue)
        self.sessions: set[Session] = set()
        self.tamper: Tamper | None = None
        self._market, self._now_ns, self._epoch_ns = market, now_ns, epoch_ns
        self._delay_ns = DELAY_MS[venue] * MS
        self._faster = max(1.0, rate)
        self._streams: dict[str, Stream] = {}
        self._readers: dict[str, set[Session]] = {}
        self._woken = asyncio.Event()

    # time

    def now_ns(self) -> int:
        """The instant of the market that the venue shows now."""
        return max(0, self._now_ns() - self._delay_ns)

    def wall_ms(self, at_ns: int | None = None) -> int:
        """Epoch milliseconds of an instant of the market; without one, the venue's own clock now."""
        return (self._epoch_ns + (self._now_ns() if at_ns is None else at_ns)) // MS

    def wall_us(self, at_ns: int | None = None) -> int:
        return (self._epoch_ns + (self._now_ns() if at_ns is None else at_ns)) // 1_000

    def interval_ns(self, interval_ms: float) -> int:
        """A stream's update interval, shortened by the plan's rate."""
        return max(MS, round(interval_ms * MS / self._faster))

    # what is traded

    def market(self, market_id: str) -> ListedMarket | None:
        listed = self.listings.get(market_id)
        return None if listed is None else self._market.of(self.venue, listed.book_symbol)

    # readers

    def follow(self, session: Session, key: str, build: Callable[[], Stream]) -> None:
        """Joins a stream, which begins with its snapshot if it has one. Joining again repeats it."""
        stream = self._streams.get(key)
        if stream is None:
            stream = self._streams[key] = build()
            self._woken.set()
        self._readers.setdefault(key, set()).add(session)
        session.keys.add(key)
        snapshot = stream.snapshot()
        if snapshot is not None:
            self._deliver((session,), snapshot, tampering=stream.is_market)

    def unfollow(self, session: Session, key: str) -> bool:
        """Leaves a stream; the last one out ends it."""
        if key not in session.keys:
            return False
        session.keys.discard(key)
        readers = self._readers[key]
        readers.discard(session)
        if not readers:
            del self._readers[key], self._streams[key]
        return True

    def leave(self, session: Session) -> None:
        for key in tuple(session.keys):
            self.unfollow(session, key)
        self.sessions.discard(session)

    # publishing

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            if not self._streams:
                self._woken.clear()
                await self._woken.wait()
            now_ns = self.now_ns()
            for key, stream in tuple(self._streams.items()):
                if stream.due_ns <= now_ns:
                    self._publish(key, stream, now_ns)
            soonest_ns = min((stream.due_ns for stream in self._streams.values()), default=0)
            wait_s = (soonest_ns - self.now_ns()) / 1e9
            await asyncio.sleep(min(_IDLE_S, max(0.0, wait_s)))

    def _publish(self, key: str, stream: Stream, now_ns: int) -> None:
        payload = stream.advance(now_ns)
        readers = self._readers.get(key)
        if payload is not None and readers:
            self._deliver(readers, payload, tampering=stream.is_market)

    def _deliver(self, sessions: Iterable[Session], payload: Payload, *, tampering: bool) -> None:
        dress = self._dress if tampering else _framed
        if isinstance(payload, bytes):
            frames = dress(payload)
            for session in tuple(sessions):
                session.write(frames)
        else:
            for session in tuple(sessions):
                session.write(dress(payload.at(next(session.numbers))))

    def _dress(self, text: bytes) -> bytes:
        return _framed(text) if self.tamper is None else self.tamper(text)


def _framed(text: bytes) -> bytes:
    return frame(TEXT, text)
