"""Stepping: a frozen view goes on board by board, through those that came since.

Before it: tape, glowing. After it: moves. They are kept up to a bound; beyond it only the newest is.
"""

from collections import deque
from typing import Final

from kairos_tui.hud.cards import Card, Deck
from kairos_tui.hud.glowing import light
from kairos_tui.hud.tape import Later
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board

_MOST: Final = 150
"""Boards: five seconds at thirty a second."""


class Since(Later):
    """The boards since a view was frozen, each with the feed as it was then."""

    def __init__(self) -> None:
        self._kept: deque[tuple[Board, Deck]] = deque()
        self._deck = Deck()
        self.missed = 0

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, board: Board, deck: Deck) -> None:
        """A board has come."""
        if len(self._kept) >= _MOST:
            self.missed += 1
            return
        if not self._kept or deck.version != self._deck.version:
            self._deck = deck.copy()
        self._kept.append((board, self._deck))

    def next(self) -> tuple[Board, Deck] | None:
        """The oldest of them, which is kept no longer."""
        return self._kept.popleft() if self._kept else None


def freeze(view: View) -> None:
    """Stop the view where it is, or let it go on with what is newest; the engine goes on."""
    if view.held is None:
        view.held, view.held_ns, view.held_us = view.live.copy(), view.now_ns, view.now_us
        view.live.later = Since()
    else:
        before, view.held, view.live.later = view.held, None, None
        light(view, before)


def step(view: View) -> None:
    """One board on; a view that is not frozen is frozen first."""
    since = view.live.later
    if view.held is None or not isinstance(since, Since):
        freeze(view)
        view.say("frozen; again for one board on")
        return
    following = since.next()
    if following is not None:
        _show(view, *following)
        ahead = len(since) + since.missed
        view.say(f"one board on, {ahead:,} more" if ahead else "one board on: the newest")
    elif since.missed:
        freeze(view)
        freeze(view)
        view.say(f"the newest; {since.missed:,} boards between were not kept")
    else:
        view.say("this is the newest board")


def _show(view: View, board: Board, deck: Deck) -> None:
    held = view.held
    assert held is not None
    passed_ns = board.at_ns - held.board.at_ns if held.board is not None else 0
    view.held_ns += passed_ns
    view.held_us += passed_ns // 1000
    held.on_board(board, view.held_us)
    pinned = _pinned(held.deck)
    held.deck = deck.copy()
    for key in reversed(pinned):  # what was pinned meanwhile stays so
        if key not in _pinned(held.deck):
            held.deck.pin(key)
    marks = view.live.marks.items()
    held.marks = {
        symbol: [opened for opened in times if opened.at_ns <= board.at_ns] for symbol, times in marks
    }


def _pinned(deck: Deck) -> list[str]:
    return [entry.key for entry in deck.entries if isinstance(entry, Card) and entry.pinned]
