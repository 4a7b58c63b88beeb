"""Outbox: what a feed made but has not yet handed over, and the tally of all it did.

Things leave after the frames of a turn are done with, so that an error of the receiver is never taken for a
bad frame, and so that a frame that fails half-way takes its ticks with it.
"""

from kairos_tui.errors import FrameRefused
from kairos_tui.feeds.door import Refusal
from kairos_tui.feeds.feed_plan import Receiver
from kairos_tui.feeds.format_watch import FormatWatch
from kairos_tui.feeds.health.score import Incident, VenueScore
from kairos_tui.feeds.reasons import escaped, one_line
from kairos_tui.market import FeedCounts, FeedStatus, Listing, Pulse, Symbol, Tick, Venue

Made = Tick | FeedStatus | Listing | Pulse

SAMPLE_MOST = 2_048
SAMPLE_EVERY_NS = 1_000_000_000

ONE_CAUSE_NS = 1_000_000_000
"""What happens to all streams of a venue at once has one cause and is one incident."""


class Tally:
    """Totals since the feed's process started, and the score that incidents cost the venue."""

    def __init__(self) -> None:
        self.frames = self.bad_frames = self.ticks = self.refused = self.reconnects = self.silences = 0
        self.gaps = self.checks = self.disagreements = 0
        self.formats = FormatWatch()
        self.score = VenueScore()
        self._scored_ns: dict[Incident, int] = {}
        self.last_bad: str | None = None
        self._sampled_ns = -SAMPLE_EVERY_NS

    def bad_frame(self, error: BaseException, frame: str | bytes, now_ns: int) -> bool:
        """Count it (an untrue number as refused); True when it became the sample, at most once a second."""
        if isinstance(error, FrameRefused) and isinstance(error.args[0], Refusal):
            self.refused += 1
            self.on_incident(Incident.REFUSED, now_ns)
        else:
            self.bad_frames += 1
            self.on_incident(Incident.BAD_FRAME, now_ns)
        if now_ns - self._sampled_ns < SAMPLE_EVERY_NS:
            return False
        self._sampled_ns = now_ns
        what = f"{type(error).__name__}: {one_line(str(error), 200)} | "
        self.last_bad = what + escaped(frame, SAMPLE_MOST - len(what))
        return True

    def on_incident(self, incident: Incident, now_ns: int) -> None:
        """Something went wrong that speaks against the venue."""
        self.silences += incident is Incident.SILENCE
        if now_ns - self._scored_ns.get(incident, -ONE_CAUSE_NS) >= ONE_CAUSE_NS:
            self._scored_ns[incident] = now_ns
            self.score.on_incident(incident, now_ns)

    def counts(self, venue: Venue, loop_lag_p99_us: int, now_ns: int) -> FeedCounts:
        done = (self.frames, self.bad_frames, self.ticks, self.refused, self.reconnects, self.silences)
        checked = (self.gaps, self.checks, self.disagreements)
        score = round(self.score.score(now_ns))
        left = self.formats.left_to_ccxt
        return FeedCounts(
            venue,
            *done,
            loop_lag_p99_us,
            self.last_bad,
            *checked,
            score,
            format_changes=self.formats.changes,
            left_to_ccxt=tuple(left.items()),
        )


class Outbox:
    """In order, one venue's ticks, statuses, listings and pulses. Emptied after every event."""

    def __init__(self, receiver: Receiver) -> None:
        self.tally = Tally()
        self._receiver = receiver
        self._waiting: list[Made] = []
        self._before_frame = 0  # so many of them are not of the frame in hand

    def put(self, made: Made) -> None:
        self._waiting.append(made)

    def on_frame(self) -> None:
        """What is put from here on is of the next frame."""
        self.tally.frames += 1
        self._before_frame = len(self._waiting)

    def drop_ticks(self, symbol: Symbol | None = None) -> None:
        """The frame they came from was bad, for all symbols or for one."""
        of_frame = self._waiting[self._before_frame :]
        self._waiting[self._before_frame :] = [made for made in of_frame if not _is_of(made, symbol)]

    def flush(self) -> None:
        """Hand everything over."""
        waiting = self._waiting
        if not waiting:
            return
        self._waiting, self._before_frame = [], 0
        for made in waiting:
            if isinstance(made, Tick):
                self.tally.ticks += 1
                self._receiver.on_tick(made)
            elif isinstance(made, FeedStatus):
                self._receiver.on_status(made)
            elif isinstance(made, Listing):
                self._receiver.on_listing(made)
            else:
                self._receiver.on_pulse(made)


def _is_of(made: Made, symbol: Symbol | None) -> bool:
    return isinstance(made, Tick) and symbol in (None, made.symbol)
