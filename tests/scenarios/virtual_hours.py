"""Hours of one mix of faults on all eight simulated venues, and what they came to, venue by venue.

Before it: a test or a benchmark. After it: VirtualRun. Bitfinex and Bitstamp have no simulated exchange, so
they are not among the eight; one harmed message of theirs at a time is in tests/feeds/dialects.
"""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct, field
from tests.scenarios.virtual_feed import SECOND, Dialects, kind_of
from tests.scenarios.virtual_run import Untrue, VirtualRun
from tests.scenarios.virtual_truth import MS

from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.market import Thresholds
from kairos_tui.sim.fault_orders import WITH_CHECKSUM, FaultKind, FaultOrder, ScriptedFault
from kairos_tui.sim.listings import all_sim_venues
from kairos_tui.sim.plan import SimPlan

BEGIN_NS = 5 * SECOND
"""The faults begin once every venue has its first book."""

SYMBOL = "BTC/USDT"
LIVELY = Thresholds(min_net_bps=0.5, close_net_bps=0.2)
"""So low that the lively market gives a signal every few seconds at most: each is a chance to be wrong."""

VISIBLE: tuple[FaultKind, ...] = (
    "lost",
    "duplicate",
    "reorder",
    "broken_json",
    "garbage",
    "wrong_shape",
    "bad_checksum",
)
"""What a message, or the one after it, shows by itself. `corrupt` is the rest: one digit is another one."""

WITHOUT_CHECKSUM = frozenset(all_sim_venues()) - WITH_CHECKSUM


class Mix(Struct, frozen=True):
    """`rate` of all messages is harmed, by each kind as often as by the others."""

    name: str
    kinds: tuple[FaultKind, ...]
    rate: float = 0.01
    sick: frozenset[str] = frozenset(all_sim_venues())

    def faults(self) -> tuple[ScriptedFault, ...]:
        return tuple(
            ScriptedFault(BEGIN_NS, venue, FaultOrder(kind, rate=self.rate / len(kinds)))
            for venue in sorted(self.sick)
            for kinds in [self._kinds_of(venue)]
            for kind in kinds
        )

    def _kinds_of(self, venue: str) -> list[FaultKind]:
        return [kind for kind in self.kinds if kind != "bad_checksum" or venue in WITH_CHECKSUM]


class VenueTally(Struct):
    """`found`: divergences by what ended them, with how long each had stood, in ms. `healed`: nobody noticed
    before the level was told again. `open`: the run was over first."""

    usable_ns: int = 0
    offered_ns: int = 0
    ticks: int = 0
    incidents: dict[str, int] = field(default_factory=dict)
    found: dict[str, list[float]] = field(default_factory=dict)
    healed: list[float] = field(default_factory=list)
    open: int = 0
    untrue: int = 0

    @property
    def usable(self) -> float:
        return self.usable_ns / max(1, self.offered_ns)

    @property
    def found_count(self) -> int:
        return sum(map(len, self.found.values()))

    def add(self, other: "VenueTally") -> None:
        self.usable_ns += other.usable_ns
        self.offered_ns += other.offered_ns
        self.ticks += other.ticks
        self.incidents = dict(Counter(self.incidents) + Counter(other.incidents))
        for reason, times in other.found.items():
            self.found[reason] = self.found.get(reason, []) + times
        self.healed = self.healed + other.healed
        self.open += other.open
        self.untrue += other.untrue


class Tally(Struct):
    """`doubtful`: signals of a leg that differed from the truth anywhere in its 20 levels; `untrue`: those of
    them that were priced from levels which were not there."""

    venues: dict[str, VenueTally] = field(default_factory=dict)
    simulated_ns: int = 0
    signals: int = 0
    doubtful: int = 0
    untrue: list[Untrue] = field(default_factory=list)

    @property
    def found(self) -> int:
        return sum(venue.found_count for venue in self.venues.values())

    @property
    def unnoticed(self) -> int:
        return sum(len(venue.healed) + venue.open for venue in self.venues.values())

    def add(self, other: "Tally") -> None:
        for name, venue in other.venues.items():
            self.venues.setdefault(name, VenueTally()).add(venue)
        self.simulated_ns += other.simulated_ns
        self.signals += other.signals
        self.doubtful += other.doubtful
        self.untrue = self.untrue + other.untrue


def run_for(mix: Mix, *, seed: int, seconds: float, dialects: Dialects = dialect_of) -> Tally:
    """The same seed gives the same tally."""
    plan = SimPlan(venues=all_sim_venues(), seed=seed, faults=mix.faults())
    run = VirtualRun(plan, (SYMBOL,), thresholds=LIVELY, dialects=dialects)
    run.run(int(seconds * SECOND))
    venues = {feed.name: VenueTally(incidents=dict(feed.incidents)) for feed in run.feeds}
    for feed in run.feeds:
        for leg in feed.legs.values():
            tally = venues[feed.name]
            tally.usable_ns += leg.usable_ns
            tally.offered_ns += run.now_ns - (leg.first_ns or 0)
            tally.ticks += leg.ticks
    for divergence in run.divergences:
        venue = venues[divergence.venue]
        stood_ms = (divergence.until_ns - divergence.from_ns) / MS
        if divergence.found_by is not None:
            venue.found.setdefault(kind_of(divergence.found_by), []).append(stood_ms)
        elif divergence.is_open:
            venue.open += 1
        else:
            venue.healed.append(stood_ms)
    for untrue in run.untrue:
        venues[untrue.venue].untrue += 1
    return Tally(venues, run.now_ns, len(run.signals), run.doubtful, run.untrue)


def sum_of(tallies: Iterable[Tally]) -> Tally:
    """All of them as one."""
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole
