"""Neighbours: which panel lies next to another, on the screen as it is laid out. Pure. After it: deeds."""

from collections.abc import Iterable

from kairos_tui.hud.layout import Place


def neighbour(here: Place, others: Iterable[Place], right: int, down: int) -> Place | None:
    """The nearest of the others that way, of those beside it before those that are not; None at the edge."""
    beyond = [place for place in others if place != here and _gap(here, place, right, down) >= 0]
    return min(beyond, key=lambda place: _order(here, place, right, down), default=None)


def _gap(here: Place, there: Place, right: int, down: int) -> int:
    """Cells between the two edges that face each other; negative when it does not lie that way."""
    if right:
        return there.x - (here.x + here.width) if right > 0 else here.x - (there.x + there.width)
    return there.y - (here.y + here.height) if down > 0 else here.y - (there.y + there.height)


def _order(here: Place, there: Place, right: int, down: int) -> tuple[bool, int, int]:
    if right:
        aside = min(here.y + here.height, there.y + there.height) <= max(here.y, there.y)
        apart = abs((2 * here.y + here.height) - (2 * there.y + there.height))
    else:
        aside = min(here.x + here.width, there.x + there.width) <= max(here.x, there.x)
        apart = abs((2 * here.x + here.width) - (2 * there.x + there.width))
    return aside, _gap(here, there, right, down), apart
