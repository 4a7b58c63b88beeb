"""Fading: whether a signal that stands has fallen below what opens one; what has become of it, in a word.

Before it: cards, view_state. After it: card, feed and matching, which call it by the same words.
"""

from kairos_tui.hud.cards import Card
from kairos_tui.hud.view_state import View
from kairos_tui.market import RouteView


def state_of(view: View, card: Card) -> str:
    """A word of filters' `STATES`, as its card says it; two where its end was missed."""
    if card.life == "unseen":
        return "closed unseen"
    return "fading" if fades(view, card) else card.life


def fades(view: View, card: Card) -> bool:
    """Whether a signal still stands while its edge is already below what opens one."""
    if card.life != "live":
        return False
    now_bps = _net_now(view, card.key)
    return (card.signal.opportunity.net_bps if now_bps is None else now_bps) < view.thresholds.min_net_bps


def state_of_open(view: View, route: RouteView) -> str:
    """The same of a route's open signal; empty while none is open."""
    if route.open_id is None:
        return ""
    now_bps = _net_now(view, route.open_id)
    now_bps = route.net_bps if now_bps is None else now_bps
    return "fading" if now_bps is not None and now_bps < view.thresholds.min_net_bps else "live"


def _net_now(view: View, open_id: str) -> float | None:
    """What the newest board says of an open signal; None where it names none."""
    boards = view.board.symbols if view.board is not None else ()
    standing = (each for one in boards for each in one.open_signals if each.id == open_id)
    return next((each.opportunity.net_bps for each in standing), None)
