"""Marked: each signal's markouts as they come, for its card and its inspector. Bounded.

Before it: the signal wire. After it: tape, graded.
"""

from typing import Final

from kairos_tui.market import Markout

_MOST: Final = 400


class MarkedSignals:
    """By signal, each horizon once, in the order in which they came; the oldest signals are forgotten."""

    def __init__(self) -> None:
        self._by_id: dict[str, tuple[Markout, ...]] = {}

    def on_markout(self, markout: Markout) -> None:
        """One more of a signal."""
        known = self._by_id.get(markout.id, ())
        self._by_id[markout.id] = (*known, markout)
        while len(self._by_id) > _MOST:
            del self._by_id[next(iter(self._by_id))]

    def of(self, signal_id: str) -> tuple[Markout, ...]:
        """What has come of that signal so far."""
        return self._by_id.get(signal_id, ())

    def copy(self) -> "MarkedSignals":
        """As they are now, for a frozen view."""
        twin = MarkedSignals()
        twin._by_id = self._by_id.copy()
        return twin
