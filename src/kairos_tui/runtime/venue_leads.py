"""VenueLeads: of several ingesters that send one venue, which one is believed now. The others stand by.

Before it: the engine's desk, with every arrival. After it: what is admitted, and switches, with all that the
new lead has said last. Pure: instants are arguments, and a replay of the same arrivals switches alike.
"""

from typing import Final

from msgspec import Struct

from kairos_tui.market import FeedStatus, PackedTick, Symbol, Venue
from kairos_tui.runtime.venue_member import VenueMember
from kairos_tui.wire import Arrival, OutboxCounts, RecordOrder, RoleReport

SILENT_NS: Final = 600_000_000
"""A lead that sent nothing for so long is not heard. A worker sends its facts twice a second."""
FRESH_NS: Final = 300_000_000
"""Who takes over was heard within this; and an engine that heard nobody for so long was itself away."""
CALM_NS: Final = 1_000_000_000
GONE_NS: Final = 60_000_000_000
_MOST_MEMBERS: Final = 8
_MOST_SENDERS: Final = 1_024
_INGEST, _LAUNCHER = "ingest:", "launcher"
_ASIDE: Final = (OutboxCounts, RoleReport, RecordOrder)
"""Of no stream: counted or obeyed whoever says it."""


class Switch(Struct, frozen=True):
    """A venue has another lead. `symbols`: the streams of which a book is among the arrivals.

    `statuses` are what it says of its streams, to be heard after the books.
    """

    venue: Venue
    lead: str
    at_ns: int
    symbols: tuple[Symbol, ...]
    arrivals: tuple[Arrival, ...]
    statuses: tuple[FeedStatus, ...]


class _Course:
    """One venue's members, as they came."""

    __slots__ = ("lead", "members", "switched_ns", "venue")

    def __init__(self, venue: Venue, lead: VenueMember) -> None:
        self.venue = venue
        self.lead = lead
        self.members = {lead.name: lead}
        self.switched_ns = 0


class VenueLeads:
    """`sole` are the senders of whom everything is admitted unasked: a venue's only one, or of no venue.

    `standby`: ticks that came and were not admitted, and are not among a switch either. `switches` wait to be
    taken. A member beyond the bound takes the place of one that stands by in silence; what comes of it is
    left out while there is none.
    """

    def __init__(self) -> None:
        self.sole: set[str] = set()
        self.switches: list[Switch] = []
        self.standby = 0
        self._courses: dict[Venue, _Course] = {}
        self._contested: dict[Venue, _Course] = {}
        self._places: dict[str, tuple[_Course, VenueMember]] = {}
        self._looked_ns = self._swept_ns = 0

    @property
    def views(self) -> dict[Venue, tuple[str, int]]:
        """Of the venues that several send: whose word counts, and how many stand by."""
        return {
            venue: (course.lead.name, len(course.members) - 1) for venue, course in self._contested.items()
        }

    def take(self) -> list[Switch]:
        """The switches since the last call, oldest first."""
        taken, self.switches = self.switches, []
        return taken

    def admit(self, arrival: Arrival) -> bool:
        """Whether it is to be applied now. Look at `switches` afterwards; those in `sole` need not ask."""
        place, now_ns = self._places.get(arrival.sender), arrival.arrived_ns
        if place is None:
            return self._admit_other(arrival)
        course, member = place
        if now_ns - self._looked_ns > FRESH_NS:
            self._note_absence(now_ns)
        self._looked_ns = member.heard_ns = member.said_ns = now_ns
        record = arrival.record
        if type(record) is not PackedTick:
            return self._judge(course, member, arrival)
        is_admitted = member is course.lead
        member.hold_book(record.symbol, arrival, is_admitted=is_admitted)
        if not is_admitted:
            self.standby += 1
            if self._takes_over(course, member, now_ns):
                self._switch(course, member, now_ns)
        return is_admitted

    def _admit_other(self, arrival: Arrival) -> bool:
        """Of who is not known to be one of several."""
        sender, record, now_ns = arrival.sender, arrival.record, arrival.arrived_ns
        name = sender.partition("@")[2]
        if sender.startswith(_LAUNCHER):
            return not isinstance(record, FeedStatus) or self._hear_of(record.venue, name, arrival)
        if sender.startswith(_INGEST):
            venue = Venue(sender.removeprefix(_INGEST).partition("@")[0])
            member = self._member(venue, name, now_ns)
            if member is None:
                self.standby += type(record) is PackedTick
                return isinstance(record, _ASIDE)
            if venue in self._contested:
                return self.admit(arrival)
        self._is_sole(sender)
        return True

    def due(self, now_ns: int) -> None:
        """Once a decision: who has been silent for too long, who is gone."""
        if not self._contested:
            return
        if now_ns - self._looked_ns > FRESH_NS:
            self._note_absence(now_ns)
        self._looked_ns = now_ns
        for course in self._contested.values():
            for member in course.members.values():
                if member is not course.lead and self._takes_over(course, member, now_ns):
                    self._switch(course, member, now_ns)
                    break
        if now_ns - self._swept_ns >= CALM_NS:
            self._swept_ns = now_ns
            self._sweep(now_ns)

    def _judge(self, course: _Course, member: VenueMember, arrival: Arrival) -> bool:
        record, now_ns = arrival.record, arrival.arrived_ns
        is_news = isinstance(record, FeedStatus) and member.note(record)
        if isinstance(record, _ASIDE):
            return True
        if member is course.lead:
            member.hold(arrival, is_admitted=True)
            return not (is_news and member.is_down and self._replace(course, now_ns))
        member.hold(arrival, is_admitted=False)
        if self._takes_over(course, member, now_ns):
            self._switch(course, member, now_ns)
        return False

    def _hear_of(self, venue: Venue, name: str, arrival: Arrival) -> bool:
        """A launcher's word of its worker: it is the worker's own, and no sign of life."""
        course = self._courses.get(venue)
        if course is None:
            return True
        member = course.members.get(name)
        if member is None:
            return False  # of one that never sent anything, while another does
        member.said_ns = arrival.arrived_ns
        return self._judge(course, member, arrival)

    def _replace(self, course: _Course, now_ns: int) -> bool:
        """The lead is down: whoever is live takes over, the one heard last first."""
        live = [each for each in course.members.values() if each is not course.lead and each.is_live]
        fresh = [each for each in live if now_ns - each.heard_ns <= SILENT_NS]
        if not fresh:
            return False
        self._switch(course, max(fresh, key=_heard_ns), now_ns)
        return True

    def _takes_over(self, course: _Course, member: VenueMember, now_ns: int) -> bool:
        lead = course.lead
        is_silent = now_ns - lead.heard_ns >= SILENT_NS and now_ns - course.switched_ns >= CALM_NS
        if not is_silent and not lead.is_down:
            return False
        return member.is_live and now_ns - member.heard_ns <= FRESH_NS

    def _switch(self, course: _Course, to: VenueMember, now_ns: int) -> None:
        held, symbols, statuses, waiting = to.release()
        course.lead, course.switched_ns = to, now_ns
        self.standby -= waiting
        self.switches.append(Switch(course.venue, to.name, now_ns, symbols, tuple(held), tuple(statuses)))

    def _note_absence(self, now_ns: int) -> None:
        """After an absence of our own nobody has been silent: we were deaf."""
        for course in self._contested.values():
            for member in course.members.values():
                member.heard_ns = max(member.heard_ns, now_ns)

    def _member(self, venue: Venue, name: str, now_ns: int) -> VenueMember | None:
        course = self._courses.get(venue)
        if course is None:
            if len(self._courses) >= _MOST_SENDERS:
                return None
            course = self._courses[venue] = _Course(venue, VenueMember(name, now_ns))
        member = course.members.get(name)
        if member is not None:
            return member
        if len(course.members) >= _MOST_MEMBERS and not self._make_room(course, now_ns):
            return None
        member = course.members[name] = VenueMember(name, now_ns)
        # Of who was alone nobody has kept when it was heard.
        for each in course.members.values():
            each.heard_ns = each.said_ns = max(each.said_ns, now_ns)
            sender = _sender_of(venue, each.name)
            self.sole.discard(sender)
            self._places[sender] = course, each
        if not self._contested:
            self._looked_ns = now_ns
        self._contested[venue] = course
        return member

    def _make_room(self, course: _Course, now_ns: int) -> bool:
        """An ingester that starts anew may have another name each time: the longest unheard gives way."""
        others = [each for each in course.members.values() if each is not course.lead]
        longest = min(others, key=_heard_ns)
        if now_ns - longest.heard_ns < SILENT_NS:
            return False
        del course.members[longest.name], self._places[_sender_of(course.venue, longest.name)]
        return True

    def _sweep(self, now_ns: int) -> None:
        for venue, course in list(self._contested.items()):
            gone = [each for each in course.members.values() if now_ns - each.said_ns > GONE_NS]
            if len(gone) == len(course.members):
                continue
            for each in gone:
                del course.members[each.name], self._places[_sender_of(venue, each.name)]
            if course.lead.name not in course.members:
                self._switch(course, max(course.members.values(), key=_heard_ns), now_ns)
            if len(course.members) == 1:
                del self._contested[venue], self._places[_sender_of(venue, course.lead.name)]

    def _is_sole(self, sender: str) -> None:
        if len(self.sole) < _MOST_SENDERS:
            self.sole.add(sender)


def _heard_ns(member: VenueMember) -> int:
    return member.heard_ns


def _sender_of(venue: Venue, name: str) -> str:
    return f"{_INGEST}{venue}@{name}" if name else f"{_INGEST}{venue}"
