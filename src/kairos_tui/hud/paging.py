"""Paging: the inspector's pages are turned where it stands, by the keys and the wheel.

Before it: layout's places, inspect, which knows how many pages it has. After it: pointing.
"""

from typing import Final

from kairos_tui.hud.layout import Place
from kairos_tui.hud.panels import inspect
from kairos_tui.hud.view_state import View

_STEPS: Final = {"page_down": 1, "page_up": -1}


def turns_page(view: View, places: tuple[Place, ...], action_id: str) -> bool:
    """Whether the action turned a page; False: it is the panel's in focus."""
    place = next((place for place in places if place.slot == "inspect"), None)
    if place is None or action_id not in _STEPS or view.explaining is not None or view.inspected is None:
        return False
    turned = inspect.turns_page(view, _STEPS[action_id], place.width, place.height)
    view.version += turned
    return turned
