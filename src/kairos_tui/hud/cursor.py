"""Cursor: which cell of the matrix the viewer is on, which venue, which signal.

Before it: view_state. After it: moves, finding, and the panels that show it.
"""

from kairos_tui.hud.routes import best_pair
from kairos_tui.hud.view_state import View
from kairos_tui.market import Venue


def cell_or_best(view: View) -> tuple[int, int]:
    """Where the matrix cursor is: where it was put, else on the best route."""
    names = [venue.venue for venue in view.venues]
    if view.cell is not None and max(view.cell) < len(names):
        return view.cell
    best = best_pair(view.symbol_board, view.look.muted) if view.symbol_board is not None else None
    if best is None or best.buy_venue not in names or best.sell_venue not in names:
        return (0, min(1, len(names) - 1)) if names else (0, 0)
    return names.index(best.buy_venue), names.index(best.sell_venue)


def hold_card(view: View, key: str) -> None:
    """Put the feed's cursor on an entry: from now on, what comes in is counted and not shown on top."""
    if view.card is None:
        view.seen = view.tape.deck.arrived
    view.card = key


def hold_cell(view: View, cell: tuple[int, int]) -> None:
    """Put the matrix cursor on a cell: buy on the one venue, sell on the other."""
    view.cell = cell


def hold_venue(view: View, venue: Venue) -> None:
    """Put the cursor on a venue's row."""
    view.venue = venue


def first_shown(keys: list[str], card: str | None) -> int:
    """Which entry the feed begins with: the newest, or two before the one under the cursor."""
    return max(0, keys.index(card) - 2) if card in keys else 0
