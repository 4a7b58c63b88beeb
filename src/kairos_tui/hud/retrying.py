"""Retrying: `r`: venues that wait to try again are to do so at once.

Before it: plan, view_state. After it: deeds. A venue that asked to be left alone is, and its row says so.
"""

from typing import Final, Protocol

from kairos_tui.hud.glyphs import venue_name
from kairos_tui.hud.plan import Commands
from kairos_tui.hud.view_state import View

EVERY_NS: Final = 2_000_000_000
"""No more often is anything asked; the feeds would not listen either."""
_MOST_NAMED: Final = 4


class Asking(Protocol):
    """What the app does for it."""

    view: View
    commands: Commands
    retry_asked_ns: int


def waiting(view: View) -> tuple[str, ...]:
    """Venues that have told when they try again: every symbol's, as they are written."""
    boards = view.live.board.symbols if view.live.board is not None else ()
    names = (venue.venue for one in boards for venue in one.venues if venue.retry_in_us is not None)
    return tuple(map(venue_name, dict.fromkeys(names)))


def retry_now(hands: Asking) -> None:
    """Ask, and say of whom."""
    view = hands.view
    names = waiting(view)
    if view.plan.remote:
        view.say("this HUD looks on: its venues are tried again where Kairos watches")
    elif view.feed == "replay":
        view.say("a replay tries no venue again: what was down then, was down")
    elif not names:
        view.say("no venue waits to try again")
    elif view.now_ns - hands.retry_asked_ns < EVERY_NS and hands.retry_asked_ns:
        view.say("asked already: once in 2 s")
    else:
        hands.retry_asked_ns = view.now_ns
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        view.say(f"trying again now: {', '.join(names[:_MOST_NAMED])}{more}")
        hands.commands.retry_now()
