"""Seat: what an engine's own process holds in a fleet: its lease, its place in the roster, what it may say.

Before it: the role's process, which obeys `duty` and says `warm` and `stopped`. After it: course, attendance.
"""

import os
import secrets
import socket
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

from kairos_tui.errors import Fatal, FleetDown, FleetRefused
from kairos_tui.fleet.attendance import Attendance
from kairos_tui.fleet.course import Course
from kairos_tui.fleet.manners import refusal_of_name, refusal_of_wire
from kairos_tui.fleet.place import FleetPlace, check_name
from kairos_tui.fleet.roster import Member, Roster
from kairos_tui.fleet.words import Duty, Lease, Seen, Step, Tempo

if TYPE_CHECKING:  # it imports redis, which is optional
    from kairos_tui.fleet.store import Store

_RESERVED_EPOCHS = 4
_LEAVES_UNHEARD_AFTER = 5
_MOST_NOTES = 100


class Seat:
    """At work from the start; may be asked by any thread, and never waits for the Redis but in next_epoch.

    `run` is the fleet's if this engine founds it; else the roster says which. Raises SettingsInvalid for a
    name that cannot be one, ExtraMissing.
    """

    def __init__(self, place: FleetPlace, member: Member, *, run: str, tempo: Tempo | None = None) -> None:
        check_name(member.name, "the engine's name")
        self._place, self._tempo = place, tempo or Tempo()
        self._changed = threading.Condition()
        self._course = Course(member, self._tempo, run)
        self._token = secrets.token_hex(8)
        self._epochs: list[int] = []
        self._highest_epoch = 0
        self._held = self._fits = False
        self._refused_since_ns: int | None = None
        self._fatal: Fatal | None = None
        self._notes: deque[str] = deque(maxlen=_MOST_NOTES)
        self._attendance = Attendance(
            place, self._tempo, turn=self._turn, failed=self._on_failed, last=self._let_go
        )
        self._attendance.start()

    @property
    def roster(self) -> Roster:
        """The newest that was seen; number 0 before the first."""
        with self._changed:
            return self._course.roster

    @property
    def member(self) -> Member:
        """We, with the number the roster gave us."""
        with self._changed:
            return self._course.member

    @property
    def is_member(self) -> bool:
        """The roster has this process, with its number: not a former one of its name."""
        with self._changed:
            course = self._course
            return course.is_member and course.roster.member(course.member.name) == course.member

    @property
    def trouble(self) -> str | None:
        """What is wrong with the Redis now; all goes on with the last roster meanwhile."""
        return self._attendance.trouble

    @property
    def fatal(self) -> Fatal | None:
        """Why the fleet cannot have this engine, ever: it must not speak any more."""
        return self._attendance.refused or self._fatal

    @property
    def left(self) -> bool:
        """Whether the engine has left, after `leave`: nothing is its own any more."""
        with self._changed:
            return self._course.left

    def duty(self) -> Duty:
        """What the engine may say now, and until when. To be asked several times a second."""
        with self._changed:
            if self.fatal is not None or self._course.left:
                return Duty(self._course.roster.number)
            return self._course.duty()

    def notes(self) -> list[str]:
        """What people should know, since the last time; at most the newest hundred."""
        with self._changed:
            taken = list(self._notes)
            self._notes.clear()
            return taken

    def next_epoch(self, within_s: float = 5.0) -> int:
        """A number no other engine of this run has had. Waits for the roster first.

        A few are kept in store, so that an engine can start again while the Redis is away. Raises FleetDown.
        """
        with self._changed:
            self._changed.wait_for(lambda: bool(self._epochs) or self.fatal is not None, within_s)
            if self.fatal is not None:
                raise self.fatal
            if not self._epochs:
                why = self.trouble or f"fleet {self._place.name} at {self._place.shown} has no roster yet"
                raise FleetDown(why)
            self._course.run_is_used = True
            epoch = self._epochs.pop(0)
        self._attendance.wake()
        return epoch

    def warm(self) -> None:
        """The engine has books: it may speak once everyone has acknowledged. May be repeated.

        Holds until the engine is taken out of the roster: then it is a newcomer again.
        """
        with self._changed:
            news = not self._course.is_warm
            self._course.is_warm = True
        if news:
            self._attendance.wake()

    def stopped(self, number: int) -> None:
        """The engine obeys the duty of that roster number: what is not its own is closed. May be repeated."""
        with self._changed:
            before = self._course.acked
            self._course.stopped(number)
            news = self._course.acked != before
        if news:
            self._attendance.wake()

    def leave(self) -> None:
        """Give up everything in order; `left` says when it is done. Obey `duty` until then."""
        with self._changed:
            self._course.is_leaving = True
        self._attendance.wake()

    def close(self, *, wait_s: float = 0.0) -> None:
        """The engine no longer speaks: its lease is let go, so that others need not wait for its end."""
        with self._changed:
            self._course.stop_speaking()
        self._attendance.close(wait_s=wait_s)

    def _turn(self, store: "Store", started_ns: int) -> bool:
        with self._changed:
            lease = self._lease()
        seen = store.beat(lease, self._highest_epoch)
        with self._changed:
            step = self._on_seen(seen, started_ns)
            finished = self._fatal is not None or self._course.left
            again = step is not None or self._course.acked != lease.acked
            self._changed.notify_all()
        if finished:
            self._attendance.close()
            return False
        if step is not None and store.swap(lease, seen, step):
            with self._changed:
                self._course.on_made(step)
        self._top_up_epochs(store)
        return again

    def _on_seen(self, seen: Seen, started_ns: int) -> Step | None:
        if seen.holder is not None:
            self._refused_since_ns = self._refused_since_ns or started_ns
            if self._held or (started_ns - self._refused_since_ns) / 1e6 > self._tempo.outlives_ms:
                self._fatal = refusal_of_name(seen.holder)
            return None
        if not self._fits:
            self._fatal = refusal_of_wire(self._lease(), seen)
            self._fits = self._fatal is None
            if not self._fits:
                return None
        self._held, self._refused_since_ns = True, None
        self._highest_epoch = max(self._highest_epoch, seen.epoch)
        step = self._course.on_seen(seen, started_ns, time.monotonic_ns())
        self._take_notes()
        return step

    def _take_notes(self) -> None:
        self._notes.extend(self._course.notes)
        self._course.notes.clear()
        other = self._course.other_run
        if other is not None:
            self._fatal = FleetRefused(
                f"fleet {self._place.name} is now of the run {other}, this engine is not: start it again"
            )

    def _on_failed(self, started_ns: int, failures: int) -> None:
        with self._changed:
            self._course.on_failed(started_ns, failures)
            if self._course.is_leaving and failures >= _LEAVES_UNHEARD_AFTER:
                self._course.left = True
                self._notes.append("left without a word: the fleet's Redis does not answer")
                self._attendance.close()

    def _top_up_epochs(self, store: "Store") -> None:
        with self._changed:
            count = _RESERVED_EPOCHS - len(self._epochs)
            wanted = count >= _RESERVED_EPOCHS // 2 and self._course.roster.number > 0
        if wanted:
            reserved = store.reserve_epochs(count, self._highest_epoch)
            with self._changed:
                self._epochs.extend(reserved)
                self._highest_epoch = max(self._highest_epoch, *reserved)
                self._changed.notify_all()

    def _let_go(self, store: "Store") -> None:
        """Not while the engine may still speak: then its lease must run out."""
        with self._changed:
            self._changed.notify_all()
            if self._course.may_speak:
                return
            lease = self._lease()
        store.let_go(lease)

    def _lease(self) -> Lease:
        course = self._course
        return Lease(
            token=self._token,
            kind="engine",
            name=course.member.name,
            run=course.roster.run,
            acked=course.acked,
            wire=course.member.wire,
            version=course.member.version,
            host=socket.gethostname(),
            pid=os.getpid(),
        )
