"""Births: whether an edge began when it was first seen, or may have stood before anyone could see it.

Before it: slots, which know since when they can be used without a break. After it: lifetimes, which count
from a beginning or not at all.
"""

from kairos_tui.engine.route_slots import RouteSlots
from kairos_tui.market import Opportunity


class Births:
    """An edge that comes up where all books could be used at the decision before, `decided_ns`, is new."""

    def __init__(self, slots: RouteSlots) -> None:
        self._slots = slots
        self.decided_ns = -1

    def is_one(self, priced: Opportunity) -> bool:
        """Of a route that was not watched until now."""
        return all(slot.steady_ns <= self.decided_ns for slot in self._slots.used_by(priced))
