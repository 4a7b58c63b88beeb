"""Watcher: what an ingester or a reader holds in a fleet: a lease, and the roster to follow.

Before it: the role's process, which follows `roster` and says so with `acknowledge`. After it: attendance.
"""

import os
import secrets
import socket
import threading
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from kairos_tui.errors import Fatal
from kairos_tui.fleet.attendance import Attendance
from kairos_tui.fleet.manners import refusal_of_name, refusal_of_wire
from kairos_tui.fleet.place import FleetPlace, check_name
from kairos_tui.fleet.roster import Roster
from kairos_tui.fleet.words import Lease, Seen, Tempo

if TYPE_CHECKING:  # it imports redis, which is optional
    from kairos_tui.fleet.store import Store

_FOREIGN_LEASES = 3
"""So many leases long another run's roster must stand before it is followed: ours may be restored yet."""


class Watcher:
    """At work from the start; may be asked by any thread, and never waits for the Redis.

    Raises SettingsInvalid for a name that cannot be one, ExtraMissing.
    """

    def __init__(
        self,
        place: FleetPlace,
        kind: Literal["ingest", "reader"],
        name: str,
        *,
        wire: int,
        version: str,
        tempo: Tempo | None = None,
    ) -> None:
        check_name(name, f"the {'ingester' if kind == 'ingest' else 'reader'}'s name")
        self._tempo = tempo or Tempo()
        self._lock = threading.Lock()
        self._own = Lease(
            token=secrets.token_hex(8),
            kind=kind,
            name=name,
            wire=wire,
            version=version,
            host=socket.gethostname(),
            pid=os.getpid(),
        )
        self._roster = Roster()
        self._acked = 0
        self._held = False
        self._refused_since_ns: int | None = None
        self._foreign_since_ns: int | None = None
        self._fatal: Fatal | None = None
        self._attendance = Attendance(
            place, self._tempo, turn=self._turn, failed=self._on_failed, last=self._let_go
        )
        self._attendance.start()

    @property
    def roster(self) -> Roster:
        """The newest that was seen; number 0 before the first. Stays when the Redis is away."""
        with self._lock:
            return self._roster

    @property
    def trouble(self) -> str | None:
        """What is wrong with the Redis now."""
        return self._attendance.trouble

    @property
    def fatal(self) -> Fatal | None:
        """Why the fleet cannot have us, ever."""
        return self._attendance.refused or self._fatal

    def acknowledge(self, number: int) -> None:
        """The roster of that number is followed. May be repeated."""
        with self._lock:
            news = self._acked < number <= self._roster.number
            if news:
                self._acked = number
        if news:
            self._attendance.wake()

    def close(self, *, wait_s: float = 0.0) -> None:
        """Nobody need wait for us any more. May be repeated."""
        self._attendance.close(wait_s=wait_s)

    def _turn(self, store: "Store", started_ns: int) -> bool:
        lease = self._lease()
        seen = store.beat(lease, 0)
        if seen.holder is not None:
            self._refused_since_ns = self._refused_since_ns or started_ns
            if self._held or (started_ns - self._refused_since_ns) / 1e6 > self._tempo.outlives_ms:
                self._fatal = refusal_of_name(seen.holder)
        elif not self._held:
            self._fatal = refusal_of_wire(lease, seen)
            self._held = self._fatal is None
        if self._fatal is not None:
            self._attendance.close()
        elif seen.holder is None:
            self._refused_since_ns = None
            self._on_roster(seen, started_ns)
        return False

    def _on_roster(self, seen: Seen, now_ns: int) -> None:
        found = seen.roster
        with self._lock:
            if found is None or found.run == self._roster.run or not self._roster.number:
                self._foreign_since_ns = None
                if found is not None and found.number > self._roster.number:
                    self._roster = found
                return
            # Another run: a Redis that forgot, in which a newcomer came first, or truly another fleet.
            self._foreign_since_ns = self._foreign_since_ns or now_ns
            if now_ns - self._foreign_since_ns >= _FOREIGN_LEASES * self._tempo.lease_ms * 1_000_000:
                self._roster, self._acked, self._foreign_since_ns = found, 0, None

    def _on_failed(self, started_ns: int, failures: int) -> None:
        self._foreign_since_ns = None

    def _let_go(self, store: "Store") -> None:
        store.let_go(self._own)

    def _lease(self) -> Lease:
        with self._lock:
            return replace(self._own, run=self._roster.run, acked=self._acked)
