"""Voice: says one stream's state, once each time that it or its reason changed.

Before it: Stream. After it: the outbox.
"""

from kairos_tui.feeds.outbox import Outbox
from kairos_tui.feeds.reasons import one_line
from kairos_tui.market import USABLE, FeedState, FeedStatus, Symbol, Venue


class Voice:
    """One stream's."""

    def __init__(self, venue: Venue, symbol: Symbol, outbox: Outbox) -> None:
        self.state: FeedState | None = None
        self.note: str | None = None
        """What is said of the book while it is good and nothing else is to be said."""
        self._where = (venue, symbol)
        self._outbox = outbox
        self._reason: str | None = None
        self._down_ns = self._retry_ns = 0

    def say(
        self, state: FeedState, now_ns: int, reason: str | None = None, retry_ns: int | None = None
    ) -> None:
        """Down again without a book is one outage, as old as its beginning, and a change of now."""
        if reason is None and state in USABLE:
            reason = self.note
        if (state, reason) == (self.state, self._reason) and retry_ns is None:
            return
        self.state, self._reason, self._retry_ns = state, reason, retry_ns or 0
        since_ns = now_ns
        if state is FeedState.DOWN:
            since_ns = self._down_ns = self._down_ns or now_ns
        elif state in {FeedState.LIVE, FeedState.STALE}:
            self._down_ns = 0
        said = one_line(reason) if reason else None  # it may quote the venue
        at_ns = now_ns if now_ns != since_ns else None
        self._outbox.put(FeedStatus(*self._where, state, since_ns, said, retry_ns, at_ns=at_ns))

    def say_next_try(self, retry_ns: int, now_ns: int, reason: str | None = None) -> None:
        """It is down and waits: its next try is then, `reason` why not sooner."""
        if self.state is FeedState.DOWN and self._retry_ns > now_ns:
            self.say(FeedState.DOWN, now_ns, reason or self._reason, retry_ns)

    def say_unlisted(self, reason: str, now_ns: int, nearest: tuple[Symbol, ...]) -> None:
        """The venue does not trade it; `nearest` is what it does trade."""
        self.state = FeedState.DOWN
        told = (*self._where, FeedState.DOWN, now_ns, one_line(reason))
        self._outbox.put(FeedStatus(*told, listed=False, nearest=nearest))
