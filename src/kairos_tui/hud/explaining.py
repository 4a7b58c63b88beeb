"""Explaining: the keys of the card that explains a number: open it, go to another number, to the header's.

Before it: look, view_state. After it: moves, steering.
"""

from typing import Final

from kairos_tui.hud.look import Explaining
from kairos_tui.hud.view_state import View

_OWN_CURSOR: Final = frozenset({"venues", "feed", "markets", "matrix"})
"""Panels whose cursor goes on moving while their numbers are explained."""


def explain(view: View) -> None:
    """Open the card; once more for the header's numbers, and once more to close it."""
    view.helping = view.measuring = False
    if view.explaining is None:
        view.explaining = Explaining()
    elif not view.explaining.header:
        view.explaining = Explaining(header=True)
    else:
        view.explaining = None


def steps_through(view: View, down: int, right: int) -> bool:
    """Whether the step went to another number; False: it is the cursor's."""
    explaining = view.explaining
    if explaining is None:
        return False
    apart = not explaining.header and view.inspected is None
    if apart and (view.focus == "matrix" or (view.focus in _OWN_CURSOR and down)):
        return False
    view.explaining = Explaining(explaining.header, explaining.place + (down or right))
    return True
