"""Deck: signals and events -> what the feed shows, newest on top. Signals of one route within seconds merge.

Before it: tape. After it: the feed and the timeline. Bounded; what falls off the end is counted. A pinned
card stands first, is never merged away and never falls off.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from kairos_tui.hud.segments import cells, fit
from kairos_tui.market import Route, Signal

MERGE_WITHIN_NS: Final = 5_000_000_000
MOST_PINNED: Final = 20
_MOST: Final = 200
_MOST_NOTES: Final = 400
_MOST_ENDED: Final = 1_000

_CODE: Final = re.compile(r" (\(\w{1,12}\)|(code|HTTP) \d{1,6})$")

Life = Literal["live", "closed", "unseen"]


class Card(Struct, frozen=True):
    """One signal's life. `merged` counts the openings it stands for; `life` "unseen": its end was missed."""

    signal: Signal
    opened_us: int
    opened_ns: int
    merged: int = 1
    life: Life = "live"
    why: str | None = None
    pinned: bool = False

    @property
    def key(self) -> str:
        """What the cursor holds on to."""
        return self.signal.id

    @property
    def since_us(self) -> int:
        """What it is ordered by."""
        return self.opened_us

    @property
    def route(self) -> Route:
        """What merges with what: symbol, both venues, the quote of the sale, and how it is converted."""
        return self.signal.opportunity.route


class Note(Struct, frozen=True):
    """One line of the timeline: a venue lost, an engine restarted. `shorter`: the same in fewer cells;
    `begun`: its key before more became known."""

    text: str
    ink: str
    at_us: int
    shorter: tuple[str, ...] = ()
    begun: str = ""

    def within(self, width: int) -> str:
        """As much as that many cells hold; where all are too long the last is cut, before its code."""
        texts = (self.text, *self.shorter)
        return next((text for text in texts if cells(text) <= width), _cut_before_code(texts[-1], width))

    @property
    def since_us(self) -> int:
        """What it is ordered by."""
        return self.at_us

    @property
    def key(self) -> str:
        """What the cursor holds on to."""
        return self.begun or f"{self.at_us} {self.text}"


class Deck:
    """Cards and notes, pinned cards first, then newest first. `arrived` counts all that ever came in.

    `acked` are the ids of signals that the viewer has acknowledged; copies share them.
    """

    def __init__(self) -> None:
        self.entries: list[Card | Note] = []
        self.notes: list[Note] = []
        self._ended: dict[str, None] = {}
        self.acked: dict[str, None] = {}
        self.opened = self.arrived = 0
        self.older = 0
        self.version = 0

    def copy(self) -> "Deck":
        """The deck as it is now, for a frozen view."""
        twin = Deck()
        twin.entries, twin.notes, twin.arrived = self.entries.copy(), self.notes.copy(), self.arrived
        twin.opened, twin.older, twin.version = self.opened, self.older, self.version
        twin._ended, twin.acked = self._ended.copy(), self.acked
        return twin

    def on_signal(self, signal: Signal, at_us: int) -> None:
        """Open, update or close the signal's card; `at_us` is the wall-clock time of the event."""
        self.version += 1
        if signal.event == "close":
            self._remember_end(signal.id)
        place = self._place(signal.id)
        if place is None:
            self._open(signal, at_us)
        else:
            card = self.entries[place]
            assert isinstance(card, Card)
            self.entries[place] = _lived(card, signal)

    def on_note(self, note: Note) -> None:
        """Add a line to the timeline, where its time puts it: a newcomer is told what is long past."""
        self.version += 1
        self.notes.insert(_place_in(self.notes, note), note)
        del self.notes[_MOST_NOTES:]
        self._push(note, self.pinned + _place_in(self.entries[self.pinned :], note))

    def amend(self, note: Note, by: Note) -> Note:
        """More has become known of what a line tells; returns the line as it stands now."""
        self.version += 1
        now = replace(by, begun=note.key)
        for lines in (self.notes, self.entries):
            place = next((place for place, line in enumerate(lines) if line is note), None)
            if place is not None:
                lines[place] = now
        return now

    def drop(self, note: Note) -> None:
        """Another line tells that now."""
        self.version += 1
        self.arrived -= 1
        for lines in (self.notes, self.entries):
            place = next((place for place, line in enumerate(lines) if line is note), None)
            if place is not None:
                del lines[place]

    def pin(self, key: str) -> bool | None:
        """Pin a card, or unpin it; whether it is pinned now, None where that cannot be."""
        place = next((place for place, entry in enumerate(self.entries) if entry.key == key), None)
        card = self.entries[place] if place is not None else None
        if place is None or not isinstance(card, Card) or (not card.pinned and self.pinned >= MOST_PINNED):
            return None
        del self.entries[place]
        card = replace(card, pinned=not card.pinned)
        by_age = self.pinned + _place_in(self.entries[self.pinned :], card)
        self.entries.insert(0 if card.pinned else by_age, card)
        self.version += 1
        return card.pinned

    def acknowledge(self, *keys: str) -> None:
        """Remember that these signals have been seen."""
        self.acked |= dict.fromkeys(keys)
        while len(self.acked) > _MOST_ENDED:
            del self.acked[next(iter(self.acked))]
        self.version += 1

    @property
    def pinned(self) -> int:
        """How many cards stand first."""
        return sum(isinstance(entry, Card) and entry.pinned for entry in self.entries[: MOST_PINNED + 1])

    def reconcile(self, open_ids: frozenset[str], at_ns: int) -> None:
        """Close the cards the engine no longer holds open: their end was lost on the way."""
        for place, card in enumerate(self.entries):
            if not isinstance(card, Card) or card.life != "live":
                continue
            if card.signal.id not in open_ids and card.signal.at_ns < at_ns:
                self.entries[place] = replace(card, life="unseen", why="end not seen")
                self.version += 1

    def live(self) -> list[Card]:
        """Cards of signals that stand, newest first."""
        return [card for card in self.entries if isinstance(card, Card) and card.life == "live"]

    def knows(self, signal_id: str) -> bool:
        """Whether the signal has a card, open or not, or had one that another was laid over."""
        return signal_id in self._ended or self._place(signal_id) is not None

    def _remember_end(self, signal_id: str) -> None:
        # A board may be older than the end: it must not bring back what was merged into a later card.
        self._ended[signal_id] = None
        if len(self._ended) > _MOST_ENDED:
            del self._ended[next(iter(self._ended))]

    def _open(self, signal: Signal, at_us: int) -> None:
        self.opened += 1
        opened_us = at_us - (signal.at_ns - signal.opened_ns) // 1000
        card = Card(signal, opened_us, signal.opened_ns)
        card = _lived(card, signal)
        earlier = self._mergeable(card)
        if earlier is not None:
            merged = self.entries.pop(earlier)
            assert isinstance(merged, Card)
            card = replace(card, merged=merged.merged + 1)
            if merged.key in self.acked:  # a route that flickers is known already
                self.acknowledge(card.key)
        self._push(card, self.pinned)

    def _mergeable(self, card: Card) -> int | None:
        for place, other in enumerate(self.entries):
            if isinstance(other, Card) and other.route == card.route and not other.pinned:
                close_by = card.opened_ns - other.signal.at_ns <= MERGE_WITHIN_NS
                return place if close_by and other.life != "live" else None
        return None

    def _place(self, signal_id: str) -> int | None:
        for place, entry in enumerate(self.entries):
            if isinstance(entry, Card) and entry.signal.id == signal_id:
                return place
        return None

    def _push(self, entry: Card | Note, place: int) -> None:
        self.arrived += 1
        self.entries.insert(place, entry)
        if len(self.entries) > _MOST:
            self.entries.pop()
            self.older += 1


def _place_in(entries: Sequence[Card | Note], entry: Card | Note) -> int:
    """Before the first that is no newer."""
    places = enumerate(entries)
    return next((place for place, other in places if other.since_us <= entry.since_us), len(entries))


def _cut_before_code(text: str, width: int) -> str:
    """`closed by… (1006)`: a code says more than the words before it."""
    code = _CODE.search(text)
    left = width - cells(code[0]) if code is not None else 0
    if code is None or left <= width // 2:
        return fit(text, width)
    return fit(text[: code.start()], left) + code[0]


def _lived(card: Card, signal: Signal) -> Card:
    if signal.event != "close":
        return replace(card, signal=signal, life="closed" if card.life == "closed" else "live", why=card.why)
    why = signal.reason.value.replace("_", " ") if signal.reason else None
    return replace(card, signal=signal, life="closed", why=why)
