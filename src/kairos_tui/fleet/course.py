"""Course: what one engine may say now, and what it does next to the roster. Pure: instants are given.

Before it: what attendance saw. After it: seat, which makes the step. Why two never speak for one asset: under
a new roster an engine at once speaks only for what is its own under the old names and the new ones together
(owner_of their union), and for all of its new share once every living engine obeys the new roster.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from kairos_tui.fleet.roster import Member, Roster, evict, gone, join, leave, restore, serve
from kairos_tui.fleet.words import Duty, Lease, Seen, Step, Tempo


class Course:
    """The state of one engine in the fleet. Not for two threads."""

    def __init__(self, member: Member, tempo: Tempo, run: str) -> None:
        self.member = member
        self.roster = Roster()
        self.acked = 0
        self.is_warm = self.is_leaving = self.left = False
        self.notes: list[str] = []
        self.run_is_used = False
        self.other_run: str | None = None
        self._tempo = tempo
        self._founding_run = run
        self._names: tuple[str, ...] = ()
        self._joined = self._may_speak = self._is_silent = False
        self._born = b""
        self._until_ns = 0
        self._steady_since_ns: int | None = None
        self._is_stale = False
        self._number_since_ns = 0
        self._said_waiting = 0

    @property
    def may_speak(self) -> bool:
        """Whether the engine was told to speak, and has not yet said that it stopped."""
        return self._may_speak

    @property
    def is_member(self) -> bool:
        """Whether the roster has us: not a former process of our name."""
        return self._joined and self.roster.member(self.member.name) is not None

    def duty(self) -> Duty:
        """What the engine may say, and until when."""
        return Duty(self.roster.number, self._names, bool(self._names), self._until_ns)

    def stopped(self, number: int) -> None:
        """The engine does what the duty with this number says."""
        if self.acked < number <= self.roster.number:
            self.acked = number
        if number == self.roster.number and not self._names:
            self._may_speak = False

    def stop_speaking(self) -> None:
        """The engine is silent, for good."""
        self._names, self._may_speak, self._is_silent = (), False, True

    def on_failed(self, now_ns: int, failures: int) -> None:
        """A look at `now_ns` had no answer, like those before, `failures` in all: nobody is known to be dead.

        Where nobody reaches the Redis, nobody takes over: the word counts on, from look to look. Not once it
        has lapsed: who slept cannot know who took over before the Redis went away. 0 failures: it refuses us.
        """
        self._steady_since_ns = None
        if failures > 1 and now_ns <= self._until_ns:
            self._until_ns = now_ns + self._tempo.word_ns

    def on_made(self, step: Step) -> None:
        """The step that was given last is in the Redis."""
        self._joined |= step.joins

    def on_seen(self, seen: Seen, now_ns: int, answered_ns: int) -> Step | None:
        """A look that began at `now_ns` and renewed our lease. Gives what is to be done now, if anything."""
        self._note_look(seen.born, now_ns, answered_ns)
        found = seen.roster
        if self._was_lost(found) and not self._is_stale:
            return Step(restore(self.roster, found))
        if found is None:
            return self._found(now_ns)
        self._is_stale = False
        if found.number != self.roster.number or found.run != self.roster.run:
            self._adopt(found, now_ns)
        self._grow(seen.leases, now_ns)
        return self._next(seen, now_ns)

    def _note_look(self, born: bytes, now_ns: int, answered_ns: int) -> None:
        """Our word counts again. Where it had lapsed and the Redis forgot, others may know better than we."""
        lapsed, forgot = now_ns > self._until_ns, born != self._born
        if self._steady_since_ns is None or lapsed or forgot:
            self._steady_since_ns = answered_ns
        if lapsed and forgot:
            self._names, self._is_stale = (), True
        self._until_ns, self._born = now_ns + self._tempo.word_ns, born

    def _is_steady(self, now_ns: int, for_ms: int) -> bool:
        """Whether we looked on for so long: who lives has beaten meanwhile, who has not is silent by now."""
        assert self._steady_since_ns is not None
        return now_ns - self._steady_since_ns >= for_ms * 1_000_000

    def _was_lost(self, found: Roster | None) -> bool:
        """Whether the Redis lost what we have seen in it."""
        known = self.roster
        if not known.number:
            return False
        return (
            found is None or found.number < known.number or (found.number == known.number and found != known)
        )

    def _found(self, now_ns: int) -> Step | None:
        if self.is_leaving:
            self.left = True
        elif self._is_steady(now_ns, self._tempo.found_after_ms):
            if self.roster.number:
                return Step(restore(self.roster, None))
            return Step(join(Roster(run=self._founding_run), self.member), joins=True)
        return None

    def _adopt(self, found: Roster, now_ns: int) -> None:
        if self.run_is_used and self.roster.run and found.run != self.roster.run:
            self.other_run = found.run
        was_member, own = self.is_member, found.member(self.member.name) if self._joined else None
        is_other = found.number < self.roster.number or found.run != self.roster.run
        if is_other:
            self.acked = 0
        self.roster, self._number_since_ns = found, now_ns
        if own is not None:
            self.member = replace(self.member, number=own.number)
        elif was_member:
            self.is_warm = self._joined = False
        if own is None or own.name not in found.now or is_other:
            self._names = ()
        elif self._names:
            self._names = _united(self._names, found.now)
        if not self._may_speak:
            self.acked = found.number

    def _grow(self, leases: Iterable[Lease], now_ns: int) -> None:
        """Take the whole of our share, once nobody else speaks for any of it."""
        is_due = self.is_member and self.member.name in self.roster.now and not self._is_silent
        if not is_due or self._names == self.roster.now or not self._is_steady(now_ns, self._tempo.lease_ms):
            return
        others = [lease for lease in leases if lease.kind == "engine" and lease.name != self.member.name]
        behind = [lease for lease in others if not self._obeys(lease)]
        if behind:
            self._say_waiting(behind, now_ns, "still waits")
            return
        self._names, self._may_speak = self.roster.now, True

    def _obeys(self, lease: Lease) -> bool:
        return lease.acked >= self.roster.number and lease.run == self.roster.run

    def _next(self, seen: Seen, now_ns: int) -> Step | None:
        dead = tuple(sorted(self._dead(seen))) if self._is_steady(now_ns, self._tempo.lease_ms) else ()
        if dead:
            self.notes.append(f"engine {', '.join(dead)} is dead: its share goes to the others")
            return Step(evict(self.roster, dead), dead)
        roster, name = self.roster, self.member.name
        if self.is_leaving:
            after = self._leave(seen, now_ns)
        elif not self.is_member or name not in roster.concerned:
            # A leaver's change undoes a newcomer's, which then tries again.
            after = join(roster, self.member)
        elif roster.mover == name and self.is_warm and self._all_follow(seen, now_ns):
            after = serve(roster, name)
        else:
            after = roster
        joins = not self.is_leaving and name in after.then
        return None if after is roster else Step(after, joins=joins)

    def _dead(self, seen: Seen) -> set[str]:
        names = {member.name for member in self.roster.members}
        return names - seen.living("engine") - {self.member.name}

    def _leave(self, seen: Seen, now_ns: int) -> Roster:
        roster, name = self.roster, self.member.name
        self.left = not self.is_member and self.acked >= roster.number
        if roster.mover == name and name in roster.now:
            return serve(roster, name) if self._all_follow(seen, now_ns) else roster
        if name in roster.now:
            return leave(roster, name)
        return gone(roster, name) if self.acked >= roster.number else roster

    def _all_follow(self, seen: Seen, now_ns: int) -> bool:
        """Whether ingesters and readers know of the change; the slow are waited for a while only."""
        behind = [lease for lease in seen.leases if lease.kind != "engine" and not self._obeys(lease)]
        if not behind:
            return True
        if now_ns - self._number_since_ns < self._tempo.ack_ms * 1_000_000:
            return False
        self._say_waiting(behind, now_ns, "goes on without waiting")
        return True

    def _say_waiting(self, behind: list[Lease], now_ns: int, words: str) -> None:
        waited_ns = now_ns - self._number_since_ns
        if self._said_waiting < self.roster.number and waited_ns >= self._tempo.ack_ms * 1_000_000:
            self._said_waiting = self.roster.number
            names = ", ".join(lease.shown for lease in behind[:5])
            self.notes.append(f"roster {self.roster.number} {words} for {names}")


def _united(some: Iterable[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*some, *more}))
