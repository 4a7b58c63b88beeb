"""Pinning: `p`: a signal's card stays on top of the feed, a route stays in the plot. Pressed again, it goes.

Before it: chosen, followed, view_state. After it: moves; the edge panel asks what is pinned.
"""

from kairos_tui.hud import numbers
from kairos_tui.hud.cards import MOST_PINNED, Card
from kairos_tui.hud.cursor import cell_or_best
from kairos_tui.hud.followed import Ends
from kairos_tui.hud.routes import best_pair, route_name
from kairos_tui.hud.verdict import NOTHING, Verdict, judge
from kairos_tui.hud.view_state import View
from kairos_tui.market import Symbol


def pin(view: View) -> None:
    """What the cursor is on: a route of the matrix or of the inspector, else a card."""
    target = view.inspected
    if target is not None and target.buy is not None and target.sell is not None:
        _pin_route(view, (target.buy, target.sell))
    elif target is None and view.focus in ("matrix", "edge"):
        _pin_route(view, _meant(view))
    else:
        _pin_card(view)


def pinned_route(view: View) -> Ends | None:
    """The route of the symbol that is shown which the plot is pinned to."""
    return view.tape.followed.ends(Symbol(view.symbol))


def plotted(view: View) -> Verdict:
    """What the plotted route says: the pinned one, else the best."""
    ends, one = pinned_route(view), view.symbol_board
    if ends is None or one is None:
        return view.verdict()
    route = view.route(*ends)
    if route is None or route.blocked is not None or view.trust != "fresh":
        return NOTHING
    return judge(route, one.symbol, view.row_of, view.thresholds)


def pinned_figure(view: View) -> str:
    """The net of the pinned route as it is written: where it stands it is drawn anew from one board."""
    ends = pinned_route(view)
    route = view.route(*ends) if ends is not None else None
    return numbers.bps(route.net_bps) if route is not None else ""


def _meant(view: View) -> Ends | None:
    """Of the matrix the cell at the cursor; of the plot what is pinned there, else what is plotted."""
    names = [venue.venue for venue in view.venues]
    if view.focus == "matrix":
        row, column = cell_or_best(view)
        return (names[row], names[column]) if len(names) > 1 and row != column else None
    known, one = pinned_route(view), view.symbol_board
    best = best_pair(one, view.look.muted) if known is None and one is not None else None
    return (best.buy_venue, best.sell_venue) if best is not None else known


def _pin_route(view: View, ends: Ends | None) -> None:
    if ends is None:
        view.say("no route to pin yet")
        return
    symbol, pinned = Symbol(view.symbol), pinned_route(view) != ends
    for tape in {id(tape): tape for tape in (view.live, view.tape)}.values():
        tape.followed.follow(symbol, ends if pinned else None)
    words = "pinned to the plot" if pinned else "unpinned: the plot shows the best route"
    view.say(f"{route_name(*ends)} {words}", for_s=2.0)


def _pin_card(view: View) -> None:
    """The card under the cursor, else the newest signal."""
    deck = view.tape.deck
    cards = [entry.key for entry in deck.entries if isinstance(entry, Card)]
    meant = view.inspected.card if view.inspected is not None else view.card
    key = meant if meant in cards else next(iter(cards), None)
    if key is None:
        view.say("no signal to pin yet")
        return
    pinned = deck.pin(key)
    if view.held is not None:
        view.live.deck.pin(key)
    if pinned is None:
        view.say(f"{MOST_PINNED} signals are pinned already: unpin one with p")
    else:
        view.say(f"{key} {'pinned' if pinned else 'unpinned'}", for_s=2.0)
