"""The net at which signals open is changed while an engine runs: it says so, obeys, and closes nothing."""

from typing import Any

import pytest

from kairos_tui.market import (
    Asset,
    FeedState,
    FeedStatus,
    Fees,
    Instrument,
    Listing,
    PackedTick,
    Signal,
    Symbol,
    Thresholds,
    Tick,
    Venue,
    deal,
)
from kairos_tui.runtime.engine_desk import EngineDesk, Hop
from kairos_tui.runtime.plans import EnginePlan
from kairos_tui.wire import Arrival, RoleReport, Tally

MS = 1_000_000
BTC = Symbol("BTC/USDT")
VENUES = (Venue("alpha"), Venue("beta"))


class Room:
    """A desk with two live venues without fees."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000 * MS
        self.said: list[Any] = []
        shard = deal((BTC,), 1)[0]
        plan = EnginePlan("k7f3", 0, "sim", "", "", shard, VENUES, Thresholds(max_age_ms=60_000), 10)
        self.desk = EngineDesk(
            plan,
            lambda body, at_ns: self.said.append(body),
            clock_ns=lambda: self.now_ns,
            started_ns=self.now_ns,
        )
        for venue in VENUES:
            market = Instrument(venue, BTC, BTC, Asset("BTC"), Asset("USDT"), lot=0.00001)
            live = FeedStatus(venue, BTC, FeedState.LIVE, self.now_ns)
            self.arrive(Listing(market, Fees(0.0, "config", 0)), live)

    def arrive(self, *records: Any) -> None:
        arrivals = [Arrival(each, "alpha", self.now_ns, self.now_ns) for each in records]
        self.desk.apply(arrivals, is_quoted=False)

    def edge(self, bps: float) -> list[str]:
        """So many bps between both; the events that the engine tells of it."""
        self.now_ns += MS
        self.said.clear()
        for venue, mid in zip(VENUES, (100.0, 100.0 * (1 + bps / 1e4)), strict=True):
            books = ((mid, 1.0),), ((mid + 1e-6, 1.0),)
            self.arrive(PackedTick.of(Tick(venue, BTC, *books, self.now_ns, self.now_ns)))
        self.desk.decide(self.now_ns)
        return [body.event for body in self.said if isinstance(body, Signal)]

    @property
    def shown_bps(self) -> float:
        board = self.desk.board(self.now_ns, wall_ns=0, hop=Hop(Tally()))
        return board.thresholds.min_net_bps


def test_a_signal_opens_at_the_net_that_was_asked_for_last() -> None:
    room = Room()
    room.arrive(RoleReport((), 6.0))
    assert room.shown_bps == 6.0
    assert room.edge(4.0) == []
    room.arrive(RoleReport((), 3.0))
    assert room.edge(4.0) == ["open"]


def test_what_is_open_stays_open_until_it_closes_and_opens_at_the_new_net() -> None:
    room = Room()
    assert room.edge(4.0) == ["open"]
    room.arrive(RoleReport((), 6.0))
    assert "close" not in room.edge(3.0)
    assert room.edge(0.0) == ["close"]
    assert room.edge(5.0) == []
    assert room.edge(7.0) == ["open"]


@pytest.mark.parametrize("asked", [None, 0.1, float("nan"), float("inf"), -3.0])
def test_what_cannot_be_leaves_it_as_the_engine_was_started(asked: float | None) -> None:
    room = Room()
    room.arrive(RoleReport((), 6.0))
    room.arrive(RoleReport((), asked))
    assert room.shown_bps == Thresholds().min_net_bps
    assert room.edge(4.0) == ["open"]
