"""Muted: `x`: a venue whose routes are no best, ring no alert and light no card, in this HUD alone.

Before it: look, routes, view_state. After it: moves, alerts' caller, and the panels that dim what is muted.
"""

from typing import Final, Protocol

from kairos_tui.hud.cards import Card
from kairos_tui.hud.cursor import cell_or_best
from kairos_tui.hud.glyphs import safe, venue_name
from kairos_tui.hud.mutes import hush, watched
from kairos_tui.hud.view_state import View
from kairos_tui.market import Board, Opportunity, Signal, Venue

_SAID_CELLS: Final = 200


class Legs(Protocol):
    """A route of a board, or of a signal."""

    @property
    def buy_venue(self) -> Venue:
        """Where it buys."""

    @property
    def sell_venue(self) -> Venue:
        """Where it sells."""


def is_muted(view: View, route: Legs) -> bool:
    """Whether a leg of it is at a venue that is muted."""
    muted = view.look.muted
    return bool(muted) and (route.buy_venue in muted or route.sell_venue in muted)


def is_mute(view: View, found: Opportunity) -> bool:
    """The same of what a signal found; what converts its proceeds is a leg of it."""
    return is_muted(view, found.route) or any(leg.venue in view.look.muted for leg in found.conversions)


def is_quiet(view: View, signal: Signal) -> bool:
    """Whether a signal is not to ring: it is muted, or known to the viewer."""
    return signal.id in view.live.deck.acked or is_mute(view, signal.opportunity)


def heard(view: View) -> list[Card]:
    """The signals that stand on the tape that is shown, but for those."""
    return [card for card in view.tape.deck.live() if not is_mute(view, card.signal.opportunity)]


def mute(view: View) -> None:
    """The venue under the cursor, which is of the matrix the one bought at; muted already, no longer."""
    venue = _meant(view)
    if venue is None:
        view.say("no venue is under the cursor; 1 goes to them")
        return
    muted = view.look.muted
    view.look.muted = tuple(each for each in muted if each != venue) if venue in muted else (*muted, venue)
    for tape in {id(tape): tape for tape in (view.live, view.tape)}.values():
        tape.board = hush(tape.board, view.look.muted) if tape.board is not None else None
        tape.calm = hush(tape.calm, view.look.muted) if tape.calm is not None else None
    if venue in muted:
        view.say(f"{venue_name(venue)} is no longer muted", for_s=2.0)
    else:
        view.say(f"{venue_name(venue)} muted: it is in no best, no alert; x again brings it back")


def say_unwatched(view: View, board: Board) -> None:
    """With the first board that shows something: which venues that were to begin muted are not there."""
    named = view.plan.first.mute
    if not named or not board.symbols or (view.board is not None and view.board.symbols):
        return
    there = watched(board, tuple(map(Venue, named)))
    lacking = [name for name in named if name not in there]
    if lacking:
        known = dict.fromkeys(venue.venue for one in board.symbols for venue in one.venues)
        text = f"--mute: not watched here: {', '.join(lacking)} (there are {', '.join(known)})"
        view.say(safe(text, _SAID_CELLS), for_s=8.0)


def _meant(view: View) -> Venue | None:
    target, names = view.inspected, [venue.venue for venue in view.venues]
    if target is not None and target.buy is not None:
        return target.buy
    if target is not None or not names:
        return None
    if view.focus in ("venues", "depth"):
        return view.ranked[view.row].venue
    return names[cell_or_best(view)[0]] if view.focus == "matrix" else None
