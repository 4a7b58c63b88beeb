"""fleet: engines on many machines, and whose word counts; what they agree on stands in a Redis.

roster is what all agree on, as pure steps; place says where it is kept, words what each one keeps there.
An engine's own process holds a seat (course decides, pure), ingesters and readers a watcher; manners says
whom a fleet refuses. Both beat by attendance's threads -> store -> connections, which alone know redis and
are loaded when needed; whereabouts finds its host without waiting for a name server.
"""

from kairos_tui.fleet.place import FleetPlace, check_name, fleet_place
from kairos_tui.fleet.roster import Member, Roster, evict, gone, join, leave, restore, serve
from kairos_tui.fleet.seat import Seat
from kairos_tui.fleet.watcher import Watcher
from kairos_tui.fleet.words import Duty, Tempo

__all__ = [
    "Duty",
    "FleetPlace",
    "Member",
    "Roster",
    "Seat",
    "Tempo",
    "Watcher",
    "check_name",
    "evict",
    "fleet_place",
    "gone",
    "join",
    "leave",
    "restore",
    "serve",
]
