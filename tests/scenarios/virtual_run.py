"""A whole market on a virtual clock: simulated venues -> dialects -> streams -> engine, without sockets.

Hours pass in minutes. After every tick the book is held against the market's ground truth, so a signal on a
leg that was not true is found, and so is a divergence that nobody noticed.
"""

import random
from collections.abc import Sequence
from heapq import heapify, heapreplace

from msgspec import Struct
from tests.scenarios.virtual_feed import Dialects, VirtualFeed
from tests.scenarios.virtual_truth import Divergence, Leg

from kairos_tui.engine import Engine
from kairos_tui.feeds.dialects.table import dialect_of
from kairos_tui.market import Asset, Fees, Instrument, Listing, Signal, Symbol, Thresholds, Venue
from kairos_tui.sim.market import SimMarket
from kairos_tui.sim.plan import SimPlan

FEE = 0.0002


class Untrue(Struct, frozen=True):
    """A signal that is, or was updated to be, priced from levels that were not there."""

    at_ns: int
    venue: str
    event: str
    lies: tuple[str, ...]
    wrong_for_ns: int


class VirtualRun:
    """`run(until_ns)`, then look at signals, divergences, legs."""

    def __init__(
        self,
        plan: SimPlan,
        symbols: Sequence[str],
        *,
        thresholds: Thresholds | None = None,
        dialects: Dialects = dialect_of,
    ) -> None:
        random.seed(plan.seed)  # what backs off in the feed's own code draws from there
        self.now_ns = 0
        self.signals: list[Signal] = []
        self.untrue: list[Untrue] = []
        self.doubtful = 0
        """Signals of a leg whose book differed from the truth somewhere, if not where they took from it."""
        self.divergences: list[Divergence] = []
        self.engine = Engine(
            run="soak",
            epoch=0,
            symbols=tuple(map(Symbol, symbols)),
            venues=tuple(map(Venue, plan.venues)),
            thresholds=thresholds or Thresholds(),
        )
        market = SimMarket(plan)
        self.feeds = [VirtualFeed(self, name, plan, market, symbols, dialects) for name in plan.venues]
        self._legs: dict[tuple[str, str], Leg] = {}
        for feed in self.feeds:
            for leg in feed.legs.values():
                self._legs[feed.name, leg.symbol] = leg
                self.engine.on_listing(_listing(feed.name, leg), 0)

    def run(self, until_ns: int) -> None:
        """Everything until then, in order."""
        due = [(feed.next_ns(), turn) for turn, feed in enumerate(self.feeds)]
        heapify(due)
        while due[0][0] <= until_ns:
            self.now_ns, turn = due[0]
            self.feeds[turn].step()
            heapreplace(due, (self.feeds[turn].next_ns(), turn))
            self._decide()
        self.now_ns = until_ns
        for leg in self._legs.values():
            leg.close()

    def _decide(self) -> None:
        said = self.engine.decide(self.now_ns)
        self.engine.grading.take(self.now_ns)
        for signal in said:
            self.signals.append(signal)
            if signal.event == "close":
                continue
            for priced in (signal.opportunity.buy, signal.opportunity.sell):
                leg = self._legs[priced.venue, priced.symbol]
                if leg.wrong is None:
                    continue
                self.doubtful += 1
                if lies := leg.lies(priced.side, priced.levels):
                    wrong_for_ns = self.now_ns - leg.wrong.from_ns
                    what = (self.now_ns, priced.venue, signal.event, tuple(lies), wrong_for_ns)
                    self.untrue.append(Untrue(*what))


def _listing(venue: str, leg: Leg) -> Listing:
    listed = leg.listed
    instrument = Instrument(
        Venue(venue),
        leg.symbol,
        listed.market_id,
        Asset(listed.base),
        Asset(listed.quote),
        lot=10.0**-listed.lot_decimals,
    )
    return Listing(instrument, Fees(FEE, "config", 0))
