"""fleet: engines on many machines, and whose word counts. roster is what all agree on, as pure steps."""

from kairos_tui.fleet.roster import Member, Roster, evict, gone, join, leave, restore, serve

__all__ = ["Member", "Roster", "evict", "gone", "join", "leave", "restore", "serve"]
