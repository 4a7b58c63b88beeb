"""Roster: which engines there are, whose word counts now, and the one change that is being made.

Before it: nothing. After it: seat makes the steps, watcher shows them to ingesters and readers. Pure: a step
gives another roster with the next number, or the same one where there is nothing to do.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace


class Member(Struct, frozen=True):
    """One engine. `ticks`, `signals` and `door` are its endpoints (no secret is in them).

    `number` is its own among the members, given to it when it joins unless the one it wishes is free.
    `key` is its public key, `wire` the version of its wire.
    """

    name: str
    number: int = 0
    ticks: str = ""
    signals: str = ""
    door: str = ""
    key: str = ""
    wire: int = 0
    version: str = ""


class Roster(Struct, frozen=True):
    """`now`: names of the engines that speak; `then`: of those after the change that `mover` makes.

    Both are sorted. `number` only grows; `run` is the fleet's, in every signal's id.
    """

    number: int = 0
    run: str = ""
    members: tuple[Member, ...] = ()
    now: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    mover: str = ""

    @property
    def is_settled(self) -> bool:
        """Whether no change is being made: the next may begin."""
        return self.now == self.then

    def member(self, name: str) -> Member | None:
        """The member of that name."""
        return next((each for each in self.members if each.name == name), None)

    @property
    def concerned(self) -> tuple[str, ...]:
        """Who needs ticks: those that speak, and those that will."""
        return _sorted({*self.now, *self.then})


def join(roster: Roster, member: Member) -> Roster:
    """A newcomer becomes a member and part of `then`; it waits where another's change is being made.

    Who comes with the name of a member is another process in its place: the former one is taken out.
    """
    if member.name in roster.concerned:
        roster = _without(roster, {member.name})
    if not roster.is_settled:
        return roster
    others = replace(roster, members=tuple(each for each in roster.members if each.name != member.name))
    members = (*others.members, replace(member, number=_free_number(others, member.number)))
    then = _sorted({*roster.now, member.name})
    return _next(roster, members=members, then=then, mover=member.name)


def serve(roster: Roster, name: str) -> Roster:
    """The mover's change takes effect: `then` is `now`."""
    if roster.mover != name or roster.is_settled:
        return roster
    return _next(roster, now=roster.then, mover="")


def leave(roster: Roster, name: str) -> Roster:
    """A member that speaks wants to go: `then` is without it. A newcomer's change gives way to it.

    It waits for another leaver. Who does not speak has only to be `gone`.
    """
    if name not in roster.now or roster.mover == name:
        return roster
    if not roster.is_settled and roster.mover in roster.now:
        return roster
    return _next(roster, then=_sorted(set(roster.now) - {name}), mover=name)


def gone(roster: Roster, name: str) -> Roster:
    """A member that no longer speaks is no member any more; a change of its own is undone."""
    if name in roster.now or roster.member(name) is None:
        return roster
    return _without(roster, {name})


def evict(roster: Roster, dead: Iterable[str]) -> Roster:
    """The dead are taken out of everything; a change that one of them was making is undone."""
    names = {each.name for each in roster.members}.intersection(dead)
    return _without(roster, names) if names else roster


def restore(remembered: Roster, found: Roster | None) -> Roster:
    """What a member remembers, instead of what a Redis that lost its data holds; its number is above both."""
    number = max(remembered.number, found.number if found else 0)
    return _next(replace(remembered, number=number))


def _without(roster: Roster, names: set[str]) -> Roster:
    now = _sorted(set(roster.now) - names)
    undone = roster.mover in names or roster.is_settled
    then = now if undone else _sorted(set(roster.then) - names)
    members = tuple(each for each in roster.members if each.name not in names)
    return _next(roster, members=members, now=now, then=then, mover="" if now == then else roster.mover)


def _free_number(roster: Roster, wanted: int) -> int:
    taken = {each.number for each in roster.members}
    return (
        wanted
        if wanted not in taken
        else next(number for number in range(len(taken) + 1) if number not in taken)
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _next(roster: Roster, **changes: object) -> Roster:
    return replace(roster, **{"number": roster.number + 1, **changes})
