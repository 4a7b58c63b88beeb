"""Incidents: what feeds say of themselves -> lines of the timeline. One fault of one venue is one line, and
so is a doubt that comes and goes.

Before it: market's FeedStatus. After it: tape, whose deck gets the lines. That a venue tries again is no
news: what comes of it is.
"""

import re
from typing import Final, NamedTuple

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import Deck, Note
from kairos_tui.hud.glyphs import EXCLUDED, STATES, UNLISTED, Mark, safe, venue_name
from kairos_tui.market import USABLE, Board, FeedState, FeedStatus, Symbol, Venue

_MOMENT_US: Final = 1_000_000
"""What happens to a venue's markets within this time has one cause."""
_FLAPPING_US, _LONGEST_US = 30_000_000, 120_000_000
"""A doubt that comes again within this time of the one before is counted on its line, as long as that is not
older than the second; an outage never is."""
_LEAST_TOLD_US: Final = 100_000
_MOST_NAMED: Final = 4
_MOST_REASON: Final = 100
_MOST_TOLD: Final = 8
"""Reasons of one outage; what comes after so many is no news."""
_FIGURES: Final = re.compile(r"\S*\d\S*")
"""Words with figures in them: times, addresses, identifiers of requests."""

_Cause = tuple[FeedState, bool, str]
"""State, whether it is listed, and the reason without its figures."""


class _Stood(NamedTuple):
    """What was last said of a stream, when its trouble began, and all that was said of it since."""

    cause: _Cause
    began_us: int
    told: frozenset[_Cause]


class _Line(NamedTuple):
    """The last line about a venue for this cause, and the markets it is of."""

    status: FeedStatus
    symbols: tuple[Symbol, ...]
    note: Note


class _Doubt(NamedTuple):
    """A stream's doubt: its word, its line, when it last came, how often, the line that told of its end."""

    word: str
    note: Note
    at_us: int
    times: int = 1
    end: Note | None = None


class Incidents:
    """Remembers how each stream is."""

    def __init__(self) -> None:
        self._stood: dict[tuple[Venue, Symbol | None], _Stood] = {}
        self._lines: dict[tuple[Venue, _Cause], _Line] = {}
        self._doubts: dict[tuple[Venue, Symbol | None], _Doubt] = {}
        self._came: dict[tuple[Venue, Symbol | None], tuple[int, int]] = {}
        """When a stream's last doubt came, in us, and how many have of late."""

    def on_status(self, status: FeedStatus, at_us: int, deck: Deck, board: Board | None) -> None:
        """A change becomes a line, or joins that of another market; a good start does not."""
        if status.state is FeedState.CONNECTING:
            return
        before = self._before(status)
        cause = _cause_of(status)
        is_well, was_well = status.state in USABLE, before is None or before.cause[0] in USABLE
        down_us = (status.changed_ns - status.since_ns) // 1000
        began_us = at_us - down_us if was_well or before is None else before.began_us
        told: frozenset[_Cause] = frozenset() if before is None or was_well else before.told
        is_known = cause in told or len(told) >= _MOST_TOLD
        self._remember(status, _Stood(cause, began_us, told if is_known else told | {cause}))
        if (is_well and was_well) or (before is not None and _is_no_news(before.cause, cause, is_known)):
            return
        if not self._counts(status, at_us, deck, board):
            self._tell(status, cause, at_us, at_us - began_us if is_well else down_us, deck, board)

    def _before(self, status: FeedStatus) -> _Stood | None:
        """A venue that is down is so with all of its markets, until one of them says otherwise."""
        whole = self._stood.get((status.venue, None))
        is_down = whole is not None and whole.cause[0] is FeedState.DOWN
        return self._stood.get((status.venue, status.symbol), whole if is_down else None)

    def _remember(self, status: FeedStatus, stood: _Stood) -> None:
        if status.symbol is None and status.state is FeedState.DOWN:
            for stream in [stream for stream in self._stood if stream[0] == status.venue]:
                del self._stood[stream]
                self._doubts.pop(stream, None)
        self._stood[status.venue, status.symbol] = stood

    def _counts(self, status: FeedStatus, at_us: int, deck: Deck, board: Board | None) -> bool:
        """A doubt that comes again and goes again has one line: how often, and how it is now."""
        stream = (status.venue, status.symbol)
        doubt, is_well = self._doubts.get(stream), status.state in USABLE
        is_near = doubt is not None and 0 <= at_us - doubt.at_us <= _FLAPPING_US
        if doubt is None or not is_near or at_us - doubt.note.at_us > _LONGEST_US:
            self._doubts.pop(stream, None)
            return False
        if status.state is FeedState.DOWN or (is_well and doubt.times == 1):
            return False
        word, came_us, times = doubt.word, doubt.at_us, doubt.times
        if not is_well:
            word, came_us, times = (word if word == _word(status) else "in doubt"), at_us, times + 1
        counted = f", {word} ×{times}" if is_well else f" ×{times}"
        symbols = () if status.symbol is None else (status.symbol,)
        self._forget(doubt.note)
        note = deck.amend(doubt.note, _note(status, symbols, doubt.note.at_us, 0, board, counted))
        if doubt.end is not None:
            self._forget(doubt.end)
            deck.drop(doubt.end)
        self._doubts[stream] = _Doubt(word, note, came_us, times)
        return True

    def _forget(self, note: Note) -> None:
        """Nothing joins that line any more, and nothing is counted on it."""
        self._lines = {key: line for key, line in self._lines.items() if line.note is not note}
        self._doubts = {
            stream: doubt._replace(end=None) if doubt.end is note else doubt
            for stream, doubt in self._doubts.items()
            if doubt.note is not note
        }

    def _tell(
        self, status: FeedStatus, cause: _Cause, at_us: int, lasted_us: int, deck: Deck, board: Board | None
    ) -> None:
        self._lines = {key: line for key, line in self._lines.items() if _is_now(line, at_us)}
        earlier = self._lines.get((status.venue, cause))
        symbols: tuple[Symbol, ...] = () if status.symbol is None else (status.symbol,)
        flaps = self._flaps(status, at_us)
        if earlier is not None and not flaps and _is_another_of(earlier, status.symbol, at_us):
            status, symbols, at_us = earlier.status, (*earlier.symbols, *symbols), earlier.note.at_us
            note = _note(status, symbols, at_us, lasted_us, board)
            self._forget(earlier.note)
            note = deck.amend(earlier.note, note)
        else:
            note = _note(status, symbols, at_us, lasted_us, board)
            deck.on_note(note)
            self._begin(status, note, at_us)
        self._lines[status.venue, cause] = _Line(status, symbols, note)

    def _flaps(self, status: FeedStatus, at_us: int) -> bool:
        """Whether it has doubted more than once of late: it has lines of its own then."""
        stream = (status.venue, status.symbol)
        last_us, count = self._came.get(stream, (at_us, 0))
        count = count if 0 <= at_us - last_us <= _FLAPPING_US else 0
        if status.state is FeedState.DOWN:
            return False
        if status.state not in USABLE:
            last_us, count = at_us, count + 1
        self._came[stream] = last_us, count
        return count > 1

    def _begin(self, status: FeedStatus, note: Note, at_us: int) -> None:
        """A line that may have to be counted on, or that ends one."""
        stream = (status.venue, status.symbol)
        if status.state is FeedState.DOWN:
            self._doubts.pop(stream, None)
        elif status.state not in USABLE:
            self._doubts[stream] = _Doubt(_word(status), note, at_us)
        elif stream in self._doubts:
            self._doubts[stream] = self._doubts[stream]._replace(end=note)


def _is_another_of(line: _Line, symbol: Symbol | None, at_us: int) -> bool:
    """Another market at the same moment."""
    named = symbol is not None and bool(line.symbols)
    return _is_now(line, at_us) and named and symbol not in line.symbols


def _is_now(line: _Line, at_us: int) -> bool:
    return abs(at_us - line.note.at_us) <= _MOMENT_US


def _word(status: FeedStatus) -> str:
    return STATES[status.state].word.lower()


def _cause_of(status: FeedStatus) -> _Cause:
    return status.state, status.listed, _FIGURES.sub("#", status.reason or "")


def _is_no_news(before: _Cause, now: _Cause, is_known: bool) -> bool:
    """Of an outage a reason is news once, of a doubt it is not."""
    goes_on = before[0] is now[0]
    return goes_on and (is_known if now[0] is FeedState.DOWN else True)


def _note(
    status: FeedStatus,
    symbols: tuple[Symbol, ...],
    at_us: int,
    lasted_us: int,
    board: Board | None,
    counted: str = "",
) -> Note:
    """In full, and shorter and shorter: last goes, where markets are named, the state, which its mark says
    too; then of the reason.
    """
    mark = _mark(status)
    head, word = f"{mark.glyph} {venue_name(status.venue)}", f" {mark.word.lower()}{counted}"
    why = f" · {safe(status.reason, _MOST_REASON)}" if status.reason else ""
    lasting = f" {'after' if status.state in USABLE else 'for'} {numbers.span(lasted_us)}"
    lasting = lasting if lasted_us >= _LEAST_TOLD_US else ""
    where, coins = _where(status.venue, symbols, board)
    marked = why and coins and status.listed and not counted
    texts = (
        f"{head}{where}{word}{lasting}{why}",
        f"{head}{coins}{word}{lasting}{why}",
        f"{head}{coins}{word}{why}",
        f"{head}{coins}{word}{why.partition(' at ')[0]}",
        *((f"{head}{coins}{why.partition(' at ')[0]}",) if marked else ()),
    )
    return Note(texts[0], mark.ink, at_us, texts[1:])


def _mark(status: FeedStatus) -> Mark:
    if not status.listed:
        return UNLISTED
    whole_is_held = status.symbol is None and status.state is FeedState.QUARANTINED
    return EXCLUDED if whole_is_held else STATES[status.state]


def _where(venue: Venue, symbols: tuple[Symbol, ...], board: Board | None) -> tuple[str, str]:
    """Which markets, where several are watched: in full, and in few cells."""
    if not symbols or board is None or len(board.symbols) < 2:
        return "", ""
    listed = {one.symbol for one in board.symbols for row in one.venues if row.venue == venue and row.listed}
    if len(symbols) > 1 and listed <= set(symbols):
        return " all markets", ""
    more = f" +{len(symbols) - _MOST_NAMED}" if len(symbols) > _MOST_NAMED else ""
    named = [safe(symbol, 16) for symbol in symbols[:_MOST_NAMED]]
    coins = [name.partition("/")[0] for name in named]
    is_plain = len({one.symbol.partition("/")[0] for one in board.symbols}) == len(board.symbols)
    full = f" {' '.join(named)}{more}"
    return full, f" {' '.join(coins)}{more}" if is_plain else full
