"""Manners: whom a fleet refuses, in one line that says who, where and what to do.

Used by seat and watcher. Pure.
"""

from kairos_tui.errors import FleetRefused
from kairos_tui.fleet.words import Lease, Seen


def refusal_of_name(holder: Lease) -> FleetRefused:
    """A living other has the name."""
    kind, name = ascii(holder.kind)[1:-1], ascii(holder.name)[1:-1]
    where = f"host {ascii(holder.host)[1:-1]}, pid {holder.pid}"
    return FleetRefused(
        f"the {kind} name {name} is taken by a living one ({where}): choose another name, or end it"
    )


def refusal_of_wire(own: Lease, seen: Seen) -> FleetRefused | None:
    """A newcomer whose wire is more than one version from somebody's who lives."""
    for lease in seen.leases:
        if lease.token != own.token and abs(lease.wire - own.wire) > 1:
            who = ascii(lease.shown)[1:-1]
            return FleetRefused(
                f"wire version {own.wire} here and {lease.wire} at {who} do not go together: neighbours only"
            )
    return None
