"""Player: a recording, entry by entry, through the desk of an engine. Reads no clock; waits for nothing.

Before it: the journal's Recording. After it: an outlet, which publishes on the signal wire or writes lines.
Decisions are made at the recorded instants, on what had been heard by then: they are the recorded ones.
"""

from collections import deque
from collections.abc import Iterator
from typing import Final, Protocol

from msgspec.structs import replace

from kairos_tui.journal import BEGIN, Channel, Entry, Recording
from kairos_tui.market import Board, FeedStatus, ReplayView
from kairos_tui.runtime.engine_desk import EngineDesk
from kairos_tui.runtime.engine_rates import Hop
from kairos_tui.runtime.frame_intake import FrameIntake
from kairos_tui.runtime.recorded_span import RecordedSpan
from kairos_tui.runtime.replay_plan import ReplayPlan, changes, engine_plan, lives, venues_of
from kairos_tui.wire import Body

_PLAYED: Final = frozenset({Channel.FRAME, Channel.TURN, Channel.STATE, Channel.CHECKPOINT, Channel.LOST})
_NOT_HEARD: Final = b"\x00"
_MOST_EVENTS: Final = 4_096
_NEVER_NS: Final = 1 << 62
_ENGINES_BEGIN_WITHIN_NS: Final = 1_000_000_000
_DECIDES_FOR_NS: Final = 250_000_000
"""Before where it was sent, and twice the dwell: what stands there opens. Earlier ones nobody would hear."""
ANEW: Final = 10_000
"""What the epoch in ids grows by where a replay begins in the middle: they are no recorded ids."""


class Outlet(Protocol):
    """Where a replay's words go. `at_ns` is the recorded instant. `is_quoted`: quotes are read."""

    @property
    def is_quoted(self) -> bool: ...

    def publish(self, body: Body, at_ns: int) -> None: ...

    def begin(self, epoch: int) -> None:
        """A new desk speaks from here on: what stands is not its own."""


class Player:
    """`play` goes on, `seek` begins elsewhere; `at_ns` is how far it has come.

    On its way from the last checkpoint to where it was sent it is `running_up`, and says nothing.
    """

    def __init__(self, recording: Recording, plan: ReplayPlan, outlet: Outlet) -> None:
        self._recording, self._plan, self._outlet = recording, plan, outlet
        self._lives = lives(recording.headers)
        first = self._lives[0].headers[0]
        self.span = RecordedSpan(recording.from_ns, recording.to_ns, first.started_ns, first.started_us)
        self.from_ns = recording.from_ns if plan.from_ns is None else plan.from_ns
        self.to_ns = recording.to_ns if plan.to_ns is None else plan.to_ns
        self.changed = changes(plan, first)
        self.run, self._venues = first.run, venues_of(plan, first)
        self._several = len({header.engine for header in recording.headers}) > 1
        self._generation = self._seeks = -1
        self._happened = 0
        self._events: deque[int] = deque(maxlen=_MOST_EVENTS)
        self.seek(self.from_ns)

    @property
    def running_up(self) -> bool:
        """Whether it is still on its way to where it was sent."""
        return self._arrives_ns is not None

    @property
    def bound_for_ns(self) -> int:
        """Where it was sent, until it is there; then where it is."""
        return self.at_ns if self._arrives_ns is None else self._arrives_ns

    @property
    def ended(self) -> bool:
        """Nothing comes any more."""
        more = self._ahead is not None and self._ahead.at_ns <= self.to_ns
        return self.at_ns >= self.to_ns and not more and not self.running_up

    @property
    def event_before_ns(self) -> int | None:
        """When something happened last before now; None where that is not known."""
        return next((at_ns for at_ns in reversed(self._events) if at_ns < self.at_ns), None)

    def seek(self, at_ns: int) -> None:
        """Be there, once it has run up to it."""
        at_ns = min(max(at_ns, self.from_ns), self.to_ns)
        is_start = at_ns <= self.span.from_ns
        begin_ns = self.span.from_ns if is_start else self._recording.checkpoint_before(at_ns)
        self._seeks += 1
        self._entries: Iterator[Entry] = self._recording.entries(from_ns=begin_ns, channels=_PLAYED)
        self._ahead = next(self._entries, None)
        self.at_ns = min(begin_ns, at_ns)
        self._arrives_ns = at_ns if at_ns > begin_ns else None
        self._events.clear()
        self._intake = FrameIntake(several=self._several)
        self._depth, self._fresh = 0, False
        self._want_states(max(at_ns, begin_ns))
        place = max([n for n, life in enumerate(self._lives) if life.from_ns <= begin_ns], default=0)
        self._begin_life(place, anew=0 if is_start and not self._seeks else self._seeks + 1)

    def play(self, until_ns: int, *, most: int) -> int:
        """Take up to `most` entries that are not later than that; returns how many were taken."""
        until_ns = min(until_ns, self.to_ns) if self._arrives_ns is None else self._arrives_ns
        for taken in range(most):
            if not self._take_next(until_ns):
                self._arrive(until_ns)
                return taken
        return most

    def play_event(self, *, most: int) -> bool:
        """Go on to the next decision on something new; False where none is among the next `most` entries."""
        before = self._happened
        for _ in range(most):
            if not self._take_next(self.to_ns):
                self._arrive(self.to_ns)
                return False
            if self._happened > before:
                return True
        return False

    def close(self) -> None:
        """The recording is over: close every open signal, and say so."""
        self._desk.close(self.at_ns)

    def welcome(self) -> None:
        """Every stream's state again, for who has just come."""
        if not self.running_up:
            self._desk.welcome()

    def board(
        self, *, dropped: int = 0, speed: float = 0.0, paused: bool = False, marks: tuple[int, ...] = ()
    ) -> Board:
        """The whole picture at the recorded instant."""
        wall_us = self.span.wall_us(self.at_ns)
        hop = Hop(self._intake.ticks, dropped)
        board = self._desk.board(self.at_ns, wall_ns=wall_us * 1_000, hop=hop)
        view = ReplayView(
            path=self._plan.path,
            from_us=self.span.wall_us(self.from_ns),
            to_us=self.span.wall_us(self.to_ns),
            at_us=wall_us,
            speed=speed,
            paused=paused,
            marks=marks,
            changed=self.changed,
            ended=self.ended,
        )
        # Where the mirror was, and how the sinks did, is of then.
        roles = tuple(role for role in board.roles if not role.name.startswith(("mirror", "sink")))
        return replace(board, epoch=self._generation, replay=view, roles=roles)

    def _pass_on(self, place: int) -> None:
        """What comes now is of the next start of the recorder: with a new engine, or with the same.

        What the last one left half told, it will not end.
        """
        self._depth = 0
        if self._lives[place].anew:
            self._begin_life(place, anew=0)
        else:
            self._foresee(place)
        self._want_states(self._lives[place].from_ns + _ENGINES_BEGIN_WITHIN_NS)

    def _foresee(self, place: int) -> None:
        following = self._lives[place + 1 : place + 2]
        self._next_life = place + 1
        self._next_life_ns = following[0].from_ns if following else _NEVER_NS

    def _want_states(self, until_ns: int) -> None:
        """The next checkpoint tells what was not heard; of several engines each has its own."""
        self._states_due, self._states_until_ns = True, until_ns

    def _begin_life(self, place: int, *, anew: int) -> None:
        self._foresee(place)
        life = self._lives[place]
        first = life.headers[0]
        plan = engine_plan(self._plan, life.headers, epoch=first.epoch + anew * ANEW)
        self._decides_for_ns = _DECIDES_FOR_NS + 2_000_000 * plan.thresholds.dwell_ms
        self._desk = EngineDesk(
            plan,
            self._publish,
            clock_ns=lambda: self.at_ns,
            started_ns=first.started_ns,
        )
        self._generation += 1
        self._outlet.begin(self._generation)

    def _take_next(self, until_ns: int) -> bool:
        entry = self._ahead
        if entry is None or entry.at_ns > until_ns:
            return False
        at_ns, channel, body = entry
        if at_ns >= self._next_life_ns:
            self._pass_on(self._next_life)
        self.at_ns = at_ns
        if channel == Channel.FRAME:
            self._apply_frame(body)
        elif channel == Channel.TURN:
            self._turn(body)
        elif channel == Channel.STATE:
            self._apply_state(body)
        elif channel == Channel.LOST:
            self._depth = 0  # the end of a checkpoint may be among it: the next one is a whole picture
            self._want_states(at_ns)
        else:
            self._mark(body)
        self._ahead = next(self._entries, None)
        return True

    def _apply_frame(self, body: bytes) -> None:
        arrivals = self._intake.arrivals(body, self.at_ns)
        self._desk.apply(arrivals, is_quoted=self._outlet.is_quoted)
        self._fresh = True

    def _turn(self, body: bytes) -> None:
        # Half a checkpoint is half a picture: nothing is decided on it. Nor far before where it was sent.
        is_far = self._arrives_ns is not None and self.at_ns < self._arrives_ns - self._decides_for_ns
        self._desk.decide(self.at_ns, is_heard=body != _NOT_HEARD and not self._depth and not is_far)
        if self._fresh:
            self._fresh = False
            self._happened += 1
            self._events.append(self.at_ns)

    def _apply_state(self, body: bytes) -> None:
        """Of the checkpoints only those that it began with: the others repeat what was played."""
        if self._depth:
            self._desk.apply(self._intake.state(body, self.at_ns), is_quoted=False)

    def _mark(self, body: bytes) -> None:
        if body == BEGIN:
            is_wanted = self._states_due or (self._several and self.at_ns <= self._states_until_ns)
            self._depth += is_wanted
            self._states_due = False
        elif self._depth:
            self._depth -= 1

    def _arrive(self, until_ns: int) -> None:
        """Nothing more comes until then."""
        self.at_ns = max(self.at_ns, until_ns)
        if self._arrives_ns is not None:
            self._arrives_ns = None
            self._desk.welcome()

    def _publish(self, body: Body, at_ns: int) -> None:
        is_left_out = isinstance(body, FeedStatus) and body.venue not in self._venues
        if self._arrives_ns is None and not is_left_out:
            self._outlet.publish(body, at_ns)
