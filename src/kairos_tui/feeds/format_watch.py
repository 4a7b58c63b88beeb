"""FormatWatch: has a venue changed the words of a channel that a dialect reads? Then ccxt reads it a while.

Before it: the frames that a dialect could not read, and those it read. After it: TappedExchange, which gives
a new connection a dialect or none. A spoiled frame is told from a new format by its kind: of the frames of
one kind others are read, of a new format none is.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from kairos_tui.feeds.patience import SECOND_NS
from kairos_tui.feeds.reasons import one_line

FORMAT_CHANGED = "format changed: ccxt reads it, unproven"
"""What is said of every stream whose dialect no longer understands its venue."""

CHANGED_AFTER = 3
"""Unreadable frames of one kind, and none of it read in between. Each costs the books of its connection a
resync, or the connection: a third doubt in a row would quarantine those that have no part in it."""

UNHEARD_AFTER = 2
"""Connections in a row that brought many frames, none of which the dialect knew, and no book in time."""

FORGOTTEN_NS = 120 * SECOND_NS
"""A suspicion that grew no more for so long was none, and a change that did not show is none any more."""

TRY_AGAIN_NS = 600 * SECOND_NS
"""A connection made this long after gets a dialect again: the venue may have gone back."""

MOST_SUSPECTS = 32
MOST_KINDS = 12
KIND_MOST = 32
OTHER, TEXT = "other", "text"
NAMES = ("e", "event", "channel", "topic", "type", "method", "op", "action", "subject")
"""Where venues say what a message is."""

DEEP = 3
"""So far inside a message they say it."""


class FormatWatch:
    """One venue's; it outlives connections."""

    def __init__(self) -> None:
        self.changes = 0
        self.left_to_ccxt: Counter[str] = Counter()
        """Frames of typed connections that no dialect knows, by what they say they are."""
        self._strikes: dict[str, int] = {}
        self._unheard = 0
        self._changed: set[str] = set()
        self._struck_ns = 0
        self._until_ns = 0

    @property
    def is_suspicious(self) -> bool:
        """Frames that are read must be told of meanwhile."""
        return bool(self._strikes or self._changed)

    def is_left(self, now_ns: int) -> bool:
        """Is the typed lane left to ccxt?"""
        return now_ns < self._until_ns

    def on_unread(self, frame: str | bytes, now_ns: int) -> bool:
        """A dialect could not. True when that is the venue's new format: its connection is to go."""
        kind = kind_of(frame)
        if kind == TEXT:
            return False
        strikes = self._strikes[kind] = self._strikes.get(kind, 0) + 1
        self._struck_ns = now_ns
        if len(self._strikes) > MOST_SUSPECTS:
            del self._strikes[next(iter(self._strikes))]
        if strikes < CHANGED_AFTER and kind not in self._changed:
            return False
        self._changed.add(kind)
        self._leave(now_ns)
        return True

    def on_unheard(self, now_ns: int) -> bool:
        """A connection without a word that its dialect knows is given up. True when that is a new format."""
        self._unheard += 1
        if self._unheard < UNHEARD_AFTER:
            return False
        self._leave(now_ns)
        return True

    def on_heard(self) -> None:
        """A connection's first word that its dialect knows."""
        self._unheard = 0

    def on_read(self, frame: str | bytes, now_ns: int) -> None:
        """A dialect read it: its kind is what it was, or is so again."""
        if now_ns - max(self._struck_ns, self._until_ns) > FORGOTTEN_NS:
            self._strikes.clear()
            self._changed.clear()
            return
        kind = kind_of(frame)
        self._strikes.pop(kind, None)
        self._changed.discard(kind)

    def _leave(self, now_ns: int) -> None:
        self._strikes.clear()
        self._unheard = 0
        self.changes += not self.is_left(now_ns)
        self._until_ns = now_ns + TRY_AGAIN_NS

    def on_unknown(self, frame: str | bytes) -> None:
        """It is of no channel that a dialect reads."""
        kind = kind_of(frame)
        known = self.left_to_ccxt
        known[kind if kind in known or len(known) < MOST_KINDS else OTHER] += 1


def kind_of(frame: str | bytes) -> str:
    """What a message says that it is, in a few letters; where it says nothing, the names of its fields."""
    try:
        message = msgspec.json.decode(frame)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return TEXT
    if isinstance(message, list):
        return " ".join(["list", *[type(part).__name__ for part in message]])[:KIND_MOST]
    if not isinstance(message, dict):
        return TEXT
    said = " ".join(_said(message, DEEP)) or " ".join(sorted(message))
    return one_line(said, KIND_MOST) or OTHER


def _said(value: Any, deep: int) -> Iterator[str]:  # noqa: ANN401  JSON
    if isinstance(value, dict):
        yield from [value[name] for name in NAMES if isinstance(value.get(name), str)]
        inside = value.values() if deep else ()
    else:
        inside = value[:1]
    for part in inside:
        if isinstance(part, dict | list):
            yield from _said(part, deep - isinstance(value, dict))
