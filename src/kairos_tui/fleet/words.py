"""Words of the fleet: what each process keeps in the Redis, what one look there gives, and how fast all goes.

Before it: roster. After it: store, course, attendance, seat, watcher.
"""

from typing import Literal

from msgspec import Struct

from kairos_tui.fleet.roster import Roster

Kind = Literal["engine", "ingest", "reader"]


class Tempo(Struct, frozen=True):
    """Durations that belong together. A lease is several beats long, so that one lost beat costs nothing."""

    lease_ms: int = 1_500
    """How long a process counts as living after its last beat."""
    margin_ms: int = 200
    """So much before its lease ends an engine falls silent by itself."""
    beat_ms: int = 200
    """Between two looks, each of which renews the lease, when no hint comes before."""
    found_after_ms: int = 1_000
    """How long a Redis must be seen empty before a fleet is founded in it: others may remember one."""
    ack_ms: int = 5_000
    """How long a change waits for ingesters and readers."""
    keep_ms: int = 600_000
    """How long the roster and the epochs stay after the last beat of all."""
    call_s: float = 0.3
    """Deadline of every call."""
    pauses_s: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)
    """After failures in a row; the last one repeats."""

    @property
    def outlives_ms(self) -> float:
        """Whose lease is there for longer than that is alive."""
        return 1.4 * self.lease_ms

    @property
    def word_ns(self) -> int:
        """How long an engine's word counts after the start of a beat."""
        return (self.lease_ms - self.margin_ms) * 1_000_000


class Lease(Struct, frozen=True, kw_only=True):
    """What a living process says of itself. `token` is its alone; `acked`: the newest roster it obeys."""

    token: str
    kind: Kind
    name: str
    run: str = ""
    acked: int = 0
    wire: int = 0
    version: str = ""
    host: str = ""
    pid: int = 0

    @property
    def shown(self) -> str:
        """`engine a (host desk, pid 4711)`."""
        return f"{self.kind} {self.name} (host {self.host or '?'}, pid {self.pid})"


class Seen(Struct, frozen=True):
    """One look: all of it is of one instant. `holder` is who has our name, if it is not us.

    `born` is another whenever the Redis forgot everything: then no lease there proves anybody dead.
    """

    holder: Lease | None
    roster: Roster | None
    raw: bytes
    epoch: int
    born: bytes
    leases: tuple[Lease, ...]

    def living(self, kind: Kind) -> frozenset[str]:
        """The names of the living of a kind."""
        return frozenset(lease.name for lease in self.leases if lease.kind == kind)


class Step(Struct, frozen=True):
    """A roster to be put in place of the one seen, if the `dead` engines have no lease then either.

    `joins`: it makes us a member.
    """

    roster: Roster
    dead: tuple[str, ...] = ()
    joins: bool = False


class Duty(Struct, frozen=True):
    """What an engine speaks for: what it owns among `names`, until `until_ns` of its monotonic clock."""

    roster_number: int = 0
    names: tuple[str, ...] = ()
    speaks: bool = False
    until_ns: int = 0
