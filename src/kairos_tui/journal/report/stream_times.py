"""Stream times: when each venue's streams could be used, and what kept them from it.

Before it: scoring, with every line that tells a state. After it: scorecard.
"""

from collections import Counter
from heapq import nlargest

from msgspec import Struct

from kairos_tui.journal.lines.told import VenueTold
from kairos_tui.market import USABLE, FeedState

MOST_STREAMS = 10_000
_MOST_INCIDENTS = 2_000
"""Kept of each venue; the rest is counted."""
_MOST_VENUES = 1_000
_WORST = 5
_FAREWELL_US = 1_000_000
_NOT_LISTED = "does not list"


class Incident(Struct, frozen=True, kw_only=True):
    """A stream that could be used could not, for a while. `reason`: the first that was given."""

    symbol: str | None
    state: str
    reason: str | None
    from_us: int
    for_us: int


class VenueCard(Struct, frozen=True, kw_only=True):
    """A venue's streams together. `uptime`: the share of the time since each could first be used.

    `by_state_s`: seconds, summed over its streams, in each state that is of no use. `worst`: the longest.
    """

    venue: str
    streams: int
    uptime: float | None
    observed_s: float
    incidents: int
    down_s: float
    by_state_s: dict[str, float]
    worst: tuple[Incident, ...]


class _Stream:
    """Not observed until it could first be used: connecting is no outage; never having come up is one."""

    def __init__(self, at_us: int) -> None:
        self.since_us = self.first_us = at_us
        self.state = ""
        self.reason: str | None = None
        self.was_usable = self.is_listed = False
        self.usable_us = self.observed_us = self.up_us = 0
        self.trouble: tuple[int, str, str | None] | None = None

    def heeds_venue(self, since_us: int) -> bool:
        """False of a market that the venue does not list, and when the stream has said more since then."""
        return self.is_listed and since_us >= self.since_us

    @property
    def is_usable(self) -> bool:
        return self.state in _USABLE


class _Total:
    """A venue's streams of all runs."""

    def __init__(self) -> None:
        self.usable_us = self.observed_us = 0
        self.symbols: set[str | None] = set()


class StreamTimes:
    """Of runs one after the other, or side by side in one file."""

    def __init__(self) -> None:
        self._streams: dict[tuple[str, str], dict[str | None, _Stream]] = {}
        self._followed = 0
        self._done: dict[str, _Total] = {}
        self._incidents: dict[str, list[Incident]] = {}
        self._counts: Counter[str] = Counter()
        self._by_state: dict[str, Counter[str]] = {}
        self.not_followed = 0

    def tell(self, told: VenueTold) -> None:
        """A stream's state since an instant; without a symbol, of all the venue's streams."""
        since_us = min(told.since_us or told.ts_us, told.ts_us)
        streams = self._streams.setdefault((told.run, told.venue), {})
        for symbol in tuple(streams) if told.symbol is None else (told.symbol,):
            stream = self._follow(streams, symbol, since_us)
            if stream is None or (told.symbol is None and not stream.heeds_venue(since_us)):
                continue
            # A state that is back holds from now on, whenever it began.
            at_us = since_us if since_us >= stream.since_us else told.ts_us
            self._turn(told.venue, stream, at_us)
            stream.state, stream.reason = told.state, told.reason
            stream.is_listed = not (told.reason or "").startswith(_NOT_LISTED)
            self._begin(told.venue, symbol, stream, at_us)

    def up_since_us(self, run: str, venue: str, symbol: str) -> int:
        """Since when it can be used without a break; 0 when that is not known."""
        stream = self._streams.get((run, venue), {}).get(symbol)
        return stream.up_us if stream is not None else 0

    def _follow(self, streams: dict[str | None, _Stream], symbol: str | None, at_us: int) -> _Stream | None:
        if symbol not in streams:
            if self._followed >= MOST_STREAMS:
                self.not_followed += 1
                return None
            self._followed += 1
            streams[symbol] = _Stream(at_us)
        return streams[symbol]

    def end_run(self, run: str, at_us: int) -> None:
        """No state holds beyond a run."""
        for key in [key for key in self._streams if key[0] == run]:
            streams, venue = self._streams.pop(key), key[1]
            self._followed -= len(streams)
            for symbol, stream in streams.items():
                until_us = _without_farewell(stream, at_us)
                self._turn(venue, stream, until_us)
                self._close_incident(venue, symbol, stream, until_us)
                self._book(venue, symbol, stream, until_us)

    def _book(self, venue: str, symbol: str | None, stream: _Stream, at_us: int) -> None:
        if not stream.is_listed:
            return
        if not stream.was_usable:
            stream.observed_us = max(0, at_us - stream.first_us)
            states = self._by_state.setdefault(venue, Counter())
            states[_known(stream.state)] += stream.observed_us
        self._add_up(venue, symbol, stream)

    def cards(self) -> tuple[VenueCard, ...]:
        """Every venue that was followed, by name. After the last run has ended."""
        return tuple(self._card(venue, total) for venue, total in sorted(self._done.items()))

    def _add_up(self, venue: str, symbol: str | None, stream: _Stream) -> None:
        if venue not in self._done and len(self._done) >= _MOST_VENUES:
            self.not_followed += 1
            return
        total = self._done.setdefault(venue, _Total())
        total.usable_us += stream.usable_us
        total.observed_us += stream.observed_us
        if len(total.symbols) < MOST_STREAMS:
            total.symbols.add(symbol)

    def _turn(self, venue: str, stream: _Stream, at_us: int) -> None:
        """Book the time in the state that ends now."""
        passed_us = max(0, at_us - stream.since_us)
        stream.since_us = max(at_us, stream.since_us)
        if not stream.was_usable:
            return
        stream.observed_us += passed_us
        if stream.is_usable:
            stream.usable_us += passed_us
        else:
            self._by_state.setdefault(venue, Counter())[_known(stream.state)] += passed_us

    def _begin(self, venue: str, symbol: str | None, stream: _Stream, at_us: int) -> None:
        if stream.is_usable:
            if not stream.up_us:
                stream.up_us = at_us
            stream.was_usable = True
            self._close_incident(venue, symbol, stream, at_us)
            return
        stream.up_us = 0
        if stream.was_usable and stream.trouble is None and stream.is_listed:
            stream.trouble = at_us, stream.state, stream.reason

    def _close_incident(self, venue: str, symbol: str | None, stream: _Stream, at_us: int) -> None:
        if stream.trouble is None:
            return
        from_us, state, reason = stream.trouble
        stream.trouble = None
        if venue not in self._counts and len(self._counts) >= _MOST_VENUES:
            return
        self._counts[venue] += 1
        kept = self._incidents.setdefault(venue, [])
        if len(kept) < _MOST_INCIDENTS:
            kept.append(
                Incident(
                    symbol=symbol,
                    state=_known(state),
                    reason=reason,
                    from_us=from_us,
                    for_us=max(0, at_us - from_us),
                )
            )

    def _card(self, venue: str, total: _Total) -> VenueCard:
        observed_us, usable_us = total.observed_us, total.usable_us
        states = self._by_state.get(venue, Counter())
        return VenueCard(
            venue=venue,
            streams=len(total.symbols),
            uptime=usable_us / observed_us if observed_us else None,
            observed_s=observed_us / 1e6,
            incidents=self._counts[venue],
            down_s=(observed_us - usable_us) / 1e6,
            by_state_s={state: us / 1e6 for state, us in states.most_common()},
            worst=tuple(nlargest(_WORST, self._incidents.get(venue, ()), key=lambda each: each.for_us)),
        )


def _without_farewell(stream: _Stream, at_us: int) -> int:
    """That feeds go down while Kairos stops them is no incident: the stream is followed until then."""
    if stream.trouble is None or at_us - stream.trouble[0] > _FAREWELL_US:
        return at_us
    begun_us = stream.trouble[0]
    stream.trouble = None
    return begun_us


_STATES = frozenset(str(state) for state in FeedState)
_USABLE = frozenset(str(state) for state in USABLE)


def _known(state: str) -> str:
    return state if state in _STATES else "other"
